// What rules cost for which no text is known that every match holds: they look at every record. Tried for real, on a few records and
// on the lines of the rules' own tests.

import Records

extension RuleSet {
    /// Records such as most logs hold.
    private static let samples = [
        #"203.0.113.9 - - [23/Nov/2026:06:55:25 +0000] "GET /assets/app.0000002a.js HTTP/1.1" 200 1042 "-" "Mozilla/5.0 (X11; Linux)""#,
        "2026-11-23 06:55:25,042 INFO  [http-nio-8080-exec-7] c.e.shop.web.Pool - connection pool size=12 idle=3 waited=42ms",
        #"{"ts":"2026-11-23T06:55:25Z","level":"info","msg":"cache refreshed","took":42,"req":{"id":"0000002a","method":"GET"}}"#,
    ].map { [UInt8]($0.utf8) }

    /// How long is measured for one rule.
    private static let measuringTime = Duration.milliseconds(1)

    /// For a rule that looks at every record, the nanoseconds that it takes for one, here and now; nil for others.
    package func nanosecondsPerRecord(of rule: Int) -> Int? {
        guard rulesWithoutLiteral.contains(rule) else { return nil }
        let records = Self.samples + rules[rule].tests.flatMap(\.lines).map { [UInt8]($0.utf8) }
        var matcher = RecordMatcher(self)
        var counters = DeriverCounters(ruleCount: rules.count)
        let clock = ContinuousClock()
        let start = clock.now
        var tried = 0
        repeat {
            for record in records {
                matcher.beginRecord()
                _ = matcher.match(rule, record.span, nowMilliseconds: 0, &counters)
            }
            tried += records.count
        } while clock.now - start < Self.measuringTime
        let (seconds, attoseconds) = (clock.now - start).components
        return Int((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(tried))
    }
}
