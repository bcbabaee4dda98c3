// Single mistakes in a configuration: where, what, and the hint.

import Documents
import Foundation
import Settings
import Testing

@Suite struct RefusalTests {
    @Test(
        arguments: [
            ("", "1:1 the configuration is empty"),
            ("[]", "1:1 expected a map for the configuration, found a list"),
            ("sources: { a: { files: x } }", "1:1 `destination` is missing in the configuration"),
            ("destination: { api_key: { env: K } }", "1:1 `sources` is missing in the configuration"),
            ("destination: { api_key: { env: K } }\nsources: {}", "2:10 `sources` is empty"),
            ("destination: { api_key: { env: K } }\nsources:", "2:1 expected a map for `sources`, found nothing"),
            ("destination: {}\nsources: { a: { files: x } }", "1:14 `api_key` is missing in a destination"),
            ("destinations: {}\nsources: { a: { files: x } }", "1:15 `destinations` is empty"),
            (configuration("destinations: { b: { api_key: { env: K } } }"), "3:1 there are both `destination` and `destinations`"),
            (configuration(source: "{ rules: [x] }"), "2:12 the source `app` has neither `files` nor `journald`"),
            (configuration(source: "{ files: x, journald: {} }"), "2:19 `files` does not go with `journald`"),
            (configuration(source: "{ journald: { units: ['shop*'] } }"), "2:39 `shop*` is no name of a unit"),
            (configuration(source: "{ journald: { priority: urgent } }"), "2:41 `priority` can't be `urgent`"),
            (configuration(source: "{ journald: { priority: 8 } }"), "2:41 `priority` can't be `8`"),
            (configuration(source: "{ journald: { matches: [shop] } }"), "2:41 `shop` is no match"),
            (configuration(source: "{ journald: { matches: ['__CURSOR=x'] } }"), "2:41 `__CURSOR=x` is no match"),
            (configuration(source: "{ journald: { matches: ['A=b', '+'] } }"), "2:48 `+` stands between matches"),
            (configuration(source: "{ journald: { start_at: yesterday } }"), "2:41 `start_at` can't be `yesterday`"),
            (configuration(source: "{ journald: { directory: /x, scope: user } }"), "2:46 `scope` does not go with `directory` or `files`"),
            (configuration(source: "{ files: '' }"), "2:26 `files` can't be ``"),
            (configuration(source: "{ files: x, rules: [] }"), "2:36 `rules` is empty: no rule would read this source"),
            (configuration(source: "{ files: x, rules: [a/nginx.yaml] }"), "2:37 a pack is named by its file's stem, not `a/nginx.yaml`"),
            (configuration(source: "{ files: x, format: jsno }"), "2:37 `format` can't be `jsno`"),
            (configuration(source: "{ files: x, start_at: start }"), "2:39 `start_at` can't be `start`"),
            (configuration(source: "{ files: x, max_record: 10 }"), "2:41 `max_record` is out of range: `10`"),
            (configuration(source: "{ files: x, poll_interval: 0s }"), "2:44 `poll_interval` is out of range: `0s`"),
            (configuration(source: "{ files: x, multiline: { start_with: a } }"), "2:42 unknown key `start_with` in `multiline`"),
            (configuration(source: "{ files: x, multiline: { preset: java, max_lines: 0 } }"), "2:67 `max_lines` is out of range: `0`"),
            (configuration(source: "{ files: x, multiline: { preset: java, timeout: 0s } }"), "2:65 `timeout` is out of range: `0s`"),
            (configuration(source: "{ journald: {}, encoding: latin1 }"), "2:33 `encoding` does not go with `journald`"),
            (configuration(source: "{ journald: {}, multiline: { preset: java } }"), "2:33 `multiline` does not go with `journald`"),
            (configuration(destination: "batch: { max_bytes: 32099 }"), "1:59 `max_bytes` is out of range: `32099`"),
            (configuration(destination: "batch: { max_bytes: 1000001 }"), "1:59 `max_bytes` is out of range: `1000001`"),
            (configuration(destination: "retry: { initial: 2m }"), "1:57 the first wait is longer than the longest one"),
            (configuration(destination: "rate_limit: { requests_per_second: -1 }"), "1:74 `requests_per_second` is out of range: `-1`"),
            (configuration(destination: "timeouts: { connect: 0ms }"), "1:60 `connect` is out of range: `0ms`"),
            (configuration(destination: "strict: yes"), "1:47 expected true or false for `strict`, found `yes`"),
            (configuration(destination: "kind: jitsu"), "1:45 `url` is missing: jitsu has no address of its own"),
            (configuration("guard: { stale: { older: 1h } }"), "3:19 unknown key `older` in `stale`"),
            (configuration("trace: { max_calls: 100 }"), "3:21 `max_calls` is out of range: `100`"),
            (configuration("trace: { keep: 1h }"), "3:10 unknown key `keep` in `trace`"),
            (configuration("metrics: { port: 1 }"), "3:12 unknown key `port` in `metrics`"),
            (configuration("metrics: { listen: '9619' }"), "3:20 `listen` can't be `9619`"),
            (configuration("metrics: { listen: '::1:9619' }"), "3:20 `listen` can't be `::1:9619`"),
            (configuration("metrics: { listen: 'localhost:66000' }"), "3:20 `listen` can't be `localhost:66000`"),
            (configuration("state: /var/lib/x"), "3:8 expected a map for `state`, found `/var/lib/x`"),
            (configuration("spool: { when_full: drop }"), "3:21 `when_full` can't be `drop`"),
            (configuration("hold_deleted: { min_free: 1GiB }"), "3:27 expected a share for `min_free`, found `1GiB`"),
            (configuration("id_scope: ''"), "3:11 `id_scope` has 1 to 256 bytes"),
        ])
    func mistakeIsToldWithItsPlace(text: String, told: String) throws {
        #expect(try load(text).told == [told])
    }

