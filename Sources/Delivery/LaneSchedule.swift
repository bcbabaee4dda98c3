// Which chunks may go next, so that the calls of one person arrive in order while several requests are in flight.
//
// A slot belongs to lane (slot mod lanes), and a lane has one request in flight. A chunk with two slots goes in its first
// slot's lane and may go once nothing earlier of either slot waits, but for what stands before it in the same request;
// until it has settled, nothing later of either slot may go elsewhere. A row stays here until it is settled, so what is in
// flight needs no books of its own: it stands at the head of its slots and blocks what must wait for it.

import Calls
package import Store

package struct LaneSchedule: Sendable {
    /// What a lane may send now.
    package struct Pick: Hashable, Sendable {
        /// Chunks in the order of reading. The last one may hold more calls than fit.
        package var rows: [OutboxRow]
        /// Whether waiting longer cannot add anything.
        package var isFull: Bool
        /// When the oldest of them came here.
        package var seenAt: Duration

        package var ids: [Int64] { rows.map(\.id) }
    }

    private struct Entry {
        var row: OutboxRow
        var seenAt: Duration
    }

    private let lanes: Int
    /// By lane, in the order of reading.
    private var queues: [[Entry]]
    /// Ids by slot, in the order of reading; a chunk with two slots stands in both.
    private var slots: [[Int64]]
    package private(set) var count = 0
    /// The last row that was appended; 0 before the first.
    package private(set) var lastID: Int64 = 0

    /// Rows kept here at most (about 80 bytes each); more wait in the store until there is room.
    package static let rowsMax = 32_768

    package init(lanes: Int) {
        precondition((1...Slot.count).contains(lanes))
        self.lanes = lanes
        queues = Array(repeating: [], count: lanes)
        slots = Array(repeating: [], count: Slot.count)
    }

    /// Adds a row that is later than all rows here.
    package mutating func append(_ row: OutboxRow, seenAt: Duration) {
        precondition(row.id > lastID)
        queues[lane(of: row)].append(Entry(row: row, seenAt: seenAt))
        for slot in slotNumbers(of: row) { slots[slot].append(row.id) }
        lastID = row.id
        count += 1
    }

    /// What `lane`, which has nothing in flight, may send now; nil when nothing may go.
    /// - Parameter bytesMax: for the calls joined by commas, without the envelope.
    package func pick(lane: Int, bytesMax: Int, callsMax: Int) -> Pick? {
        var pick: Pick?
        var taken = [Int](repeating: 0, count: slots.count)
        var bytes = 0
        var calls = 0
        for entry in queues[lane] {
            let rowSlots = slotNumbers(of: entry.row)
            guard rowSlots.allSatisfy({ slots[$0][taken[$0]] == entry.row.id }) else { continue }
            bytes += entry.row.byteCount + (pick == nil ? 0 : 1)
            calls += entry.row.callCount
            for slot in rowSlots { taken[slot] += 1 }
            pick = pick ?? Pick(rows: [], isFull: false, seenAt: entry.seenAt)
            pick?.rows.append(entry.row)
            if bytes >= bytesMax || calls >= callsMax {
                pick?.isFull = true
                break
            }
        }
        return pick
    }

    /// Forgets rows of `lane` of which nothing waits any more.
    package mutating func remove(_ ids: Set<Int64>, lane: Int) {
        guard let last = ids.max() else { return }
        let end = queues[lane].firstIndex { $0.row.id > last } ?? queues[lane].count
        var touched: Set<Int> = []
        for entry in queues[lane][..<end] where ids.contains(entry.row.id) {
            touched.formUnion(slotNumbers(of: entry.row))
            count -= 1
        }
        let rest = queues[lane][..<end].filter { !ids.contains($0.row.id) }
        queues[lane].replaceSubrange(..<end, with: rest)
        for slot in touched {
            let end = slots[slot].firstIndex { $0 > last } ?? slots[slot].count
            slots[slot].replaceSubrange(..<end, with: slots[slot][..<end].filter { !ids.contains($0) })
        }
    }

    /// Notes what is left of a row of `lane` after a part of it settled.
    package mutating func shrink(_ id: Int64, lane: Int, callCount: Int, byteCount: Int) {
        guard let index = queues[lane].firstIndex(where: { $0.row.id == id }) else { return }
        queues[lane][index].row.callCount = callCount
        queues[lane][index].row.byteCount = byteCount
    }

    package func lane(of row: OutboxRow) -> Int { Int(row.slot.number) % lanes }

    private func slotNumbers(of row: OutboxRow) -> [Int] {
        guard let barrier = row.barrierSlot, barrier != row.slot else { return [Int(row.slot.number)] }
        return [Int(row.slot.number), Int(barrier.number)]
    }
}
