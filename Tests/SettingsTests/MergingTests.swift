// Several files, and values from the environment.

import Documents
import Foundation
import Settings
import Testing

@Suite struct MergingTests {
    @Test func laterFilesMergeOverEarlierOnes() throws {
        let loaded = try load(
            configuration("state: { directory: one, commit_interval: 1s }"),
            "state: { directory: two }\nsources: { app: { max_record: 1KiB }, more: { files: b.log, rules: x } }\n",
            "sources: { app: { files: [c.log], rules: [y] } }")
        let settings = try #require(loaded.settings, "\(loaded.told)")
        #expect(settings.state.directory.hasSuffix("/two"))
        #expect(settings.state.commitIntervalMilliseconds == 1_000)
        #expect(settings.sources.map(\.name) == ["app", "more"])
        #expect(settings.sources[0].recordBytesMax == 1_024)
        #expect(settings.sources[0].files.map { $0.text.split(separator: "/").last } == ["c.log"])
    }

    @Test func aMistakeIsToldInTheFileThatMadeIt() throws {
        let loaded = try load(configuration(), "\nspool: { max_byte: 1GiB }")
        #expect(loaded.problems.first?.place?.file.hasSuffix("/1.yaml") == true)
        #expect(loaded.told == ["2:10 unknown key `max_byte` in `spool`"])
    }

    @Test func relativePathsAreRelativeToTheFileThatNamesThem() throws {
        let directory = try ConfigurationDirectory()
        let odd = "\(directory.path)/odd [1] {a}"
        try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
        let first = try directory.write(configuration("rules: one.yaml"), to: "0.yaml")
        let second = try directory.write(
            "sources: { app: { files: [x/*.log, /y/*.log], exclude: ['*.gz', 'x/a.log'] } }\nstate: { directory: s }\n",
            to: "odd [1] {a}/1.yaml")
        let settings = try Settings.load(files: [first, second], environment: [:]).settings
        let escaped = "\(directory.path)/odd \\[1\\] \\{a\\}"
        #expect(settings.rules.map(\.text) == ["\(directory.path)/one.yaml"])
        #expect(settings.sources[0].files.map(\.text) == ["\(escaped)/x/*.log", "/y/*.log"])
        #expect(settings.sources[0].exclude.map(\.text) == ["*.gz", "\(escaped)/x/a.log"])
        #expect(settings.state.directory == "\(odd)/s")
    }

    @Test func aFileNamedRelativelyGivesAbsolutePaths() throws {
        let directory = try ConfigurationDirectory()
        let here = FileManager.default.currentDirectoryPath
        let toRoot = here.split(separator: "/").map { _ in "../" }.joined()
        let relative = toRoot + directory.path.dropFirst()
        _ = try directory.write(configuration("state: { directory: s }"), to: "a.yaml")
        let settings = try Settings.load(files: [relative + "/a.yaml"], environment: [:]).settings
        #expect(settings.state.directory == "\(here)/\(relative)/s")
        #expect(settings.sources[0].files.map(\.text) == ["\(here)/\(relative)/a.log"])
        #expect(settings.sources[0].place.file == relative + "/a.yaml")
    }

    @Test func listedNamesExpand() throws {
        let loaded = try load(
            configuration(
                """
                environment: [DIR, LANES, EMPTY]
                id_scope: '$${DIR} ${EMPTY:-a-b} ${DIR:?it must} $DIR $'
                state: { directory: "${DIR}/x" }
                """, destination: "lanes: '${LANES}'"),
            environment: ["DIR": "/d", "LANES": "7", "EMPTY": "", "OTHER": "o"])
        let settings = try #require(loaded.settings, "\(loaded.told)")
        #expect(settings.idScope == "${DIR} a-b /d $DIR $")
        #expect(settings.state.directory == "/d/x")
        #expect(settings.destinations[0].lanes == 7)
        #expect(settings.environment == ["DIR": "/d", "LANES": "7", "EMPTY": ""])
    }

    @Test(arguments: [
        ("'ab ${OTHER}'", "4:15 `OTHER` is not listed under `environment:`"),
        ("x${DRI}", "4:12 `DRI` is not listed under `environment:`"),
        ("${UNSET}", "4:11 `UNSET` is not set in the environment"),
        ("${UNSET:?where is it}", "4:11 `UNSET` is not set in the environment: where is it"),
        ("${A-b}", "4:11 `${A-b}` is not `${NAME}`, `${NAME:-default}` or `${NAME:?message}`"),
        ("a ${DIR", "4:13 `${` is not closed"),
    ])
    func otherExpansionsAreRefused(written: String, told: String) throws {
        let loaded = try load(
            configuration("environment: [DIR, UNSET]\nid_scope: \(written)"), environment: ["DIR": "/d", "OTHER": "secret"])
        #expect(loaded.told == [told])
        #expect(!loaded.problems.contains { $0.text().contains("secret") })
    }

    @Test func expansionIsBounded() throws {
        let loaded = try load(
            configuration("environment: [BIG]\nrules: ['\(String(repeating: "${BIG}", count: 100))']"),
            environment: ["BIG": String(repeating: "x", count: 100_000)])
        #expect(loaded.told == ["4:9 expanded values are larger than 1048576 bytes"])
    }
}
