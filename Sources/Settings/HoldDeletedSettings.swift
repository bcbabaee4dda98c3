// How much room on disk deleted files may take that cannot be read yet.

internal import Documents

/// Bounds of the deleted files that are held open while the outbox is full; beyond them files go, read or not.
package struct HoldDeletedSettings: Hashable, Sendable {
    /// Of all sources together.
    package var bytesMax = Self.bytesMaxDefault
    /// How much of their file system must stay free, in hundredths; 0: it may become full.
    package var freePercentMin = Self.freePercentMinDefault

    package static let bytesMaxDefault = 1 << 30
    package static let freePercentMinDefault = 10

    init() {}

    init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`hold_deleted`", keys: ["max_bytes", "min_free"], in: problems) else { return }
        bytesMax = map["max_bytes"]?.byteSize(in: problems, what: "max_bytes") ?? bytesMax
        freePercentMin = map["min_free"]?.percent(in: problems, what: "min_free") ?? freePercentMin
    }
}
