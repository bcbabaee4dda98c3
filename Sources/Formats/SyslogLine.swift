// Syslog lines: what RFC 3164 and RFC 5424 describe, with or without the leading <PRI>, and the two file formats of rsyslog:
//
//     Nov 23 06:37:03 web-1 sshd[812]: Accepted password for anna from 192.0.2.7 port 50022 ssh2
//     2026-11-23T06:37:03.066123+00:00 web-1 sshd[812]: Accepted …
//     <38>1 2026-11-23T06:37:03.066Z web-1 sshd 812 - - Accepted …
//
// `program` and `pid` are what the sender says of itself; any local user can claim any name.

import Records

enum SyslogLine {
    static let fieldNames = ["time", "host", "program", "pid", "msgid"]

    private enum Slot {
        static let (time, host, program, pid, msgid) = (0, 1, 2, 3, 4)
    }

    /// - Parameter base: the slot of the first of `fieldNames`; the message is slot 0.
    static func parse(_ line: Span<UInt8>, base: Int, into fields: inout [Field]) -> Bool {
        var cursor = priorityEnd(line)
        if cursor > 0, line.holds("1 ", at: cursor, before: line.count) {
            cursor += 2
            return parse5424(line, &cursor, base, into: &fields)
        }
        return parse3164(line, &cursor, base, into: &fields)
    }

    /// The place behind `<PRI>`, or 0 where the line begins without it.
    private static func priorityEnd(_ line: Span<UInt8>) -> Int {
        guard line.count > 2, line[0] == UInt8(ascii: "<") else { return 0 }
        var index = 1
        while index < min(line.count, 5), line[index].isDigit { index += 1 }
        return index > 1 && index < line.count && line[index] == UInt8(ascii: ">") ? index + 1 : 0
    }

    /// `TIME HOST PROGRAM[PID]: MESSAGE`
    private static func parse3164(_ line: Span<UInt8>, _ cursor: inout Int, _ base: Int, into fields: inout [Field]) -> Bool {
        guard let time = traditionalTime(line, cursor) ?? isoTime(line, cursor) else { return false }
        cursor = time.upperBound + 1
        guard let host = word(line, &cursor), cursor < line.count else { return false }
        fields[base + Slot.time] = Field(time)
        fields[base + Slot.host] = Field(host)
        fields[0] = Field(parseTag(line, cursor, base, into: &fields)..<line.count)
        return true
    }

    /// `VERSION TIME HOST APP PROCID MSGID STRUCTURED-DATA MESSAGE`, where `-` is the nil value.
    private static func parse5424(_ line: Span<UInt8>, _ cursor: inout Int, _ base: Int, into fields: inout [Field]) -> Bool {
        for slot in base + Slot.time...base + Slot.msgid {
            guard let value = word(line, &cursor) else { return false }
            if value.count > 1 || line[value.lowerBound] != UInt8(ascii: "-") { fields[slot] = Field(value) }
        }
        guard let dataEnd = structuredDataEnd(line, cursor) else { return false }
        var start = min(dataEnd + 1, line.count)
        if line.count - start >= 3, line[start] == 0xEF, line[start + 1] == 0xBB, line[start + 2] == 0xBF { start += 3 }
        fields[0] = Field(start..<line.count)
        return true
    }

    /// `Mmm dd hh:mm:ss` (RFC 3164, 4.1.2).
    private static func traditionalTime(_ line: Span<UInt8>, _ start: Int) -> Range<Int>? {
        guard line.count > start + 16, line[start].isUppercaseLetter, line[start + 3] == .space else { return nil }
        // Some programs write days before the tenth with one byte, without the space that stands for the other.
        let end = start + (line[start + 4].isDigit && line[start + 5] == .space ? 14 : 15)
        guard line[end - 9] == .space, line[end - 6] == UInt8(ascii: ":"), line[end - 3] == UInt8(ascii: ":"), line[end] == .space else {
            return nil
        }
        return start..<end
    }

    private static func isoTime(_ line: Span<UInt8>, _ start: Int) -> Range<Int>? {
        guard line.count > start + 20, line[start].isDigit, line[start + 4] == UInt8(ascii: "-"), line[start + 10] == UInt8(ascii: "T"),
            let end = line.firstIndex(of: .space, from: start), end - start >= 19
        else { return nil }
        return start..<end
    }

    /// Reads `PROGRAM[PID]:`; a line without such a tag is all message.
    /// - Returns: where the message begins.
    private static func parseTag(_ line: Span<UInt8>, _ start: Int, _ base: Int, into fields: inout [Field]) -> Int {
        var index = start
        while index < line.count, line[index] != .space, line[index] != UInt8(ascii: ":"), line[index] != UInt8(ascii: "[") { index += 1 }
        let programEnd = index
        guard programEnd > start, index < line.count, line[index] != .space else { return start }
        var pid: Range<Int>?
        if line[index] == UInt8(ascii: "[") {
            guard let close = line.firstIndex(of: UInt8(ascii: "]"), from: index) else { return start }
            pid = index + 1..<close
            index = close + 1
        }
        guard index < line.count, line[index] == UInt8(ascii: ":") else { return start }
        fields[base + Slot.program] = Field(start..<programEnd)
        if let pid, !pid.isEmpty { fields[base + Slot.pid] = Field(pid) }
        index += 1
        return index < line.count && line[index] == .space ? index + 1 : index
    }

    /// The place behind `-` or behind the last `]` of the elements. Values may hold `\]` and, quoted, anything.
    private static func structuredDataEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
        guard start < line.count else { return nil }
        if line[start] == UInt8(ascii: "-") { return start + 1 }
        var index = start
        while index < line.count, line[index] == UInt8(ascii: "[") {
            var isQuoted = false
            while index < line.count, isQuoted || line[index] != UInt8(ascii: "]") {
                if line[index] == .quote { isQuoted.toggle() }
                index += isQuoted && line[index] == .backslash ? 2 : 1
            }
            guard index < line.count else { return nil }
            index += 1
        }
        return index > start ? index : nil
    }

    /// The bytes up to the next space; the cursor moves behind it.
    private static func word(_ line: Span<UInt8>, _ cursor: inout Int) -> Range<Int>? {
        guard cursor < line.count, let end = line.firstIndex(of: .space, from: cursor), end > cursor else { return nil }
        defer { cursor = end + 1 }
        return cursor..<end
    }
}
