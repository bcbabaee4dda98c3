// Waiting of the pipeline's thread: for change events of sources, for a call from another thread, or for a time. A source
// has one descriptor however many files it follows, so poll(2) over a handful of them serves as well as an epoll would.

import Glibc

/// A way to wake the pipeline's thread from any other; a pipe that lives as long as anyone may ring it.
final class Wakeup: Sendable {
    fileprivate let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptors for the pipeline's wake-up")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Returns at once; several rings before the thread looks count as one. A full pipe has been rung often enough.
    func ring() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    fileprivate func clear() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(readEnd, &bytes, bytes.count) == bytes.count {}
    }
}

/// Waits for several descriptors at once. Confined to one thread.
struct Waiter {
    private let wakeup: Wakeup

    init(wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    /// Waits until one of `descriptors` is readable, the wake-up is rung, or `timeoutMilliseconds` have passed. Negative
    /// descriptors, which stand for "there are no events", are ignored, as poll(2) does.
    /// - Returns: the readable descriptors.
    func wait(for descriptors: [Int32], timeoutMilliseconds: Int64) -> Set<Int32> {
        var targets = (descriptors + [wakeup.readEnd]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&targets, nfds_t(targets.count), Int32(clamping: max(0, timeoutMilliseconds))) > 0 else { return [] }
        if targets.last!.revents != 0 { wakeup.clear() }
        return Set(targets.dropLast().filter { $0.revents != 0 }.map(\.fd))
    }

    /// The descriptors that are readable now.
    func readable(among descriptors: [Int32]) -> Set<Int32> {
        var targets = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&targets, nfds_t(targets.count), 0) > 0 else { return [] }
        return Set(targets.filter { $0.revents != 0 }.map(\.fd))
    }

    /// Waits for a ring alone.
    func pause(milliseconds: Int64) {
        _ = wait(for: [], timeoutMilliseconds: milliseconds)
    }
}
