// Reads the files in which the system keeps the rules of places: TZif, RFC 9636 (tzfile(5)), from version 2 on.

import Glibc

enum ZoneFile {
    /// The files of the system have less than 4 KiB.
    static let bytesMax = 1 << 20
    private static let nameBytesMax = 255

    static func rules(of name: String, directory: String) throws(FormatsError) -> ZoneRules {
        guard isName(name), let bytes = read("\(directory)/\(name)") else {
            throw FormatsError(
                what: "there is no time zone `\(name)`",
                hint:
                    "write UTC, an offset such as +02:00, or a place such as Europe/Berlin; places are found in \(directory), from the package tzdata"
            )
        }
        guard let rules = parse(bytes.span) else {
            throw FormatsError(what: "\(directory)/\(name) is not the file of a time zone", hint: "install the package tzdata again")
        }
        return rules
    }

    /// No name leads out of the directory.
    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= nameBytesMax else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { $0.isUppercaseLetter || $0.isLowercaseLetter || $0.isDigit || "_+-".utf8.contains($0) }
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
        guard count > 0, ferror(file) == 0 else { return nil }
        return Array(bytes[..<count])
    }

    private struct Header {
        var isUTCount = 0
        var isStandardCount = 0
        var leapCount = 0
        var changeCount = 0
        var typeCount = 0
        var characterCount = 0

        static let length = 44

        /// The length of the block behind the header, whose times have `timeBytes` bytes.
        func blockLength(timeBytes: Int) -> Int {
            changeCount * (timeBytes + 1) + typeCount * 6 + characterCount + leapCount * (timeBytes + 4) + isStandardCount + isUTCount
        }
    }

    static func parse(_ bytes: Span<UInt8>) -> ZoneRules? {
        guard let old = header(bytes, at: 0), bytes[4] >= UInt8(ascii: "2") else { return nil }
        let start = Header.length + old.blockLength(timeBytes: 4)
        guard let header = header(bytes, at: start), header.typeCount > 0 else { return nil }
        let times = start + Header.length
        let end = times + header.blockLength(timeBytes: 8)
        guard end < bytes.count else { return nil }
        let indexes = times + header.changeCount * 8
        let types = indexes + header.changeCount
        var changes: [Int64] = []
        var offsets: [Int64] = []
        for number in 0..<header.changeCount {
            let type = Int(bytes[indexes + number])
            guard type < header.typeCount else { return nil }
            changes.append(integer(bytes, at: times + number * 8, bytes: 8))
            offsets.append(integer(bytes, at: types + type * 6, bytes: 4))
            guard number == 0 || changes[number] > changes[number - 1] else { return nil }
        }
        let footer = footer(bytes, at: end)
        guard let footer else { return nil }
        return ZoneRules(changes: changes, offsets: offsets, first: integer(bytes, at: types, bytes: 4), footer: footer.zone)
    }

    private static func header(_ bytes: Span<UInt8>, at start: Int) -> Header? {
        guard start + Header.length <= bytes.count, bytes.holds("TZif", at: start, before: bytes.count) else { return nil }
        func count(_ number: Int) -> Int { Int(integer(bytes, at: start + 20 + number * 4, bytes: 4)) }
        let header = Header(
            isUTCount: count(0), isStandardCount: count(1), leapCount: count(2), changeCount: count(3), typeCount: count(4),
            characterCount: count(5))
        let counts = [
            header.isUTCount, header.isStandardCount, header.leapCount, header.changeCount, header.typeCount, header.characterCount,
        ]
        return counts.allSatisfy { (0...bytesMax).contains($0) } ? header : nil
    }

    /// What stands between two line feeds: the rule for later times, or nothing. Nil where it is neither.
    private static func footer(_ bytes: Span<UInt8>, at start: Int) -> (zone: PosixZone?, end: Int)? {
        guard bytes[start] == 0x0A else { return nil }
        var end = start + 1
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        guard end < bytes.count else { return nil }
        if end == start + 1 { return (nil, end) }
        guard let zone = PosixZone(bytes.extracting(start + 1..<end)) else { return nil }
        return (zone, end)
    }

    /// Big-endian, two's complement.
    private static func integer(_ bytes: Span<UInt8>, at start: Int, bytes count: Int) -> Int64 {
        var value = UInt64(bitPattern: Int64(Int8(bitPattern: bytes[start])))
        for index in start + 1..<start + count { value = value << 8 | UInt64(bytes[index]) }
        return Int64(bitPattern: value)
    }
}
