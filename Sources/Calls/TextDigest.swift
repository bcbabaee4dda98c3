// SHA-256 of a text in hexadecimal: for rules that must not send a name or address as it is.

import Crypto

package enum TextDigest {
    /// Appends the 64 hexadecimal digits of the text's SHA-256 (FIPS 180-4).
    package static func writeSHA256(of text: Span<UInt8>, into bytes: inout [UInt8]) {
        let digest = text.withUnsafeBufferPointer { SHA256.hash(data: $0) }
        for byte in digest {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    private static let digits = [UInt8]("0123456789abcdef".utf8)
}
