// Bytes searched and copied in bulk. The one file of this module that uses pointers: `memchr`, vector loads and block
// copies are several times faster than what a loop over a span compiles to, and each stays within the span it was given.

#if canImport(Glibc)
    import Glibc
#endif

extension UInt8 {
    package static let lineFeed = UInt8(ascii: "\n")
    package static let carriageReturn = UInt8(ascii: "\r")
}

extension Span<UInt8> {
    /// The first place of `byte` at or after `start`, or nil.
    @inline(__always)
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0 && start <= count)
        return withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The last place of `byte` before `end`, or nil.
    @inline(__always)
    package func lastIndex(of byte: UInt8, before end: Int) -> Int? {
        precondition(end >= 0 && end <= count)
        return withUnsafeBufferPointer { bytes in
            let pattern = UInt64(repeating: byte)
            var index = end
            while index >= 8, (bytes.word(at: index - 8) ^ pattern).zeroBytes == 0 { index -= 8 }
            while index > 0 {
                index -= 1
                if bytes[index] == byte { return index }
            }
            return nil
        }
    }

    /// How often `byte` occurs.
    package func occurrences(of byte: UInt8) -> Int {
        withUnsafeBufferPointer { bytes in
            let pattern = SIMD32(repeating: byte)
            var (total, index) = (0, 0)
            while index + 32 <= bytes.count {
                // Each byte of the sums counts up to 255 before it is added to the total.
                var sums = SIMD32<UInt8>(repeating: 0)
                let runEnd = Swift.min(bytes.count - 31, index + 255 * 32)
                while index < runEnd {
                    let chunk = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: SIMD32<UInt8>.self)
                    // A lane of the comparison that holds is all ones, which is -1.
                    sums &-= unsafeBitCast(chunk .== pattern, to: SIMD32<UInt8>.self)
                    index += 32
                }
                for lane in sums.indices { total += Int(sums[lane]) }
            }
            while index < bytes.count {
                if bytes[index] == byte { total += 1 }
                index += 1
            }
            return total
        }
    }

    package func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBufferPointer { left in
            other.withUnsafeBufferPointer { right in left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0 }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The eight bytes at `index`, which must all be in the buffer.
    @inline(__always)
    fileprivate func word(at index: Int) -> UInt64 {
        UnsafeRawPointer(baseAddress! + index).loadUnaligned(as: UInt64.self)
    }
}

extension UInt64 {
    @inline(__always)
    fileprivate init(repeating byte: UInt8) {
        self = UInt64(byte) &* 0x0101_0101_0101_0101
    }

    /// The highest bit of each byte that is zero; exact, without carries between bytes.
    @inline(__always)
    fileprivate var zeroBytes: UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~(((self & low) &+ low) | self | low)
    }
}

extension [UInt8] {
    package init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { [UInt8]($0) }
    }

    @inline(__always)
    package mutating func append(contentsOf bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
