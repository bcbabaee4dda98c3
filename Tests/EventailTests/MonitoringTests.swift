// The dashboard and the alerts that come with the agent ask for metrics that it has; promtool, Prometheus' own checker, finds
// nothing wrong with them nor with a real scrape.

import Foundation
import TestSupport
import Testing

struct MonitoringTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("packaging/monitoring")
    private static let promtool = "/usr/bin/promtool"

    /// A page of an agent that delivered a call and discarded a dead letter, so that no metric is left out.
    private func scrape() async throws -> String {
        let scene = try await Scene(
            ScriptedReceiver { request, _ in
                String(decoding: request.body, as: UTF8.self).contains(#""what":"bad""#) ? .answer(400) : .ok
            }, source: "    max_record: 1KiB", settings: "dead_letters: { max_age: 1ms }\nmetrics: { listen: '127.0.0.1:0' }")
        let agent = try scene.start()
        try await eventually("metrics are served") { agent.metricsPort != nil || !agent.isRunning }
        let port = try #require(agent.metricsPort, "\(agent.error)")
        try scene.folder.append("user=u1 did bad n=1\n" + Scene.line(2), to: "log/a.log")
        var page = ""
        try await eventually("the dead letter is discarded") {
            page = try FetchedPage(port: port, path: "/metrics").body
            return page.contains("eventail_calls_discarded_total{")
                && page.contains("eventail_calls_delivered_total{destination=\"default\"} 1\n")
        }
        #expect(try await agent.stop().status == 0)
        return page
    }

    /// The names of metrics in expressions, without what a histogram's series add.
    private func metrics(in text: String) -> Set<String> {
        Set(text.matches(of: #/\b(?:eventail|process)_[a-z_]+\b/#).map { String($0.output).replacing(#/_(bucket|count|sum)$/#, with: "") })
    }

    @Test func everyMetricThatIsAskedForIsServed() async throws {
        let served = Set(try await scrape().matches(of: #/\n# TYPE (\S+)/#).map { String($0.output.1) })
        for name in ["eventail-dashboard.json", "eventail-alerts.yaml"] {
            let asked = metrics(in: try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8))
            #expect(asked.count > 8)
            #expect(asked.subtracting(served).isEmpty, "\(name) asks for \(asked.subtracting(served).sorted())")
        }
        let dashboard = try Data(contentsOf: Self.folder.appendingPathComponent("eventail-dashboard.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: dashboard) as? [String: Any])
        let panels = try #require(object["panels"] as? [[String: Any]])
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
        // Whatever is served, somebody looks at it.
        let alerts = try String(contentsOf: Self.folder.appendingPathComponent("eventail-alerts.yaml"), encoding: .utf8)
        let watched = metrics(in: alerts + String(decoding: dashboard, as: UTF8.self))
        let unwatched: Set = [
            "eventail_outbox_bytes", "eventail_rule_matches_total", "eventail_bytes_read_total",
            "eventail_source_last_read_timestamp_seconds",
        ]
        #expect(served.subtracting(watched).subtracting(unwatched).isEmpty, "\(served.subtracting(watched).sorted())")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool), "promtool is not installed"))
    func promtoolFindsNothingWrong() async throws {
        try await check(["check", "metrics"], input: Array(try await scrape().utf8))
        try await check(["check", "rules", Self.folder.appendingPathComponent("eventail-alerts.yaml").path])
        try await check(["test", "rules", Self.folder.appendingPathComponent("eventail-alerts-test.yaml").path])
        // What a panel asks for is an expression: Grafana's variables stand for a duration and a pattern.
        let dashboard = try String(contentsOf: Self.folder.appendingPathComponent("eventail-dashboard.json"), encoding: .utf8)
        let object = try JSONSerialization.jsonObject(with: Data(dashboard.utf8)) as? [String: Any]
        let targets = (object?["panels"] as? [[String: Any]] ?? []).flatMap { $0["targets"] as? [[String: Any]] ?? [] }
        let expressions = targets.compactMap { $0["expr"] as? String }
        #expect(expressions.count > 20)
        let folder = try TemporaryFolder()
        let rules = expressions.enumerated().map { number, text in
            let plain = text.replacing("$__rate_interval", with: "5m").replacing("$instance", with: ".*")
            return "  - { record: 'panel:\(number)', expr: '\(plain)' }\n"
        }
        try folder.write("groups:\n- name: panels\n  rules:\n" + rules.joined(), to: "panels.yaml")
        try await check(["check", "rules", folder.url("panels.yaml").path])
    }

    private func check(_ arguments: [String], input: [UInt8] = []) async throws {
        let folder = try TemporaryFolder()
        try folder.write(input, to: "input")
        try folder.write([], to: "output")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.promtool)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: folder.url("input"))
        let output = try FileHandle(forWritingTo: folder.url("output"))
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        try await eventually("promtool ends") { !process.isRunning }
        #expect(process.terminationStatus == 0, "\(arguments): \(folder.text("output"))")
    }
}
