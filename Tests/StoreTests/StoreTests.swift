// Opening: who is let in, and which files are taken for our database.

import Foundation
import GRDB
import Store
import Testing

@Suite struct StoreTests {
    private let directory = TemporaryDirectory()

    private func error(opening path: String) -> StoreError? {
        do {
            try Store.open(directory: path).close()
            return nil
        } catch {
            return error
        }
    }

    @Test func aRefusedLockClosesNoDescriptorOfOthers() async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        let path = directory.path
        let refusals = Task.detached {
            for _ in 0..<500 { #expect(throws: StoreError.self) { try Store.open(directory: path) } }
        }
        // A descriptor closed twice would now and then be one of these.
        for _ in 0..<5_000 {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            var byte: UInt8 = 1
            #expect(Glibc.write(ends[1], &byte, 1) == 1)
            #expect(Glibc.read(ends[0], &byte, 1) == 1)
            #expect(Glibc.close(ends[0]) == 0)
            #expect(Glibc.close(ends[1]) == 0)
        }
        await refusals.value
    }

    @Test func createsADirectoryThatOnlyItsOwnerMayEnter() throws {
        let path = directory.path + "/a/b/state"
        try Store.open(directory: path).close()
        let rights = { (file: String) in try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int }
        #expect(try rights(path) == 0o700)
        #expect(try rights(path + "/eventail.db") == 0o600)
        #expect(try rights(path + "/lock") == 0o600)
    }

    @Test func closesAnEmptyDirectoryToOthers() throws {
        let path = directory.path + "/state"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        try Store.open(directory: path).close()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }

    @Test func refusesAnOpenDirectoryWithOtherThingsInIt() throws {
        let path = directory.path + "/shared"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/other"))
        #expect(error(opening: path)?.code == .unusable)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o755)
    }

    @Test func refusesAFileInPlaceOfTheDirectory() throws {
        let path = directory.path + "/file"
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(error(opening: path)?.code == .unusable)
        #expect(error(opening: path + "/state")?.code == .unusable)
    }

    @Test func aSecondAgentIsToldWhoHoldsTheLock() throws {
        let store = try Store.open(directory: directory.path)
        let refusal = try #require(error(opening: directory.path))
        #expect(refusal.code == .inUse)
        #expect(refusal.what.contains("(process \(ProcessInfo.processInfo.processIdentifier))"))
        store.close()
        #expect(error(opening: directory.path) == nil)
    }

    @Test func refusesANewerSchemaAndLeavesItAlone() throws {
        try Store.open(directory: directory.path).close()
        try directory.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(error(opening: directory.path)?.code == .newerSchema)
        #expect(try directory.write { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 99)
    }

    @Test func refusesWhatIsNoDatabase() throws {
        try Data(String(repeating: "not a database ", count: 1000).utf8).write(to: URL(fileURLWithPath: directory.database))
        #expect(error(opening: directory.path)?.code == .damaged)
    }

    @Test func refusesAnotherProgramsDatabase() throws {
        try directory.write { try $0.execute(sql: "CREATE TABLE cookies(name TEXT)") }
        #expect(error(opening: directory.path)?.code == .damaged)
    }

    @Test func refusesATornDatabase() throws {
        let store = try Store.open(directory: directory.path)
        _ = try store.pipeline.commit(turn(chunk([String(repeating: "x", count: 30_000)])))
        store.close()
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.database))
        try handle.truncate(atOffset: 4096 * 3)
        try handle.close()
        #expect(error(opening: directory.path)?.code == .damaged)
    }

    @Test func secondOpeningFindsEverything() async throws {
        let store = try Store.open(directory: directory.path)
        _ = try store.pipeline.commit(turn(chunk(["{}", "[1]"])))
        store.close()
        let again = try Store.open(directory: directory.path)
        defer { again.close() }
        #expect(again.pipeline.outboxBytes == 6)
        #expect(try await again.sender.waiting().map(\.chunk) == [chunk(["{}", "[1]"])])
    }
}
