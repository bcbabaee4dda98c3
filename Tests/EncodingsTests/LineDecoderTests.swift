// Which encodings are taken, and what becomes of lines in them.

import Encodings
import Foundation
import RandomSupport
import Records
import Testing

@Suite struct LineDecoderTests {
    private func decoder(_ name: String) throws -> LineDecoder { LineDecoder(try #require(try TextEncoding.named(name))) }

    private func text(_ decoder: LineDecoder, _ bytes: [UInt8]) -> String {
        decoder.decode(bytes.span)
        return String(decoding: decoder.text, as: UTF8.self)
    }

    @Test(arguments: ["utf-8", "UTF8", "Utf-8"])
    func utf8IsNotDecoded(name: String) throws {
        #expect(try TextEncoding.named(name) == nil)
    }

    @Test(arguments: [
        ("utf-16le", 2, false), ("utf-16be", 2, true), ("utf-32le", 4, false), ("UTF-32BE", 4, true), ("latin1", 1, false),
        ("iso-8859-15", 1, false), ("windows-1252", 1, false), ("shift_jis", 1, false), ("euc-jp", 1, false), ("gb18030", 1, false),
        ("big5", 1, false), ("koi8-r", 1, false), ("ascii", 1, false),
    ])
    func linesAreFoundByTheUnitsOfTheEncoding(name: String, width: Int, isBigEndian: Bool) throws {
        #expect(try decoder(name).encoding.unit == CodeUnit(width: width, isBigEndian: isBigEndian))
    }

    @Test(arguments: [
        ("klingon", "does not know"), ("", "does not know"), ("latin1//TRANSLIT", "does not know"), ("utf-8\0", "does not know"),
        ("utf-16", "do not end as"), ("utf-32", "do not end as"), ("EBCDIC-US", "do not end as"),
        ("utf-7", "by itself"), ("iso-2022-jp", "by itself"), ("iso-2022-kr", ""),
    ])
    func whatCannotBeReadLineByLineIsRefused(name: String, reason: String) {
        let error = #expect(throws: EncodingError.self) { try TextEncoding.named(name) }
        #expect(error?.what.contains(reason) == true || reason.isEmpty, "\(error?.what ?? "")")
    }

    @Test(arguments: [
        ("utf-16le", String.Encoding.utf16LittleEndian), ("utf-16be", .utf16BigEndian), ("utf-32le", .utf32LittleEndian),
        ("latin1", .isoLatin1), ("shift_jis", .shiftJIS),
    ])
    func linesComeBackWithTheirPlaces(name: String, encoding: String.Encoding) throws {
        let decoder = try decoder(name)
        let words = encoding == .isoLatin1 ? ["Grüße", "", "naïve", "x\r"] : ["注文 完了", "", "カート", "x\r", "ascii only"]
        var bytes: [UInt8] = []
        var places: [(text: Int, raw: Int)] = []
        var expected = ""
        // More than fits iconv's room at once.
        for number in 0..<3000 {
            let line = words[number % words.count] + "\n"
            places.append((expected.utf8.count, bytes.count))
            bytes += try #require(line.data(using: encoding))
            expected += line
        }
        #expect(text(decoder, bytes) == expected)
        for (number, place) in places.enumerated() {
            #expect(decoder.lines.rawIndex(ofText: place.text) == place.raw && decoder.lines.textIndex(ofRaw: place.raw) == place.text)
            #expect(decoder.lines.line(ofRaw: place.raw) == number)
        }
        #expect(decoder.lines.rawIndex(ofText: decoder.text.count) == bytes.count)
        #expect(decoder.replacedCount(beforeRaw: bytes.count) == 0)
    }

    @Test func whatIsNoCharacterIsReplacedAndCountedWithinItsLine() throws {
        let utf16 = try decoder("utf-16le")
        // An unpaired surrogate before a line feed, another before a letter, and half a unit at the end.
        let bytes: [UInt8] = [0x61, 0, 0x3D, 0xD8, 0x0A, 0, 0x3D, 0xDE, 0x62, 0, 0x0A, 0, 0x63]
        #expect(text(utf16, bytes) == "a\u{FFFD}\n\u{FFFD}b\n\u{FFFD}")
        #expect([0, 6, 12, 13].map { utf16.replacedCount(beforeRaw: $0) } == [0, 1, 2, 3])
        let shiftJIS = try decoder("shift_jis")
        #expect(text(shiftJIS, [0x61, 0x83, 0x0A, 0x62, 0x0A]) == "a\u{FFFD}\nb\n")
        #expect(text(try decoder("ascii"), [0x61, 0xC3, 0xA9, 0x0A]) == "a\u{FFFD}\u{FFFD}\n")
    }

    /// Whatever the bytes are: as many lines as they have line feeds, each what it is by itself, and UTF-8.
    @Test(
        arguments: ["utf-16le", "utf-32be", "latin1", "shift_jis", "euc-jp", "gb18030", "big5hkscs", "koi8-r"],
        1...10 as ClosedRange<UInt64>)
    func anyBytesAreLinesEachByItself(name: String, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let decoder = try decoder(name)
        let unit = decoder.encoding.unit
        let alphabet: [UInt8] = seed % 2 == 0 ? Array(0...255) : [0, 0, 10, 0x30, 0x81, 0xD8, 0xFE, 0x88, 0x62, 0xCA]
        let bytes = random.bytes(random.number(in: 0...2000), of: alphabet)
        decoder.decode(bytes.span)
        let whole = decoder.text
        #expect(String(validating: whole, as: UTF8.self) != nil, "seed \(seed)")
        var (start, alone, count) = (0, [UInt8](), 0)
        while start < bytes.count {
            let end = bytes.span.firstIndex(of: .lineFeed, in: unit, from: start).map { $0 + unit.width } ?? bytes.count
            decoder.decode(bytes.span.extracting(start..<end))
            alone += decoder.text
            count += end <= bytes.count && decoder.text.last == .lineFeed ? 1 : 0
            start = end
        }
        #expect(alone == whole, "seed \(seed)")
        #expect(whole.count { $0 == .lineFeed } == count, "seed \(seed)")
    }
}
