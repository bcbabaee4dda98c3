// Waiting in tests: for a condition with a deadline, never for a time.

package struct TimedOut: Error {
    package var what: String
}

/// Waits until `condition` holds; the deadline is long because machines are slow, not because tests are.
package func eventually(_ what: String, withinSeconds seconds: Double = 60, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimedOut(what: what) }
        // Not a blocking wait: all tests share a few threads with the code that they wait for.
        try await Task.sleep(for: .milliseconds(5))
    }
}
