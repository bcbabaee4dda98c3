// When a file's fingerprint is fixed, and what it is.

import Records
import Testing

@Suite struct FileOriginTests {
    private func fingerprint(_ head: String, isComplete: Bool = false) -> String? {
        FileOrigin.fingerprint(ofHead: Array(head.utf8).span, isComplete: isComplete).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func firstLineIsTheFingerprint() {
        #expect(fingerprint("first\nsecond\n") == "first")
        #expect(fingerprint("first\n") == "first")
        #expect(fingerprint("\nsecond") == "")
        #expect(fingerprint("first\r\nsecond\r\n") == "first\r")
    }

    @Test func growingFirstLineFixesNothing() {
        #expect(fingerprint("") == nil)
        #expect(fingerprint("fir") == nil)
        #expect(fingerprint(String(repeating: "x", count: 1023)) == nil)
    }

    @Test func completeFileHasAFingerprintWithoutALineFeed() {
        #expect(fingerprint("fir", isComplete: true) == "fir")
        #expect(fingerprint("", isComplete: true) == "")
    }

    @Test func longFirstLineCountsUpToOneKiB() {
        let kib = String(repeating: "x", count: 1024)
        #expect(fingerprint(kib) == kib)
        #expect(fingerprint(kib + "\n") == kib)
        #expect(fingerprint(kib + "more\nnext\n") == kib)
        #expect(fingerprint(String(repeating: "x", count: 1023) + "\nnext\n") == String(repeating: "x", count: 1023))
    }

    /// Whatever was visible when the fingerprint was fixed, it is the one of the whole file.
    @Test func moreOfTheFileNeverChangesAFingerprint() {
        for lineBytes in [0, 1, 5, 1022, 1023, 1024, 1025, 3000] {
            let file = Array((String(repeating: "a", count: lineBytes) + "\n" + String(repeating: "b", count: 50) + "\n").utf8)
            let whole = FileOrigin.fingerprint(ofHead: file.span, isComplete: true)
            for visible in file.indices {
                guard let early = FileOrigin.fingerprint(ofHead: file.span.extracting(first: visible), isComplete: false) else { continue }
                #expect(early == whole, "line of \(lineBytes), \(visible) visible")
            }
        }
    }
}
