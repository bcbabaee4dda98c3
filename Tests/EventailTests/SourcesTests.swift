// `eventail sources`, with an agent beside it and without one.

import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct SourcesTests {
    private func files(_ scene: Scene, _ arguments: String...) async throws -> [String: [String: Any]] {
        let outcome = try await RunningProgram(["sources", "--json", "--state", scene.folder.url("state").path] + arguments).end()
        try #require(outcome.status == 0, "\(outcome.error)")
        let objects = try outcome.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        return Dictionary(uniqueKeysWithValues: objects.map { (($0["path"] as? String ?? "").components(separatedBy: "/").last ?? "", $0) })
    }

    @Test func eachFileIsListedWithItsIdentityAndWhatIsUnread() async throws {
        let scene = try await Scene()
        let text = (0..<30).map(Scene.line).joined()
        for name in ["app", "moved", "late", "gone", "short"] { try scene.folder.write("\(name)\n" + text, to: "log/\(name).log") }
        try scene.folder.write("no whole line", to: "log/partial.log")
        #expect(try await scene.runOnce().status == 0)
        try scene.folder.append(text, to: "log/late.log")
        try scene.folder.append("half a line", to: "log/moved.log")
        try scene.folder.rename("log/moved.log", to: "log/moved.log.1")
        try FileManager.default.removeItem(at: scene.folder.url("log/gone.log"))
        try FileHandle(forWritingTo: scene.folder.url("log/short.log")).truncate(atOffset: 3)
        let files = try await files(scene)
        let states = files.mapValues { $0["state"] as? String }
        #expect(
            states == [
                "app.log": "read", "moved.log.1": "rotated", "late.log": "behind", "gone.log": "gone", "short.log": "truncated",
                "partial.log": "starting",
            ])
        let app = try #require(files["app.log"])
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.folder.url("log/app.log").path)
        #expect(app["inode"] as? Int == attributes[.systemFileNumber] as? Int)
        #expect(app["source"] as? String == "shop" && app["generation"] as? Int == 0 && (app["fingerprint"] as? String)?.count == 16)
        let size = text.utf8.count + 4
        #expect(app["size"] as? Int == size && app["offset"] as? Int == size)
        #expect(app["lag_bytes"] as? Int == 0 && app["lag_seconds"] as? Int == 0)
        #expect((app["last_read"] as? String)?.hasSuffix("Z") == true)
        #expect(files["late.log"]?["lag_bytes"] as? Int == text.utf8.count && files["late.log"]?["lag_seconds"] is Int)
        #expect(files["moved.log.1"]?["lag_bytes"] as? Int == 11)
        #expect(files["gone.log"]?["size"] == nil && files["gone.log"]?["lag_bytes"] == nil && files["short.log"]?["lag_bytes"] == nil)
        #expect(files["partial.log"]?["fingerprint"] == nil)
        #expect(Set(files.values.compactMap { $0["fingerprint"] as? String }).count == 5)
        #expect(try await self.files(scene, "--source", "other").isEmpty)
        let table = try await Program.run("sources", "--config", scene.configuration)
        #expect(table.status == 0 && table.lines.count == 7)
        #expect(table.lines[0].hasPrefix("source  state") && table.lines.contains { $0.hasSuffix("/log/moved.log.1") })
    }

    @Test func besideARunningAgentReadingIsSeenToGoOn() async throws {
        let scene = try await Scene()
        try scene.folder.write(Scene.line(1), to: "log/app.log")
        let agent = try scene.start()
        try await eventually("the file is read") { scene.receiver.accepted.count == 1 }
        try scene.folder.append(Scene.line(2), to: "log/app.log")
        let size = (Scene.line(1) + Scene.line(2)).utf8.count
        try await eventually("the rest is read") {
            let file = try await self.files(scene)["app.log"]
            return file?["offset"] as? Int == size && file?["state"] as? String == "read"
        }
        #expect(try await agent.stop().status == 0)
    }

    @Test func withoutAStateItSaysWhatToDo() async throws {
        let scene = try await Scene()
        let outcome = try await Program.run("sources", "--config", scene.configuration)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.error.contains("there is no database") && outcome.error.contains("state.directory"))
        let help = try await Program.run("sources", "--help")
        #expect(help.status == 0 && help.output.contains("eventail sources --source shop --json"))
    }
}
