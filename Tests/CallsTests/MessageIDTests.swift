// Ids stay what they are: a change of the format would make every call that is sent twice look like two.

import BasicContainers
import Calls
import RandomSupport
import Testing

@Suite struct MessageIDTests {
    private let alphabet = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private func ofKey(_ key: String, rule: String = "order-completed", revision: Int = 1, type: CallType = .track) -> String {
        var scratch = UniqueArray<UInt8>()
        return MessageIDMaker(rule: rule, revision: revision, type: type).id(key: Array(key.utf8).span, scratch: &scratch).text
    }

    private func ofRecord(
        rule: String = "order-completed", revision: Int = 1, type: CallType = .track, scope: String = "web-1",
        fingerprint: String = "first line", generation: UInt32 = 0, offset: UInt64 = 4096, line: String = "order completed: user=u42"
    ) -> String {
        var scratch = UniqueArray<UInt8>()
        let origin = RecordOrigin(scope: scope, fingerprint: Array(fingerprint.utf8), generation: generation)
        return MessageIDMaker(rule: rule, revision: revision, type: type)
            .id(origin: origin, offset: offset, firstLine: Array(line.utf8).span, scratch: &scratch).text
    }

    /// Computed apart from this program, from the description at the top of MessageID.swift.
    @Test func idsAreThoseOfFormatVersionOne() {
        #expect(ofKey("o-7") == "18W5RW61DHPKR4F39FRCWS97M9")
        #expect(ofRecord() == "1KBDA0BZ8TF0PZ7KAHQG4MPCT1")
        #expect(ofRecord(scope: "", fingerprint: "", offset: 0, line: "") == "3NJQC6E2125MNPVG1QSHZ43RP1")
    }

    @Test func theNumberIsWrittenMostSignificantDigitFirst() {
        #expect(MessageID(high: 0, low: 0).text == "00000000000000000000000000")
        #expect(MessageID(high: 0, low: 1).text == "00000000000000000000000001")
        #expect(MessageID(high: 0, low: 0x8000_0000_0000_0000).text == "0000000000000" + "8000000000000")
        #expect(MessageID(high: 1, low: 0).text == "0000000000000" + "G000000000000")
        #expect(MessageID(high: .max, low: .max).text == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
    }

    @Test func idsAreValidULIDs() {
        for index in 0..<500 {
            let id = ofKey("\(index)")
            #expect(id.count == MessageID.textBytes && id.first! <= "7" && alphabet.isSuperset(of: id), "\(id)")
        }
    }

    @Test func eachInputMakesADifference() {
        let line = String(repeating: "x", count: 2000)
        let ids = [
            ofRecord(), ofRecord(rule: "order"), ofRecord(revision: 2), ofRecord(type: .page), ofRecord(scope: "web-2"),
            ofRecord(fingerprint: "other line"), ofRecord(generation: 1), ofRecord(offset: 4097), ofRecord(line: "order"),
            ofRecord(line: line),
            ofKey("o-7"), ofKey("o-8"), ofKey("o-7", rule: "order"), ofKey("o-7", revision: 2), ofKey("o-7", type: .identify),
            ofKey("order completed: user=u42"),
        ]
        #expect(Set(ids).count == ids.count)
    }

    /// Without lengths before them, neighbours could lend each other bytes.
    @Test func bytesBelongToOneInput() {
        #expect(ofRecord(scope: "a", fingerprint: "bc") != ofRecord(scope: "ab", fingerprint: "c"))
        #expect(ofRecord(scope: "", fingerprint: "ab") != ofRecord(scope: "ab", fingerprint: ""))
        #expect(ofKey("x", rule: "a\0b") != ofKey("x", rule: "a"))
        #expect(ofKey("x", rule: "order") != ofKey("x", rule: "orde"))
    }

    @Test func onlyTheFirstKiBOfTheLineCounts() {
        let kib = String(repeating: "x", count: MessageIDMaker.lineBytesMax)
        #expect(ofRecord(line: kib) == ofRecord(line: kib + "tail"))
        #expect(ofRecord(line: kib) != ofRecord(line: String(kib.dropLast())))
    }

    @Test func scratchOfAnotherIdDoesNoHarm() {
        var scratch = UniqueArray<UInt8>(copying: Array("left over".utf8))
        let maker = MessageIDMaker(rule: "order-completed", revision: 1, type: .track)
        for _ in 1...2 {
            let id = maker.id(key: Array("o-7".utf8).span, scratch: &scratch)
            #expect(id.text == ofKey("o-7"))
        }
    }
}
