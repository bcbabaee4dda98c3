// What is remembered of content that was read.

import Records
import Tailing
import Testing

@Suite struct ContentMarksTests {
    private func checkpoint() -> FileCheckpoint {
        FileCheckpoint(source: "shop", path: "/l/app.log", device: 1, inode: 2, origin: nil, offset: 0, marks: [], lastSeenSeconds: 0)
    }

    @Test func theHashIsTheDocumentedOne() {
        #expect(ContentHash.of([UInt8]().span) == 0xcbf2_9ce4_8422_2325)
        #expect(ContentHash.of(Array("a".utf8).span) == 0xaf63_dc4c_8601_ec8c)
        #expect(ContentHash.of(Array("foobar".utf8).span) == 0x8594_4171_f739_67e8)
    }

    @Test func marksAreBoundedAndTheLastOneLiesAtTheOffset() {
        var checkpoint = checkpoint()
        for step in 1...10_000 {
            checkpoint.advance(to: UInt64(step * 100), hash: UInt64(step))
            #expect(checkpoint.marks.count == min(step, FileCheckpoint.marksMax))
            #expect(checkpoint.marks.last == FileCheckpoint.Mark(offset: checkpoint.offset, hash: UInt64(step)))
        }
        #expect(checkpoint.marks.map(\.offset) == checkpoint.marks.map(\.offset).sorted())
        #expect(Set(checkpoint.marks.map(\.offset)).count == checkpoint.marks.count)
    }

    @Test func marksLieCloserTogetherTowardsTheEnd() {
        var checkpoint = checkpoint()
        for step in 1...10_000 { checkpoint.advance(to: UInt64(step * 100), hash: 0) }
        // Whatever is lost of the end, the last mark before it lies at most a few times as far back.
        for lost in [100, 1000, 10_000, 100_000, 500_000] {
            let kept = UInt64(1_000_000 - lost)
            let agreed = checkpoint.marks.last { $0.offset <= kept }?.offset ?? 0
            #expect(1_000_000 - agreed <= UInt64(lost) * 8, "lost \(lost), marks \(checkpoint.marks.map(\.offset))")
        }
    }

    @Test func cuttingBackForgetsTheLaterMarks() {
        var checkpoint = checkpoint()
        for step in 1...5 { checkpoint.advance(to: UInt64(step * 10), hash: UInt64(step)) }
        checkpoint.cutBack(to: 30)
        #expect(checkpoint.offset == 30)
        #expect(checkpoint.marks.map(\.offset) == [10, 20, 30])
    }
}
