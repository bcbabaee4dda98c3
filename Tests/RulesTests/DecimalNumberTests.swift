// Numbers out of text, as JSON: exact, canonical, and never one that a receiver would take for infinite.

import Foundation
import RandomSupport
import Testing

@Suite struct DecimalNumberTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("00", "0"), ("0.0", "0"), ("-0.000", "0"), ("0e5", "0"), ("7", "7"), ("+7", "7"), ("007", "7"),
        ("-07.10", "-7.1"),
        ("19.90", "19.9"), ("19.00", "19"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5"), ("  12 \t", "12"),
        ("0.1000000000000000000001", "0.1000000000000000000001"),
        ("9007199254740993", "9007199254740993"), ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1e3", "1e3"), ("1E+03", "1e3"), ("1.50e-7", "1.5e-7"), ("1e0", "1"), ("1e307", "1e307"), ("1e-308", "1e-308"),
        ("9223372036854775807.25", "9223372036854775807.25"),
    ])
    func numbersAreWrittenCanonically(text: String, number: String) throws {
        #expect(try evaluate("{{ v | to_number }}", text) == number)
        #expect(try evaluate("{{ v }}", text, types: "{ v: number }") == number)
    }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "abc", "1,000", "1_000", "0x10", "1e", "1e+", "e5", "1 2", "--1", "1.2.3", "nan", "inf", "１", "1e99999",
        "$5",
    ])
    func otherTextIsNoNumber(text: String) throws {
        #expect(try evaluate("{{ v | to_number }}", text) == nil)
        #expect(try evaluate("{{ v | to_integer }}", text) == nil)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "99999999999999999999", "1234567890123456789012345678901234567890"])
    func integersBeyond64BitsStayText(text: String) throws {
        #expect(try evaluate("{{ v | to_number }}", text) == "\"\(text)\"")
        #expect(try evaluate("{{ v | to_integer }}", text) == "\"\(text)\"")
    }

    /// RFC 8259, section 6: a receiver may read 12e308 as infinite, or refuse the whole batch.
    @Test(arguments: ["12e308", "2e308", "1e308", "9223372036854775807e300", "-5000e306"])
    func numbersBeyondADoubleStayText(text: String) throws {
        #expect(try evaluate("{{ v | to_number }}", text) == "\"\(text)\"")
    }

    @Test(arguments: [
        ("7", "7"), ("19.99", "19"), ("-19.99", "-19"), ("-0.5", "0"), (".9", "0"), ("+5", "5"), ("007", "7"),
        ("9223372036854775807.9", "9223372036854775807"),
    ])
    func integersAreCutTowardsZero(text: String, number: String) throws {
        #expect(try evaluate("{{ v | to_integer }}", text) == number)
    }

    @Test func integerOfAnExponentIsNone() throws {
        #expect(try evaluate("{{ v | to_integer }}", "1e3") == nil)
    }

    @Test func randomDecimalsKeepTheirValueAndAreCanonical() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            let text = String(decoding: random.bytes(random.number(in: 1...9), of: Array("0012359+-.e".utf8)), as: UTF8.self)
            guard let number = try evaluate("{{ v | to_number }}", text) else {
                // What is refused is nothing that Swift reads as a number either.
                #expect(Double(text)?.isFinite != true || text.contains("e"), "\(text)")
                continue
            }
            guard !number.hasPrefix("\"") else { continue }
            #expect(
                Double(number) == Double(text.hasSuffix(".") ? text + "0" : text.replacing(".e", with: ".0e")), "\(text) gave \(number)")
            #expect(try evaluate("{{ v | to_number }}", number) == number, "\(text) gave \(number)")
            #expect(number.contains(#/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?(e-?[1-9][0-9]*)?$/#), "\(text) gave \(number)")
        }
    }
}
