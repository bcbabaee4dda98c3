// Bytes that must occur in a subject for a pattern to match it.

package struct RequiredLiteral: Hashable, Sendable {
    /// What must occur; in lower case (ASCII) where case is ignored.
    package let bytes: [UInt8]
    /// Whether ASCII letters also stand for their other case. Other bytes never do.
    package let ignoresCase: Bool

    /// The fewest bytes that are worth a search: shorter ones occur nearly everywhere.
    package static let bytesMin = 3
    /// The most bytes that are kept of a longer literal: more would hardly make it rarer.
    package static let bytesMax = 64

    package init(_ bytes: [UInt8], ignoresCase: Bool = false) {
        let kept = bytes.prefix(Self.bytesMax)
        let folds = ignoresCase && kept.contains { $0.isASCIILetter }
        self.bytes = folds ? kept.map(\.asciiLowercased) : Array(kept)
        self.ignoresCase = folds
    }
}

extension UInt8 {
    var isASCIILetter: Bool {
        (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z")
    }

    var isASCIIUppercase: Bool {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z")
    }

    var isASCIIDigit: Bool {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")
    }

    var asciiLowercased: UInt8 {
        isASCIIUppercase ? self | 0x20 : self
    }
}
