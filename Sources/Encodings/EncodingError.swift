// Why text in an encoding cannot be read.

package struct EncodingError: Error, Hashable, Sendable {
    package let what: String
    package let hint: String
}
