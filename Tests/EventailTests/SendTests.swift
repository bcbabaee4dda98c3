// What a person learns of a receiver without an agent: `eventail send` and `eventail check --online`, against our own receiver.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct SendTests {
    /// A receiver that takes one key, and a configuration that may hold another.
    private final class Setting {
        let folder: TemporaryFolder
        let receiver: RunningProgram

        init(key: String = "right-key", failing plan: [String] = [], destination: String = "") async throws {
            let folder = try TemporaryFolder()
            self.folder = folder
            try folder.write("right-key\n", to: "receiver-key")
            try folder.write("\(key)\n", to: "key")
            let receiver = try RunningProgram(
                ["receive", "--listen", "127.0.0.1:0", "--key-file", folder.url("receiver-key").path]
                    + plan.flatMap { ["--fail", $0] })
            self.receiver = receiver
            try await eventually("the receiver listens") { receiver.error.contains("receiving on port") }
            let port = try #require(receiver.error.firstMatch(of: #/port (\d+)/#)?.1)
            try write("destination: { url: 'http://127.0.0.1:\(port)/v1', api_key: { file: key }\(destination) }")
        }

        func write(_ destination: String) throws {
            try folder.write(
                """
                \(destination)
                sources: { shop: { files: ['log/*.log'] } }
                rules: ['rules.d/*.yaml']
                state: { directory: state }

                """, to: "eventail.yaml")
            try folder.write(Scene.rules, to: "rules.d/shop.yaml")
        }

        func send(_ arguments: String...) async throws -> Program.Outcome {
            let running = try RunningProgram(["send", "--config", folder.url("eventail.yaml").path] + arguments)
            return try await running.end()
        }

        func check() async throws -> Program.Outcome {
            try await Program.run("check", "--online", "--config", folder.url("eventail.yaml").path)
        }

        var accepted: [[String: Any]] {
            get throws {
                try receiver.output.split(separator: "\n").compactMap {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
            }
        }
    }

    @Test func aCallOfEachTypeIsSentAndTheAnswerPrinted() async throws {
        let setting = try await Setting()
        let calls: [[String]] = [
            [
                "track", "--user-id", "u1", "--event", "Sold", "--property", "currency=E\"UR", "--property", "total:=19.90", "--property",
                "a=b=c",
            ],
            ["identify", "--user-id", "u1", "--trait", "email=anna@example.com", "--trait", "tags:=[1,\"x\"]"],
            ["group", "--anonymous-id", "a1", "--group-id", "g1", "--trait", "plan=pro"],
            ["page", "--user-id", "u1", "--name", "Home", "--timestamp", "2026-11-23T06:37:03Z"],
            ["screen", "--user-id", "u1"],
            ["alias", "--user-id", "u1", "--previous-id", "a1"],
        ]
        for call in calls {
            let running = try RunningProgram(
                ["send", "--config", setting.folder.url("eventail.yaml").path, "--type"] + call)
            let outcome = try await running.end()
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.lines.count == 2 && outcome.lines[1].hasPrefix("destination default: accepted (200"))
            // What is printed is what arrived.
            try await eventually("it arrived") { setting.receiver.output.contains(outcome.lines[0]) }
        }
        let accepted = try setting.accepted
        #expect(accepted.map { $0["type"] as? String } == calls.map(\.first))
        #expect(Set(accepted.map { $0["messageId"] as? String }).count == calls.count)
        let sold = try #require(accepted[0]["properties"] as? [String: Any])
        #expect(sold["currency"] as? String == "E\"UR" && sold["total"] as? Double == 19.9 && sold["a"] as? String == "b=c")
        #expect(accepted[3]["timestamp"] as? String == "2026-11-23T06:37:03.000Z")
        // Nothing is stored.
        #expect(!FileManager.default.fileExists(atPath: setting.folder.url("state").path))
    }

    @Test func aWrongKeyIsSaidSoBySendAndByCheck() async throws {
        let setting = try await Setting(key: "wrong-key")
        for outcome in [try await setting.send("--type", "track", "--user-id", "u", "--event", "e"), try await setting.check()] {
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("does not accept the key (401)"))
            #expect(outcome.error.contains("hint: check `api_key`"))
            #expect(!(outcome.error + outcome.output).contains("wrong-key"))
        }
        #expect(try setting.accepted.isEmpty)
    }

    @Test func theRightKeyIsSaidSoWithoutSendingACall() async throws {
        let setting = try await Setting()
        let outcome = try await setting.check()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("destination default: the receiver takes the key"))
        #expect(outcome.output.hasSuffix("all is well\n"))
        #expect(try setting.accepted.isEmpty)
        let state = FileManager.default.fileExists(atPath: setting.folder.url("state").path)
        #expect(!state)
    }

    @Test(arguments: ["429:1", "500:1", "reset:1"]) func aReceiverInTroubleProvesNothing(_ plan: String) async throws {
        let setting = try await Setting(failing: [plan])
        let sent = try await setting.send("--type", "track", "--user-id", "u", "--event", "e")
        #expect(sent.status == 1)
        #expect(sent.lines.count == 1)
        #expect(sent.error.contains("hint: "))
    }

    @Test func aReceiverThatIsNotThereIsNamed() async throws {
        let setting = try await Setting()
        _ = try await setting.receiver.stop()
        for outcome in [try await setting.send("--type", "track", "--user-id", "u", "--event", "e"), try await setting.check()] {
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("destination default at http://127.0.0.1:") && outcome.error.contains("refused"))
        }
    }

    @Test func whatTheAPIWouldRefuseIsNotSent() async throws {
        let setting = try await Setting()
        let mistakes: [([String], String)] = [
            (["--type", "trak", "--user-id", "u"], "no call of the type trak"),
            (["--type", "track", "--user-id", "u"], "needs event"),
            (["--type", "track", "--event", "e"], "needs a user"),
            (["--type", "track", "--event", "e", "--user-id", ""], "needs a user"),
            (["--type", "alias", "--previous-id", "p", "--anonymous-id", "a"], "needs a user"),
            (["--type", "identify", "--user-id", "u", "--event", "e"], "has no event"),
            (["--type", "identify", "--user-id", "u", "--property", "a=b"], "has no properties"),
            (["--type", "track", "--user-id", "u", "--event", "User Deleted"], "is a command"),
            (["--type", "track", "--user-id", "u", "--event", "e", "--property", "novalue"], "neither key=text nor key:=JSON"),
            (["--type", "track", "--user-id", "u", "--event", "e", "--property", "a:={"], "is no JSON"),
            (["--type", "track", "--user-id", "u", "--event", "e", "--property", "a=1", "--property", "a:=2"], "there twice"),
            (["--type", "track", "--user-id", "u", "--event", "e", "--timestamp", "yesterday"], "is no time"),
            (["--type", "track", "--user-id", "u", "--event", String(repeating: "x", count: 32_000)], "are the most"),
            (["--type", "track", "--user-id", "u", "--event", "e", "--destination", "crm"], "no destination called"),
        ]
        for (arguments, complaint) in mistakes {
            let running = try RunningProgram(["send", "--config", setting.folder.url("eventail.yaml").path] + arguments)
            let outcome = try await running.end()
            #expect(outcome.status == 2, "\(arguments)")
            #expect(outcome.error.contains(complaint), "\(arguments): \(outcome.error)")
        }
        #expect(try setting.accepted.isEmpty)
    }

    @Test func amongSeveralDestinationsOneIsChosen() async throws {
        let setting = try await Setting()
        let port = try #require(setting.receiver.error.firstMatch(of: #/port (\d+)/#)?.1)
        let one = "{ url: 'http://127.0.0.1:\(port)/v1', api_key: { file: key } }"
        try setting.write("destinations: { crm: \(one), other: \(one.replacingOccurrences(of: "file: key", with: "file: other-key")) }")
        try setting.folder.write("other-key\n", to: "other-key")
        let unclear = try await setting.send("--type", "track", "--user-id", "u", "--event", "e")
        #expect(unclear.status == 2 && unclear.error.contains("--destination: crm, other"))
        #expect(try await setting.send("--type", "track", "--user-id", "u", "--event", "e", "--destination", "crm").status == 0)
        let check = try await setting.check()
        #expect(check.status == 1)
        #expect(check.output.contains("destination crm: the receiver takes the key"))
        #expect(check.error.contains("destination other at ") && check.error.contains("does not accept the key (401)"))
    }
}
