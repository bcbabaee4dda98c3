// Which entries a source takes. What libsystemd can match by its indexes becomes steps for it; what it cannot, leaving out, is
// looked at in each entry.
//
// All conditions must hold: one of the units, one of the identifiers, the priority, the matches, the boot. So it is with
// journalctl's options.

import Records

package struct JournalFilter: Hashable, Sendable {
    /// Unit names with their suffix: what their processes log, and what the service manager says about them.
    package var units: [String]
    /// The user whose units these are; nil: units of the system. Any user may call a unit of their own like one of the system.
    package var unitsOfUser: UInt32?
    /// Values of `SYSLOG_IDENTIFIER`; any process may claim any.
    package var identifiers: [String]
    /// Syslog's numbers, 0 (emergency) to 7 (debug); nil: any, also none.
    package var priorities: ClosedRange<Int>?
    /// `FIELD=value` terms and `+` between them: terms for one field are alternatives, terms for different fields must all hold,
    /// and `+` parts groups of which one must hold.
    package var matches: [String]
    /// The only boot, 32 hexadecimal digits; nil: all.
    package var boot: String?
    /// Whether the kernel's messages are wanted where neither units, identifiers nor matches choose among entries.
    package var includesKernel: Bool
    /// `FIELD=value`: entries with it are left out. The agent's own unit, so that it does not feed itself.
    package var excluded: [String]

    package init(
        units: [String] = [], unitsOfUser: UInt32? = nil, identifiers: [String] = [], priorities: ClosedRange<Int>? = nil,
        matches: [String] = [],
        boot: String? = nil, includesKernel: Bool = false, excluded: [String] = []
    ) {
        self.units = units
        self.unitsOfUser = unitsOfUser
        self.identifiers = identifiers
        self.priorities = priorities
        self.matches = matches
        self.boot = boot
        self.includesKernel = includesKernel
        self.excluded = excluded
    }

    /// The library's calls that match these entries, in order; none: all entries.
    var steps: [JournalMatchStep] {
        var groups: [[JournalMatchStep]] = []
        if let boot { groups.append([.field("_BOOT_ID=\(boot)")]) }
        if !units.isEmpty { groups.append(unitSteps) }
        if !identifiers.isEmpty { groups.append(identifiers.map { .field("SYSLOG_IDENTIFIER=\($0)") }) }
        if let priorities { groups.append(priorities.map { .field("PRIORITY=\($0)") }) }
        if !matches.isEmpty { groups.append(matches.map { $0 == "+" ? .or : .field($0) }) }
        return Array(groups.joined(separator: [.and]))
    }

    /// As sd_journal_add_conjunction(3) binds weaker than sd_journal_add_disjunction(3), the alternatives stay one group.
    private var unitSteps: [JournalMatchStep] {
        let alternatives: [[JournalMatchStep]] =
            if let unitsOfUser {
                ["_SYSTEMD_USER_UNIT", "USER_UNIT"].map { name in
                    [.field("_UID=\(unitsOfUser)")] + units.map { .field("\(name)=\($0)") }
                }
            } else {
                [units.map { .field("_SYSTEMD_UNIT=\($0)") }, [.field("_PID=1")] + units.map { .field("UNIT=\($0)") }]
            }
        return Array(alternatives.joined(separator: [.or]))
    }

    /// The entries to leave out by looking at them, as `FIELD=value`.
    var exclusions: [String] {
        let isChosen = !units.isEmpty || !identifiers.isEmpty || !matches.isEmpty
        return excluded + (includesKernel || isChosen ? [] : ["_TRANSPORT=kernel"])
    }
}

/// One call for the library's matches.
enum JournalMatchStep: Hashable, Sendable {
    /// `FIELD=value`.
    case field([UInt8])
    case or
    case and

    static func field(_ text: String) -> JournalMatchStep { .field(Array(text.utf8)) }
}
