// The configuration as a whole: what loads, with which values, and what is refused with which words.

import Documents
import Foundation
import Settings
import Testing

/// The complete example of the documentation, and some of what it leaves out.
let completeExample = """
    destination:                     # or destinations: {name: {...}, ...}
      kind: customerio               # customerio | segment | rudderstack | jitsu
      region: eu                     # us | eu; ignored when the key or url says
      url: http://127.0.0.1:8080/v1/ # instead of kind's own base; /batch is appended
      api_key: { file: api_key }     # or {credential: api_key} or {env: EVENTAIL_API_KEY}
      strict: false                  # X-Strict-Mode
      batch: { max_bytes: 400KB, max_calls: 500, max_delay: 0s }
      rate_limit: { requests_per_second: 2.5, calls_per_second: 100, bytes_per_second: 1MB, burst: 3 }
      retry: { initial: 250ms, max: 30s }
      timeouts: { connect: 2s, response: 1m }
      lanes: 8
      ca_file: ca.pem
      proxy: http://proxy:3128
      allow_reserved_events: [User Deleted]

    sources:
      shop:
        files: ['/var/log/shop/*.log', logs/*.log]
        exclude: ['*.gz']
        start_at: beginning          # end | beginning: files that exist at the very first start
        rules: [shop]                # packs (rule files by stem) that read this source
        format: plain
        multiline: { starts_with: '^\\d{4}-', max_lines: 50, timeout: 5s }     # or preset: java | python | …
        timestamp: { field: ts, format: rfc3339, timezone: UTC, max_age: 7d, max_future: none }
        max_record: 64KiB
        poll_interval: 500ms
        encoding: utf-16le
      journal:
        journald: { units: [shop.service], start_at: beginning }
        rules: shop

    rules: ['/etc/eventail/rules.d/*.yaml', rules/*.yaml]
    environment: [STATE]

    id_scope: web-1                  # default: machine's application-specific id + host name
    state:
      directory: ${STATE:-/var/lib}/eventail
      commit_interval: 100ms
    spool: { max_bytes: 2GiB, max_age: 7d, when_full: drop_oldest }
    hold_deleted: { max_bytes: 64MiB, min_free: 5% }
    dead_letters: { max_bytes: 100MiB, max_age: 14d }
    guard:
      stale: { older_than: 24h, then: hold }
      new_people_per_hour: 0
      event_names: 100
    metrics: { listen: '127.0.0.1:9619' }
    trace: { max_age: 2h, max_calls: 20000 }
    max_open_files: 500
    shutdown_timeout: 20s
    """

