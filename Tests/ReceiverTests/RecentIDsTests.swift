// The bounded memory of ids against a plain list.

import Receiver
import Testing

struct RecentIDsTests {
    @Test func onlyTheLastIDsAreKnown() {
        var random = SystemRandomNumberGenerator()
        var recent = RecentIDs(countMax: 5)
        var model: [[UInt8]] = []
        for _ in 0..<2_000 {
            let id = [UInt8.random(in: 0..<12, using: &random)]
            let isNew = !model.contains(id)
            #expect(recent.contains(id) == !isNew)
            #expect(recent.insert(id) == isNew)
            if isNew { model = (model + [id]).suffix(5) }
        }
    }
}
