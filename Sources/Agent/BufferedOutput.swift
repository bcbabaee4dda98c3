// Bytes on their way to a descriptor, gathered so that a write(2) carries many lines.

import Glibc
import Records

/// Not flushed by itself at the end: what could not be written must be known.
package final class BufferedOutput {
    private let descriptor: Int32
    private let turns: OutputTurns?
    private var part = 0
    private var pending: [UInt8] = []

    /// Writing starts when so much has been gathered.
    private static let pendingBytesMax = 256 << 10
    /// So much is gathered while another part of the output has its turn.
    private static let waitingBytesMax = 16 << 20

    /// Why nothing more can be written; EPIPE when the reader has gone, ECANCELED when an earlier part of the output failed.
    package struct WriteError: Error, Sendable {
        package let number: Int32
    }

    /// - Parameter descriptor: open for writing; stays the caller's.
    package convenience init(descriptor: Int32) {
        self.init(descriptor: descriptor, turns: nil)
    }

    /// - Parameter turns: of the parts of the output that several threads make; nil: there is one.
    init(descriptor: Int32, turns: OutputTurns?) {
        self.descriptor = descriptor
        self.turns = turns
    }

    /// What is appended from here on belongs to this part of the output.
    func begin(part: Int) {
        self.part = part
    }

    /// Writes the rest of the part and gives the turn to the next.
    func endPart() throws(WriteError) {
        try flush()
        turns?.pass()
    }

    /// No part after this one will be written.
    func end() {
        turns?.end()
    }

    package func append(_ bytes: Span<UInt8>) {
        pending.append(contentsOf: bytes)
    }

    package func append(_ byte: UInt8) {
        pending.append(byte)
    }

    package func append(_ bytes: some Sequence<UInt8>) {
        pending.append(contentsOf: bytes)
    }

    /// Writes what was gathered, once it is much.
    package func flushIfFull() throws(WriteError) {
        guard pending.count >= Self.pendingBytesMax else { return }
        if pending.count >= Self.waitingBytesMax || turns?.isTurn(of: part) ?? true { try flush() }
    }

    package func flush() throws(WriteError) {
        if let turns, !turns.wait(for: part) { throw WriteError(number: ECANCELED) }
        var written = 0
        while written < pending.count {
            let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw WriteError(number: errno)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }
}
