// The shipped packs on real logs, of which it is known who sent each request: all packs on all lines, so that none takes what is
// another's.

import Documents
import Foundation
import Records
import Rules
import Testing

@Suite struct CorpusTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static let packs: [Pack] = {
        let folder = root.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("rules")
        let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
        return names.map { try! pack(String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8), file: "rules/\($0)") }
    }()

    private static func lines(_ corpus: String) throws -> [[UInt8]] {
        try Data(contentsOf: root.appendingPathComponent("Corpora/\(corpus).log")).split(separator: 10).map { Array($0) }
    }

    static let corpora = [
        "nginx-combined", "nginx-uid-cookie", "nginx-json", "apache-combined", "apache-vhost-uid", "python-json", "gunicorn",
    ]

    @Test(arguments: corpora) func everyCallNamesTheUserWhoMadeTheRequest(corpus: String) throws {
        let sets = try RuleSet.sets(for: Self.packs)
        let lines = try Self.lines(corpus)
        let stated = try String(contentsOf: Self.root.appendingPathComponent("Corpora/\(corpus).users"), encoding: .utf8)
        var (right, rows) = (0, 0)
        for row in stated.split(separator: "\n") {
            let parts = row.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let line = lines[try #require(Int(parts[0])) - 1]
            let calls = try sets.flatMap { derive($0, line + [10]).jsons }.map { json in
                try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            }
            let users = Set(calls.compactMap { $0["userId"] as? String })
            // Who failed to sign in is told by a property: nobody may exist under that name.
            let told = calls.flatMap { call in
                ["properties", "traits"].flatMap { ((call[$0] as? [String: Any]) ?? [:]).values.map { "\($0)" } }
            }
            #expect(users.subtracting([parts[1]]).isEmpty, "\(corpus), line \(parts[0]): \(users)")
            rows += 1
            if parts[1].isEmpty || users.contains(parts[1]) || told.contains(parts[1]) {
                right += 1
            } else {
                Issue.record("\(corpus), line \(parts[0]): no call names \(parts[1])")
            }
        }
        #expect(right == rows && rows > 50)
    }

    /// The explainer runs every rule on every line; the deriver only those of which the scan has found a literal.
    @Test(arguments: corpora) func theScanForLiteralsChangesNothing(corpus: String) throws {
        let lines = try Self.lines(corpus)
        for set in try RuleSet.sets(for: Self.packs) {
            var explainer = Explainer(set, version: "test")
            var expected = [Int](repeating: 0, count: set.rules.count)
            let indices = Dictionary(uniqueKeysWithValues: set.rules.enumerated().map { ($1.name, $0) })
            let facts = BlockFacts(
                origin: origin, offset: 0, nowMilliseconds: noonMilliseconds, sourceName: Array("shop".utf8), sourcePath: [])
            for line in lines {
                var ended: Set<String> = []
                for match in explainer.explain(line.span, facts).matches {
                    let index = try #require(indices[match.rule])
                    guard !ended.contains(set.rules[index].place.file) else { continue }
                    expected[index] += 1
                    if set.rules[index].isFinal { ended.insert(set.rules[index].place.file) }
                }
            }
            let derived = derive(set, Array(lines.joined(separator: [10])) + [10])
            #expect(derived.counters.rules.map(\.matched) == expected)
        }
    }
}
