// What the receiver does wrong on purpose: a pure function from a request's number to a fault, so that a run with the same
// seed and the same requests has the same faults.
//
// The first requests get the faults with `first=N`, in the order in which they are written; of the others each share gets its
// own part, so that 429:0.2 with 500:0.1 leaves 0.7 alone. Delays are drawn apart and come on top.

package struct FaultPlan: Hashable, Sendable {
    /// What happens to one request that the judge has passed.
    package struct Fault: Hashable, Sendable {
        /// To wait before anything else.
        package var delayMilliseconds = 0
        package var action = Action.none

        package static let none = Fault()
    }

    package enum Action: Hashable, Sendable {
        /// The request is accepted and answered.
        case none
        /// The request is not accepted and gets this answer.
        case answer(status: Int, retryAfterSeconds: Int?)
        /// The request is not accepted and the connection reset.
        case reset
        /// The calls are accepted, but the connection is reset in place of the answer.
        case acceptThenReset
    }

    /// Which requests a fault meets.
    enum Portion: Hashable, Sendable {
        /// So many requests, one after the other.
        case first(Int)
        /// Each with this probability, above 0 and at most 1.
        case share(Double)
    }

    struct Entry<Effect: Hashable & Sendable>: Hashable, Sendable {
        let effect: Effect
        let portion: Portion
    }

    var actions: [Entry<Action>] = []
    var delays: [Entry<Int>] = []
    var seed: UInt64 = 0

    /// No faults.
    package init() {}

    package var isEmpty: Bool { actions.isEmpty && delays.isEmpty }

    /// - Parameter number: the request's place since the start, from 1.
    package func fault(forRequest number: Int) -> Fault {
        Fault(
            delayMilliseconds: Self.pick(from: delays, number: number, draw: draw(number, stream: 1)) ?? 0,
            action: Self.pick(from: actions, number: number, draw: draw(number, stream: 0)) ?? .none)
    }

    private static func pick<Effect>(from entries: [Entry<Effect>], number: Int, draw: Double) -> Effect? {
        var number = number
        for entry in entries {
            guard case .first(let count) = entry.portion else { continue }
            if number <= count { return entry.effect }
            number -= count
        }
        var draw = draw
        for entry in entries {
            guard case .share(let share) = entry.portion else { continue }
            if draw < share { return entry.effect }
            draw -= share
        }
        return nil
    }

    /// A number from 0 up to 1 that seed, request and stream alone decide: the output function of SplitMix64 over a counter.
    private func draw(_ number: Int, stream: UInt64) -> Double {
        var mixed = Self.mix(seed &* 2 &+ stream) &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
        mixed = Self.mix(mixed)
        return Double(mixed >> 11) * 0x1p-53
    }

    private static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
