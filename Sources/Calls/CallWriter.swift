// Writes one call as compact JSON, in the key order that config.md promises: type, messageId, timestamp, userId,
// anonymousId, the type's own field, properties or traits, context, integrations. The caller keeps to that order; the
// writer takes care of commas, escapes, and of leaving out objects that turn out empty.

package import BasicContainers

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

    /// The key with a text that is known before any record is.
    package func member(_ text: [UInt8]) -> JSONMember {
        var encoded = encoded
        encoded.appendJSONString(text.span)
        return JSONMember(encoded: encoded)
    }
}

/// A member of an object that is the same in every call, encoded once when rules are loaded: `"event":"Order Completed"`.
package struct JSONMember: Hashable, Sendable {
    fileprivate let encoded: [UInt8]
}

/// A reusable buffer that holds one call at a time. It has one owner, so that writing to it costs no more than the copying.
package struct CallWriter: ~Copyable, Sendable {
    /// The call written so far; complete after `end()`.
    package private(set) var bytes = UniqueArray<UInt8>()
    /// By `CallType.number` a call up to its time, with room for id and time.
    private let heads: [[UInt8]]
    private let library: [UInt8]
    private let libraryContext: JSONMember
    /// The time written last: what is logged close together often has the same.
    private var lastTime: (time: CallTime, text: InlineArray<24, UInt8>)

    /// - Parameter version: this program's version, named in each call's `context.library`.
    package init(version: String) {
        let (id, time) = (String(repeating: " ", count: MessageID.textBytes), String(repeating: " ", count: CallTime.textBytes))
        heads = CallType.allCases.map { Array(#"{"type":"\#($0.rawValue)","messageId":"\#(id)","timestamp":"\#(time)""#.utf8) }
        var library = Array(#""library":{"name":"eventail","version":"#.utf8)
        library.appendJSONString(Array(version.utf8).span)
        library.append(UInt8(ascii: "}"))
        self.library = library
        libraryContext = JSONMember(encoded: Array(#""context":{"#.utf8) + library + Array("}".utf8))
        let epoch = CallTime(milliseconds: 0)
        lastTime = (epoch, epoch.characters)
    }

    /// A copy of `bytes`, for those who have time.
    package var call: [UInt8] { bytes.span.withUnsafeBufferPointer { Array($0) } }

    /// Starts a new call; what the buffer held before is gone.
    package mutating func begin(_ type: CallType, id: MessageID, time: CallTime) {
        if time != lastTime.time { lastTime = (time, time.characters) }
        bytes.removeAll(keepingCapacity: true)
        let head = heads[type.number]
        bytes.append(copying: head.span)
        let timeStart = bytes.count - 1 - CallTime.textBytes
        let idStart = timeStart - Self.betweenIDAndTime - MessageID.textBytes
        let (idText, timeText) = (id.characters, lastTime.text)
        var span = bytes.mutableSpan
        var text = span.mutableBytes
        text.storeBytes(of: idText, toByteOffset: idStart, as: InlineArray<26, UInt8>.self)
        text.storeBytes(of: timeText, toByteOffset: timeStart, as: InlineArray<24, UInt8>.self)
    }

    /// The bytes of `","timestamp":"`.
    private static let betweenIDAndTime = 15

    package mutating func string(_ key: JSONKey, _ text: Span<UInt8>) {
        self.key(key)
        bytes.appendJSONString(text)
    }

    package mutating func member(_ member: JSONMember) {
        separate()
        bytes.append(copying: member.encoded.span)
    }

    /// Writes a value that is JSON already: a number, `true`, `false`, a list or an object that this program encoded.
    package mutating func json(_ key: JSONKey, _ value: Span<UInt8>) {
        self.key(key)
        bytes.append(copying: value)
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
        if last == mark.bracket.rawValue {
            let count = bytes.count - mark.start
            bytes.removeLast(count)
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
        bytes.append(copying: value)
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
        let library = library
        bytes.append(copying: library.span)
    }

    /// Writes a context that names the library and nothing else.
    package mutating func contextOfLibrary() {
        let context = libraryContext
        member(context)
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
        bytes.append(copying: key.encoded.span)
    }

    private var last: UInt8? { bytes.isEmpty ? nil : bytes[bytes.count - 1] }

    /// A comma, unless this is the first member of its object or list. A string value never ends in a bare bracket, for its
    /// closing quote follows.
    private mutating func separate() {
        guard let last, last != Bracket.object.rawValue, last != Bracket.list.rawValue else { return }
        bytes.append(UInt8(ascii: ","))
    }
}
