// The paths that rules ask for, as a tree that is walked along with a JSON text: at each node the keys and elements that lead on,
// and the slots of the fields that end there.

struct PathTree: Sendable {
    struct Node: Sendable {
        var keys = KeyTable.empty
        /// Elements of a list that lead on.
        var elements: [(index: Int, node: Int)] = []
        var slots: [Int] = []
    }

    /// The first is the record itself.
    let nodes: [Node]

    static let root = 0

    init(_ paths: [(steps: [FieldPath.Step], slot: Int)]) {
        var nodes = [Node()]
        var keys: [[(bytes: [UInt8], value: Int)]] = [[]]
        for path in paths {
            var node = Self.root
            for step in path.steps {
                if let next = Self.next(step, keys[node], nodes[node].elements) {
                    node = next
                    continue
                }
                switch step {
                case .key(let bytes): keys[node].append((bytes, nodes.count))
                case .element(let index): nodes[node].elements.append((index, nodes.count))
                }
                node = nodes.count
                nodes.append(Node())
                keys.append([])
            }
            nodes[node].slots.append(path.slot)
        }
        for index in nodes.indices { nodes[index].keys = KeyTable(keys[index]) }
        self.nodes = nodes
    }

    private static func next(
        _ step: FieldPath.Step, _ keys: [(bytes: [UInt8], value: Int)], _ elements: [(index: Int, node: Int)]
    ) -> Int? {
        switch step {
        case .key(let bytes): keys.first { $0.bytes == bytes }?.value
        case .element(let index): elements.first { $0.index == index }?.node
        }
    }
}
