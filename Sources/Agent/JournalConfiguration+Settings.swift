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
            if let moment = moment(text.text) { return .since(moment) }
            problems.add(
                "\(quoted(text.text)) is no time", at: text.place, length: text.length,
                hint: "write it as RFC 3339, since 2026-11-23T06:37:03Z, or as an age, since 2h")
            return nil
        }
    }

    /// The moment that a time in RFC 3339 or an age such as `2h` states, in microseconds since 1970.
    static func moment(_ text: String) -> UInt64? {
        let now = Clock.wallMilliseconds()
        let milliseconds =
            durationMilliseconds(text).map { max(0, now - Int64($0)) }
            ?? TimestampFormat.rfc3339.milliseconds(of: Array(text.utf8).span, TimestampContext(nowMilliseconds: now))
        guard let milliseconds, milliseconds >= 0 else { return nil }
        return UInt64(milliseconds) * 1000
    }
}