    @Test func severalSourcesMustNameTheirPacks() throws {
        let text = "destination: { api_key: { env: K } }\nsources:\n  a: { files: x }\n  b: { files: y, rules: [z] }\n"
        let loaded = try load(text)
        #expect(loaded.told == ["3:3 `rules` is missing in the source `a`"])
        #expect(loaded.hints == ["with several sources each names the packs that read it, such as `rules: [nginx]`"])
    }

    @Test(arguments: [
        ("https://cdp.customer.io/v1", "https://cdp.customer.io/v1"), ("HTTP://[::1]:8080//", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ])
    func addressesLoseTheirFinalSlash(written: String, url: String) throws {
        let loaded = try load(configuration(destination: "url: '\(written)'"))
        #expect(loaded.settings?.destinations.first?.url == url)
        #expect(loaded.warned == [])
    }

    @Test(arguments: [
        "ftp://x", "cdp.customer.io", "https://", "https://:80", "https://h:0", "https://h:99999", "https://h:x", "https://h:",
        "https://u:p@h/", "https://h/?a=b", "https://h/#a", "https://h/ä", "https://h/a b", "https://[::1", "https://[]",
    ])
    func otherAddressesAreRefused(written: String) throws {
        let loaded = try load(configuration(destination: "url: '\(written)'"))
        #expect(loaded.problems.count == 1)
        #expect(loaded.told.first?.hasPrefix("1:44 `url` ") == true, "\(loaded.told)")
    }

    @Test func aKeyInTheClearIsWarnedOf() throws {
        let loaded = try load(configuration(destination: "url: http://example.com"))
        #expect(loaded.settings != nil)
        #expect(loaded.warned == ["1:44 the key and all calls go to `example.com` unencrypted"])
    }

    @Test(arguments: [
        ("{ file: a, env: B }", "`api_key` names more than one place"), ("{}", "`api_key` says nothing"),
        ("{ fil: a }", "`api_key` says nothing"), ("{ env: 'a b' }", "`a b` is not the name of a variable"),
        ("{ credential: ../x }", "`../x` is not the name of a credential"), ("[a]", "expected a map for `api_key`, found a list"),
    ])
    func exactlyOnePlaceHoldsTheKey(written: String, told: String) throws {
        let loaded = try load("destination: { api_key: \(written) }\nsources: { a: { files: x } }\n")
        #expect(loaded.problems.contains { $0.message == told }, "\(loaded.told)")
    }

    @Test(arguments: [
        "{ api_key: hush, lanes: 0 }", "{ lanes: 0, apikey: hush }", "\n  write_key:\n    hush\n", "{ api_key: [hush], lanes: 0 }",
        "{ api_key: { key: hush } }",
        "{ api_key: { env: K }, url: 'ftp://hush@h' }", "{ api_key: { env: K }, url: 'https://u:hush@h/' }",
    ])
    func aKeyInTheWrongPlaceIsNotShown(written: String) throws {
        let loaded = try load("destination: \(written)\nsources: { a: { files: x } }\n")
        #expect(!loaded.problems.isEmpty)
        #expect(!Problems(loaded.problems).text().contains("hush"), "\(loaded.told)")
    }

    @Test func aMissingFileIsToldWithoutAPlace() throws {
        do throws(Problems) {
            _ = try Settings.load(files: ["/nonexistent/a.yaml", "/nonexistent/b.yaml"], environment: [:])
            Issue.record("it loaded")
        } catch {
            #expect(
                error.text()
                    == "cannot read `/nonexistent/a.yaml`: No such file or directory\ncannot read `/nonexistent/b.yaml`: No such file or directory"
            )
        }
    }

    /// Whatever is done to the complete example, loading it ends, and problems are inside it.
    @Test func mutatedFilesNeverCrashAndProblemsHavePlacesInThem() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let pieces: [Character] = Array("\n\t :-?[]{}&*!|>'\"%@`#,~ä0$x")
        let directory = try ConfigurationDirectory()
        for _ in 0..<propertyRounds(default: 100) {
            var characters = Array(completeExample)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<characters.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: characters.remove(at: index)
                case 1: characters[index] = pieces.randomElement(using: &random)!
                case 2: characters.insert(pieces.randomElement(using: &random)!, at: index)
                default: characters.removeSubrange(index..<min(index + 20, characters.count))
                }
            }
            let text = String(characters)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let file = try directory.write(text, to: "eventail.yaml")
            do throws(Problems) {
                _ = try Settings.load(files: [file], environment: [:])
            } catch {
                for problem in error.all {
                    let place = try #require(problem.place, "seed \(seed): \(problem.message)")
                    try #require((1...lines.count).contains(place.line), "seed \(seed): \(problem.text())")
                    #expect((1...lines[place.line - 1].count + 1).contains(place.column), "seed \(seed): \(problem.text())")
                    #expect(place.file == file)
                }
            }
        }
    }
}

/// `EVENTAIL_PROPERTY_ROUNDS`, or a number that takes about a second.
func propertyRounds(default rounds: Int) -> Int {
    ProcessInfo.processInfo.environment["EVENTAIL_PROPERTY_ROUNDS"].flatMap(Int.init) ?? rounds
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
