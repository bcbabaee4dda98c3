// Where something stands in a file: what people click on.

/// A place in a file, written `rules/shop.yaml:12:5`.
package struct Place: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The file's path as it was given.
    package var file: String
    /// 1-based.
    package var line: Int
    /// 1-based, in characters as a reader sees them; a tab is one.
    package var column: Int

    /// The text that the place is in, so that a problem there can show its line. Not part of what makes two places equal.
    let source: SourceText?

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
        source = nil
    }

    init(line: Int, column: Int, in source: SourceText) {
        file = source.file
        self.line = line
        self.column = column
        self.source = source
    }

    package var description: String { "\(file):\(line):\(column)" }

    /// The text of the line, where the place came from a document that was read.
    package var excerpt: String? { source?.line(line) }

    package static func == (left: Place, right: Place) -> Bool {
        left.line == right.line && left.column == right.column && left.file == right.file
    }

    package static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(line)
        hasher.combine(column)
    }
}
