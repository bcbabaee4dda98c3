// Filters for URLs, tokens, digests, addresses, times and tables.

import Rules
import Testing

@Suite struct EncodingFilterTests {
    private func expect(
        _ template: String, _ input: String, _ expected: String?, head: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(
            try evaluate("{{ \(template) }}", input, head: head) == expected.map { "\"\($0)\"" }, "\(template) of \(input)",
            sourceLocation: sourceLocation)
    }

    @Test func urlEncodeIsTheReverseOfURLDecode() throws {
        try expect("v | url_encode", "john@liquid.com", "john%40liquid.com")
        try expect("v | url_encode", "Tetsuro Takara", "Tetsuro+Takara")
        try expect("v | url_encode", "a-b_c.d~e*é/?&=+%", "a-b_c.d~e%2A%C3%A9%2F%3F%26%3D%2B%25")
        try expect("v | url_encode | url_decode", "né+ %41&", "né+ %41&")
    }

    @Test func base64IsDecodedWithAndWithoutPadding() throws {
        try expect("v | base64_decode", "YXBwbGVz", "apples")
        try expect("v | base64_decode", "YQ==", "a")
        try expect("v | base64_decode", "YWI=", "ab")
        try expect("v | base64_decode", "YWI", "ab")
        try expect("v | base64_decode", "8J-RjQ", "👍")
        try expect("v | base64_decode", "8J+RjQ==", "👍")
        try expect("v | base64_decode", "", "")
        for text in ["Y", "YWI==", "YQ===", "Y=", "YW I", "YW=I", "====", "é"] { try expect("v | base64_decode", text, nil) }
        #expect(
            try evaluate(
                #"{{ v | split: "." | slice: 1 | first | base64_decode | parse_json | map: "sub" | first }}"#, "e30.eyJzdWIiOiJ1NyJ9.sig")
                == #""u7""#)
    }

    @Test func urlPathLeavesOutAllElse() throws {
        try expect("v | url_path", "https://x.io:8/a%20b/c?d=/e#f", "/a%20b/c")
        try expect("v | url_path", "/a/b?c=https://x.io/y", "/a/b")
        try expect("v | url_path", "/a#b?c", "/a")
        try expect("v | url_path", "https://x.io", "/")
        try expect("v | url_path", "https://x.io?a=/b", "/")
        try expect("v | url_path", "//a//b", "//a//b")
        try expect("v | url_path", "/login/https://x.io/y", "/login/https://x.io/y")
        try expect("v | url_path", "", "")
        try expect("v | url_path", "*", "*")
    }

    @Test func urlQueryFindsOneParameter() throws {
        let url = "/a?utm_source=news+letter%21&b&c=1&c=2&d%5B%5D=x&=y&e=f=g#utm_term=z"
        try expect(#"v | url_query: "utm_source""#, url, "news letter!")
        try expect(#"v | url_query: "b""#, url, "")
        try expect(#"v | url_query: "c""#, url, "1")
        try expect(#"v | url_query: "d[]""#, url, "x")
        try expect(#"v | url_query: "e""#, url, "f=g")
        try expect(#"v | url_query: "utm_term""#, url, nil)
        try expect(#"v | url_query: "utm""#, url, nil)
        try expect(#"v | url_query: "a""#, "a=1&b=2", "1")
        try expect(#"v | url_query: "/a""#, "/a=1", nil)
        try expect(#"v | url_query: "https://x.io/a""#, "https://x.io/a=1", nil)
        try expect(#"v | url_query: "a""#, "", nil)
    }

    /// RFC 4231, test cases 2 and 6 (a key longer than a block), and a key out of the environment.
    @Test func hmacIsThatOfTheRFC() throws {
        let text = "what do ya want for nothing?"
        let digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        try expect(#"v | hmac_sha256: "Jefe""#, text, digest)
        let context = RuleContext(hostName: "h", environment: ["KEY": "Jefe"])
        let yaml =
            #"rules: [{ name: r, match: '(?<x>.*)', track: { event: E, userId: '{{ x | hmac_sha256: env.KEY }}', properties: {} } }]"#
        #expect(try derive(yaml, text + "\n", context: context).briefs == [#"{"type":"track","userId":"\#(digest)","event":"E"}"#])
        try expect(#"v | hmac_sha256: v"#, "", nil)
    }

    @Test(arguments: [
        ("203.0.113.77", "203.0.113.0"), ("0.0.0.255", "0.0.0.0"), ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"),
        ("2001:DB8:85a3::1", "2001:db8:85a3::"), ("2001:db8::1", "2001:db8::"), ("2001::1", "2001::"), ("::1", "::"), ("::", "::"),
        ("0:0:5::1", "0:0:5::"), ("2001:0db8:0:1:2:3:4:5", "2001:db8::"), ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.77", "::ffff:203.0.113.0"), ("::FFFF:cb00:714d", "::ffff:203.0.113.0"), ("64:ff9b::203.0.113.77", "64:ff9b::"),
        ("1:2:3:4:5:6:203.0.113.77", "1:2:3::"), ("1:2:3:4:5:6:7::", "1:2:3::"), ("::2:3:4:5:6:7:8", "0:2:3::"),
    ])
    func addressesAreMasked(address: String, masked: String) throws {
        try expect("v | mask_ip", address, masked)
    }

    @Test(arguments: [
        "", "localhost", "203.0.113", "203.0.113.", ".203.0.113.7", "203.0.113.256", "203.0.113.7.1", "203.0.113.7:80", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", ":1", "1:", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1.2.3", "::1.2.3.4:5", "[::1]",
        "203.0.113.7%eth0",
        "1:2:3:4:5:6:7:1.2.3.4", "1:::2",
    ])
    func whatIsNoAddressIsNotLetThrough(text: String) throws {
        try expect("v | mask_ip", text, nil)
    }

    @Test func dateWritesATimeHoweverItIsRead() throws {
        try expect(#"v | date: "%a, %b %d, %y""#, "2015-07-17T15:04:05Z", "Fri, Jul 17, 15")
        try expect(#"v | date: "%Y""#, "1437145445", "2015")
        try expect(#"v | date: "%A %-d. %B %Y %H:%M:%S.%L %z""#, "17/Jul/2015:15:04:05 +0200", "Friday 17. July 2015 13:04:05.000 +0000")
        try expect(#"v | date: "%Y-%j %e %k %l %I%p%P %u%w %s %%""#, "2024-12-31T23:59:59.5Z", "2024-366 31 23 11 11PMpm 22 1735689599 %")
        try expect(
            #"v | date: "%-m/%_m/%0e/%^a %F %T %R %D %r""#, "2026-03-01 00:05:09",
            "3/ 3/01/SUN 2026-03-01 00:05:09 00:05 03/01/26 12:05:09 AM")
        try expect(#"v | parse_time: "%d.%m.%Y" | date: "%F""#, "23.11.2026", "2026-11-23")
        try expect(#"v | date: "%F""#, "yesterday", nil)
        try expect(#"v | date: "%C%y""#, "1950-02-03T00:00:00Z", "1950")
    }

    @Test func dateShowsTheClocksOfThePacksZone() throws {
        let head = "timestamp: { timezone: Europe/Berlin }\n"
        try expect(#"v | date: "%F %R %z""#, "2026-07-01T22:30:00Z", "2026-07-02 00:30 +0200", head: head)
        try expect(#"v | date: "%F %R %z""#, "2026-01-01T22:30:00Z", "2026-01-01 23:30 +0100", head: head)
        try expect(#"v | date: "%R %z""#, "2026-01-01T22:30:00Z", "19:00 -0330", head: "timestamp: { timezone: '-03:30' }\n")
    }

    @Test func lookupReplacesATextByWhatATableSays() throws {
        let head = "tables: { plans: { p1: Pro, p10: 10, '': none, p2: true, '3': \"4\" } }\n"
        func value(_ template: String, _ input: String) throws -> String? { try evaluate("{{ \(template) }}", input, head: head) }
        #expect(try value("v | lookup: plans", "p1") == #""Pro""#)
        #expect(try value("v | lookup: 'plans'", "p10") == "10")
        #expect(try value("v | lookup: plans", "p2") == "true")
        #expect(try value("v | lookup: plans", "") == #""none""#)
        #expect(try value("v | to_number | lookup: plans", "3") == #""4""#)
        #expect(try value("v | lookup: plans", "p") == nil)
        #expect(try value("v | lookup: plans", "p100") == nil)
        #expect(try value("v | lookup: plans, v", "p100") == #""p100""#)
        #expect(try value("v | lookup: plans, \"Free\" | upcase", "x") == #""FREE""#)
    }

    @Test func lookupFindsEachOfManyKeys() throws {
        let entries = (0..<500).map { "k\($0 * 7): \($0)" }
        let set = try ruleSet(
            "tables: { t: { \(entries.joined(separator: ", ")) } }\n"
                + #"rules: [{ name: r, match: '(?<k>k\d+)', track: { event: '{{ k | lookup: t, "none" }}', userId: u, properties: {} } }]"#)
        let derived = derive(set, Array((0..<3500).map { "k\($0)\n" }.joined().utf8))
        #expect(derived.made.count == 3500)
        for (number, call) in derived.briefs.enumerated() {
            #expect(call == #"{"type":"track","userId":"u","event":"\#(number % 7 == 0 ? "\(number / 7)" : "none")"}"#)
        }
    }
}
