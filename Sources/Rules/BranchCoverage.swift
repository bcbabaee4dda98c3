// Which branches of one pattern's alternations the matches of a rule's tests go through. Branches inside a named pattern are not
// looked at: they are tried where that pattern comes from.

import Documents
import Patterns
import Records

struct BranchCoverage {
    private let written: WrittenPattern
    /// Those that no match has gone through yet, each with the pattern that tells.
    private var untried: [(branch: Range<Int>, pattern: Pattern)]

    init(_ written: WrittenPattern) {
        self.written = written
        untried = written.pattern.branches.filter(written.expansion.isWritten).compactMap { branch in
            (try? written.pattern.marking(branch)).map { (branch, $0) }
        }
    }

    /// Takes note of a text that the pattern matches.
    mutating func take(_ text: Text, _ record: Span<UInt8>, _ matcher: borrowing RecordMatcher) {
        untried.removeAll { matcher.passesMark($0.pattern, text, record) }
    }

    /// The untried branches as they are written, with their places in the pattern, from 1; one inside another untried one is left out.
    var gap: String? {
        let text = Array(written.text.utf8)
        let outer = untried.map(\.branch).filter { inner in
            !untried.contains { $0.branch != inner && $0.branch.lowerBound <= inner.lowerBound && inner.upperBound <= $0.branch.upperBound }
        }
        guard !outer.isEmpty else { return nil }
        let names = outer.sorted { $0.lowerBound < $1.lowerBound }.map { branch in
            let start = written.expansion.writtenOffset(of: branch.lowerBound)
            let end = written.expansion.writtenOffset(of: branch.upperBound)
            let column = String(decoding: text[..<start], as: UTF8.self).count + 1
            return "\(start == end ? "nothing" : quoted(String(decoding: text[start..<end], as: UTF8.self))) (at \(column))"
        }
        return "no test takes the alternative\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
    }
}