@Suite struct SettingsTests {
    @Test func theCompleteExampleLoads() throws {
        let directory = try ConfigurationDirectory()
        let file = try directory.write(completeExample, to: "eventail.yaml")
        let (settings, warnings) = try Settings.load(files: [file], environment: ["STATE": "/srv", "SECRET": "x"])

        let destination = try #require(settings.destinations.first)
        #expect(settings.destinations.count == 1)
        #expect(destination.name == "default")
        #expect(destination.kind == .customerio)
        #expect(destination.region == .eu)
        #expect(destination.url == "http://127.0.0.1:8080/v1")
        #expect(destination.apiKey.origin == .file(path: "\(directory.path)/api_key"))
        #expect(!destination.isStrict)
        #expect(destination.batch.bytesMax == 400_000)
        #expect(destination.batch.callsMax == 500)
        #expect(destination.batch.delayMaxMilliseconds == 0)
        #expect(destination.rateLimit.requestsPerSecond == 2.5)
        #expect(destination.rateLimit.callsPerSecond == 100)
        #expect(destination.rateLimit.bytesPerSecond == 1_000_000)
        #expect(destination.rateLimit.burst == 3)
        #expect(destination.retry.initialMilliseconds == 250)
        #expect(destination.retry.maxMilliseconds == 30_000)
        #expect(destination.timeouts.connectMilliseconds == 2_000)
        #expect(destination.timeouts.responseMilliseconds == 60_000)
        #expect(destination.lanes == 8)
        #expect(destination.authoritiesFile?.text == "\(directory.path)/ca.pem")
        if case .address(let proxy) = destination.proxy {
            #expect(proxy.text == "http://proxy:3128")
        } else {
            Issue.record("\(destination.proxy)")
        }
        #expect(destination.allowedReservedEvents == ["User Deleted"])

        #expect(settings.sources.map(\.name) == ["shop", "journal"])
        let shop = settings.sources[0]
        #expect(shop.files.map(\.text) == ["/var/log/shop/*.log", "\(directory.path)/logs/*.log"])
        #expect(shop.exclude.map(\.text) == ["*.gz"])
        #expect(shop.startAt == .beginning)
        #expect(shop.rules?.map(\.text) == ["shop"])
        #expect(shop.format?.text == "plain")
        #expect(shop.multiline?.startsWith?.text == "^\\d{4}-" && shop.multiline?.preset == nil)
        #expect(shop.multiline?.linesMax == 50 && shop.multiline?.timeoutMilliseconds == 5_000)
        #expect(shop.timestamp?.field?.text == "ts")
        #expect(shop.timestamp?.format?.text == "rfc3339")
        #expect(shop.timestamp?.timezone?.text == "UTC")
        #expect(shop.timestamp?.maxAge?.text == "7d" && shop.timestamp?.maxFuture?.text == "none")
        #expect(shop.recordBytesMax == 65_536)
        #expect(shop.pollIntervalMilliseconds == 500)
        #expect(shop.encoding?.text == "utf-16le")
        #expect(shop.journal == nil)
        let journal = settings.sources[1]
        #expect(journal.files.isEmpty)
        #expect(journal.journal?.units == ["shop.service"])
        if case .beginning? = journal.journal?.startAt {} else { Issue.record("\(journal)") }

        #expect(settings.rules.map(\.text) == ["/etc/eventail/rules.d/*.yaml", "\(directory.path)/rules/*.yaml"])
        #expect(settings.environment == ["STATE": "/srv"])
        #expect(settings.idScope == "web-1")
        #expect(settings.state.directory == "/srv/eventail")
        #expect(settings.state.commitIntervalMilliseconds == 100)
        #expect(settings.spool.bytesMax == 2 << 30)
        #expect(settings.spool.ageMaxMilliseconds == 604_800_000)
        #expect(settings.spool.whenFull == .dropOldest)
        #expect(settings.holdDeleted.bytesMax == 64 << 20 && settings.holdDeleted.freePercentMin == 5)
        #expect(settings.deadLetters.bytesMax == 100 << 20)
        #expect(settings.deadLetters.ageMaxMilliseconds == 14 * 86_400_000)
        #expect(settings.openFilesMax == 500)
        #expect(settings.shutdownTimeoutMilliseconds == 20_000)
        #expect(settings.trace?.ageMaxMilliseconds == 7_200_000 && settings.trace?.callsMax == 20_000)
        #expect(settings.metrics?.host == "127.0.0.1" && settings.metrics?.port == 9619)
        #expect(
            warnings.map(\.message) == [
                "`guard` has no effect in this version"
            ])
    }

    @Test func whatIsLeftOutHasTheDocumentedDefault() throws {
        let settings = try #require(try load(configuration()).settings)
        let destination = settings.destinations[0]
        #expect(destination.kind == .customerio)
        #expect(destination.region == .us)
        #expect(destination.url == nil)
        #expect(destination.isStrict)
        #expect(destination.batch.bytesMax == 475_000)
        #expect(destination.rateLimit.requestsPerSecond == 5)
        #expect(destination.rateLimit.callsPerSecond == 0)
        #expect(destination.lanes == 4)
        #expect(destination.authoritiesFile == nil)
        #expect(destination.proxy == .environment)
        #expect(settings.spool.whenFull == .block && settings.spool.ageMaxMilliseconds == nil)
        #expect(settings.metrics == nil && settings.trace == nil)
        #expect(settings.deadLetters.bytesMax == 100 << 20 && settings.deadLetters.ageMaxMilliseconds == 14 * 86_400_000)
        #expect(settings.sources[0].startAt == .end)
        #expect(settings.sources[0].rules == nil)
        #expect(settings.sources[0].recordBytesMax == 262_144)
        #expect(settings.sources[0].pollIntervalMilliseconds == 1_000)
        #expect(settings.rules.map(\.text) == ["/etc/eventail/rules.d/*.yaml"])
        #expect(settings.idScope == nil)
        #expect(settings.state.directory == "/var/lib/eventail")
        #expect(settings.state.commitIntervalMilliseconds == 200)
        #expect(settings.spool.bytesMax == 1 << 30)
        #expect(settings.spool.ageMaxMilliseconds == nil)
        #expect(settings.holdDeleted.bytesMax == 1 << 30 && settings.holdDeleted.freePercentMin == 10)
        #expect(settings.shutdownTimeoutMilliseconds == 10_000)
    }

    @Test func everyMistakeIsToldAtOnceWithItsPlaceAndAHint() throws {
        let loaded = try load(
            """
            destination:
              kind: custmerio
              api_key: sk_us_secret
              lanes: 65
            sorces: {}
            sources:
              shop: { files: [], max_recrod: 1KiB }
              'a b': { files: x }
            spool: { max_age: 5 }
            """)
        #expect(
            loaded.told == [
                "2:9 `kind` can't be `custmerio`",
                "3:12 the key itself does not belong in this file",
                "4:10 `lanes` is out of range: `65`",
                "5:1 unknown key `sorces` in the configuration",
                "7:3 `rules` is missing in the source `shop`",
                "7:18 `files` is empty",
                "7:22 unknown key `max_recrod` in a source",
                "8:3 `a b` can't be the name of a source",
                "9:19 the duration `max_age` lacks a unit: `5`",
            ])
        #expect(loaded.problems.first { $0.message.contains("max_recrod") }?.hint == "did you mean `max_record`?")
        #expect(loaded.problems.first { $0.message.contains("sorces") }?.hint == "did you mean `sources`?")
        #expect(!Problems(loaded.problems).text().contains("sk_us_secret"))
    }

    @Test func aJournalIsChosenAsWithJournalctl() throws {
        let source = """
            { format: json, journald: { units: [shop, web.socket], identifiers: [cron], priority: warning, kernel: true, scope: user,
              boot: current, namespace: '+apps', matches: ['_UID=33', '+', 'SHOP_KIND=a b'], start_at: since 2h } }
            """
        let loaded = try load(configuration(source: source))
        let journal = try #require(loaded.settings?.sources[0].journal)
        #expect(journal.units == ["shop.service", "web.socket"])
        #expect(journal.identifiers == ["cron"])
        #expect(journal.priorities == 0...4)
        #expect(journal.kernel)
        #expect(journal.scope == .user)
        #expect(journal.boot == .current)
        #expect(journal.namespace == "+apps")
        #expect(journal.matches.map(\.text) == ["_UID=33", "+", "SHOP_KIND=a b"])
        guard case .since(let text) = journal.startAt else {
            Issue.record("\(journal.startAt)")
            return
        }
        #expect(text.text == "2h")
    }

    @Test(arguments: [("err..alert", 1...3), ("7", 0...7), ("2..4", 2...4), ("emerg", 0...0)])
    func prioritiesAreNamesNumbersOrRanges(text: String, priorities: ClosedRange<Int>) throws {
        #expect(
            try load(configuration(source: "{ journald: { priority: '\(text)' } }")).settings?.sources[0].journal?.priorities == priorities)
    }
}
