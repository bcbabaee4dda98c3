// The lines that container runtimes write around those of an application:
//
//     {"log":"GET / 200\n","stream":"stdout","time":"2026-11-23T06:57:32.578177Z"}     Docker, json-file
//     2026-11-23T06:57:32.578177Z stdout F GET / 200                                   containerd, CRI-O
//
// Docker cuts lines at 16 KiB and the others at a limit of theirs: a `log` without a final line feed, and the tag `P`, mean that the
// next line of the same stream goes on. What the container prints cannot leave the inner line.
//
// A record of several such lines has the inner lines as its message, pieces joined and others with a line feed between them,
// and the stream and time of the first.

import Records

enum ContainerLine {
    static let dockerFieldNames = ["stream", "time"]
    static let criFieldNames = ["stream", "time", "tag"]

    private enum Slot {
        static let (stream, time, tag) = (0, 1, 2)
    }

    /// Where the members of Docker's lines go.
    /// - Parameter base: the slot of the first of `dockerFieldNames`.
    static func dockerTree(base: Int) -> PathTree {
        PathTree([
            ([.key(Array("log".utf8))], 0), ([.key(Array("stream".utf8))], base + Slot.stream),
            ([.key(Array("time".utf8))], base + Slot.time),
        ])
    }

    /// Sets the message, slot 0, to the value of `log` without its final line feed and a carriage return before that.
    static func parseDocker(_ line: Span<UInt8>, tree: PathTree, into target: inout RecordFields) -> Bool {
        target.fields[0] = .missing
        guard JSONScanner.scan(line, tree: tree, into: &target), target.fields[0].kind == .text else {
            target.fields[0] = Field(0..<line.count)
            return false
        }
        var message = target.fields[0]
        target.isPartial = !dropEscape(UInt8(ascii: "n"), line, &message)
        if !target.isPartial { _ = dropEscape(UInt8(ascii: "r"), line, &message) }
        if message.encoding == .json, line.extracting(message.start..<message.end).firstIndex(of: .backslash) == nil {
            message.encoding = .verbatim
        }
        target.fields[0] = message
        return true
    }

    /// Whether a line, by a quick look, is one of Docker's that is no piece: it begins with `log`, whose value ends with `\n`.
    static func isSurelyWhole(_ line: Span<UInt8>) -> Bool {
        guard line.holds("{\"log\":\"", at: 0, before: line.count) else { return false }
        var index = 8
        while let quote = line.firstIndex(of: .quote, from: index) {
            var backslashes = 0
            while line[quote - 1 - backslashes] == .backslash { backslashes += 1 }
            if backslashes % 2 == 0 {
                var message = Field(8..<quote)
                return dropEscape(UInt8(ascii: "n"), line, &message)
            }
            index = quote + 1
        }
        return false
    }

    /// Takes `\n` or the like from the end of a string, unless its backslash is itself escaped.
    private static func dropEscape(_ letter: UInt8, _ line: Span<UInt8>, _ message: inout Field) -> Bool {
        guard message.end - message.start >= 2, line[message.end - 1] == letter, line[message.end - 2] == .backslash else { return false }
        var backslashes = 0
        while message.end - 2 - backslashes >= message.start, line[message.end - 2 - backslashes] == .backslash { backslashes += 1 }
        guard backslashes % 2 == 1 else { return false }
        message.end -= 2
        return true
    }

    /// `TIME STREAM TAGS MESSAGE`; of the tags, which colons separate, the first is P or F.
    static func parseCRI(_ line: Span<UInt8>, base: Int, into target: inout RecordFields) -> Bool {
        guard let timeEnd = line.firstIndex(of: .space), timeEnd >= 20, line[0].isDigit, line[10] == UInt8(ascii: "T"),
            line.holds("stdout ", at: timeEnd + 1, before: line.count) || line.holds("stderr ", at: timeEnd + 1, before: line.count)
        else { return false }
        let stream = timeEnd + 1..<timeEnd + 7
        let tagStart = stream.upperBound + 1
        let tagEnd = line.firstIndex(of: .space, from: tagStart) ?? line.count
        guard tagEnd > tagStart, line[tagStart] == UInt8(ascii: "F") || line[tagStart] == UInt8(ascii: "P"),
            tagEnd == tagStart + 1 || line[tagStart + 1] == UInt8(ascii: ":")
        else { return false }
        target.isPartial = line[tagStart] == UInt8(ascii: "P")
        target.fields[base + Slot.time] = Field(0..<timeEnd)
        target.fields[base + Slot.stream] = Field(stream)
        target.fields[base + Slot.tag] = Field(tagStart..<tagEnd)
        target.fields[0] = Field(min(tagEnd + 1, line.count)..<line.count)
        return true
    }
}
