// What the store's tests share: a state directory that removes itself, chunks and letters made from plain values, and a
// look into the database behind the store's back.

import Calls
import Foundation
import GRDB
import Records
import Store

/// A directory for one test, removed with everything in it when the test is done.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "eventail-store-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { path + "/eventail.db" }

    /// A copy of the database as a machine would find it that lost power or whose agent was killed right now.
    func copied() -> TemporaryDirectory {
        let copy = TemporaryDirectory()
        for file in ["eventail.db", "eventail.db-wal"] where FileManager.default.fileExists(atPath: "\(path)/\(file)") {
            try! FileManager.default.copyItem(atPath: "\(path)/\(file)", toPath: "\(copy.path)/\(file)")
        }
        return copy
    }

    /// Cuts a file off at `place` (0: its start, 1: its end), or turns a bit there.
    func tear(file: String, at place: Double, flipping: Bool) throws {
        guard FileManager.default.fileExists(atPath: "\(path)/\(file)") else { return }
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        var data = try Data(contentsOf: url)
        let index = Int(Double(data.count) * place)
        if flipping, index < data.count { data[index] ^= 1 } else { data = data.prefix(index) }
        try data.write(to: url)
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try DatabaseQueue(path: database).write(body)
    }
}

func chunk(_ calls: [String], destination: String = "main", slot: UInt8 = 3, barrier: UInt8? = nil) -> CallChunk {
    var chunk = CallChunk(destination: destination, slot: Slot(number: slot), barrierSlot: barrier.map { Slot(number: $0) })
    for (index, call) in calls.enumerated() {
        let bytes = Array(call.utf8)
        chunk.append(bytes.span, CallEntry(byteCount: UInt32(bytes.count), rule: 7, source: 9, offset: UInt64.max - UInt64(index)))
    }
    return chunk
}

func letter(_ call: String, destination: String = "main", answer: String? = nil) -> DeadLetter {
    DeadLetter(
        destination: destination, call: Array(call.utf8), reason: .refused, answer: answer, rule: 7, source: 9, offset: 1 << 40, atMS: 5)
}

func turn(_ chunks: CallChunk...) -> Turn {
    var turn = Turn(atMS: 1000)
    turn.chunks = chunks
    return turn
}

extension SenderStore {
    /// All chunks that wait for the destination.
    func waiting(_ destination: String = "main") async throws -> [StoredChunk] {
        try await chunks(rows(destination: destination, after: 0, countMax: 1_000_000).map(\.id))
    }
}

extension Dictionary<Counter, Int64> {
    func value(_ counter: Counter) -> Int64 { self[counter] ?? 0 }
}
