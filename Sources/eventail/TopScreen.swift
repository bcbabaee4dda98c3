// What `eventail top` shows, as a function of the latest statuses, the keys that were pressed and the size of the screen. It knows
// no terminal.

import Agent

struct TopScreen {
    enum Key: Equatable {
        case up, down, left, right, next, open, back, reverse, quit
    }

    struct Line: Equatable {
        enum Style: Equatable {
            case plain, title, selected, well, alarm, faint
        }

        var text: String
        var style = Style.plain
    }

    private var status: AgentStatus?
    private var previous: AgentStatus?
    /// Why the latest attempt gave no status.
    private var failure: String?
    private var focus = TopTable.Kind.sources
    /// By table: the column it is sorted by, and the row that is selected.
    private var columns = [0, 0, 0]
    private var selections = [0, 0, 0]
    private var isReversed = false
    /// A row that is shown by itself.
    private var opened: (kind: TopTable.Kind, name: String)?

    /// Rows of a table that shares a small screen and has not the focus.
    private static let otherRowsMax = 3
    /// Troubles that are told; `eventail status` has all.
    private static let troublesMax = 4
    private static let footer = "Tab: next table   ←→: sort by   r: reverse   ↑↓ Enter: open   q: quit"
    private static let openedFooter = "Esc: back   q: quit"

    mutating func show(_ status: AgentStatus) {
        failure = nil
        // Totals of another process are no rate.
        previous = self.status.flatMap { $0.startedAtMS == status.startedAtMS ? $0 : nil }
        self.status = status
    }

    mutating func fail(_ reason: String) {
        failure = reason
    }

    /// - Returns: whether to go on.
    mutating func press(_ key: Key) -> Bool {
        let index = focus.rawValue
        guard let table = table(focus) else { return key != .quit }
        if opened != nil {
            if key == .back || key == .left { opened = nil }
            return key != .quit
        }
        switch key {
        case .quit: return false
        case .back: break
        case .up: selections[index] = max(0, selection(of: table) - 1)
        case .down: selections[index] = min(max(0, table.rows.count - 1), selection(of: table) + 1)
        case .left: columns[index] = (columns[index] + table.titles.count - 1) % table.titles.count
        case .right: columns[index] = (columns[index] + 1) % table.titles.count
        case .next: focus = TopTable.Kind(rawValue: (index + 1) % TopTable.Kind.allCases.count)!
        case .reverse: isReversed.toggle()
        case .open: if !table.rows.isEmpty { opened = (focus, table.rows[selection(of: table)].name) }
        }
        return true
    }

    /// At most `height` lines of at most `width` characters.
    func lines(width: Int, height: Int) -> [Line] {
        let head = head
        let room = max(0, height - head.count - 1)
        let body: [Line]
        if let opened { body = [Line(text: "")] + details(opened.kind, opened.name) } else { body = tables(rowsMax: room) }
        var lines = head + body.prefix(room)
        lines += Array(repeating: Line(text: ""), count: max(0, height - 1 - lines.count))
        lines.append(Line(text: opened == nil ? Self.footer : Self.openedFooter, style: .faint))
        return lines.prefix(height).map { line in
            var line = line
            let isCut = line.text.count > width
            line.text = isCut ? String(line.text.prefix(max(0, width - 1))) + "…" : line.text
            if line.style == .selected { line.text += String(repeating: " ", count: max(0, width - line.text.count)) }
            return line
        }
    }

    private var head: [Line] {
        if let failure { return [Line(text: Printable.text(failure), style: .alarm)] }
        guard let status else { return [Line(text: "asking the agent …", style: .faint)] }
        let up = StatusPage.age(Double(max(0, status.atMS - status.startedAtMS)) / 1000)
        let facts = Line(text: "eventail \(status.version), process \(status.processID), up \(up)", style: .faint)
        guard !status.reasons.isEmpty else { return [Line(text: "well: \(status.line)", style: .well), facts] }
        var lines = status.reasons.prefix(Self.troublesMax).flatMap { reason in
            [Line(text: "degraded: \(Printable.text(reason.what))", style: .alarm)]
                + (reason.hint.map { [Line(text: "  hint: \(Printable.text($0))")] } ?? [])
        }
        if status.reasons.count > Self.troublesMax {
            lines.append(Line(text: "and \(status.reasons.count - Self.troublesMax) more: see `eventail status`", style: .alarm))
        }
        return lines + [facts]
    }

