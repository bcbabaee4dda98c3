// Entries of a journal as one block of bytes, so that they are searched and matched in place as lines are.
//
// An entry is its identity (`EntryIdentity.byteCount` bytes) followed by its fields, each as its length in four big-endian
// bytes and then `NAME=value`, as libsystemd hands it out. Values may hold any bytes, so entries begin where `starts` says. The
// memory is reused: once it has grown, entries cost no allocation.

package struct EntryBlock: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Where the entries begin, ascending; each ends where the next one begins, the last one with the bytes.
    package private(set) var starts: [Int] = []

    private static let lengthBytes = 4

    package init() {}

    package var isEmpty: Bool { starts.isEmpty }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    /// Begins an entry; its fields follow.
    package mutating func beginEntry(_ identity: EntryIdentity) {
        starts.append(bytes.count)
        identity.write(into: &bytes)
    }

    /// Adds a field to the entry that was begun last.
    /// - Parameter field: `NAME=value`.
    package mutating func append(_ field: Span<UInt8>) {
        appendLength(field.count)
        bytes.append(contentsOf: field)
    }

    /// Adds a field that is a decimal number.
    package mutating func append(_ name: StaticString, _ number: UInt64) {
        let lengthPlace = bytes.count
        appendLength(0)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "="))
        bytes.appendDecimal(number)
        setLength(bytes.count - lengthPlace - Self.lengthBytes, at: lengthPlace)
    }

    /// Forgets the entry that was begun last.
    package mutating func abandonEntry() {
        bytes.removeLast(bytes.count - starts.removeLast())
    }

    /// Calls `body` with the name and the value of each field, as ranges in `fields`, until it returns false.
    /// - Parameter fields: an entry without its identity. A length that does not fit ends it.
    package static func forEachField(in fields: Span<UInt8>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) {
        var index = 0
        while index + lengthBytes <= fields.count {
            let length = (0..<lengthBytes).reduce(0) { $0 << 8 | Int(fields[index + $1]) }
            let (start, end) = (index + lengthBytes, index + lengthBytes + length)
            guard end <= fields.count, let equals = fields.extracting(first: end).firstIndex(of: UInt8(ascii: "="), from: start) else {
                return
            }
            guard body(start..<equals, equals + 1..<end) else { return }
            index = end
        }
    }

    /// Where the value of the first entry's field `name` lies in the block; nil where it has none.
    package func firstValue(of name: StaticString) -> Range<Int>? {
        guard !isEmpty else { return nil }
        let start = EntryIdentity.byteCount
        let end = starts.count > 1 ? starts[1] : bytes.count
        let fields = bytes.span.extracting(start..<end)
        let wanted = name.withUTF8Buffer { Array($0) }
        var found: Range<Int>?
        Self.forEachField(in: fields) { name, value in
            if fields.extracting(name).hasSameBytes(as: wanted.span) { found = start + value.lowerBound..<start + value.upperBound }
            return found == nil
        }
        return found
    }

    /// Whether journald takes fields of this name: A–Z, 0–9 and `_`, at most 64, no digit and no `__` at the beginning
    /// (systemd.journal-fields(7), sd_journal_add_match(3)).
    package static func isFieldName(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        let nameBytesMax = 64
        return (1...nameBytesMax).contains(bytes.count) && !name.hasPrefix("__") && !(0x30...0x39).contains(bytes[0])
            && bytes.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private mutating func appendLength(_ length: Int) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    }

    private mutating func setLength(_ length: Int, at place: Int) {
        for (index, shift) in [24, 16, 8, 0].enumerated() { bytes[place + index] = UInt8(truncatingIfNeeded: length >> shift) }
    }
}

extension [UInt8] {
    fileprivate mutating func appendDecimal(_ number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
