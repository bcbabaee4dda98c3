// A field's place and form: what a parser says of a record without copying anything out of it.

import Records

package struct Field: Hashable, Sendable {
    /// What the value is. Only JSON has others than text.
    package enum Kind: UInt8, Sendable {
        /// The record has no such field.
        case missing
        /// The record says that there is no value; for rules that is the same as a missing field.
        case null
        case text
        /// A number as JSON writes it, of any size.
        case number
        /// `true` or `false`.
        case boolean
        /// A list or an object: well-formed JSON text, as it stands in the record. White space, null, repeated keys and
        /// ill-formed UTF-8 within strings are still in it.
        case json
    }

    /// How the value is written in the record.
    package enum Encoding: UInt8, Sendable {
        case verbatim
        /// With the escapes of nginx and Apache, see `AccessLog.decode`.
        case accessLog
        /// With the escapes of JSON, see `JSONString.decode`.
        case json
    }

    /// Which bytes the range is of.
    package enum Space: UInt8, Sendable {
        case record
        /// `RecordFields.inner`.
        case inner
    }

    package var start: Int
    package var end: Int
    package var kind: Kind
    package var encoding: Encoding
    package var space: Space

    package static let missing = Field(0..<0, kind: .missing)

    package init(_ range: Range<Int>, kind: Kind = .text, encoding: Encoding = .verbatim, space: Space = .record) {
        start = range.lowerBound
        end = range.upperBound
        self.kind = kind
        self.encoding = encoding
        self.space = space
    }

    /// Whether there is no value.
    package var isAbsent: Bool { kind == .missing || kind == .null }

    /// The value's bytes; nil where there is no value.
    package var range: Range<Int>? { isAbsent ? nil : start..<end }

    /// Appends the value that `bytes`, those of the field's range, stand for.
    package func decode(_ bytes: Span<UInt8>, into value: inout [UInt8]) {
        switch encoding {
        case .verbatim: value.append(contentsOf: bytes)
        case .accessLog: AccessLog.decode(bytes, into: &value)
        case .json: JSONString.decode(bytes, into: &value)
        }
    }
}
