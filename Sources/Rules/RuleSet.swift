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
    /// How lines make the records that the rules read.
    package let framing: Framing
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
        framing = Framing(multiline: try packs.commonMultiline(), formats: packs.map(\.format))
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

    /// One set for each way in which the packs have lines make records. Packs that name none go with those of the others where
    /// these agree, as they do at a source; else they read line by line.
    /// - Throws: as `init`.
    package static func sets(for packs: [Pack]) throws(Problems) -> [RuleSet] {
        try packs.checkTogether()
        var named: [Multiline] = []
        for multiline in packs.compactMap(\.multiline) where !named.contains(where: multiline.isSame) { named.append(multiline) }
        guard named.count > 1 else { return [try RuleSet(packs)] }
        var sets: [RuleSet] = []
        let byLine = packs.filter { $0.multiline == nil }
        if !byLine.isEmpty { sets.append(try RuleSet(byLine)) }
        for multiline in named { sets.append(try RuleSet(packs.filter { $0.multiline?.isSame(as: multiline) ?? false })) }
        return sets
    }

    /// The texts of which one must be in a record for the rule to look at it; none: it looks at every record.
    package func literals(of rule: Int) -> [String] {
        (patternSet.literal(of: rule) ?? []).map { quoted(String(decoding: $0.bytes, as: UTF8.self)) }
    }
}
