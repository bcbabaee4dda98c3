// The language page keeps its word: every example in its table of filters gives what the table says, every filter and every
// named pattern is on the page.

import Formats
import Foundation
import Testing

@Suite struct LanguagePageTests {
    private struct Example {
        var filter: String
        var template: String
        var result: String
    }

    private static let page: [Substring] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try! String(contentsOf: root.appendingPathComponent("Sources/Rules/Rules.docc/RuleLanguage.md"), encoding: .utf8)
        return text.split(separator: "\n")
    }()

    /// The rows ``| `filter` | arguments | `{{ … }}` | `result` |``; a bar inside of a cell is written `\|`.
    private static let examples: [Example] = page.compactMap { line in
        let cells = line.replacing("\\|", with: "\u{0}").split(separator: "|").map {
            String($0).replacing("\u{0}", with: "|").trimmingCharacters(in: .whitespaces)
        }
        guard line.hasPrefix("| `"), cells.count == 4, cells[2].hasPrefix("`{{") else { return nil }
        let bare = cells.map { String($0.dropFirst().dropLast()) }
        return Example(filter: bare[0], template: bare[2], result: bare[3])
    }

    @Test func everyExampleOfAFilterIsTrue() throws {
        // A row that could not be read would be true as well.
        #expect(Self.examples.count == Self.page.count { $0.hasPrefix("| `") && $0.contains("{{") })
        for example in Self.examples {
            #expect(example.template.contains("| \(example.filter)"), "\(example.template) does not show `\(example.filter)`")
            let value = try evaluate(example.template, "x", head: "tables: { plans: { p1: Pro } }\n")
            #expect(value == example.result, "\(example.template)")
        }
    }

    @Test func everyFilterHasAnExample() throws {
        let told = refusals("rules: [{ name: r, match: x, track: { event: '{{ message | nonsense }}', userId: u } }]")
        let list = try #require(told.first?.split(separator: "hint: filters: ").last)
        let filters = Set(list.split(separator: ", ").map(String.init))
        #expect(filters.count > 40)
        #expect(Set(Self.examples.map(\.filter)) == filters)
    }

    @Test func everyNamedPatternIsListed() {
        let parts: Set = ["HOUR2", "IPV4OCTET", "IPV6GROUP"]
        let listed =
            Self.page.filter { $0.hasPrefix("| ") && $0.contains("`INT`") || $0.contains("`WORD` `") || $0.contains("`IPV4`") }
            + Self.page.filter { $0.contains("`UNIXPATH`") || $0.contains("`YEAR`") || $0.contains("`PROG`") }
        let names = Set(listed.flatMap { $0.matches(of: #/`([A-Z0-9_]+)`/#).map { String($0.output.1) } })
        #expect(names == Set(PatternLibrary.patterns.keys).subtracting(parts))
    }
}
