// Runs the tests inside rule files: their lines go through the same scan, patterns and writer as a log's, and the calls are
// compared with what the test expects.

import Calls
package import Documents
import Formats
import Foundation

/// What became of one test.
package struct RuleTestResult: Sendable {
    package let pack: String
    package let rule: String
    package let place: Place
    /// The number of the test within its rule, from 1.
    package let number: Int
    /// What differs, in words and lines of JSON; empty when the test passed.
    package let failures: [String]

    package var passed: Bool { failures.isEmpty }
}

package struct RuleTestRunner {
    private let version: String

    /// The clock of tests that state none: 2026-01-01T00:00:00Z.
    private static let defaultNowMilliseconds: Int64 = 1_767_225_600_000

    package init(version: String) {
        self.version = version
    }

    /// Runs the tests of those rules of the pack whose names `includes` accepts, in file order.
    /// - Throws: when the pack cannot be compiled to one scan.
    package func run(_ pack: Pack, includes: (Rule) -> Bool = { _ in true }) throws(Problems) -> [RuleTestResult] {
        let set = try RuleSet([pack])
        var deriver = Deriver(set, version: version)
        var results: [RuleTestResult] = []
        for (index, rule) in set.rules.enumerated() where includes(rule) {
            for (number, test) in rule.tests.enumerated() {
                let calls = derive(test, rule: index, with: &deriver)
                results.append(
                    RuleTestResult(
                        pack: pack.stem, rule: rule.name, place: test.place, number: number + 1,
                        failures: failures(expected: test.expected, calls: calls)))
            }
        }
        return results
    }

    /// The calls that the rule makes of the test's lines while all rules of the pack see them.
    private func derive(_ test: RuleTest, rule: Int, with deriver: inout Deriver) -> [String] {
        struct Collector: CallSink {
            let rule: Int
            var calls: [String] = []

            mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
                guard facts.rule == rule else { return }
                calls.append(call.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            }
        }
        let now = test.now.flatMap { text in
            TimestampFormat.rfc3339.milliseconds(of: Array(text.utf8).span, TimestampContext(nowMilliseconds: 0))
        }
        let facts = BlockFacts(
            origin: RecordOrigin(scope: "test", fingerprint: [], generation: 0), offset: 0,
            nowMilliseconds: now ?? Self.defaultNowMilliseconds, sourceName: Array("test".utf8), sourcePath: Array("test".utf8))
        var collector = Collector(rule: rule)
        deriver.derive(Array(test.input.utf8).span, facts, into: &collector)
        return collector.calls
    }

    private func failures(expected: [Node], calls: [String]) -> [String] {
        var failures: [String] = []
        if expected.count != calls.count {
            failures.append("expected \(expected.count) call\(expected.count == 1 ? "" : "s"), got \(calls.count)")
            failures += calls.map { "got: \($0)" }
        }
        for (node, call) in zip(expected, calls) {
            let differences = CallComparison(call).differences(from: node)
            failures += differences
            if !differences.isEmpty { failures.append("got: \(call)") }
        }
        return failures
    }
}
