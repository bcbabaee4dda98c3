// A file of a source as people and programs read it.

import Calls
import Records
import Tailing

package struct SourceFile: Sendable {
    /// How far it is, as a word.
    package enum State: String, CaseIterable, Sendable {
        /// Its first line is incomplete, so nothing is known of its content.
        case starting
        /// All there is was read.
        case read
        /// There is more than was read.
        case behind
        /// Renamed, or compressed, with more than was read.
        case rotated
        /// Renamed, or compressed, and read to its end.
        case finished
        /// Smaller than what was read of it: it will be found to be other content, or to have lost its end.
        case truncated
        /// Not at its path, nor beside it.
        case gone
        case unreadable
    }

    package let state: State
    private let checkpoint: FileCheckpoint
    private let path: String
    private let size: UInt64?
    private let nowSeconds: Int64

    init(_ checkpoint: FileCheckpoint, nowSeconds: Int64) {
        self.checkpoint = checkpoint
        self.nowSeconds = nowSeconds
        switch FilePlace.of(checkpoint) {
        case .atItsPath(let size):
            (path, self.size) = (checkpoint.path, size)
            state = Self.state(checkpoint, size, done: .read, more: .behind)
        case .moved(let path, let size):
            (self.path, self.size) = (path, size)
            state =
                size.map { Self.state(checkpoint, $0, done: .finished, more: .rotated) } ?? (checkpoint.isFinished ? .finished : .rotated)
        case .gone:
            (path, size, state) = (checkpoint.path, nil, .gone)
        case .unreadable:
            (path, size, state) = (checkpoint.path, nil, .unreadable)
        }
    }

    private static func state(_ checkpoint: FileCheckpoint, _ size: UInt64, done: State, more: State) -> State {
        if size < checkpoint.offset { return .truncated }
        if size == checkpoint.offset { return done }
        return checkpoint.origin == nil ? .starting : more
    }

    /// Unread bytes; nil where that cannot be known.
    private var lagBytes: UInt64? { size.flatMap { $0 >= checkpoint.offset ? $0 - checkpoint.offset : nil } }

    /// The oldest unread byte is no older; 0 where all is read.
    private var lagSeconds: Int64? { lagBytes.map { $0 == 0 ? 0 : max(0, nowSeconds - checkpoint.lastSeenSeconds) } }

    /// A hash of the first line, which itself is nobody's business.
    private var fingerprint: String? {
        checkpoint.origin.map { origin in
            let digits = String(ContentHash.of(origin.fingerprint.span), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    package static let columns = ["source", "state", "offset", "size", "lag bytes", "lag s", "inode", "fingerprint", "path"]

    package var row: [String] {
        [
            checkpoint.source, state.rawValue, "\(checkpoint.offset)", size.map { "\($0)" } ?? "-", lagBytes.map { "\($0)" } ?? "-",
            lagSeconds.map { "\($0)" } ?? "-", "\(checkpoint.inode)",
            fingerprint.map { "\($0).\(checkpoint.origin?.generation ?? 0)" } ?? "-", path,
        ].map(Printable.text)
    }

    /// One JSON object: `source`, `path`, `state` (a word), `device`, `inode`, `fingerprint` and `generation` (left out before the
    /// first line is complete), `offset`, `size`, `lag_bytes` and `lag_seconds` (left out where unknown), `last_read`.
    package var json: [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        func member(_ name: String, _ text: String) {
            bytes += Array("\(bytes.count > 1 ? "," : "")\"\(name)\":".utf8)
            bytes.appendJSONString(Array(text.utf8).span)
        }
        func member(_ name: String, _ number: (some BinaryInteger)?) {
            if let number { bytes += Array(",\"\(name)\":\(number)".utf8) }
        }
        member("source", checkpoint.source)
        member("path", path)
        member("state", state.rawValue)
        member("device", checkpoint.device)
        member("inode", checkpoint.inode)
        if let fingerprint { member("fingerprint", fingerprint) }
        member("generation", checkpoint.origin?.generation)
        member("offset", checkpoint.offset)
        member("size", size)
        member("lag_bytes", lagBytes)
        member("lag_seconds", lagSeconds)
        member("last_read", CallTime(milliseconds: checkpoint.lastSeenSeconds * 1000).text)
        return bytes + [UInt8(ascii: "}")]
    }
}
