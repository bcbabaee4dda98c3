// Logs in other encodings than UTF-8 through the real program: followed, derived and explained.

import Agent
import Foundation
import TestSupport
import Testing

struct EncodingTests {
    private static let rules = #"""
        rules:
          - name: action
            match: '^user=(?<userId>\S+) kaufte (?<what>\S+) n=(?<n>\d+)$'
            types: { n: integer }
            track: Gekauft
        """#

    private static let multilineRules = #"""
        multiline: { continues_with: '^\s' }
        rules:
          - name: note
            match: '^user=(?<userId>\S+) kaufte \S+ n=(?<n>\d+)\r?\n\s+(?<what>\S+)$'
            types: { n: integer }
            track: Notiert
        """#

    private static let words = ["Grüße", "Äpfel", "🍏🍐", "x", "注文"]

    private static func line(_ number: Int) -> String { "user=u\(number % 7) kaufte \(words[number % 5]) n=\(number)\r\n" }

    private static func bytes(_ numbers: Range<Int>, _ encoding: String.Encoding = .utf16LittleEndian) throws -> Data {
        try #require(numbers.map(line).joined().data(using: encoding))
    }

    private func derive(_ scene: Scene, _ encoding: String, _ more: String...) async throws -> Program.Outcome {
        try await RunningProgram(
            ["derive", "--rules", "\(scene.folder.path)/rules.d", "--id-scope", "test", "--encoding", encoding] + more
                + [scene.folder.url("log/app.log").path]
        ).end()
    }

    /// With the mark that Windows puts first; long enough that characters lie across every boundary.
    @Test func aLogInUTF16ArrivesOnceThoughTheAgentIsKilledInTheMiddle() async throws {
        let scene = try await Scene(rules: Self.rules, source: "    encoding: utf-16le")
        var agent = try scene.start()
        try scene.folder.write([0xFF, 0xFE], to: "log/app.log")
        var waiting = try Self.bytes(0..<40_000)
        for part in 0..<8 {
            // An odd number: the parts end within characters.
            let count = part == 7 ? waiting.count : 400_001
            let file = try FileHandle(forWritingTo: scene.folder.url("log/app.log"))
            try file.seekToEnd()
            try file.write(contentsOf: waiting.prefix(count))
            try file.close()
            waiting = Data(waiting.dropFirst(count))
            if part % 3 == 1 {
                agent.kill()
                agent = try scene.start()
            }
        }
        try await eventually("all arrive") { try scene.arrivedCalls().count >= 40_000 }
        #expect(try await agent.stop().status == 0)
        let arrived = try scene.arrivedCalls()
        #expect(arrived.values.map(\.number).sorted() == Array(0..<40_000))
        let derived = try await derive(scene, "utf-16le", "--origin")
        #expect(Dictionary(uniqueKeysWithValues: try Call.all(inLines: derived.lines).map { ($0.messageID, $0) }) == arrived)
        let what = try scene.receiver.requests.flatMap { request in
            try #require((try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])?["batch"] as? [[String: Any]])
        }.map { ($0["properties"] as? [String: Any])?["what"] as? String }
        #expect(Set(what) == Set(Self.words))
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 40_000 && totals.invalidSequences == 0)
        try scene.expectOrderPerPerson()
    }

    @Test func placesAreThoseOfTheBytes() async throws {
        let scene = try await Scene(rules: "multiline: { continues_with: '^#' }\n" + Self.rules)
        try scene.folder.write(Self.multilineRules, to: "rules.d/notes.yaml")
        let text = "\u{FEFF}" + Self.line(0) + "  Äpfel\r\n" + Self.line(1) + "\n" + Self.line(2)
        try scene.folder.write(try #require(text.data(using: .utf16BigEndian)), to: "log/app.log")
        let outcome = try await derive(scene, "utf-16be", "--origin")
        let origins = try outcome.lines.map { line in
            try #require((try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["_origin"] as? [String: Any])
        }
        // Code units of two bytes, a mark of one, and five lines; two ways to make records of them.
        let first = (1 + Self.line(0).utf16.count) * 2
        let second = first + "  Äpfel\r\n".utf16.count * 2
        let fourth = second + (Self.line(1).utf16.count + 1) * 2
        #expect(origins.map { $0["offset"] as? Int } == [0, 0, second, fourth])
        #expect(origins.map { $0["line"] as? Int } == [1, 1, 3, 5])
        #expect(origins.map { $0["rule"] as? String } == ["note", "action", "action", "action"], "\(outcome.output)")
    }

    @Test func whatIsNoCharacterIsReplacedAndCounted() async throws {
        let scene = try await Scene(rules: Self.rules, source: "    encoding: shift_jis")
        let bytes = Array("user=u0 kaufte ".utf8) + [0x92, 0x8D, 0x95, 0xB6] + Array(" n=0\n".utf8) + [0x83, 0xFF, 0x0A]
        try scene.folder.write(bytes + Array("user=u1 kaufte x n=1\n".utf8), to: "log/app.log")
        #expect(try await scene.runOnce().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == [0, 1])
        #expect(try await scene.totals().invalidSequences == 2)
        let derived = try await derive(scene, "shift_jis")
        #expect(derived.output.contains("\"what\":\"注文\""), "\(derived.output)")
        #expect(derived.error.contains("2 sequences of bytes are no characters in shift_jis"))
    }

    @Test func explainReadsFilesInTheEncodingAndWordsAsTheyAre() async throws {
        let scene = try await Scene(rules: Self.rules)
        try scene.folder.write(try Self.bytes(0..<3, .utf16LittleEndian), to: "log/app.log")
        let outcome = try await Program.run(
            "explain", "--rules", "\(scene.folder.path)/rules.d", "--encoding", "utf-16le", scene.folder.url("log/app.log").path,
            "user=u3 kaufte Öl n=3")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("4 of 4 lines were matched by a rule"), "\(outcome.output)")
        #expect(outcome.output.contains("Grüße") && outcome.output.contains("Öl"))
    }

    @Test func anEncodingThatCannotBeReadIsRefusedWithItsPlace() async throws {
        let scene = try await Scene(rules: Self.rules, source: "    encoding: utf-16")
        let outcome = try await Program.run("check", "--config", scene.configuration)
        #expect(outcome.status == 78)
        #expect(
            outcome.error.contains("lines in the encoding `utf-16` do not end") || outcome.output.contains("lines in the encoding `utf-16`")
        )
        let derived = try await derive(scene, "latin-klingon")
        #expect(derived.status == 2)
        #expect(derived.error.contains("does not know the encoding `latin-klingon`"), "\(derived.error)")
    }
}