    private func table(_ kind: TopTable.Kind) -> TopTable? {
        guard let status else { return nil }
        var table = TopTable(kind, of: status, since: previous)
        table.sort(by: columns[kind.rawValue], isReversed: isReversed && kind == focus)
        return table
    }

    private func selection(of table: TopTable) -> Int { min(selections[table.kind.rawValue], max(0, table.rows.count - 1)) }

    private func tables(rowsMax: Int) -> [Line] {
        let tables = TopTable.Kind.allCases.compactMap { table($0) }
        // A blank line and the titles, and one that tells of more.
        let furniture = 2 * tables.count
        let all = tables.reduce(0) { $0 + $1.rows.count }
        guard all + furniture > rowsMax else { return tables.flatMap { lines(of: $0, rowsMax: $0.rows.count) } }
        let others = tables.filter { $0.kind != focus }
        let taken = others.reduce(0) { $0 + min(Self.otherRowsMax, $1.rows.count) + ($1.rows.count > Self.otherRowsMax ? 1 : 0) }
        let own = max(1, rowsMax - furniture - taken - 1)
        return tables.flatMap { lines(of: $0, rowsMax: $0.kind == focus ? own : Self.otherRowsMax) }
    }

    private func lines(of table: TopTable, rowsMax: Int) -> [Line] {
        let isFocused = table.kind == focus
        var titles = table.titles
        let column = columns[table.kind.rawValue]
        if isFocused { titles[column] = (isReversed != (column == 0) ? "▲" : "▼") + titles[column] }
        let texts = AlignedTable.lines([titles] + table.rows.map(\.cells), left: [0])
        let selection = selection(of: table)
        // The selected row is always among those that are shown.
        let first = max(0, min(table.rows.count - rowsMax, isFocused ? selection - rowsMax / 2 : 0))
        let shown = first..<min(table.rows.count, first + rowsMax)
        var lines = [Line(text: ""), Line(text: texts[0], style: .title)]
        lines += shown.map { Line(text: texts[$0 + 1], style: isFocused && $0 == selection ? .selected : .plain) }
        let hidden = table.rows.count - shown.count
        if hidden > 0 { lines.append(Line(text: "… \(hidden) more", style: .faint)) }
        return lines
    }

    /// Everything that is known of one row.
    private func details(_ kind: TopTable.Kind, _ name: String) -> [Line] {
        guard let status, let table = table(kind), let row = table.rows.first(where: { $0.name == name }) else {
            return [Line(text: "\(Printable.text(name)) is gone")]
        }
        var facts = zip(table.titles, row.cells).map { [$0, $1] }
        switch kind {
        case .sources:
            if let source = status.sources.first(where: { $0.name == name }) { facts.append(["bytes read", "\(source.bytesRead)"]) }
        case .rules:
            for (type, count) in status.rules.first(where: { $0.name == name })?.callsByType.sorted(by: { $0.key < $1.key }) ?? [] {
                facts.append(["\(type) calls", "\(count)"])
            }
        case .destinations:
            guard let destination = status.destinations.first(where: { $0.name == name }) else { break }
            facts.append(["url", destination.url])
            facts.append(["waiting bytes", "\(destination.waitingBytes)"])
            facts += destination.deadLetteredByReason.sorted { $0.key < $1.key }.map { ["became dead letters: \($0)", "\($1)"] }
            facts += destination.discardedByReason.sorted { $0.key < $1.key }.map { ["discarded: \($0)", "\($1)"] }
            if let hold = destination.hold { facts.append(["on hold", hold]) }
            if let error = destination.latestError { facts.append(["last error", error]) }
        }
        return AlignedTable.lines(facts.map { $0.map(Printable.text) }, left: [0, 1]).map { Line(text: $0) }
            + [Line(text: ""), Line(text: advice(kind, name), style: .faint)]
    }

    private func advice(_ kind: TopTable.Kind, _ name: String) -> String {
        let name = Printable.text(name)
        switch kind {
        case .sources: return "`eventail tap --missed --source \(name)` shows records that no rule matches"
        case .rules: return "`eventail tap --rule \(name)` shows its calls as they are made"
        case .destinations: return "`eventail dead-letters list --destination \(name)` shows what was not delivered, and why"
        }
    }
}
