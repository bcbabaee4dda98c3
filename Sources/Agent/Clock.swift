// The machine's clocks. Whatever decides something takes times as arguments; this is where they come from.

import Glibc

package enum Clock {
    /// Milliseconds since 1970; may jump.
    package static func wallMilliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Milliseconds since some moment in the past; never jumps.
    package static func monotonicMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
