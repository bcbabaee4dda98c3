// How problems read.

import Documents
import Testing

@Suite struct ProblemTests {
    @Test func aProblemShowsTheLineAndAHint() throws {
        let problems = ProblemCollector()
        _ = try document("rules:\n  - name: x\n    macth: 'order'\n")["rules"]?.list(in: problems, what: "rules")?.first?
            .mapping(of: "a rule", keys: ["name", "match"], in: problems)
        #expect(
            problems.problems.first?.text() == """
                f.yaml:3:5: unknown key `macth` in a rule
                   3 |     macth: 'order'
                     |     ^^^^^
                  hint: did you mean `match`?
                """)
    }

    @Test func colourIsOnlyThereWhenAskedFor() throws {
        let problem = Problem("it is wrong", at: try document("a: b")["a"]?.place, length: 1, hint: "do it right")
        #expect(!problem.text().contains("\u{1B}"))
        #expect(problem.text(color: true).contains("\u{1B}[31m^\u{1B}[0m"))
    }

    @Test func theLineIsNeverLongerThanAllowedAndTheCaretStaysUnderTheMistake() throws {
        let line = "a: [" + Array(repeating: "xxxxxxxxx", count: 100).joined(separator: ", ") + ", HERE, yyyyyyyyyy]"
        let node = try document(line)
        let item = try #require(node["a"]?.list(in: ProblemCollector(), what: "a")?.first { $0.text == "HERE" })
        let lines = Problem("wrong", at: item.place, length: item.length).text().split(separator: "\n")
        #expect(lines[1].count <= Problem.excerptCharactersMax + 10)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        let offset = lines[2].distance(from: lines[2].startIndex, to: caret)
        #expect(lines[1].dropFirst(offset).hasPrefix("HERE"))
        #expect(lines[2].filter { $0 == "^" }.count == 4)
    }

    @Test func controlCharactersNeverReachTheTerminal() throws {
        let node = try document("a: \"x\\e[31m\\0\"")
        let problems = ProblemCollector()
        _ = node["a"]?.integer(in: problems, what: "a")
        let text = try #require(problems.problems.first).text()
        #expect(text.contains("found `x\\u{1B}[31m\\0`"), "\(text)")
        #expect(!text.contains("\u{1B}"))
        #expect(Problem("a\u{1B}b", hint: "c\nd").text() == "a\\u{1B}b\n  hint: c\\nd")
    }

    @Test func problemsAreSortedByPlaceAndBounded() throws {
        let text = (1...80).map { "key\($0): 1" }.joined(separator: "\n")
        let problems = ProblemCollector()
        problems.add("last", at: Place(file: "z.yaml", line: 1, column: 1))
        _ = try document(text).mapping(of: "it", keys: [], in: problems)
        problems.add("last", at: Place(file: "z.yaml", line: 1, column: 1))
        do throws(Problems) {
            try problems.throwIfAny()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.all.count == ProblemCollector.keptMax)
            #expect(error.all.first?.place?.line == 1)
            #expect(error.all.last?.message == "last")
            #expect(error.text().hasSuffix("\nand 31 more"))
        }
    }
}
