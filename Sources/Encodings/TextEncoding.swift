// An encoding of log files other than UTF-8: any that iconv(3) knows, as long as lines can be found in it without decoding them. Lines
// end with ASCII's line feed as a code unit of its own, and every line can be decoded without the ones before it.

package import Records

package struct TextEncoding: Hashable, Sendable {
    /// As iconv(3) knows it.
    package let name: String
    package let unit: CodeUnit

    /// How many times fewer bytes a text may have in UTF-8. No character of ASCII takes less than a unit, and no other one less
    /// than two bytes in UTF-8 or more than four here.
    package var shrinkageMax: Int { max(2, unit.width) }

    /// - Parameter name: as people write it.
    /// - Returns: nil for UTF-8, which is not decoded at all.
    /// - Throws: when there is no such encoding, or it cannot be read line by line.
    package static func named(_ name: String) throws(EncodingError) -> TextEncoding? {
        if ["utf-8", "utf8"].contains(name.lowercased()) { return nil }
        return try TextEncoding(name)
    }

    private init(_ name: String) throws(EncodingError) {
        self.name = name
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
                || Array("-_.:+()".utf8).contains(byte)
        }
        guard isName, !name.isEmpty, let decoder = Converter(from: name, to: "UTF-8"), let encoder = Converter(from: "UTF-8", to: name)
        else {
            throw EncodingError(
                what: "this machine does not know the encoding `\(name)`", hint: "`iconv -l` lists those it knows; utf-8 needs no other")
        }
        let units: [[UInt8]: CodeUnit] = [
            [10]: .byte, [10, 0]: CodeUnit(width: 2, isBigEndian: false), [0, 10]: CodeUnit(width: 2, isBigEndian: true),
            [10, 0, 0, 0]: CodeUnit(width: 4, isBigEndian: false), [0, 0, 0, 10]: CodeUnit(width: 4, isBigEndian: true),
        ]
        let character = [UInt8.lineFeed]
        var lineFeed: [UInt8] = []
        encoder.convert(character.span, into: &lineFeed) { _ in 1 }
        guard let unit = units[lineFeed] else {
            throw EncodingError(
                what: "lines in the encoding `\(name)` do not end as those of log files do",
                hint: "for UTF-16 say in which order the bytes are: utf-16le or utf-16be")
        }
        self.unit = unit
        let zeros = [UInt8](repeating: 0, count: unit.width - 1)
        // Bytes that only change how others are read give nothing by themselves.
        for character in UInt8(0)..<128 {
            let bytes = lineFeed.last == .lineFeed ? zeros + [character] : [character] + zeros
            var (text, isBegun) = ([UInt8](), false)
            decoder.convert(bytes.span, into: &text) { isEnd in
                isBegun = isEnd
                return unit.width
            }
            guard text.isEmpty || isBegun else { continue }
            throw EncodingError(
                what: "in the encoding `\(name)` a line cannot be read by itself", hint: "have the log written in utf-8, or convert it")
        }
    }
}
