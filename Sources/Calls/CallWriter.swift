// Writes one call as compact JSON, in the key order that config.md promises: type, messageId, timestamp, userId,
// anonymousId, the type's own field, properties or traits, context, integrations. The caller keeps to that order; the
// writer takes care of commas, escapes, and of leaving out objects that turn out empty.

/// A JSON object key, encoded once when rules are loaded: `"total":`.
package struct JSONKey: Hashable, Sendable {
    package let name: String
    fileprivate let encoded: [UInt8]

    package init(_ name: String) {
        self.name = name
        var encoded: [UInt8] = []
        encoded.appendJSONString(Array(name.utf8).span)
        encoded.append(UInt8(ascii: ":"))
        self.encoded = encoded
    }
}

/// A reusable buffer that holds one call at a time.
package struct CallWriter: Sendable {
    /// The call written so far; complete after `end()`.
    package private(set) var bytes: [UInt8] = []
    /// By `CallType.number`.
    private let openings: [[UInt8]]
    private let library: [UInt8]

    /// - Parameter version: this program's version, named in each call's `context.library`.
    package init(version: String) {
        openings = CallType.allCases.map { Array(#"{"type":"\#($0.rawValue)","messageId":""#.utf8) }
        var library = Array(#""library":{"name":"eventail","version":"#.utf8)
        library.appendJSONString(Array(version.utf8).span)
        library.append(UInt8(ascii: "}"))
        self.library = library
    }

    /// Starts a new call; what the buffer held before is gone.
    package mutating func begin(_ type: CallType, id: MessageID, time: CallTime) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: openings[type.number])
        id.write(into: &bytes)
        bytes.append(contentsOf: Self.timestamp)
        time.write(into: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func string(_ key: JSONKey, _ text: Span<UInt8>) {
        self.key(key)
        bytes.appendJSONString(text)
    }

    /// Writes a value that is JSON already: a number, `true`, `false`, a list or an object that this program encoded.
    package mutating func json(_ key: JSONKey, _ value: Span<UInt8>) {
        self.key(key)
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Opens an object or list; close it with the mark this returns.
    package mutating func open(_ key: JSONKey, _ bracket: Bracket) -> Mark {
        let mark = Mark(start: bytes.count, bracket: bracket)
        self.key(key)
        bytes.append(bracket.rawValue)
        return mark
    }

    /// Closes what `mark` opened, or takes it back when nothing was written inside.
    package mutating func close(_ mark: Mark) {
        if bytes.last == mark.bracket.rawValue {
            bytes.removeSubrange(mark.start...)
        } else {
            bytes.append(mark.bracket == .object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    package mutating func stringElement(_ text: Span<UInt8>) {
        separate()
        bytes.appendJSONString(text)
    }

    package mutating func jsonElement(_ value: Span<UInt8>) {
        separate()
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    package mutating func openElement(_ bracket: Bracket) -> Mark {
        let mark = Mark(start: bytes.count, bracket: bracket)
        separate()
        bytes.append(bracket.rawValue)
        return mark
    }

    /// Adds `library` to the open context object.
    package mutating func libraryMember() {
        separate()
        bytes.append(contentsOf: library)
    }

    package mutating func end() {
        bytes.append(UInt8(ascii: "}"))
    }

    package enum Bracket: UInt8, Sendable {
        case object = 0x7B
        case list = 0x5B
    }

    package struct Mark: Sendable {
        fileprivate let start: Int
        fileprivate let bracket: Bracket
    }

    private mutating func key(_ key: JSONKey) {
        separate()
        bytes.append(contentsOf: key.encoded)
    }

    /// A comma, unless this is the first member of its object or list. A string value never ends in a bare bracket, for its
    /// closing quote follows.
    private mutating func separate() {
        guard let last = bytes.last, last != Bracket.object.rawValue, last != Bracket.list.rawValue else { return }
        bytes.append(UInt8(ascii: ","))
    }

    private static let timestamp = [UInt8](#"","timestamp":""#.utf8)
}
