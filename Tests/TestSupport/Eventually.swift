// Waiting in tests: for a condition with a deadline, never for a time.

import Glibc

package struct TimedOut: Error {
    package var what: String
}

/// Waits until `condition` holds; the deadline is long because machines are slow, not because tests are.
package func eventually(_ what: String, withinSeconds seconds: Double = 60, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimedOut(what: what) }
        await Task.yield()
        _ = poll(nil, 0, 5)
    }
}
