// What tells one entry of a journal from all others, wherever a copy of it lies: journald's own facts about it, without the
// numbers that depend on the journal file. It survives rotation, flushing to disk, export and import.

package struct EntryIdentity: Hashable, Sendable {
    /// The boot during which the entry was written, 128 bits.
    package var bootHigh: UInt64
    package var bootLow: UInt64
    /// Since that boot, in microseconds.
    package var monotonicMicroseconds: UInt64
    /// When journald wrote the entry, in microseconds since 1970.
    package var realtimeMicroseconds: UInt64
    /// The XOR of the hashes of all fields.
    package var fieldsHash: UInt64

    package init(bootHigh: UInt64, bootLow: UInt64, monotonicMicroseconds: UInt64, realtimeMicroseconds: UInt64, fieldsHash: UInt64) {
        self.bootHigh = bootHigh
        self.bootLow = bootLow
        self.monotonicMicroseconds = monotonicMicroseconds
        self.realtimeMicroseconds = realtimeMicroseconds
        self.fieldsHash = fieldsHash
    }

    /// The size of what `write` appends.
    package static let byteCount = 40

    /// Appends the five numbers in the order of their declaration, each as eight big-endian bytes.
    package func write(into bytes: inout [UInt8]) {
        // A list of them would be an allocation per entry.
        bytes.appendBigEndian(bootHigh)
        bytes.appendBigEndian(bootLow)
        bytes.appendBigEndian(monotonicMicroseconds)
        bytes.appendBigEndian(realtimeMicroseconds)
        bytes.appendBigEndian(fieldsHash)
    }

    /// Reads what `write` wrote.
    /// - Parameter bytes: exactly `byteCount` bytes.
    package init(_ bytes: Span<UInt8>) {
        precondition(bytes.count == Self.byteCount)
        func number(_ index: Int) -> UInt64 {
            (index * 8..<index * 8 + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
        }
        self.init(
            bootHigh: number(0), bootLow: number(1), monotonicMicroseconds: number(2), realtimeMicroseconds: number(3),
            fieldsHash: number(4))
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ number: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
