// What is allowed in rules and often a mistake: told by `check -v`, never an error.

import Calls
package import Documents
import Formats
import Patterns

extension RuleSet {
    /// Remarks on the rules, each at its rule's place.
    package var lints: [Problem] {
        rules.indices.flatMap { index in
            let rule = rules[index]
            return [
                forgeableUser(rule), freeEventName(rule), backtracking(rule), zonelessTime(packOfRule[index], rule), integerDivision(rule),
            ].compactMap { $0 }
                + shadowing(index)
        }
    }

    /// A user id behind text that a client may choose: whoever can have a line logged can name the user.
    private func forgeableUser(_ rule: Rule) -> Problem? {
        guard case .slot(let slot) = rule.subject, slot == 0 || !rule.patterns.isEmpty else { return nil }
        for pattern in rule.patterns.map(\.pattern) {
            guard let group = pattern.source.firstRange(of: "(?<userId>") else { continue }
            let before = pattern.source[..<group.lowerBound]
            if !pattern.source.hasPrefix("^"), !pattern.source.hasPrefix(#"\A"#) {
                return Problem(
                    "`\(rule.name)` finds its user anywhere in the text, also in a part that a client wrote", at: rule.place,
                    hint: "begin the pattern with ^ and spell out what stands before the user")
            }
            if before.contains(".*") || before.contains(".+") {
                return Problem(
                    "`\(rule.name)` lets any text stand before its user, so a client who can log text may forge one", at: rule.place,
                    hint: #"say what stands there, such as \S+ or [^"]*"#)
            }
        }
        return nil
    }

    /// An event's name out of the record: as many names as there are texts.
    private func freeEventName(_ rule: Rule) -> Problem? {
        guard rule.calls.contains(where: { $0.type == .track && $0.own?.literal == nil }) else { return nil }
        return Problem(
            "`\(rule.name)` takes its event's name from the record: each new text is a new event", at: rule.place,
            hint: "name the event, and send the text as a property")
    }

    /// Liquid divides integers as integers, which few expect of cents or milliseconds.
    private func integerDivision(_ rule: Rule) -> Problem? {
        let templates = rule.calls.flatMap(\.templates) + [rule.key].compactMap { $0 }
        for calls in templates.map(\.filterCalls) {
            for (index, call) in calls.enumerated() where call.filter == .dividedBy {
                let isMeant = index + 1 < calls.count && calls[index + 1].filter == .floor
                guard !isMeant, case .constant(let bytes, .integer)? = call.arguments.first else { continue }
                let divisor = String(decoding: bytes, as: UTF8.self)
                return Problem(
                    "`\(rule.name)` divides by \(divisor), which rounds down where the field holds an integer", at: rule.place,
                    hint: "write divided_by: \(divisor).0 for a fraction, or add | floor to say that it is meant")
            }
        }
        return nil
    }

    /// Texts that make a pattern go back over and over, tried for real.
    private func backtracking(_ rule: Rule) -> Problem? {
        let matcher = Matcher()
        let endings = rule.tests.compactMap { test in test.lines.first { !$0.isEmpty }.map { Array($0.utf8) } }
        let probes = Self.probeUnits.map {
            Array(repeatElement(Array($0.utf8), count: Self.probeBytes / $0.utf8.count).joined()) + Self.probeTail
        }
        for pattern in rule.patterns.map(\.pattern) {
            for probe in probes + endings.flatMap({ line in probes.map { line.dropLast() + $0 } }) {
                if case .limitHit = matcher.match(pattern, probe.span) {
                    return Problem(
                        "`\(rule.name)` has a pattern that goes back so often on some texts that it is given up", at: rule.place,
                        hint: "let repeated parts not match the same text: \\S+ \\S+ rather than (.+ ?)+, or make them possessive: .*+")
                }
            }
        }
        return nil
    }

    private static let probeUnits = ["a", " ", "0", "\"", "=", "a ", "/a", "1."]
    private static let probeBytes = 2048
    /// PCRE2 gives up at once where a character that a match must hold is missing; so none is.
    private static let probeTail = (0x21...0x7E).map { UInt8($0) }.filter { !$0.isDigit } + [0x01]

    private func zonelessTime(_ packIndex: Int, _ rule: Rule) -> Problem? {
        let pack = packs[packIndex]
        guard pack.rules.first?.name == rule.name, pack.time.slot != nil, pack.time.zone == nil, pack.time.format.mayLackZone else {
            return nil
        }
        return Problem(
            "the times of \(pack.stem) may state no zone, and are taken for UTC", at: rule.place,
            hint: "state it at the top of the rule file: timestamp: { timezone: Europe/Berlin }")
    }

    /// Rules that never see a record because an earlier one is final and takes all that they could match.
    private func shadowing(_ index: Int) -> [Problem] {
        let rule = rules[index]
        let earlier = rules[..<index].enumerated().first { other, candidate in
            packOfRule[other] == packOfRule[index] && candidate.isFinal && candidate.conditions.isEmpty && !candidate.patterns.isEmpty
                && candidate.patterns.map(\.pattern.source) == rule.patterns.map(\.pattern.source)
        }
        guard let (_, first) = earlier else { return [] }
        return [
            Problem(
                "`\(rule.name)` can never match: `\(first.name)` has the same pattern and is final", at: rule.place,
                hint: "move it before \(first.place), or take `final` away")
        ]
    }
}
