// Reads a descriptor from start to end as blocks of whole lines, in bounded memory: for files that do not grow and for
// standard input.
//
// A line is the bytes up to a line feed; the last one may lack it. A line with more than `recordBytesMax` bytes is left out
// and counted, and the next one is right. A consumer for which several lines make a record takes those that are complete; the
// rest is offered again with what follows.

#if canImport(Glibc)
    import Glibc
#endif

package struct RecordStream: ~Copyable {
    /// How many lines were too long.
    package private(set) var oversizeRecords = 0

    private let read: (inout [UInt8], Range<Int>) throws -> Int
    private let recordBytesMax: Int
    private let unit: CodeUnit
    private var buffer: [UInt8]
    /// The bytes of the buffer that are filled.
    private var filled = 0
    /// Where the buffer's first byte stands in the stream.
    private var offset: UInt64 = 0
    private var isSkipping = false
    private var isAtEnd = false

    /// How much is read at once, unless a caller says otherwise.
    package static let blockBytes = 1 << 20
    /// The longest record, unless a configuration says otherwise.
    package static let recordBytesMaxDefault = 256 << 10

    /// - Parameters:
    ///   - descriptor: open for reading; stays the caller's.
    ///   - unit: what the ends of lines are written in.
    package init(
        descriptor: Int32, recordBytesMax: Int = Self.recordBytesMaxDefault, blockBytes: Int = Self.blockBytes, unit: CodeUnit = .byte
    ) {
        self.init(recordBytesMax: recordBytesMax, blockBytes: blockBytes, unit: unit) { buffer, range in
            try Self.read(descriptor, into: &buffer, range)
        }
    }

    /// - Parameter read: fills a range of a buffer with what comes next, and returns how many bytes there were: at least one,
    ///   or 0 at the end.
    package init(
        recordBytesMax: Int = Self.recordBytesMaxDefault, blockBytes: Int = Self.blockBytes, unit: CodeUnit = .byte,
        read: @escaping (inout [UInt8], Range<Int>) throws -> Int
    ) {
        self.read = read
        self.recordBytesMax = recordBytesMax
        self.unit = unit
        // One block, and what is left of the one before: at most one open record and one line, with their endings.
        buffer = Array(repeating: 0, count: blockBytes + 2 * (recordBytesMax + 2 * unit.width))
    }

    /// Where a block stands in the stream.
    package struct Place: Sendable {
        /// Of its first byte.
        package let offset: UInt64
        /// How many records before it were left out.
        package let oversizeRecordsBefore: Int
        /// Whether no line follows that could belong to the block's last record: the stream ends, or a line follows that is
        /// left out. All of such a block must be taken.
        package let isFinal: Bool
    }

    /// Hands the next block of whole lines to `body`, with its place in the stream. `body` returns how many bytes it took: up
    /// to the end of a record. It must take a record that is as long as records may be, for else no room is left to read on.
    /// - Returns: false when there was nothing left.
    /// - Throws: `ReadError`, or what reading and `body` throw.
    package mutating func next(_ body: (Span<UInt8>, Place) throws -> Int) throws -> Bool {
        while true {
            if !isAtEnd { try fill() }
            if isSkipping { skip() }
            let end = isAtEnd ? filled : (buffer.span.lastIndex(of: .lineFeed, in: unit, before: filled).map { $0 + unit.width } ?? 0)
            if end > 0 {
                try deliver(end, isFinal: isAtEnd || wholeUnits - end > recordBytesMax + unit.width, body)
                return true
            }
            if isAtEnd { return false }
            if wholeUnits > recordBytesMax + unit.width { beginSkipping() }
        }
    }

    /// Why reading ended early.
    package struct ReadError: Error, Sendable {
        /// The error number of read(2).
        package let number: Int32

        package init(number: Int32) {
            self.number = number
        }
    }

    private mutating func fill() throws {
        guard filled < buffer.count else { return }
        let count = try read(&buffer, filled..<buffer.count)
        filled += count
        isAtEnd = count == 0
    }

    private static func read(_ descriptor: Int32, into buffer: inout [UInt8], _ range: Range<Int>) throws(ReadError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + range.lowerBound, range.count) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw ReadError(number: errno) }
        }
    }

    /// Hands over the lines before `end`; oversize ones among them are left out, so that there may be several calls.
    private mutating func deliver(_ end: Int, isFinal: Bool, _ body: (Span<UInt8>, Place) throws -> Int) throws {
        var (start, lineStart) = (0, 0)
        while end - lineStart > recordBytesMax {
            // All lines that end within so many bytes are short enough, so it is enough to find the last of them.
            let window = lineStart + recordBytesMax + unit.width
            if let lineFeed = buffer.span.lastIndex(of: .lineFeed, in: unit, before: min(window, end)), lineFeed >= lineStart {
                lineStart = lineFeed + unit.width
                continue
            }
            let lineEnd = buffer.span.extracting(first: end).firstIndex(of: .lineFeed, in: unit, from: lineStart) ?? end
            let endsInReturn = lineEnd > lineStart && buffer.span.has(.carriageReturn, in: unit, before: lineEnd)
            if lineEnd - lineStart - (endsInReturn ? unit.width : 0) > recordBytesMax {
                if start < lineStart { try hand(start..<lineStart, isFinal: true, to: body) }
                oversizeRecords += 1
                start = min(lineEnd + unit.width, end)
            }
            lineStart = min(lineEnd + unit.width, end)
        }
        if start < end { start += try hand(start..<end, isFinal: isFinal, to: body) }
        precondition(start > 0 || filled < buffer.count, "a full buffer holds a whole record")
        drop(start)
    }

    @discardableResult
    private func hand(_ range: Range<Int>, isFinal: Bool, to body: (Span<UInt8>, Place) throws -> Int) throws -> Int {
        let place = Place(offset: offset + UInt64(range.lowerBound), oversizeRecordsBefore: oversizeRecords, isFinal: isFinal)
        let taken = try body(buffer.span.extracting(range), place)
        precondition(isFinal ? taken == range.count : 0...range.count ~= taken)
        return taken
    }

    private mutating func beginSkipping() {
        oversizeRecords += 1
        isSkipping = true
        drop(wholeUnits)
    }

    /// Drops what belongs to the record that is too long.
    private mutating func skip() {
        guard let lineFeed = buffer.span.extracting(first: filled).firstIndex(of: .lineFeed, in: unit) else {
            drop(isAtEnd ? filled : wholeUnits)
            return
        }
        isSkipping = false
        drop(lineFeed + unit.width)
    }

    /// How many bytes are filled, without a unit of which the rest is still to come.
    private var wholeUnits: Int { filled - filled % unit.width }

    private mutating func drop(_ count: Int) {
        buffer.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[count..<filled]))
        }
        filled -= count
        offset += UInt64(count)
    }
}
