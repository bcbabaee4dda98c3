// Slots are stored with the outbox: they must stay the same for ever, and spread people evenly.

import Calls
import Testing

@Suite struct SlotTests {
    private func slot(_ person: String) -> UInt8 { Slot(person: Array(person.utf8).span).number }

    /// Computed apart from this program.
    @Test func slotsAreWhatTheyAlwaysWere() {
        #expect([slot("u42"), slot(""), slot("alice"), slot("名前")] == [1, 46, 4, 52])
    }

    @Test func numberedAndMailedPeopleSpreadEvenly() {
        for people in [(1...6400).map { "\($0)" }, (1...6400).map { "person\($0)@example.com" }, (0..<6400).map { "u-\($0 * 64)" }] {
            var counts = [Int](repeating: 0, count: Slot.count)
            for person in people { counts[Int(slot(person))] += 1 }
            // 100 are expected in each; six standard deviations are 60.
            #expect(counts.min()! > 40 && counts.max()! < 160, "\(people[0]): \(counts)")
        }
    }
}
