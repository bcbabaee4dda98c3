// Bytes on their way to a descriptor, gathered so that a write(2) carries many lines.

import Glibc
import Records

/// Not flushed by itself at the end: what could not be written must be known.
package final class BufferedOutput {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    /// Writing starts when so much has been gathered.
    private static let pendingBytesMax = 256 << 10

    /// Why nothing more can be written; EPIPE when the reader has gone.
    package struct WriteError: Error, Sendable {
        package let number: Int32
    }

    /// - Parameter descriptor: open for writing; stays the caller's.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package func append(_ bytes: Span<UInt8>) {
        pending.append(contentsOf: bytes)
    }

    package func append(_ bytes: some Sequence<UInt8>) {
        pending.append(contentsOf: bytes)
    }

    /// Writes what was gathered, once it is much.
    package func flushIfFull() throws(WriteError) {
        if pending.count >= Self.pendingBytesMax { try flush() }
    }

    package func flush() throws(WriteError) {
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
