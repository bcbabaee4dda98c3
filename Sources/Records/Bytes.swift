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
            var index = end
            while index >= 16 {
                let chunk = UnsafeRawPointer(bytes.baseAddress! + index - 16).loadUnaligned(as: SIMD16<UInt8>.self)
                if any(chunk .== SIMD16(repeating: byte)) { break }
                index -= 16
            }
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
            var total = 0
            var index = 0
            // Lanes count up to 255 before they are summed; written so that the compiler keeps them in one register.
            while index + 32 <= bytes.count {
                var lanes = SIMD32<UInt8>(repeating: 0)
                let runEnd = Swift.min(bytes.count - 31, index + 255 * 32)
                while index < runEnd {
                    let chunk = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: SIMD32<UInt8>.self)
                    lanes = lanes &- unsafeBitCast(chunk .== SIMD32(repeating: byte), to: SIMD32<UInt8>.self)
                    index += 32
                }
                total += Int(SIMD32<UInt16>(truncatingIfNeeded: lanes).wrappedSum())
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

extension [UInt8] {
    package init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { [UInt8]($0) }
    }

    @inline(__always)
    package mutating func append(contentsOf bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
