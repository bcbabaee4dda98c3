// The fields of the record at hand, and the memory that finding them takes. One is kept for each layout and reused from record
// to record, so that a record costs no allocation once the buffers have grown.

package struct RecordFields: Sendable {
    /// A field for each slot of the layout.
    package internal(set) var fields: [Field] = []
    /// The inner line of a record whose format nests one in another, where it does not stand in the record as it is.
    package internal(set) var inner: [UInt8] = []
    /// Whether a container's line is a piece that the next line of the same stream continues.
    package internal(set) var isPartial = false

    /// The tree's nodes that were met in this record: of repeated keys the first counts.
    var visited: [Bool] = []
    /// A key with its escapes undone.
    var key: [UInt8] = []

    package init() {}

    /// Forgets the record before.
    mutating func begin(fieldCount: Int) {
        fields.removeAll(keepingCapacity: true)
        for _ in 0..<fieldCount { fields.append(.missing) }
        isPartial = false
    }

    mutating func beginTree(nodeCount: Int) {
        visited.removeAll(keepingCapacity: true)
        for _ in 0..<nodeCount { visited.append(false) }
    }
}
