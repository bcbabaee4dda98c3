// All rules that read one source, in file order, with what finds their candidates in a block: one literal scan for all.

package import Documents
import Formats
import Patterns

/// The checked rules of one source. Immutable; any number of derivers may share it.
package final class RuleSet: Sendable {
    /// The rules of all packs in the order in which they emit.
    package let rules: [Rule]
    /// The pack of each rule, an index into `packs`.
    let packOfRule: [Int]
    package let packs: [Pack]
    /// One layout for each distinct format of the packs; a record is parsed at most once for each.
    let layouts: [FieldLayout]
    /// The layout of each pack, an index into `layouts`.
    let layoutOfPack: [Int]
    /// For each pack the slots of its own layout in the one that it shares with others.
    let slotsOfPack: [[Int]]
    let patternSet: PatternSet
    /// For each rule whether the scan can find its records; the others look at every record.
    package let rulesWithoutLiteral: [Int]

    /// - Throws: when the packs cannot stand together, or the scan's limits are exceeded.
    package init(_ packs: [Pack]) throws(Problems) {
        try packs.checkTogether()
        self.packs = packs
        rules = packs.flatMap(\.rules)
        packOfRule = packs.enumerated().flatMap { index, pack in pack.rules.map { _ in index } }
        var formats: [RecordFormat] = []
        for pack in packs where !formats.contains(pack.format) { formats.append(pack.format) }
        let layouts = formats.map { format in FieldLayout(merging: packs.filter { $0.format == format }.map(\.layout)) }
        let layoutOfPack = packs.map { pack in formats.firstIndex(of: pack.format)! }
        self.layouts = layouts
        self.layoutOfPack = layoutOfPack
        slotsOfPack = packs.enumerated().map { index, pack in layouts[layoutOfPack[index]].slots(of: pack.layout) }
        do {
            patternSet = try PatternSet(rules.map(\.requirement))
        } catch {
            throw Problems([
                Problem("the rules of this source are too much for one scan: \(error)", hint: "split the rule files over several sources")
            ])
        }
        rulesWithoutLiteral = patternSet.alwaysCandidates
    }

    /// The fields that a journal must be asked for; none where no pack reads entries.
    package var journalFields: [String] {
        layouts.flatMap(\.journalFields).reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }

    /// The texts of which one must be in a record for the rule to look at it; none: it looks at every record.
    package func literals(of rule: Int) -> [String] {
        (patternSet.literal(of: rule) ?? []).map { quoted(String(decoding: $0.bytes, as: UTF8.self)) }
    }
}
