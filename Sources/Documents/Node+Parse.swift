// YAML text → nodes with places. A subset of YAML on purpose: one document, keys that are text and unique, no anchors, aliases
// or tags. So a file cannot grow when it is read (an alias can stand for a million others), and a name means one thing.

internal import Yams

extension Node {
    /// Lists and maps inside each other.
    package static let nestingMax = 64

    /// Reads one YAML document.
    ///
    /// - Parameters:
    ///   - text: the document; empty, or nothing but comments, is a null node. An initial byte order mark is ignored.
    ///   - file: its path, for places.
    /// - Throws: what is not YAML, or not the subset, with its place.
    package static func parse(_ text: String, file: String) throws(Problems) -> Node {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        let source = SourceText(file: file, text: text)
        if let problem = forbiddenCharacter(text, source) { throw Problems([problem]) }
        let problems = ProblemCollector()
        do {
            try refuseAliases(text)
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            // The parser owns the anchors; a node only knows of its anchor while the parser lives.
            let node = withExtendedLifetime(parser) {
                root.flatMap { NodeBuilder(source: source, problems: problems).node(from: $0, depth: 0) }
            }
            try problems.throwIfAny()
            return node ?? Node(place: Place(line: 1, column: 1, in: source), content: .null)
        } catch let refused as Problems {
            throw refused
        } catch let error as YamlError {
            throw Problems([SyntaxProblem(source: source).problem(for: error)])
        } catch {
            throw Problems([Problem("cannot read \(quotedPath(file)) as YAML: \(error)")])
        }
    }

    /// Yams hashes keys, and a key made of aliases can be exponentially large; so aliases are refused before it sees one
    /// whose anchor it knows. With each `&` of the text made a `!` (a tag for an anchor, elsewhere just another letter)
    /// the text keeps its shape and no anchor is ever defined, and Yams refuses the first alias with its place.
    private static func refuseAliases(_ text: String) throws {
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else { return }
        let masked = text.replacing("&", with: "!")
        _ = try Parser(yaml: masked, resolver: .basic, encoding: .utf8).singleRoot()
    }

    /// Characters that YAML does not allow at all (YAML 1.1, 5.1).
    private static func forbiddenCharacter(_ text: String, _ source: SourceText) -> Problem? {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
                break
            default:
                let code = String(scalar.value, radix: 16, uppercase: true)
                let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
                return Problem(
                    "the character \(name) is not allowed in YAML", at: source.place(line: line, scalarColumn: column),
                    hint: "in double quotes it can be written as an escape, such as \"\\x\(code.count < 2 ? "0" : "")\(code)\"")
            }
            if SourceText.isBreak(scalar) {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return nil
    }
}

/// Turns the parser's nodes into ours.
private struct NodeBuilder {
    let source: SourceText
    let problems: ProblemCollector

    func node(from yaml: Yams.Node, depth: Int) -> Node? {
        let place = place(of: yaml)
        guard isAllowed(yaml, at: place) else { return nil }
        guard depth <= Node.nestingMax else {
            problems.add("lists and maps are nested more than \(Node.nestingMax) deep", at: place)
            return nil
        }
        switch yaml {
        case .scalar(let scalar):
            return self.scalar(scalar, at: place)
        case .sequence(let items):
            return Node(place: place, content: .list(items.compactMap { node(from: $0, depth: depth + 1) }))
        case .mapping(let pairs):
            return Node(place: place, content: .map(pairs.compactMap { entry(key: $0.key, value: $0.value, depth: depth) }))
        case .alias:
            return nil
        }
    }

