// Which paths globs match, and what is wrong with those that are refused.

import Tailing
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("/var/log/*.log", "/var/log/app.log", true),
        ("/var/log/*.log", "/var/log/app.log.1", false),
        ("/var/log/*.log", "/var/log/shop/app.log", false),
        ("/var/log/**/*.log", "/var/log/app.log", true),
        ("/var/log/**/*.log", "/var/log/a/b/app.log", true),
        ("/var/log/**", "/var/log/a/b/app", true),
        ("/var/**/b/*.log", "/var/log/a/b/c/app.log", false),
        ("/l/app-?.log", "/l/app-ü.log", true),
        ("/l/app-?.log", "/l/app-12.log", false),
        ("/l/app-[0-9a].log", "/l/app-7.log", true),
        ("/l/app-[!0-9].log", "/l/app-7.log", false),
        ("/l/app-[]x].log", "/l/app-].log", true),
        ("/l/app-[a-].log", "/l/app--.log", true),
        ("/l/{app,web}*.{log,txt}", "/l/web-1.txt", true),
        ("/l/{app,web}*.{log,txt}", "/l/db.txt", false),
        ("/l/{a{b,c},d}.log", "/l/ac.log", true),
        ("/l/\\*.log", "/l/*.log", true),
        ("/l/\\*.log", "/l/a.log", false),
        ("/l/\\{a,b\\}", "/l/{a,b}", true),
        ("/l/*a*a*a*b", "/l/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ("*.gz", "/any/where/app.log.gz", true),
        ("*.gz", "/any/where.gz/app.log", false),
    ])
    func aGlobMatches(pattern: String, path: String, matches: Bool) throws {
        #expect(try Glob.excluding(pattern).contains { $0.matches(path: path) } == matches)
    }

    @Test(arguments: [
        ("var/log/*.log", "the path is not absolute"),
        ("*.log", "the path is not absolute"),
        ("/var/[log", "`[` is not closed"),
        ("/var/{log", "`{` is not closed"),
        ("/var/[z-a]", "the range z-a is the wrong way round"),
        ("/var/log\\", "the pattern ends in a backslash"),
        ("/", "the pattern names no file"),
        (String(repeating: "{a,b}", count: 11).replacing(/^/, with: "/"), "the braces stand for more than 1024 patterns"),
    ])
    func aBadGlobIsRefused(pattern: String, what: String) {
        let error = #expect(throws: TailingError.self) { try Glob.including(pattern) }
        #expect(error?.what == what)
        #expect(error?.hint.isEmpty == false)
    }
}
