// Cursor texts: what is one and what is none.

import Journal
import Records
import Testing

struct JournalCursorTests {
    private static let text =
        "s=13d2965c3c1248768027257c98417608;i=1f;b=0123456789abcdeffedcba9876543210;m=4c4b40;t=6445941624000;x=9c2e13f00d"

    @Test func allPartsAreRead() throws {
        let cursor = try #require(JournalCursor(Self.text))
        #expect(cursor.sequenceHigh == 0x13d2_965c_3c12_4876)
        #expect(cursor.sequenceLow == 0x8027_257c_9841_7608)
        #expect(cursor.sequenceNumber == 31)
        #expect(cursor.identity.bootHigh == 0x0123_4567_89ab_cdef)
        #expect(cursor.identity.bootLow == 0xfedc_ba98_7654_3210)
        #expect(cursor.identity.monotonicMicroseconds == 5_000_000)
        #expect(cursor.identity.realtimeMicroseconds == 0x644_5941_6240_00)
        #expect(cursor.identity.fieldsHash == 0x9c_2e13_f00d)
    }

    @Test func whatIsNoWholeCursorIsRefused() {
        for end in Self.text.indices { #expect(JournalCursor(String(Self.text[..<end])) == nil || end > Self.text.lastIndex(of: "=")!) }
        #expect(JournalCursor(Self.text + ";") == nil)
        #expect(JournalCursor(Self.text + "g") == nil)
        #expect(JournalCursor(Self.text.replacing("i=1f", with: "i=1f0123456789abcdef")) == nil)
        #expect(JournalCursor(Self.text.replacing("b=01", with: "b=0")) == nil)
        #expect(JournalCursor("t=6445941624000") == nil)
    }
}
