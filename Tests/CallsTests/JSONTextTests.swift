// JSON strings against RFC 8259, Unicode's replacement of ill-formed UTF-8 as Swift's own decoder does it, and Foundation's
// reader.

import Calls
import Foundation
import RandomSupport
import Testing

@Suite struct JSONTextTests {
    private func json(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.appendJSONString(bytes.span)
        return String(decoding: out, as: UTF8.self)
    }

    private func json(_ text: String) -> String { json(Array(text.utf8)) }

    @Test func plainTextIsCopied() {
        #expect(json("") == #""""#)
        #expect(json("order completed: user=u42") == #""order completed: user=u42""#)
        #expect(json("名前 – é 😀 \u{7F}\u{2028}/") == "\"名前 – é 😀 \u{7F}\u{2028}/\"")
    }

    /// RFC 8259, section 7.
    @Test func whatMustBeEscapedIs() {
        #expect(json("\"\\") == #""\"\\""#)
        #expect(json("\u{8}\u{9}\u{A}\u{C}\u{D}") == #""\b\t\n\f\r""#)
        let short: Set<UInt8> = [8, 9, 10, 12, 13]
        for control in UInt8(0)..<0x20 where !short.contains(control) {
            #expect(json([control]) == "\"\\u00\(control < 16 ? "0" : "")\(String(control, radix: 16))\"")
        }
    }

    @Test func escapesAreFoundAtEveryPlaceOfARun() {
        for length in 0..<40 {
            for place in 0..<length {
                for special: UInt8 in [0, 0x1F, 0x22, 0x5C, 0x80, 0xFF] {
                    var bytes = [UInt8](repeating: 0x20, count: length)
                    bytes[place] = special
                    let written =
                        special >= 0x80
                        ? "\u{FFFD}" : special == 0x22 ? #"\""# : special == 0x5C ? #"\\"# : special == 0 ? #"\u0000"# : #"\u001f"#
                    let spaces = (String(repeating: " ", count: place), String(repeating: " ", count: length - place - 1))
                    #expect(json(bytes) == "\"\(spaces.0)\(written)\(spaces.1)\"")
                }
            }
        }
    }

    @Test(
        arguments: [
            ("lone continuation", [0x80]), ("lead without continuation", [0xC3]), ("overlong of two", [0xC0, 0xAF]),
            ("overlong of three", [0xE0, 0x80, 0xAF]), ("overlong of four", [0xF0, 0x80, 0x80, 0xAF]),
            ("high surrogate", [0xED, 0xA0, 0x80]), ("surrogate pair", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
            ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("never a lead", [0xF5, 0x80, 0x80, 0x80]), ("0xFE and 0xFF", [0xFE, 0xFF]),
            ("cut before the last byte", [0xF0, 0x9F, 0x98]), ("cut and resumed", [0xE5, 0x90, 0x41, 0xE5, 0x90, 0x8D]),
            // The example of table 3-11 of the Unicode standard.
            ("maximal subparts", [0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41]),
        ] as [(String, [UInt8])])
    func illFormedUTF8BecomesOneReplacementPerMaximalSubpart(name: String, bytes: [UInt8]) {
        #expect(json(bytes) == "\"\(String(decoding: bytes, as: UTF8.self))\"", "\(name)")
        #expect(json([0x61] + bytes + [0x62]) == "\"\(String(decoding: [0x61] + bytes + [0x62], as: UTF8.self))\"", "\(name)")
    }

    @Test func replacementsCountAsTheStandardSays() {
        #expect(json([0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41]) == "\"\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}A\"")
    }

    @Test func everyTwoBytesReadBackAsTheirRepairedText() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                var expected = "\""
                for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { expected += Self.escaped(scalar) }
                expected += "\""
                #expect(json(bytes).utf8.elementsEqual(expected.utf8), "\(bytes)")
            }
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func randomBytesReadBackAsTheirRepairedText(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let leads: [UInt8] = [0x41, 0x22, 0x5C, 0x0A, 0x00, 0x80, 0xBF, 0xC3, 0xE0, 0xE1, 0xED, 0xF0, 0xF4, 0xF5, 0x9F, 0x90, 0xA0]
            let bytes = random.bytes(random.number(in: 0...60), of: random.oneOf([leads, Array(0...255)]))
            let text = try JSONSerialization.jsonObject(with: Data(json(bytes).utf8), options: .fragmentsAllowed) as? String
            let repaired = String(decoding: bytes, as: UTF8.self)
            #expect(text.map { Array($0.utf8) } == Array(repaired.utf8), "seed \(seed), \(bytes)")
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x22: #"\""#
        case 0x5C: #"\\"#
        case 0x08: #"\b"#
        case 0x09: #"\t"#
        case 0x0A: #"\n"#
        case 0x0C: #"\f"#
        case 0x0D: #"\r"#
        case 0..<0x10: "\\u000\(String(scalar.value, radix: 16))"
        case 0x10..<0x20: "\\u00\(String(scalar.value, radix: 16))"
        default: String(Character(scalar))
        }
    }
}
