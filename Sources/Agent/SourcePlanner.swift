// Decides which rule files read which source, and compiles them for it.

import Documents
import Encodings
import Formats
import Journal
import Rules
import Settings

struct SourcePlanner {
    private let settings: Settings
    private let problems: ProblemCollector
    private let context: RuleContext
    /// The rule files that the configuration's globs match, in their order.
    private let files: [String]

    init(settings: Settings, problems: ProblemCollector) {
        self.settings = settings
        self.problems = problems
        context = RuleContext(
            hostName: IDScope.hostName(), environment: settings.environment,
            destinations: Dictionary(uniqueKeysWithValues: settings.destinations.map { ($0.name, Set($0.allowedReservedEvents)) }))
        files = settings.rules.flatMap { RuleFiles.matching($0.text) }
    }

    func plans() -> [SourcePlan] {
        settings.sources.compactMap { plan($0) }
    }

    private func plan(_ source: SourceSettings) -> SourcePlan? {
        let override = self.override(source)
        let packs = packFiles(source).compactMap { file -> Pack? in
            do throws(Problems) {
                return try Pack.read(file: file, context: context, override: override)
            } catch {
                report(error)
                return nil
            }
        }
        guard problems.isEmpty else { return nil }
        do throws(Problems) {
            let rules = try RuleSet(packs)
            guard let journal = source.journal else {
                checkReadsLines(packs, source)
                return SourcePlan(settings: source, rules: rules, encoding: encoding(source), journal: nil)
            }
            return JournalConfiguration.make(source, journal, rules: rules, in: problems).map {
                SourcePlan(settings: source, rules: rules, journal: $0)
            }
        } catch {
            report(error)
            return nil
        }
    }

    private func encoding(_ source: SourceSettings) -> TextEncoding? {
        guard let name = source.encoding else { return nil }
        do throws(EncodingError) {
            return try TextEncoding.named(name.text)
        } catch {
            problems.add(error.what, at: name.place, length: name.text.count, hint: error.hint)
            return nil
        }
    }

    private func checkReadsLines(_ packs: [Pack], _ source: SourceSettings) {
        for pack in packs where pack.format.envelope == .journald {
            problems.add(
                "the rules in \(quotedPath(pack.file)) are for the journal, and the source \(quoted(source.name)) reads files",
                at: source.place, hint: "name other packs under `rules`, or read the journal: journald: {}")
        }
    }

    /// A rule file that several sources share is read for each, but its mistakes are told once.
    private func report(_ found: Problems) {
        for problem in found.all where !problems.problems.contains(problem) { problems.add(problem) }
    }

    private func packFiles(_ source: SourceSettings) -> [String] {
        guard let chosen = source.rules else {
            if files.isEmpty {
                let patterns = settings.rules.map(\.text).joined(separator: ", ")
                problems.add(
                    "no rule file matches \(patterns)", at: source.place,
                    hint: "put a rule file there, or choose a shipped one: rules: [nginx]")
            }
            return files
        }
        return chosen.compactMap { stem in
            let shipped = "\(Configuration.shippedRulesFolder)/\(stem.text).yaml"
            if let file = files.first(where: { Self.stem($0) == stem.text }) ?? RuleFiles.matching(shipped).first { return file }
            let known = (files + RuleFiles.matching("\(Configuration.shippedRulesFolder)/*.yaml")).map(Self.stem)
            let hint = nearest(stem.text, among: known).map { "did you mean `\($0)`?" }
            problems.add(
                "there is no rule file called \(quoted(stem.text))", at: stem.place, length: stem.text.count,
                hint: hint ?? "known: \(known.isEmpty ? "none" : known.joined(separator: ", ")); the names are those of files without .yaml"
            )
            return nil
        }
    }

    private static func stem(_ file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    }

    private func override(_ source: SourceSettings) -> Pack.Override {
        func word(_ placed: PlacedText?) -> PlacedWord? {
            placed.map { .init($0.text, at: $0.place, length: $0.length) }
        }
        var override = Pack.Override(isJournal: source.journal != nil)
        if let timestamp = source.timestamp {
            override.timestamp = TimestampStatement(
                field: word(timestamp.field), format: word(timestamp.format), timezone: word(timestamp.timezone),
                maxAge: word(timestamp.maxAge), maxFuture: word(timestamp.maxFuture))
        }
        if let multiline = source.multiline {
            override.multiline = MultilineStatement(
                startsWith: word(multiline.startsWith), continuesWith: word(multiline.continuesWith), preset: word(multiline.preset),
                linesMax: multiline.linesMax, timeoutMilliseconds: multiline.timeoutMilliseconds, at: multiline.place)
        }
        if let format = source.format {
            override.format = RecordFormat(rawValue: format.text)
            if override.format == nil {
                problems.add(
                    "this version does not read the format \(quoted(format.text))", at: format.place, length: format.text.count,
                    hint: "formats: \(RecordFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        return override
    }
}
