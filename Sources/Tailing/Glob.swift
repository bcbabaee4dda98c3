// Globs of paths: `{a,b}` is written out first, then each path is a list of steps: a plain name, a pattern for a name, or
// `**` for any number of directories. Matching a whole path is for excludes; includes are walked (`Discovery`).

/// One path pattern without braces.
package struct Glob: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case name(String)
        case pattern(NamePattern)
        case anyDepth
    }

    var steps: [Step]
    /// Whether the pattern is for the last component of a path only.
    var isForName: Bool

    /// How many patterns the braces of one text may stand for.
    static let alternativesMax = 1024

    /// An absolute pattern, as includes must be.
    package static func including(_ text: String) throws(TailingError) -> [Glob] {
        guard text.hasPrefix("/") else {
            throw TailingError(what: "the path is not absolute", place: text, hint: "begin it with `/`")
        }
        return try parse(text)
    }

    /// An absolute pattern, or one for the name of a file.
    package static func excluding(_ text: String) throws(TailingError) -> [Glob] {
        guard text.hasPrefix("/") || !text.contains("/") else {
            throw TailingError(
                what: "the path is not absolute", place: text, hint: "begin it with `/`, or write a pattern for the file's name only")
        }
        return try parse(text)
    }

    private static func parse(_ text: String) throws(TailingError) -> [Glob] {
        var globs: [Glob] = []
        for alternative in try alternatives(of: text) {
            let isForName = !alternative.hasPrefix("/")
            var steps: [Step] = []
            for component in alternative.split(separator: "/") {
                if component == "." { continue }
                if component == "**" {
                    if steps.last != .anyDepth { steps.append(.anyDepth) }
                    continue
                }
                let pattern = try NamePattern(component)
                steps.append(pattern.literal.map { .name($0) } ?? .pattern(pattern))
            }
            guard !steps.isEmpty else {
                throw TailingError(what: "the pattern names no file", place: text, hint: "write a path such as `/var/log/shop/*.log`")
            }
            globs.append(Glob(steps: steps, isForName: isForName))
        }
        return globs
    }

    /// Whether the whole path matches.
    package func matches(path: String) -> Bool {
        let names = path.split(separator: "/").map(String.init)
        return Self.matches(steps[...], isForName ? names.suffix(1) : names[...])
    }

    private static func matches(_ steps: ArraySlice<Step>, _ names: ArraySlice<String>) -> Bool {
        guard let step = steps.first else { return names.isEmpty }
        switch step {
        case .anyDepth:
            if steps.count == 1 { return true }
            return names.indices.contains { matches(steps.dropFirst(), names[$0...]) }
        case .name(let own):
            return names.first == own && matches(steps.dropFirst(), names.dropFirst())
        case .pattern(let pattern):
            guard let name = names.first else { return false }
            return pattern.matches(name, hidden: true) && matches(steps.dropFirst(), names.dropFirst())
        }
    }

    /// The texts that a text with braces stands for, in the order in which they are written.
    private static func alternatives(of text: String) throws(TailingError) -> [String] {
        var pending = [text]
        var done: [String] = []
        while let next = pending.popLast() {
            guard let braces = try firstBraces(in: next) else {
                done.append(next)
                continue
            }
            for option in braces.options.reversed() { pending.append(braces.before + option + braces.after) }
            guard pending.count + done.count <= alternativesMax else {
                throw TailingError(
                    what: "the braces stand for more than \(alternativesMax) patterns", place: text, hint: "use `*`, or several patterns")
            }
        }
        return done
    }

    private static func firstBraces(in text: String) throws(TailingError) -> (before: String, options: [String], after: String)? {
        var before = ""
        var options = [""]
        var depth = 0
        var isEscaped = false
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            let isPlain = isEscaped || !"{},\\".contains(character)
            isEscaped = !isEscaped && character == "\\"
            if !isPlain, character == "{" {
                depth += 1
                if depth == 1 { continue }
            } else if !isPlain, character == "}", depth > 0 {
                depth -= 1
                if depth == 0 { return (before, options, String(text[index...])) }
            } else if !isPlain, character == ",", depth == 1 {
                options.append("")
                continue
            }
            if depth == 0 { before.append(character) } else { options[options.count - 1].append(character) }
        }
        guard depth == 0 else {
            throw TailingError(what: "`{` is not closed", place: text, hint: "close it with `}`, or write `\\{` for a brace")
        }
        return nil
    }
}
