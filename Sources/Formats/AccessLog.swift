// Access-log lines: `ADDRESS IDENT USER [TIME] "REQUEST" STATUS BYTES "REFERER" "AGENT" REST`, also behind `VHOST:PORT `, as
// Apache's vhost_combined writes them.
//
// Who connects chooses the user name, the request, the referer and the agent. nginx writes quotes, backslashes and bytes
// outside printable ASCII in them as \xHH (ngx_http_log_module, escape=default); Apache as \" \\ \t \n … \xHH
// (mod_log_config, "Format Notes"). So a bare quote never comes from a client, and the first `] "` ends the time whatever
// the user is called. A lone `-` means that the server had no value: the field is absent.

import Records

package enum AccessLog {
    package static let fieldNames = [
        "message", "remote_addr", "ident", "remote_user", "time", "request", "method", "path", "protocol", "status", "bytes", "referer",
        "user_agent", "rest", "vhost",
    ]

    private enum Slot {
        static let (remoteAddr, ident, remoteUser, time, request, method, path, httpProtocol) = (1, 2, 3, 4, 5, 6, 7, 8)
        static let (status, bytes, referer, userAgent, rest, vhost) = (9, 10, 11, 12, 13, 14)
    }

    static func isEscaped(slot: Int) -> Bool {
        switch slot {
        case Slot.remoteUser, Slot.request, Slot.path, Slot.referer, Slot.userAgent: true
        default: false
        }
    }

    /// - Parameter expectsAgent: whether referer and agent must follow (combined).
    static func parse(_ line: Span<UInt8>, expectsAgent: Bool, into fields: inout [Field]) -> Bool {
        guard let timeEnd = endOfTime(line), let timeStart = line.lastIndex(of: UInt8(ascii: "["), before: timeEnd), timeStart > 0,
            line[timeStart - 1] == .space
        else { return false }
        let vhostEnd = vhostEnd(line, before: timeStart)
        if vhostEnd > 0 { fields[Slot.vhost] = Field(0..<vhostEnd) }
        guard parsePeople(line, vhostEnd == 0 ? 0 : vhostEnd + 1, end: timeStart - 1, into: &fields) else { return false }
        fields[Slot.time] = Field(timeStart + 1..<timeEnd)

        var cursor = timeEnd + 2
        guard let request = quoted(line, &cursor) else { return false }
        set(Slot.request, request, line, &fields)
        splitRequest(line, request, into: &fields)

        guard let status = word(line, &cursor), let bytes = word(line, &cursor) else { return false }
        set(Slot.status, status, line, &fields)
        set(Slot.bytes, bytes, line, &fields)
        if let referer = quoted(line, &cursor), let agent = quoted(line, &cursor) {
            set(Slot.referer, referer, line, &fields)
            set(Slot.userAgent, agent, line, &fields)
        } else if expectsAgent {
            return false
        }
        if cursor + 1 < line.count { fields[Slot.rest] = Field(cursor + 1..<line.count) }
        return true
    }

    /// The place of the bracket in the first `] "`.
    private static func endOfTime(_ line: Span<UInt8>) -> Int? {
        var from = 0
        while let bracket = line.firstIndex(of: UInt8(ascii: "]"), from: from) {
            if bracket + 2 < line.count, line[bracket + 1] == .space, line[bracket + 2] == .quote { return bracket }
            from = bracket + 1
        }
        return nil
    }

    /// The end of a first word `NAME:PORT`, or 0. No address is of this form: IPv6 has more colons, IPv4 none.
    private static func vhostEnd(_ line: Span<UInt8>, before end: Int) -> Int {
        guard let wordEnd = line.firstIndex(of: .space), wordEnd < end, let colon = line.lastIndex(of: UInt8(ascii: ":"), before: wordEnd),
            colon > 0, (1...5).contains(wordEnd - colon - 1)
        else { return 0 }
        for index in colon + 1..<wordEnd where !line[index].isDigit { return 0 }
        let isBracketed = line[0] == UInt8(ascii: "[") && line[colon - 1] == UInt8(ascii: "]")
        return isBracketed || line.extracting(0..<colon).firstIndex(of: UInt8(ascii: ":")) == nil ? wordEnd : 0
    }

    /// `ADDRESS IDENT USER`, where only the user may hold spaces.
    private static func parsePeople(_ line: Span<UInt8>, _ start: Int, end: Int, into fields: inout [Field]) -> Bool {
        guard start < end, let addressEnd = line.firstIndex(of: .space, from: start), addressEnd > start, addressEnd < end,
            let identEnd = line.firstIndex(of: .space, from: addressEnd + 1), identEnd > addressEnd + 1, identEnd < end
        else { return false }
        set(Slot.remoteAddr, start..<addressEnd, line, &fields)
        set(Slot.ident, addressEnd + 1..<identEnd, line, &fields)
        set(Slot.remoteUser, identEnd + 1..<end, line, &fields)
        return true
    }

    /// `METHOD TARGET PROTOCOL`; a request line that is not of this form has no method, path and protocol.
    private static func splitRequest(_ line: Span<UInt8>, _ request: Range<Int>, into fields: inout [Field]) {
        guard let methodEnd = line.firstIndex(of: .space, from: request.lowerBound), methodEnd < request.upperBound,
            methodEnd > request.lowerBound, let protocolStart = line.lastIndex(of: .space, before: request.upperBound),
            protocolStart > methodEnd + 1, line.holds("HTTP/", at: protocolStart + 1, before: request.upperBound)
        else { return }
        for index in request.lowerBound..<methodEnd where !line[index].isUppercaseLetter { return }
        set(Slot.method, request.lowerBound..<methodEnd, line, &fields)
        set(Slot.path, methodEnd + 1..<protocolStart, line, &fields)
        set(Slot.httpProtocol, protocolStart + 1..<request.upperBound, line, &fields)
    }

    private static func set(_ slot: Int, _ range: Range<Int>, _ line: Span<UInt8>, _ fields: inout [Field]) {
        if range.isEmpty || (range.count == 1 && line[range.lowerBound] == UInt8(ascii: "-")) { return }
        let escaped = isEscaped(slot: slot) && line.extracting(range).firstIndex(of: .backslash) != nil
        fields[slot] = Field(range, encoding: escaped ? .accessLog : .verbatim)
    }

    /// What stands between quotes after one space; the cursor moves behind the closing quote.
    private static func quoted(_ line: Span<UInt8>, _ cursor: inout Int) -> Range<Int>? {
        var start = cursor
        if start < line.count, line[start] == .space { start += 1 }
        guard start < line.count, line[start] == .quote else { return nil }
        var index = start + 1
        while index < line.count, line[index] != .quote {
            index += line[index] == .backslash ? 2 : 1
        }
        guard index < line.count else { return nil }
        cursor = index + 1
        return start + 1..<index
    }

    /// The bytes up to the next space, after one space.
    private static func word(_ line: Span<UInt8>, _ cursor: inout Int) -> Range<Int>? {
        guard cursor + 1 < line.count, line[cursor] == .space else { return nil }
        let start = cursor + 1
        let end = line.firstIndex(of: .space, from: start) ?? line.count
        guard end > start else { return nil }
        cursor = end
        return start..<end
    }

    /// Appends `text` with the escapes of nginx and Apache undone. What is no escape stays as it is.
    package static func decode(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let escape = text.firstIndex(of: .backslash, from: index) ?? text.count
            bytes.append(contentsOf: text.extracting(index..<escape))
            index = escape
            guard index < text.count else { return }
            let (byte, length) = unescaped(text, at: index)
            bytes.append(byte)
            index += length
        }
    }

    private static func unescaped(_ text: Span<UInt8>, at start: Int) -> (byte: UInt8, length: Int) {
        guard start + 1 < text.count else { return (.backslash, 1) }
        switch text[start + 1] {
        case .quote: return (.quote, 2)
        case .backslash: return (.backslash, 2)
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "v"): return (0x0B, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "x"):
            guard start + 3 < text.count, let high = text[start + 2].hexValue, let low = text[start + 3].hexValue else { fallthrough }
            return (high << 4 | low, 4)
        default: return (.backslash, 1)
        }
    }
}
