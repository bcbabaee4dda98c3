// Fault plans as people write them, in --fail:
//
//     429:0.2                   answer 429 to a fifth of the requests
//     429:0.2:retry-after=2     the same, with a Retry-After of two seconds
//     503:first=3               answer 503 to the first three requests
//     503                       answer 503 to every request
//     reset:0.1                 reset the connection instead of an answer
//     accept-then-reset:0.1     accept the calls, then reset: the answer is lost
//     delay=200ms:0.5           wait 200 ms before half of the answers
//     seed=7                    draw other requests for the shares (default 0)
//
// Several of them are separated by commas or given one by one.

extension FaultPlan {
    /// Statuses that a fault can have: those of an answer that accepts nothing.
    static let statuses = 300...599
    /// The longest delay, ten minutes.
    package static let delayMillisecondsMax = 600_000
    /// The longest Retry-After, a day.
    package static let retryAfterSecondsMax = 86_400

    private static let hint =
        "write 429:0.2, 503:first=3, 429:0.2:retry-after=2, reset:0.1, accept-then-reset:0.1, delay=200ms:0.5 or seed=7"

    /// - Parameter texts: one or more faults each, separated by commas.
    package init(parsing texts: [String]) throws(ReceiverError) {
        self.init()
        for text in texts {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                try add(String(part))
            }
        }
        try requireRoom(Self.share(of: actions), for: "answers and resets")
        try requireRoom(Self.share(of: delays), for: "delays")
    }

    private mutating func add(_ text: String) throws(ReceiverError) {
        func error(_ what: String) -> ReceiverError {
            ReceiverError(.faultPlan, "bad fault '\(text)': \(what)", hint: Self.hint)
        }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let name = parts.removeFirst()
        if let value = Self.value(of: "seed", in: name) {
            guard let seed = UInt64(value), parts.isEmpty else { throw error("a seed is a number alone") }
            self.seed = seed
            return
        }

        var portion: Portion?
        var retryAfterSeconds: Int?
        for part in parts {
            if let value = Self.value(of: "retry-after", in: part) {
                guard retryAfterSeconds == nil, let seconds = Int(value), (0...Self.retryAfterSecondsMax).contains(seconds) else {
                    throw error("'\(part)' is not retry-after= with seconds from 0 to \(Self.retryAfterSecondsMax)")
                }
                retryAfterSeconds = seconds
                continue
            }
            guard portion == nil else { throw error("'\(part)' is one share or first= too many") }
            if let value = Self.value(of: "first", in: part) {
                guard let count = Int(value), count > 0 else { throw error("'\(part)' is not first= with a number from 1") }
                portion = .first(count)
            } else {
                guard let share = Double(part), share > 0, share <= 1 else {
                    throw error("'\(part)' is no share: more than 0 and at most 1")
                }
                portion = .share(share)
            }
        }

        if let value = Self.value(of: "delay", in: name) {
            guard let milliseconds = Self.milliseconds(value), (1...Self.delayMillisecondsMax).contains(milliseconds) else {
                throw error("'\(value)' is no delay from 1ms to \(Self.delayMillisecondsMax / 1000)s")
            }
            guard retryAfterSeconds == nil else { throw error("a delay has no retry-after") }
            delays.append(Entry(effect: milliseconds, portion: portion ?? .share(1)))
            return
        }
        let action: Action
        switch name {
        case "reset": action = .reset
        case "accept-then-reset": action = .acceptThenReset
        default:
            guard let status = Int(name), Self.statuses.contains(status) else {
                throw error("'\(name)' is no fault and no status from \(Self.statuses.lowerBound) to \(Self.statuses.upperBound)")
            }
            action = .answer(status: status, retryAfterSeconds: retryAfterSeconds)
        }
        if retryAfterSeconds != nil, action == .reset || action == .acceptThenReset { throw error("a reset has no retry-after") }
        actions.append(Entry(effect: action, portion: portion ?? .share(1)))
    }

    /// The text after `name=`.
    private static func value(of name: String, in part: String) -> String? {
        part.hasPrefix(name + "=") ? String(part.dropFirst(name.count + 1)) : nil
    }

    private static func milliseconds(_ text: String) -> Int? {
        if text.hasSuffix("ms") { return Int(text.dropLast(2)) }
        guard text.hasSuffix("s"), let seconds = Int(text.dropLast()), seconds <= delayMillisecondsMax / 1000 else { return nil }
        return seconds * 1000
    }

    private static func share<Effect>(of entries: [Entry<Effect>]) -> Double {
        entries.reduce(0) { sum, entry in
            if case .share(let share) = entry.portion { sum + share } else { sum }
        }
    }

    private func requireRoom(_ sum: Double, for what: String) throws(ReceiverError) {
        // Ten shares of 0.1 add up to a little more than 1.
        guard sum <= 1 + 1e-9 else {
            throw ReceiverError(
                .faultPlan, "bad fault plan: the shares of \(what) add up to \(sum)",
                hint: "give shares that add up to 1 or less; a fault without a share takes all requests")
        }
    }
}
