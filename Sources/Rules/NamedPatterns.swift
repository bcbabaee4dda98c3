// Named patterns: `%{NAME}` in a pattern stands for the pattern of that name, `%{NAME:field}` is a group called `field` around it.
// A pack's own names (`patterns:`) come before those of the library; within the library names mean the library's, so that
// a name of one's own changes nothing that it does not write.
//
// `\%{` is the text itself, and so is all between `\Q` and `\E`.

import Documents
import Formats
package import Patterns

package struct NamedPatterns: Sendable {
    private let own: [String: String]

    /// Without any name of one's own.
    package static let library = NamedPatterns(own: [:])

    /// A pattern with all names replaced.
    package struct Expansion: Sendable {
        package fileprivate(set) var text = ""
        /// Where names stood, ascending, in bytes.
        fileprivate(set) var insertions: [(written: Range<Int>, expanded: Range<Int>)] = []

        /// Where what is at a byte of the expanded text was written; what came out of a name, where the name is.
        package func writtenOffset(of offset: Int) -> Int {
            var shift = 0
            for insertion in insertions {
                guard offset >= insertion.expanded.lowerBound else { break }
                guard offset >= insertion.expanded.upperBound else { return insertion.written.lowerBound }
                shift = insertion.written.upperBound - insertion.expanded.upperBound
            }
            return offset + shift
        }

        /// Whether these bytes of the expanded text are none of what a name stands for.
        func isWritten(_ range: Range<Int>) -> Bool {
            !insertions.contains { $0.expanded.lowerBound <= range.lowerBound && range.upperBound <= $0.expanded.upperBound }
        }
    }

    /// The most patterns of one pack.
    static let ownMax = 1_000

    /// A pack's `patterns:`. Each is compiled once by itself, so that a mistake in it is told where it stands.
    static func read(_ node: Node?, in problems: ProblemCollector) -> NamedPatterns {
        let entries = node?.entries(of: "`patterns`", in: problems) ?? []
        var own: [String: String] = [:]
        for entry in entries {
            if !isName(Array(entry.name.utf8)[...]) {
                problems.add(
                    "\(quoted(entry.name)) is no name of a pattern", at: entry.key, hint: "use letters, digits and _, for example ORDER_ID")
            }
            own[entry.name] = entry.value.string(in: problems, what: entry.name) ?? ""
        }
        if entries.count > ownMax, let node {
            problems.add("`patterns` has \(entries.count) entries; at most \(ownMax) are allowed", at: node)
        }
        let named = NamedPatterns(own: own)
        for entry in entries where entry.value.text != nil {
            // UTF refuses less than bytes do: what a rule cannot use without `utf: true` is told there.
            _ = WrittenPattern.read(entry.value, PatternOptions(utf: true), named, inside: [entry.name], what: entry.name, in: problems)
        }
        return named
    }

    /// - Parameter inside: the names whose pattern `text` is a part of.
    /// - Throws: with the place in `text` at which a name stands that has no pattern, or one within itself.
    package func expand(_ text: String, inside: [String] = []) throws(PatternError) -> Expansion {
        var bytesLeft = PatternLimits.patternBytesMax
        return try expand(text, inside: inside, isOwn: true, &bytesLeft)
    }

    private func expand(_ text: String, inside: [String], isOwn: Bool, _ bytesLeft: inout Int) throws(PatternError) -> Expansion {
        let bytes = Array(text.utf8)
        var expansion = Expansion()
        var expanded: [UInt8] = []
        var (index, isQuoting) = (0, false)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                if bytes[index + 1] == UInt8(ascii: isQuoting ? "E" : "Q") { isQuoting.toggle() }
                // Within a quotation a backslash is itself, and the next one may be that of \E.
                let length = isQuoting && bytes[index + 1] != UInt8(ascii: "Q") ? 1 : 2
                expanded += bytes[index..<index + length]
                index += length
                continue
            }
            guard !isQuoting, let reference = Reference(bytes, at: index) else {
                expanded.append(bytes[index])
                index += 1
                continue
            }
            let inserted = try insertion(reference, at: index, inside: inside, isOwn: isOwn, &bytesLeft)
            expansion.insertions.append((index..<reference.end, expanded.count..<expanded.count + inserted.count))
            expanded += inserted
            index = reference.end
        }
        expansion.text = String(decoding: expanded, as: UTF8.self)
        return expansion
    }

    private func insertion(
        _ reference: Reference, at offset: Int, inside: [String], isOwn: Bool, _ bytesLeft: inout Int
    ) throws(PatternError) -> [UInt8] {
        let name = reference.name
        let ownText = isOwn ? own[name] : nil
        guard let text = ownText ?? PatternLibrary.patterns[name] else { throw unknown(name, at: offset) }
        if let field = reference.field, !Self.isName(Array(field.utf8)[...]) {
            let parts = field.split(separator: ":", omittingEmptySubsequences: false)
            throw PatternError(
                message: "\(quoted(field)) is no name of a group", offset: offset,
                hint: parts.count == 2 ? "write %{\(name):\(parts[0])}, and what it is under `types`" : "use letters, digits and _")
        }
        // Names of one's own and of the library are told apart, for one may be defined by the other.
        let key = ownText == nil ? "%\(name)" : name
        guard !inside.contains(key) else {
            throw PatternError(
                message: "the pattern \(quoted(name)) stands within itself", offset: offset,
                hint: "it would never end: \((inside.drop { $0 != key } + [key]).map { $0.filter { $0 != "%" } }.joined(separator: " → "))")
        }
        guard inside.count < PatternLimits.nestingMax else {
            throw PatternError(
                message: "named patterns nest too deep", offset: offset, hint: "at most \(PatternLimits.nestingMax) levels are allowed")
        }
        var inner: Expansion
        do {
            inner = try expand(text, inside: inside + [key], isOwn: ownText != nil, &bytesLeft)
        } catch {
            throw PatternError(message: error.message, offset: offset, hint: error.hint)
        }
        // Whatever `(?x)` stands around it, blanks in a named pattern mean blanks.
        inner.text = reference.field.map { "(?<\($0)>(?-x:\(inner.text)))" } ?? "(?-x:\(inner.text))"
        bytesLeft -= inner.text.utf8.count
        guard bytesLeft >= 0 else {
            throw PatternError(
                message: "with its named patterns this has more than \(PatternLimits.patternBytesMax) bytes", offset: offset,
                hint: "refer to fewer of them, or to smaller ones")
        }
        return Array(inner.text.utf8)
    }

    private func unknown(_ name: String, at offset: Int) -> PatternError {
        let names = own.keys.sorted() + PatternLibrary.patterns.keys.sorted()
        return PatternError(
            message: "there is no pattern called \(quoted(name))", offset: offset,
            hint: nearest(name, among: names).map { "did you mean %{\($0)}?" }
                ?? "add it to the rule file under `patterns`, or write \\%{ for the text itself")
    }

    fileprivate static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, !first.isDigit else { return false }
        return bytes.allSatisfy { $0.isDigit || $0.isUppercaseLetter || $0.isLowercaseLetter || $0 == UInt8(ascii: "_") }
    }
}

/// `%{NAME}` or `%{NAME:field}`.
private struct Reference {
    var name: String
    var field: String?
    var end: Int

    /// Nil where something else stands at `index`, such as `%{2}`.
    init?(_ bytes: [UInt8], at index: Int) {
        guard bytes[index...].starts(with: "%{".utf8), let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let inside = bytes[(index + 2)..<close]
        let colon = inside.firstIndex(of: UInt8(ascii: ":"))
        guard NamedPatterns.isName(inside[..<(colon ?? close)]) else { return nil }
        name = String(decoding: inside[..<(colon ?? close)], as: UTF8.self)
        field = colon.map { String(decoding: inside[($0 + 1)...], as: UTF8.self) }
        end = close + 1
    }
}
