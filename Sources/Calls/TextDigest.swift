// SHA-256 of a text in hexadecimal, plain or keyed: for rules that must not send a name or address as it is.

import Crypto

package enum TextDigest {
    /// Appends the 64 hexadecimal digits of the text's SHA-256 (FIPS 180-4).
    package static func writeSHA256(of text: Span<UInt8>, into bytes: inout [UInt8]) {
        writeDigits(of: text.withUnsafeBufferPointer { SHA256.hash(data: $0) }, into: &bytes)
    }

    /// Appends the 64 hexadecimal digits of the text's HMAC with SHA-256 under `key` (RFC 2104), which may have any length.
    package static func writeHMAC(of text: Span<UInt8>, key: [UInt8], into bytes: inout [UInt8]) {
        let key = SymmetricKey(data: key)
        writeDigits(of: text.withUnsafeBufferPointer { HMAC<SHA256>.authenticationCode(for: $0, using: key) }, into: &bytes)
    }

    private static func writeDigits(of digest: some Sequence<UInt8>, into bytes: inout [UInt8]) {
        for byte in digest {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    private static let digits = [UInt8]("0123456789abcdef".utf8)
}