    private func entry(key yamlKey: Yams.Node, value yamlValue: Yams.Node, depth: Int) -> Node.Entry? {
        let place = place(of: yamlKey)
        guard isAllowed(yamlKey, at: place) else { return nil }
        guard case .scalar(let scalar) = yamlKey else {
            problems.add("a key must be text, found a list or a map", at: place, hint: "quote text that begins with `[` or `{`")
            return nil
        }
        let style = style(of: scalar)
        let key = Node(
            place: place, content: .scalar(scalar.string, isPlain: style == .plain), length: length(of: scalar, at: place), style: style)
        guard var value = node(from: yamlValue, depth: depth + 1) else { return nil }
        if value.isNull, case .scalar(let scalar) = yamlValue, scalar.string.isEmpty {
            // An absent value has no place that a person would know; the key has.
            value.place = key.place
            value.length = key.length
        }
        return Node.Entry(key: key, value: value)
    }

    private func scalar(_ scalar: Yams.Node.Scalar, at place: Place) -> Node {
        let style = style(of: scalar)
        let length = length(of: scalar, at: place)
        if style == .plain, ["", "~", "null"].contains(scalar.string) {
            return Node(place: place, content: .null, length: length)
        }
        return Node(place: place, content: .scalar(scalar.string, isPlain: style == .plain), length: length, style: style)
    }

    private func isAllowed(_ yaml: Yams.Node, at place: Place) -> Bool {
        if yaml.anchor != nil {
            problems.add(
                "anchors (`&name`) are not supported", at: place,
                hint: "write the value out where it is used; quote text that begins with `&`")
            return false
        }
        let tag =
            switch yaml {
            case .scalar(let scalar): scalar.tag
            case .sequence(let list): list.tag
            case .mapping(let map): map.tag
            case .alias(let alias): alias.tag
            }
        // Yams itself gives quoted scalars and keys the names of what they are.
        guard ["", "!", Tag.Name.str.rawValue, Tag.Name.seq.rawValue, Tag.Name.map.rawValue].contains(tag.rawValue) else {
            problems.add("tags (`!name`) are not supported", at: place, hint: "quote text that begins with `!`")
            return false
        }
        return true
    }

    private func style(of scalar: Yams.Node.Scalar) -> Node.Style {
        switch scalar.style {
        case .singleQuoted: .singleQuoted
        case .plain: scalar.tag.rawValue == "!" ? .other : .plain
        default: .other
        }
    }

    private func place(of yaml: Yams.Node) -> Place {
        guard let mark = yaml.mark else { return Place(line: 1, column: 1, in: source) }
        return source.place(line: mark.line, scalarColumn: mark.column)
    }

    /// Characters from the scalar's start to its end, or to the end of its first line.
    private func length(of scalar: Yams.Node.Scalar, at place: Place) -> Int {
        // Nearly all of a file is ASCII, and to find the characters of a text takes long.
        if let written = source.asciiRest(from: place) { return Self.length(of: scalar.style, scalar.string.utf8, written) }
        guard let written = source.rest(from: place) else { return 1 }
        let scalars = written.unicodeScalars
        let length = Self.length(of: scalar.style, scalar.string.unicodeScalars.map(\.value), scalars.map(\.value))
        return String(scalars.prefix(length)).count
    }

    /// - Parameter written: the text from the scalar's first character to the end of its line.
    private static func length<Written: Sequence, Value: Collection>(
        of style: Yams.Node.Scalar.Style, _ value: Value, _ written: Written
    ) -> Int where Written.Element: BinaryInteger, Value.Element == Written.Element {
        switch style {
        case .singleQuoted: quotedLength(written, quote: 0x27)
        case .doubleQuoted: quotedLength(written, quote: 0x22)
        case .plain where written.starts(with: value): max(value.count, 1)
        default: max(written.prefix { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.reduce(0) { count, _ in count + 1 }, 1)
        }
    }

    private static func quotedLength<Written: Sequence>(_ written: Written, quote: Written.Element) -> Int
    where Written.Element: BinaryInteger {
        var count = 0
        var isEscaped = false
        for character in written {
            count += 1
            if count > 1, character == quote, !isEscaped { return count }
            isEscaped = quote == 0x22 && character == 0x5C && !isEscaped
        }
        return max(count, 1)
    }
}
