// What several sections of the configuration have in common: paths, names, durations that can't be zero.

internal import Documents

extension Node {
    /// A duration of at least one millisecond.
    func positiveDuration(in problems: ProblemCollector, what: String) -> Int? {
        duration(in: problems, what: what, range: 1...Node.durationMillisecondsMax)
    }

    /// An absolute path; a relative one is relative to the file that names it.
    func path(in problems: ProblemCollector, what: String) -> String? {
        pathText(in: problems, what: what).map { $0.hasPrefix("/") ? $0 : directory + $0 }
    }

    /// An absolute glob; a relative one is relative to the file that names it.
    func glob(in problems: ProblemCollector, what: String) -> PlacedText? {
        guard let text = pathText(in: problems, what: what) else { return nil }
        return PlacedText(self, text: text.hasPrefix("/") ? text : Self.escapingGlob(directory) + text)
    }

    /// One or several absolute globs; not none.
    func globs(in problems: ProblemCollector, what: String) -> [PlacedText]? {
        guard let nodes = stringNodes(in: problems, what: what) else { return nil }
        if nodes.isEmpty, case .list(let items) = content, items.isEmpty {
            problems.add("`\(what)` is empty", at: self, hint: "name at least one, or leave `\(what)` out")
        }
        return nodes.compactMap { $0.glob(in: problems, what: what) }
    }

    /// Globs that leave files out: a glob without a slash is for a file's name, others are as in `globs`.
    func excludes(in problems: ProblemCollector, what: String) -> [PlacedText]? {
        stringNodes(in: problems, what: what)?.compactMap { node in
            node.text?.contains("/") == false
                ? node.pathText(in: problems, what: what).map { PlacedText(node, text: $0) }
                : node.glob(in: problems, what: what)
        }
    }

    private func pathText(in problems: ProblemCollector, what: String) -> String? {
        guard let text = string(in: problems, what: what) else { return nil }
        if !text.isEmpty, !text.utf8.contains(0) { return text }
        problems.add("`\(what)` can't be \(found)", at: self, hint: "it is the path of a file or a directory")
        return nil
    }

    /// The directory of the file that this is written in, absolute, with a final slash.
    private var directory: String {
        let base = place.file.lastIndex(of: "/").map { String(place.file[...$0]) } ?? ""
        return base.hasPrefix("/") ? base : WorkingDirectory.path + "/" + base
    }

    /// Directories may have names that a glob would take for patterns.
    private static func escapingGlob(_ path: String) -> String {
        String(path.flatMap { "*?[]{}\\".contains($0) ? ["\\", $0] : [$0] })
    }

    /// Whether this, the key of a source or a destination, is a name: letters, digits, `_`, `.` and `-`, at most 64. Names
    /// become parts of metrics and of lines of a log.
    func checkName(of what: String, in problems: ProblemCollector) -> Bool {
        let lengthMax = 64
        let name = text ?? ""
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if isName, !name.isEmpty, name.utf8.count <= lengthMax { return true }
        problems.add(
            "\(found) can't be the name of a \(what)", at: self,
            hint: "a name has 1 to \(lengthMax) letters, digits, `_`, `.` and `-`")
        return false
    }
}
