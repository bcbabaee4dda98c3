// Finds where the run of harmless bytes of a quoted text ends. The one file of this module that uses pointers: it compares 16
// bytes at a time, which a loop over a span does not compile to, and stays within the span it was given.

extension Span<UInt8> {
    /// The first place at or after `start` that holds a quote, a backslash or a control character; the end where there is none.
    @inline(__always)
    func plainTextEnd(from start: Int) -> Int {
        withUnsafeBufferPointer { bytes in
            var index = start
            while index + 16 <= bytes.count {
                let chunk = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: SIMD16<UInt8>.self)
                let special =
                    (chunk .< SIMD16(repeating: 0x20)) .| (chunk .== SIMD16(repeating: .quote)) .| (chunk .== SIMD16(repeating: .backslash))
                if any(special) { break }
                index += 16
            }
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 || byte == .quote || byte == .backslash { break }
                index += 1
            }
            return index
        }
    }
}
