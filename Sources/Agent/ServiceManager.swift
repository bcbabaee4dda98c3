// Tells the service manager that started this process what it does, as sd_notify(3) has it: ready, reloading, alive, and one line
// of status. Without a manager ($NOTIFY_SOCKET) nothing is told.

internal import CSystemd
import Glibc

struct ServiceManager: Sendable {
    /// Whether anyone listens.
    let isPresent: Bool
    /// Within which time it must hear that we are alive; nil: it does not watch.
    let watchdogMilliseconds: Int64?

    /// Of this process's environment.
    init() {
        isPresent = getenv("NOTIFY_SOCKET") != nil
        var microseconds: UInt64 = 0
        watchdogMilliseconds = sd_watchdog_enabled(0, &microseconds) > 0 ? Int64(microseconds / 1000) : nil
    }

    /// Also the end of a reload.
    func ready() { tell("READY=1") }

    /// To be followed by `ready`, also when what was loaded is refused.
    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    func stopping() { tell("STOPPING=1") }

    func alive() { tell("WATCHDOG=1") }

    /// - Parameter line: for `systemctl status`; what could talk to a terminal is escaped.
    func status(_ line: String) { tell("STATUS=\(Printable.text(line))") }

    private func tell(_ state: String) {
        // A manager that does not listen right now is no reason to stop.
        if isPresent { sd_notify(0, state) }
    }
}
