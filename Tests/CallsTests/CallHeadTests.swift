// What the beginning of a call tells without a parser, and that nothing behind it is taken for a part of it.

import Calls
import Testing

@Suite struct CallHeadTests {
    private static let call = Array(
        #"{"type":"track","messageId":"m1","timestamp":"t","userId":"u\"1","event":"E","properties":{"userId":"u2"},"messageId":"m2"}"#
            .utf8)

    private func cut(_ call: [UInt8], _ bytesMax: Int = 1024) -> String {
        String(decoding: CallHead.cut(call.span, bytesMax: bytesMax), as: UTF8.self)
    }

    @Test func idsAreFoundInTheHeadAlone() {
        func names(_ id: String) -> Bool { CallHead.names(Array(id.utf8).span, in: Self.call.span) }
        func isMessage(_ id: String) -> Bool { CallHead.isMessage(Array(id.utf8).span, in: Self.call.span) }
        #expect(names(#"u\"1"#) && isMessage("m1"))
        for id in ["u2", "m1", "E", "u", ""] { #expect(!names(id)) }
        for id in ["m2", "m", "t", ""] { #expect(!isMessage(id)) }
    }

    @Test func aHeadEndsBeforeTheFirstObject() {
        let head = #"{"type":"track","messageId":"m1","timestamp":"t","userId":"u\"1","event":"E"}"#
        #expect(cut(Self.call) == head)
        #expect(cut(Array(head.utf8)) == head)
        #expect(cut(Array("{}".utf8)) == "{}")
        #expect(cut([]) == "{}")
    }

    @Test func aLongHeadIsCutBetweenMembersHoweverShortTheRoomIs() {
        for bytesMax in 2...100 {
            let head = cut(Self.call, bytesMax)
            #expect(head.utf8.count <= bytesMax)
            #expect(head == "{}" || head.hasSuffix("\"}") && Self.call.starts(with: head.utf8.dropLast()))
            // The same, where no more of the call than that is at hand.
            #expect(cut(Array(Self.call.prefix(bytesMax)), bytesMax) == head)
        }
    }
}
