// The machine's clocks. Whatever decides something takes times as arguments; this is where they come from.

import Formats
import Glibc

enum Clock {
    /// Milliseconds since 1970; may jump.
    static func wallMilliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Whether the machine's clock was set: it cannot be earlier than this version of the program.
    static var isSet: Bool { wallMilliseconds() >= releasedMilliseconds }

    /// 2026-11-01T00:00:00Z.
    private static let releasedMilliseconds: Int64 = 1_793_491_200_000
    /// Seconds since 1970 by the clock that stamps files, which lags a few milliseconds behind (clock_gettime(2)): what was written
    /// after a look has a time no earlier than the look's.
    static func fileSeconds() -> Int64 { read(CLOCK_REALTIME_COARSE) / 1000 }

    /// Milliseconds since some moment in the past; never jumps.
    static func monotonicMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The moment that an option states in RFC 3339.
    static func milliseconds(of text: String) throws(AgentError) -> Int64 {
        let context = TimestampContext(nowMilliseconds: 0)
        guard let milliseconds = TimestampFormat.rfc3339.milliseconds(of: Array(text.utf8).span, context) else {
            throw AgentError(.usage, "\(text) is no time", hint: "write it as RFC 3339, for example 2026-11-23T06:37:03Z")
        }
        return milliseconds
    }

    /// The moment that an option states in RFC 3339, or as a duration before now such as `2h`.
    static func milliseconds(ofOrBefore text: String) throws(AgentError) -> Int64 {
        if let ago = DurationText(text) { return wallMilliseconds() - Int64(ago.milliseconds) }
        return try milliseconds(of: text)
    }
}
