// The agent on journal files: beside files, and where its rules find nothing.

import Agent
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: JournalFolder.isAvailable, Comment(rawValue: JournalFolder.whyNot ?? "")))
struct JournalSourceTests {
    private let journal: JournalFolder

    init() throws {
        journal = try JournalFolder()
    }

    private func entries(_ numbers: Range<Int>, _ message: (Int) -> String) -> [WrittenEntry] {
        numbers.map { WrittenEntry($0, ("MESSAGE", message($0)), ("_SYSTEMD_UNIT", "shop.service")) }
    }

    private func scene(source: String = "") async throws -> Scene {
        try await Scene(source: source, files: "    journald: { directory: \(journal.path), start_at: beginning }")
    }

    private func recordsRead(_ scene: Scene) async throws -> Int {
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        let count = try #require((outcome.output + outcome.error).firstMatch(of: #/(\d+) records read/#))
        return try #require(Int(count.output.1))
    }

    @Test func positionIsStoredThoughNothingMatches() async throws {
        try journal.write(entries(0..<100) { "nothing to see \($0)" })
        let scene = try await scene()
        #expect(try await recordsRead(scene) == 100)
        #expect(try await recordsRead(scene) == 0)
        try journal.write(entries(100..<105) { "nothing to see \($0)" })
        // One that is killed has stored it too.
        let agent = try scene.start()
        try journal.write(entries(105..<106) { String(Scene.line($0).dropLast()) })
        try await eventually("the call arrives") { try scene.arrivedCalls().count == 1 }
        agent.kill()
        #expect(try await recordsRead(scene) == 0)
        #expect(try await StateTotals(directory: scene.folder.url("state").path).recordsRead == 106)
    }

    @Test func journalFullOfEntriesDoesNotStarveAFile() async throws {
        let count = 14_000
        try journal.write(entries(0..<count) { String(Scene.line($0).dropLast()) })
        let scene = try await scene(
            source: """
                    rules: [shop]
                  web:
                    files: ['log/*.log']
                    start_at: beginning
                    rules: [shop]
                """)
        try scene.folder.write((count..<count + 10).map(Scene.line).joined(), to: "log/web.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        let numbers = try scene.receiver.requests.flatMap { try Call.all(inBody: $0.body) }.map(\.number)
        #expect(numbers.sorted() == Array(0..<count + 10))
        let last = try #require(numbers.lastIndex { $0 >= count })
        #expect(last < count * 3 / 4)
    }
}
