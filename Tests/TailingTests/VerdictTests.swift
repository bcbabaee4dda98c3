// The decisions about identity, as tables: what a look finds, and what follows.

import Tailing
import Testing

@Suite struct ContentVerdictTests {
    /// A file of which 500 bytes were read, with a first line of 20, as it was left.
    private var left: ContentEvidence {
        ContentEvidence(
            size: 500, offset: 500, fingerprintBytes: 20, beginsTheSame: true, endsTheSame: true, agreesUpTo: nil, isFirstLook: false)
    }

    private func verdict(_ change: (inout ContentEvidence) -> Void) -> ContentVerdict {
        var evidence = left
        change(&evidence)
        return ContentVerdict(evidence)
    }

    @Test func aFileThatAgreesIsUnchanged() {
        #expect(verdict { _ in } == .unchanged)
        #expect(verdict { $0.size = 9000 } == .unchanged)
        #expect(verdict { $0.isFirstLook = true } == .unchanged)
    }

    @Test func anotherBeginningIsOtherContentWhateverTheSize() {
        for size: UInt64 in [0, 499, 500, 9000] {
            #expect(verdict { ($0.size, $0.beginsTheSame) = (size, false) } == .startedAnew)
            #expect(verdict { ($0.size, $0.beginsTheSame, $0.isFirstLook, $0.agreesUpTo) = (size, false, true, 400) } == .startedAnew)
        }
    }

    @Test func aShorterFileStartedAnewWhileTheAgentWasUp() {
        #expect(verdict { ($0.size, $0.agreesUpTo) = (450, 400) } == .startedAnew)
        #expect(verdict { ($0.endsTheSame, $0.agreesUpTo) = (false, 400) } == .startedAnew)
    }

    @Test func aShorterFileAfterAStartIsReadOnWhereItAgrees() {
        #expect(verdict { ($0.size, $0.agreesUpTo, $0.isFirstLook) = (450, 400, true) } == .cutBack(to: 400))
        #expect(verdict { ($0.endsTheSame, $0.agreesUpTo, $0.isFirstLook) = (false, 400, true) } == .cutBack(to: 400))
        #expect(verdict { ($0.size, $0.isFirstLook) = (450, true) } == .startedAnew)
    }

    @Test func agreementWithinTheFirstLineProvesNothing() {
        #expect(verdict { ($0.size, $0.agreesUpTo, $0.isFirstLook) = (450, 21, true) } == .startedAnew)
        #expect(verdict { ($0.size, $0.agreesUpTo, $0.isFirstLook) = (450, 22, true) } == .cutBack(to: 22))
    }
}

@Suite struct ArrivalVerdictTests {
    private func known(_ id: Int, generation: UInt32 = 0, _ change: (inout KnownContent) -> Void = { _ in }) -> KnownContent {
        var content = KnownContent(
            id: id, generation: generation, isForerunner: false, isGoneFormer: false, isPresent: true, isWhollyThere: false, agrees: false,
            isOutgrown: false)
        change(&content)
        return content
    }

    @Test func contentNotSeenBeforeIsNew() {
        #expect(ArrivalVerdict(known: []) == .new(generation: 0))
    }

    @Test func otherContentUnderAKnownFirstLineIsTheNextGeneration() {
        #expect(ArrivalVerdict(known: [known(1, generation: 3), known(2, generation: 7)]) == .new(generation: 8))
    }

    @Test func aCopyOfAFileThatIsThereIsNotRead() {
        #expect(ArrivalVerdict(known: [known(1), known(2) { $0.agrees = true }]) == .copy(of: 2))
        #expect(ArrivalVerdict(known: [known(2) { ($0.agrees, $0.isWhollyThere) = (true, true) }]) == .copy(of: 2))
    }

    @Test func aCopyThatGrewOnItsOwnForks() {
        #expect(ArrivalVerdict(known: [known(2) { ($0.agrees, $0.isOutgrown) = (true, true) }]) == .fork(of: 2))
    }

    @Test func contentThatIsGoneElsewhereContinuesInItsCopy() {
        #expect(
            ArrivalVerdict(known: [known(2) { ($0.isPresent, $0.isWhollyThere, $0.agrees) = (false, true, true) }]) == .continuation(of: 2))
        #expect(ArrivalVerdict(known: [known(2) { ($0.isPresent, $0.agrees) = (false, true) }]) == .copy(of: 2))
    }

    @Test func whatReplacesARotatedFileIsNewEvenWhereItReadsTheSame() {
        for isPresent in [false, true] {
            let forerunner = known(2) { ($0.isForerunner, $0.isPresent, $0.isWhollyThere, $0.agrees) = (true, isPresent, true, true) }
            #expect(ArrivalVerdict(known: [forerunner]) == .new(generation: 1))
        }
    }

    @Test func whatReplacesAFileThatIsGoneContinuesIt() {
        #expect(
            ArrivalVerdict(known: [known(2) { ($0.isForerunner, $0.isGoneFormer, $0.isWhollyThere) = (true, true, true) }])
                == .continuation(of: 2))
        #expect(
            ArrivalVerdict(known: [known(2) { ($0.isForerunner, $0.isGoneFormer, $0.agrees) = (true, true, true) }]) == .new(generation: 1))
    }
}
