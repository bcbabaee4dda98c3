// From what a configuration says about the journal to what its reader needs.

import Documents
import Formats
import Glibc
import Journal
import Rules
import Settings

extension JournalConfiguration {
    /// - Returns: nil when a problem was reported.
    static func make(
        _ source: SourceSettings, _ journal: SourceSettings.Journal, rules: RuleSet, in problems: ProblemCollector
    ) -> JournalConfiguration? {
        guard let start = start(journal.startAt, in: problems) else { return nil }
        let scope = Scope(rawValue: journal.scope.rawValue)!
        var filter = JournalFilter(
            units: journal.units, identifiers: journal.identifiers, priorities: journal.priorities, matches: journal.matches.map(\.text),
            includesKernel: journal.kernel)
        if scope == .user { filter.unitsOfUser = geteuid() }
        if journal.boot == .current { filter.boot = currentBoot() }
        if let own = ownService() { filter.excluded = [own] }
        var place = Place.machine(namespace(journal.namespace), scope)
        if let directory = journal.directory { place = .directory(directory) }
        if !journal.files.isEmpty { place = .files(journal.files) }
        return JournalConfiguration(
            name: source.name, place: place, filter: filter, start: start, recordBytesMax: source.recordBytesMax,
            fields: rules.journalFields)
    }

    private static func namespace(_ text: String?) -> Namespace {
        switch text {
        case nil, ""?: .standard
        case "*"?: .all
        case let name?: name.hasPrefix("+") ? .withStandard(String(name.dropFirst())) : .only(name)
        }
    }

    private static func start(_ start: SourceSettings.Journal.Start, in problems: ProblemCollector) -> Start? {
        switch start {
        case .end: return .end
        case .beginning: return .beginning
        case .since(let text):
            if let age = durationMilliseconds(text.text) { return .since(UInt64(max(0, Clock.wallMilliseconds() - Int64(age))) * 1000) }
            let context = TimestampContext(nowMilliseconds: Clock.wallMilliseconds())
            if let time = TimestampFormat.rfc3339.milliseconds(of: Array(text.text.utf8).span, context), time >= 0 {
                return .since(UInt64(time) * 1000)
            }
            problems.add(
                "\(quoted(text.text)) is no time", at: text.place, length: text.length,
                hint: "write it as RFC 3339, since 2026-11-23T06:37:03Z, or as an age, since 2h")
            return nil
        }
    }
}
