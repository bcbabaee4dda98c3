// What a monitor learns from a running agent, through faults of the receiver and kills of the agent, and what bad monitors can do.

import Agent
import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@Suite(.serialized)
struct MetricsTests {
    private static let settings = "metrics: { listen: '127.0.0.1:0' }"

    private func started(_ scene: Scene) async throws -> (agent: RunningProgram, port: Int) {
        let agent = try scene.start()
        try await eventually("metrics are served") { agent.metricsPort != nil || !agent.isRunning }
        return (agent, try #require(agent.metricsPort, "\(agent.error)"))
    }

    @Test func theBooksBalanceInEveryScrapeThroughFaultsAndKills() async throws {
        let isWell = Atomic(false)
        let scene = try await Scene(
            ScriptedReceiver { request, number in
                // About one in 130.
                let isBad = request.ids.contains { id in ["00", "01", "02", "03", "04", "05", "06", "07"].contains { id.hasSuffix($0) } }
                if isWell.load(ordering: .relaxed) { return isBad ? .answer(400) : .ok }
                switch number % 7 {
                case 0: return .answer(503)
                case 1: return .raw("", then: .reset)
                case 2: return .close
                default: return isBad ? .answer(400) : .ok
                }
            }, settings: "spool: { max_bytes: 1MB, when_full: drop_oldest }\n\(Self.settings)")
        let noise = String(repeating: "x", count: 1500)
        var (written, scrapes) = (0, 0)
        var (derived, delivered, phases) = (0.0, 0.0, Set<String>())
        func look(_ port: Int) throws -> Scrape {
            let scrape = try Scrape(port: port)
            #expect(scrape.imbalance == 0)
            // No commit is ever undone.
            #expect(scrape["eventail_destination_calls_derived_total"]! >= derived)
            #expect(scrape["eventail_calls_delivered_total"]! >= delivered)
            (derived, delivered) = (scrape["eventail_destination_calls_derived_total"]!, scrape["eventail_calls_delivered_total"]!)
            for name in ["eventail_outbox_calls", "eventail_dead_letters", "eventail_calls_discarded_total"] where scrape[name] ?? 0 > 0 {
                phases.insert(name)
            }
            scrapes += 1
            return scrape
        }
        for round in 0..<4 {
            let (agent, port) = try await started(scene)
            for _ in 0..<30 {
                let lines = (written..<written + 60).map { "user=u\($0 % 7) did it\(noise) n=\($0)\n" }
                try scene.folder.append(lines.joined(), to: "log/a.log")
                written += lines.count
                _ = try look(port)
            }
            if round < 3 { agent.kill() } else { try await finish(agent, port) }
        }
        func finish(_ agent: RunningProgram, _ port: Int) async throws {
            isWell.store(true, ordering: .relaxed)
            try await eventually("all is decided") {
                let scrape = try look(port)
                return scrape["eventail_destination_calls_derived_total"] == Double(written) && scrape["eventail_outbox_calls"] == 0
            }
            #expect(try await agent.stop().status == 0)
        }
        #expect(scrapes > 120)
        // All terms were there to be added.
        #expect(phases.count == 3, "\(phases)")
        #expect(try await scene.totals().callsDerived == written)
    }

    @Test func aScrapeTellsWhatTheAgentDid() async throws {
        let scene = try await Scene(source: "    max_record: 1KiB", settings: Self.settings)
        let (agent, port) = try await started(scene)
        let text = (0..<20).map(Scene.line).joined() + "nothing\n" + String(repeating: "x", count: 5000) + "\n"
        try scene.folder.append(text + "unfinished", to: "log/a.log")
        try await eventually("all is delivered") { try Scrape(port: port)["eventail_calls_delivered_total"] == 20 }
        try await eventually("lag is what is unfinished") { try Scrape(port: port)["eventail_source_lag_bytes"] == 10 }
        let scrape = try Scrape(port: port)
        #expect(scrape["eventail_records_read_total", ["source": "shop"]] == 21)
        #expect(scrape["eventail_bytes_read_total", ["source": "shop"]] == Double(text.utf8.count))
        #expect(scrape["eventail_calls_derived_total", ["rule": "action", "type": "track"]] == 20)
        #expect(scrape["eventail_rule_matches_total", ["rule": "action"]] == 20)
        #expect(scrape["eventail_limit_hits_total", ["limit": "max_record"]] == 1)
        #expect(scrape["eventail_source_files"] == 1 && scrape["eventail_source_unreadable_files"] == 0)
        #expect(scrape["eventail_source_lag_seconds"] == 0)
        let requests = Double(scene.receiver.requests.count)
        #expect(scrape["eventail_requests_total", ["destination": "default", "status": "200"]] == requests)
        #expect(scrape["eventail_request_seconds_count"] == requests)
        #expect(scrape["eventail_request_seconds_bucket", ["le": "+Inf"]] == requests)
        #expect(scrape["eventail_request_bytes_total"] == Double(scene.receiver.requests.reduce(0) { $0 + $1.body.count }))
        let now = Date().timeIntervalSince1970
        #expect(abs(scrape["eventail_rule_last_match_timestamp_seconds"]! - now) < 60)
        #expect(abs(scrape["eventail_source_last_read_timestamp_seconds"]! - now) < 60)
        #expect(scrape["eventail_degraded"] == 0 && scrape["eventail_reading_stopped"] == 0 && scrape["eventail_delivery_on_hold"] == 0)
        #expect(scrape["process_resident_memory_bytes"]! > 1e6 && scrape["process_open_fds"]! > 5)
        #expect(try await agent.stop().status == 0)
    }

    @Test func aMonitorLearnsOfLifeAndReadiness() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) }, settings: Self.settings)
        let (agent, port) = try await started(scene)
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("an outage is going on") { !scene.receiver.requests.isEmpty }
        try await eventually("it is ready") { try FetchedPage(port: port, path: "/readyz").status == 200 }
        let life = try FetchedPage(port: port, path: "/healthz?verbose=1")
        #expect(life.status == 200 && life.body == "ok\n")
        #expect(try FetchedPage(port: port, path: "/metrics", method: "HEAD").body == "")
        #expect(try FetchedPage(port: port, path: "/").status == 404)
        #expect(try FetchedPage(port: port, request: "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello").status == 405)
        #expect(try await agent.stop().status == 0)
    }

    @Test func nothingListensUnlessThatIsWantedAndAReloadFollows() async throws {
        let scene = try await Scene()
        let agent = try scene.start()
        try await eventually("the agent answers") { try await Program.run("status", "--config", scene.configuration).status == 0 }
        #expect(agent.metricsPort == nil)
        let plain = scene.folder.text("eventail.yaml")
        try scene.folder.write(plain + Self.settings + "\n", to: "eventail.yaml")
        #expect(try await Program.run("reload", "--config", scene.configuration).status == 0)
        try await eventually("metrics are served") { agent.metricsPort != nil }
        let port = try #require(agent.metricsPort)
        #expect(try FetchedPage(port: port, path: "/readyz").status == 200)
        try scene.folder.write(plain, to: "eventail.yaml")
        #expect(try await Program.run("reload", "--config", scene.configuration).status == 0)
        try await eventually("nothing listens any more") { (try? Monitor(port: port)) == nil }
        #expect(try await agent.stop().status == 0)
    }

    @Test func anAddressThatIsTakenIsATroubleAndNoFault() async throws {
        let other = ScriptedReceiver()
        let port = try await other.listen()
        let scene = try await Scene(settings: "metrics: { listen: '127.0.0.1:\(port)' }")
        let agent = try scene.start()
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("the call arrives all the same") { try scene.arrivedCalls().count == 1 }
        let status = try await Program.run("status", "--config", scene.configuration)
        #expect(status.status == 1)
        #expect(status.output.hasPrefix("degraded: no metrics can be served at 127.0.0.1:\(port): address already in use\n  hint: "))
        #expect(try await agent.stop().status == 0)
    }

    @Test func badMonitorsNeverHurtTheAgent() async throws {
        let scene = try await Scene(settings: Self.settings)
        let (agent, port) = try await started(scene)
        let garbage = try Monitor(port: port)
        garbage.say("\u{0}\u{1}garbage\r\n\r\n")
        #expect(garbage.rest().contains("400"))
        let endless = try Monitor(port: port)
        endless.say("GET /metrics HTTP/1.1\r\n")
        for _ in 0..<100 { endless.say("X-Pad: \(String(repeating: "x", count: 60_000))\r\n") }
        // More than may be served, and none of them says a word.
        let silent = try (0..<60).map { _ in try Monitor(port: port) }
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("the call arrives all the same") { try scene.arrivedCalls().count == 1 }
        // Who is silent is let go, and then others are served again.
        try await eventually("metrics are served again") {
            guard let scrape = try? Scrape(port: port) else { return false }
            return scrape["eventail_limit_hits_total", ["limit": "metrics_connections"]] ?? 0 > 0
        }
        withExtendedLifetime(silent) {}
        #expect(agent.isRunning)
        #expect(try await agent.stop().status == 0)
    }
}
