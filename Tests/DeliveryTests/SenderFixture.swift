// A sender with a real store and a real receiver, and a clock that runs faster than the world.

import Calls
import Delivery
import Foundation
import Logging
import Store
import Synchronization
import TestSupport

/// A directory for one test, removed with everything in it when the test is done.
final class TemporaryDirectory: Sendable {
    let path = NSTemporaryDirectory() + "eventail-delivery-\(UUID().uuidString)"

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

extension SenderClock {
    /// An hour in 18 seconds. Time-outs of requests are not affected: sockets live in the world.
    static let fast = SenderClock(
        now: { .nanoseconds(Int64(DispatchTime.now().uptimeNanoseconds)) * fastFactor },
        wallMS: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) * Int64(fastFactor) },
        sleep: { try await Task.sleep(for: $0 / fastFactor) })
    static let fastFactor = 200
}

final class SenderFixture: Sendable {
    static let name = "main"
    static let key = "0123456789secret"

    let directory: TemporaryDirectory
    let store: Store
    let receiver: ScriptedReceiver
    private let port: Int
    private let serial = Mutex(0)

    init(_ receiver: ScriptedReceiver, isListening: Bool = true) async throws {
        directory = TemporaryDirectory()
        store = try Store.open(directory: directory.path)
        self.receiver = receiver
        port = try await isListening ? receiver.listen() : Self.freePort()
    }

    private static func freePort() async throws -> Int {
        let receiver = ScriptedReceiver()
        let port = try await receiver.listen()
        try await receiver.close()
        return port
    }

    func listen() async throws {
        try await receiver.listen(port: port)
    }

    func configuration(_ change: (inout DestinationConfiguration) -> Void = { _ in }) throws -> DestinationConfiguration {
        let authorization = try Authorization(kind: .customerio, key: Self.key)
        let endpoint = try Endpoint(kind: .customerio, base: "http://127.0.0.1:\(port)/v1", region: nil, authorization: authorization)
        var result = DestinationConfiguration(name: Self.name, endpoint: endpoint, authorization: authorization, version: "1.2.3")
        result.timeouts.response = .seconds(20)
        result.batch.delayMax = .zero
        change(&result)
        return result
    }

    func sender(clock: SenderClock = .fast, _ change: (inout DestinationConfiguration) -> Void = { _ in }) throws -> Sender {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Sender(try configuration(change), store: store.sender, clock: clock, logger: logger)
    }

    /// Stores one chunk; its calls get ids that grow with the order of reading.
    /// - Returns: the ids.
    @discardableResult
    func commit(
        slot: UInt8, barrier: UInt8? = nil, calls: Int = 1, rule: UInt32 = 1, bad: Set<Int> = [], padding: Int = 0
    ) throws -> [String] {
        var chunk = CallChunk(destination: Self.name, slot: Slot(number: slot), barrierSlot: barrier.map { Slot(number: $0) })
        var ids: [String] = []
        for index in 0..<calls {
            let id = serial.withLock { serial in
                serial += 1
                return String(format: "%06d", serial)
            }
            let mark = bad.contains(index) ? #","bad":true"# : ""
            let call = Array(#"{"messageId":"\#(id)","slot":\#(slot)\#(mark),"pad":"\#(String(repeating: "p", count: padding))"}"#.utf8)
            chunk.append(call.span, CallEntry(byteCount: UInt32(call.count), rule: rule, source: 1, offset: UInt64(index)))
            ids.append(id)
        }
        var turn = Turn(atMS: 1)
        turn.chunks = [chunk]
        _ = try store.pipeline.commit(turn)
        return ids
    }

    /// Runs the sender while `body` runs, then stops it.
    func running<Value: Sendable>(_ sender: Sender, _ body: () async throws -> Value) async throws -> Value {
        async let run: Void = sender.run()
        do {
            let value = try await body()
            sender.stop()
            try await run
            return value
        } catch {
            sender.stop()
            try await run
            throw error
        }
    }

    /// Drains the outbox with a sender of its own.
    func drain(_ change: (inout DestinationConfiguration) -> Void = { _ in }) async throws -> DrainOutcome {
        let sender = try sender(change)
        return try await running(sender) { await sender.drain(giveUpAfter: .seconds(36_000)) }
    }

    func counters() async throws -> Counters {
        let books = try await store.observer.books()
        let all = books.counters
        return Counters(
            derived: all[.derived(Self.name)] ?? 0, delivered: all[.delivered(Self.name)] ?? 0,
            deadLettered: all[.deadLettered(Self.name)] ?? 0, waiting: Int64(books.waiting(for: Self.name).calls))
    }
}

/// One destination's books.
struct Counters: Equatable, Sendable {
    var derived: Int64
    var delivered: Int64
    var deadLettered: Int64
    var waiting: Int64

    var balance: Bool { derived == delivered + deadLettered + waiting }
}

extension TemporaryDirectory {
    func tlsFiles(for names: String) throws -> TLSFiles {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return try TLSFiles(in: path, for: names)
    }
}
