// Gathers mistakes while a document is checked, so that a person learns of all of them in one go. Keeps at most `keptMax`
// and counts the rest.

/// The mistakes found so far. Used by one thread while it checks a document.
package final class ProblemCollector {
    /// The mistakes kept, in the order of finding, each once.
    package private(set) var problems: [Problem] = []
    /// How many were found beyond `keptMax`.
    package private(set) var unlistedCount = 0

    private var withheld: Set<Line> = []

    private struct Line: Hashable {
        var file: String
        var number: Int

        init(_ place: Place) {
            file = place.file
            number = place.line
        }
    }

    /// More than this many help nobody.
    package static let keptMax = 50

    package init() {}

    package var isEmpty: Bool { problems.isEmpty }

    /// Whether further mistakes are only counted, so that their hints need not be looked for.
    package var isFull: Bool { problems.count >= Self.keptMax }

    /// Adds a mistake that the whole of `node` makes.
    package func add(_ message: String, at node: Node, hint: String? = nil) {
        add(Problem(message, at: node.place, length: node.length, hint: hint))
    }

    /// Adds a mistake at a place, `length` characters long.
    package func add(_ message: String, at place: Place?, length: Int = 1, hint: String? = nil) {
        add(Problem(message, at: place, length: length, hint: hint))
    }

    package func add(_ problem: Problem) {
        var problem = problem
        if let place = problem.place, withheld.contains(Line(place)) { problem.excerpt = nil }
        guard !problems.contains(problem) else { return }
        guard !isFull else {
            unlistedCount += 1
            return
        }
        problems.append(problem)
    }

    /// Adds what another check was refused with.
    package func add(_ others: Problems) {
        for problem in others.all { add(problem) }
        unlistedCount += others.unlistedCount
    }

    /// Keeps the text of a line out of all problems, found already or later, because it may hold a secret.
    package func withholdLine(of place: Place) {
        withheld.insert(Line(place))
        for index in problems.indices where problems[index].place.map({ withheld.contains(Line($0)) }) == true {
            problems[index].excerpt = nil
        }
    }

    /// Throws what was found, if anything was.
    package func throwIfAny() throws(Problems) {
        guard problems.isEmpty else { throw Problems(problems, unlistedCount: unlistedCount) }
    }
}
