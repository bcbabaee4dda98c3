// The lines of a file that begin in one stretch of it, read without moving the descriptor, so that several threads can read at once.

import Glibc
import Records

/// Reads from the first line that begins at or after the stretch's start, to the end of the last that begins before its end.
struct LineStretch {
    /// The place in the file that is read next.
    private(set) var position: UInt64
    private let end: UInt64
    private let descriptor: Int32

    /// - Parameter descriptor: of a regular file, open for reading; stays the caller's.
    init(descriptor: Int32, _ stretch: Range<UInt64>) throws(RecordStream.ReadError) {
        self.descriptor = descriptor
        position = try Self.lineStart(atOrAfter: stretch.lowerBound, descriptor)
        end = try Self.lineStart(atOrAfter: stretch.upperBound, descriptor)
    }

    /// As `RecordStream` wants it.
    mutating func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(RecordStream.ReadError) -> Int {
        let wanted = Int(min(UInt64(range.count), end - min(position, end)))
        guard wanted > 0 else { return 0 }
        let count = try Self.read(descriptor, into: &buffer, range.lowerBound..<range.lowerBound + wanted, at: position)
        position += UInt64(count)
        return count
    }

    /// The end of the file where no line begins there.
    private static func lineStart(atOrAfter place: UInt64, _ descriptor: Int32) throws(RecordStream.ReadError) -> UInt64 {
        guard place > 0, place < UInt64(Int64.max) else { return place }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // A line begins at the place itself if the byte before ends one.
        var position = place - 1
        while true {
            let count = try read(descriptor, into: &buffer, 0..<buffer.count, at: position)
            if count == 0 { return position }
            if let lineFeed = buffer.span.extracting(first: count).firstIndex(of: .lineFeed) { return position + UInt64(lineFeed) + 1 }
            position += UInt64(count)
        }
    }

    private static func read(
        _ descriptor: Int32, into buffer: inout [UInt8], _ range: Range<Int>, at position: UInt64
    ) throws(RecordStream.ReadError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + range.lowerBound, range.count, Int(position)) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw RecordStream.ReadError(number: errno) }
        }
    }
}
