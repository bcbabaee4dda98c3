// Rule files without a configuration: those named on a command line, read, listed and tested.

import Calls
import Documents
import Formats
import Glibc
import Rules

/// The rule files at some paths, checked.
package struct RuleFiles: Sendable {
    /// In the order of their names.
    let packs: [Pack]
    /// One for each way in which the packs have lines make records.
    let ruleSets: [RuleSet]

    /// What the rules are to read.
    package enum Use: Sendable {
        case lines, entriesOfJournal
        /// Nothing: they are looked at themselves.
        case none
    }

    /// - Parameters:
    ///   - paths: rule files, and folders of them.
    ///   - format: the format of the records, instead of what each file says.
    /// - Throws: all mistakes of all files.
    package init(paths: [String], format: String? = nil, for use: Use = .none) throws(AgentError) {
        var override = Pack.Override(isJournal: use == .entriesOfJournal)
        if let format {
            override.format = RecordFormat(rawValue: format)
            if override.format == nil {
                let known = RecordFormat.allCases.map(\.rawValue)
                throw AgentError(
                    .usage, "there is no format \(quoted(format))",
                    hint: hint(for: format, among: known) ?? "formats: \(known.joined(separator: ", "))")
            }
        }
        let packs = try AgentError.wrapping { try Self.packs(paths, override) }
        if use == .lines, let pack = packs.first(where: { $0.format.envelope == .journald }) {
            throw AgentError(
                .usage, "the rules in \(pack.file) are for entries of the journal, not for lines",
                hint: "read the journal: --journald UNIT, or --journald all")
        }
        self.packs = packs
        ruleSets = try AgentError.wrapping { try RuleSet.sets(for: packs) }
    }

    /// How many rules there are, and from which files.
    package var summary: String { packs.summary }

    /// A line for each rule: where it stands, its calls, and how it finds its records.
    package var listing: [String] { ruleSets.flatMap(\.listing) }

    /// What is slow, in sentences.
    package var costs: [String] { ruleSets.compactMap { $0.cost(under: nil) } }

    private static func packs(_ paths: [String], _ override: Pack.Override) throws(Problems) -> [Pack] {
        let problems = ProblemCollector()
        let context = RuleContext(hostName: IDScope.hostName())
        var packs: [Pack] = []
        for file in files(at: paths, in: problems) {
            do {
                packs.append(try Pack.read(file: file, context: context, override: override))
            } catch {
                problems.add(error)
            }
        }
        try problems.throwIfAny()
        return packs
    }

    /// The rule files at `paths`, those of a folder in the order of their names.
    private static func files(at paths: [String], in problems: ProblemCollector) -> [String] {
        paths.flatMap { path -> [String] in
            guard isFolder(path) else { return [path] }
            let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            let files = matching("\(trimmed)/*.yaml") + matching("\(trimmed)/*.yml")
            if files.isEmpty { problems.add(Problem("there is no rule file in \(path)", hint: "rule files end in .yaml")) }
            return files.sorted()
        }
    }

    /// The files that a glob(7) pattern matches, sorted; a pattern without special characters gives itself.
    static func matching(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { index in result.gl_pathv[index].map { String(cString: $0) } }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension [Pack] {
    var summary: String {
        let rules = flatMap(\.rules)
        let files = map(\.stem).joined(separator: ", ")
        return "\(rules.count) rule\(rules.count == 1 ? "" : "s") from \(files.isEmpty ? "no file" : files)"
    }
}

extension RuleSet {
    /// So many of the rules that look at every record are named; `check -v` lists them all.
    private static let namedMax = 5

    /// What the rules that look at every record cost; nil where there are none.
    /// - Parameter source: whose records they look at, where that is known.
    func cost(under source: String?) -> String? {
        let slow = rulesWithoutLiteral
        guard !slow.isEmpty else { return nil }
        let names = slow.prefix(Self.namedMax).map { rules[$0].name }.joined(separator: ", ") + (slow.count > Self.namedMax ? ", …" : "")
        let nanoseconds = slow.compactMap { nanosecondsPerRecord(of: $0) }.reduce(0, +)
        let subject = "\(slow.count) rule\(slow.count == 1 ? " looks" : "s look") at every record\(source.map { " of \($0)" } ?? "")"
        return "\(subject) (\(names)), which takes"
            + " about \(nanoseconds) ns for each; a text of 3 bytes or more that every match holds would spare that"
    }

    var listing: [String] {
        rules.indices.map { index in
            let rule = rules[index]
            let calls = rule.callTypes.map(\.rawValue).joined(separator: ", ")
            let literals = literals(of: index)
            let way =
                literals.isEmpty
                ? "looks at every record, for no text of 3 bytes or more is certain to be in it; about \(nanosecondsPerRecord(of: index) ?? 0) ns each"
                : "looks at records that hold \(literals.joined(separator: " or "))"
            let goal = rule.destinations.map { " to \($0.joined(separator: ", "))" } ?? ""
            return "\(rule.name) (\(rule.place)): \(calls)\(goal); \(way)"
        }
    }
}
