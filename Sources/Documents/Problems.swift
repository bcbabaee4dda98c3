// Several mistakes at once, in the order in which a reader meets them.

/// What a document is refused with: every mistake found, up to a limit.
package struct Problems: Error, Sendable {
    /// Sorted by place; those without one come first.
    package var all: [Problem]
    /// How many more there were than `ProblemCollector.keptMax`.
    package var unlistedCount: Int

    package init(_ problems: [Problem], unlistedCount: Int = 0) {
        all = problems.enumerated().sorted { left, right in
            switch (left.element.place, right.element.place) {
            case (nil, nil): left.offset < right.offset
            case (nil, _): true
            case (_, nil): false
            case (let leftPlace?, let rightPlace?):
                leftPlace == rightPlace ? left.offset < right.offset : leftPlace < rightPlace
            }
        }.map(\.element)
        self.unlistedCount = unlistedCount
    }

    /// All of them, one after the other as `Problem.text` writes them, without a final line feed.
    package func text(color: Bool = false) -> String {
        var texts = all.map { $0.text(color: color) }
        if unlistedCount > 0 { texts.append("and \(unlistedCount) more") }
        return texts.joined(separator: "\n")
    }
}
