// Where the agent keeps what it must not forget.

internal import Documents

/// The state directory.
package struct StateSettings: Hashable, Sendable {
    /// Absolute.
    package var directory = Self.directoryDefault
    /// The longest time between two commits while there is something to commit.
    package var commitIntervalMilliseconds = Self.commitIntervalMillisecondsDefault

    package static let directoryDefault = "/var/lib/eventail"
    package static let commitIntervalMillisecondsDefault = 200

    init() {}

    init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`state`", keys: ["directory", "commit_interval"], in: problems) else { return }
        directory = map["directory"]?.path(in: problems, what: "directory") ?? directory
        commitIntervalMilliseconds =
            map["commit_interval"]?.positiveDuration(in: problems, what: "commit_interval") ?? commitIntervalMilliseconds
    }
}
