// The first members of an encoded call, read without a parser: `type`, `messageId`, `timestamp`, the ids of people and the type's
// own field are strings and come before all objects. So nothing that a log says inside of properties passes for one of them.

package enum CallHead {
    private static let idMembers = ["userId", "anonymousId", "previousId"].map { Array($0.utf8) }
    private static let messageIDMember = Array("messageId".utf8)

    /// Whether one of the call's people is `encodedID`: an id as JSON writes it, without quotes.
    package static func names(_ encodedID: Span<UInt8>, in call: Span<UInt8>) -> Bool {
        has(encodedID, in: call) { name in idMembers.contains { isSame(name, $0.span) } }
    }

    /// Whether the call's `messageId` is `encodedID`, as JSON writes it, without quotes.
    package static func isMessage(_ encodedID: Span<UInt8>, in call: Span<UInt8>) -> Bool {
        has(encodedID, in: call) { isSame($0, messageIDMember.span) }
    }

    /// A JSON object of the head alone: as many of its members as fit into `bytesMax`, in their order. The call may be cut off.
    package static func cut(_ call: Span<UInt8>, bytesMax: Int) -> [UInt8] {
        var end = 1
        forEachString(in: call) { _, value in
            guard value.upperBound + 2 <= bytesMax else { return false }
            end = value.upperBound + 1
            return true
        }
        var head = [UInt8(ascii: "{")]
        call.extracting(min(1, call.count)..<min(end, call.count)).withUnsafeBufferPointer { head.append(contentsOf: $0) }
        head.append(UInt8(ascii: "}"))
        return head
    }

    private static func has(_ text: Span<UInt8>, in call: Span<UInt8>, as isWanted: (Span<UInt8>) -> Bool) -> Bool {
        var isFound = false
        forEachString(in: call) { name, value in
            isFound = isSame(call.extracting(value), text) && isWanted(call.extracting(name))
            return !isFound
        }
        return isFound
    }

    /// Calls `body` with name and value of each string member at the call's beginning, both as they are encoded, without their
    /// quotes, until it returns false or another kind of member comes.
    private static func forEachString(in call: Span<UInt8>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) {
        var index = 1
        while let name = string(in: call, at: index), byte(of: call, at: name.upperBound + 1) == UInt8(ascii: ":"),
            let value = string(in: call, at: name.upperBound + 2)
        {
            guard body(name, value), byte(of: call, at: value.upperBound + 1) == UInt8(ascii: ",") else { return }
            index = value.upperBound + 2
        }
    }

    /// The characters between the quotes of the string that begins at `start`; nil where none does.
    private static func string(in call: Span<UInt8>, at start: Int) -> Range<Int>? {
        guard byte(of: call, at: start) == UInt8(ascii: "\"") else { return nil }
        var index = start + 1
        while let byte = byte(of: call, at: index), byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
        return index < call.count ? start + 1..<index : nil
    }

    private static func byte(of call: Span<UInt8>, at index: Int) -> UInt8? { index < call.count ? call[index] : nil }

    private static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where one[index] != other[index] { return false }
        return true
    }
}
