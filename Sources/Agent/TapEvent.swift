// What one who taps an agent gets: a call, a record that no rule matched, or how much was left out.

import Calls
import Foundation

package struct TapEvent: Sendable {
    package enum Kind: String, Decodable, Sendable {
        case call, missed
        /// So many events came faster than they were taken.
        case dropped
    }

    /// All but the call, which stays as it is.
    private struct Members: Decodable {
        var kind: Kind
        var source: String?
        var file: String?
        var offset: UInt64?
        var realtimeMicroseconds: UInt64?
        var rule: String?
        var verdict: String?
        var record: String?
        var isCut: Bool?
        var count: Int?

        enum CodingKeys: String, CodingKey {
            case kind, source, file, offset, rule, verdict, record, count
            case realtimeMicroseconds = "realtime_us"
            case isCut = "cut"
        }
    }

    /// One JSON object without a line feed: `kind`, `source`, `file` and `offset` (of an entry of a journal: `realtime_us`), and
    /// of a call `rule`, `verdict` (`send`, `shadow`, or the reason of a dead letter) and `call`, of a missed record `record` and
    /// `cut`, of dropped ones `count`.
    package let json: [UInt8]
    private let members: Members

    /// Of a record that nobody matched so much is told, in bytes.
    static let recordBytesMax = 16 << 10

    /// Nil for what is none.
    init?(line: [UInt8]) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(line)) else { return nil }
        (json, self.members) = (line, members)
    }

    package var kind: Kind { members.kind }

    /// For people: where it comes from and what became of it in one line, and the call or the record in the next.
    package var lines: [String] {
        switch members.kind {
        case .dropped: return ["… \(members.count ?? 0) left out: they came faster than they were read"]
        case .missed: return ["no rule  \(place)", "  \(members.record ?? "")\(members.isCut == true ? " …" : "")"].map(Printable.text)
        case .call: return ["\(members.rule ?? "")  \(place)\(fate)", "  \(String(decoding: call, as: UTF8.self))"].map(Printable.text)
        }
    }

    private var place: String {
        let source = members.source ?? ""
        if let file = members.file { return "\(source)  \(file), byte \(members.offset ?? 0)" }
        let time = CallTime(milliseconds: Int64(clamping: (members.realtimeMicroseconds ?? 0) / 1000))
        return "\(source)  journal, \(time.text)"
    }

    private var fate: String {
        switch members.verdict {
        case "send", nil: ""
        case "shadow": "  (shadow: not sent)"
        case let reason?: "  (dead letter: \(reason))"
        }
    }

    /// The last member. Quotes inside of those before it are escaped, so the first one of this name is it.
    private var call: [UInt8] {
        let name = Array(",\"call\":".utf8)
        guard let range = json.firstRange(of: name) else { return [] }
        return Array(json[range.upperBound...].dropLast())
    }
}

extension TapEvent {
    /// Where a record comes from.
    enum Origin {
        /// Path, and offset in bytes.
        case file(String, UInt64)
        /// The time of an entry, in microseconds since 1970.
        case journal(UInt64)
    }

    static func line(of call: Span<UInt8>, rule: String, verdict: String, source: String, _ origin: Origin) -> [UInt8] {
        var line = opening(.call, source: source, origin)
        line.member("rule", rule)
        line.member("verdict", verdict)
        line += Array(",\"call\":".utf8)
        call.withUnsafeBufferPointer { line.append(contentsOf: $0) }
        line.append(UInt8(ascii: "}"))
        return line
    }

    static func line(ofMissed record: Span<UInt8>, source: String, _ origin: Origin) -> [UInt8] {
        var line = opening(.missed, source: source, origin)
        line += Array(",\"record\":".utf8)
        line.appendJSONString(record.extracting(first: min(record.count, recordBytesMax)))
        if record.count > recordBytesMax { line += Array(",\"cut\":true".utf8) }
        line.append(UInt8(ascii: "}"))
        return line
    }

    static func line(ofDropped count: Int) -> [UInt8] { Array(#"{"kind":"dropped","count":\#(count)}"#.utf8) }

    private static func opening(_ kind: Kind, source: String, _ origin: Origin) -> [UInt8] {
        var line = Array(#"{"kind":"\#(kind.rawValue)""#.utf8)
        line.member("source", source)
        switch origin {
        case .file(let path, let offset):
            line.member("file", path)
            line += Array(",\"offset\":\(offset)".utf8)
        case .journal(let microseconds): line += Array(",\"realtime_us\":\(microseconds)".utf8)
        }
        return line
    }
}

extension [UInt8] {
    fileprivate mutating func member(_ name: String, _ text: String) {
        self += Array(",\"\(name)\":".utf8)
        appendJSONString(Array(text.utf8).span)
    }
}
