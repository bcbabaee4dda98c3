// Fields of access-log lines; the lines of nginx and Apache are captures of unmodified servers.

import Formats
import Testing

@Suite struct AccessLogTests {
    private let nginx =
        #"127.0.0.1 - alice [23/Nov/2026:06:55:25 +0000] "POST /checkout/order-0?rid=2 HTTP/1.1" 201 2 "https://shop.example.test/cart?item=0" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" "-" rt=0.000"#

    @Test func combinedHasItsFieldsAndTheRest() {
        let parsed = Parsed(nginx, "combined")
        #expect(parsed.isOfFormat)
        #expect(parsed["remote_addr"] == "127.0.0.1")
        #expect(parsed["ident"] == nil)
        #expect(parsed["remote_user"] == "alice")
        #expect(parsed["time"] == "23/Nov/2026:06:55:25 +0000")
        #expect(parsed["request"] == "POST /checkout/order-0?rid=2 HTTP/1.1")
        #expect(parsed["method"] == "POST")
        #expect(parsed["path"] == "/checkout/order-0?rid=2")
        #expect(parsed["protocol"] == "HTTP/1.1")
        #expect(parsed["status"] == "201")
        #expect(parsed["bytes"] == "2")
        #expect(parsed["referer"] == "https://shop.example.test/cart?item=0")
        #expect(parsed["user_agent"] == "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        #expect(parsed["rest"] == #""-" rt=0.000"#)
        #expect(parsed["vhost"] == nil)
    }

    @Test(arguments: [
        (#"::1 - - [23/Nov/2026:06:55:25 +0000] "-" 400 0 "-" "-""#, nil as String?, nil as String?),
        (#"::1 - sp ace [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 2 "-" "-""#, "sp ace", "/"),
        (#"::1 - we\"ird [23/Nov/2026:06:55:25 +0000] "GET /\x22 HTTP/1.1" 200 2 "-" "-""#, "we\"ird", "/\""),
        (#"::1 - tab\there [23/Nov/2026:06:55:25 +0000] "GET / x HTTP/1.0" 200 2 "-" "-""#, "tab\there", "/ x"),
        (#"::1 - root] [23/Nov/2026:06:55:25 +0000] "SSH-2.0-Go" 400 2 "-" "-""#, "root]", nil),
        (#"::1 - j\xc3\xbcrgen [23/Nov/2026:06:55:25 +0000] "GET /\xC3\xA9 HTTP/1.1" 200 2 "-" "-""#, "jürgen", "/é"),
        (#"::1 - a [1/x] b [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 2 "-" "-""#, "a [1/x] b", "/"),
        (#"::1 - back\\slash\q [23/Nov/2026:06:55:25 +0000] "get / HTTP/1.1" 200 2 "-" "-""#, #"back\slash\q"#, nil),
    ]) func hostileNamesStayNames(record: String, user: String?, path: String?) {
        let parsed = Parsed(record, "combined")
        #expect(parsed.isOfFormat)
        #expect(parsed["remote_addr"] == "::1")
        #expect(parsed["remote_user"] == user)
        #expect(parsed["path"] == path)
    }

    @Test(arguments: ["localhost:80", "shop.example.test:443", "[::1]:8080", "192.0.2.1:80"]) func aVirtualHostMayStandBefore(vhost: String)
    {
        let parsed = Parsed("\(vhost) \(nginx)", "combined")
        #expect(parsed.isOfFormat)
        #expect(parsed["vhost"] == vhost)
        #expect(parsed["remote_addr"] == "127.0.0.1")
        #expect(parsed["remote_user"] == "alice")
    }

    @Test(arguments: ["::1", "2001:db8::443", "fe80::1:80", "host", "host:port"]) func anAddressIsNoVirtualHost(address: String) {
        let parsed = Parsed(#"\#(address) - a b [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 2"#, "common")
        #expect(parsed["vhost"] == nil)
        #expect(parsed["remote_addr"] == address)
        #expect(parsed["remote_user"] == "a b")
    }

    @Test func commonNeedsNoAgent() {
        let record = #"127.0.0.1 - alice [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 -"#
        #expect(Parsed(record, "common").isOfFormat)
        #expect(Parsed(record, "common")["bytes"] == nil)
        #expect(!Parsed(record, "combined").isOfFormat)
    }

    @Test func truncatedLinesAreHarmless() {
        let bytes = Array(("localhost:80 " + nginx).utf8)
        for end in 0..<bytes.count {
            let parsed = Parsed(Array(bytes[..<end]), "combined")
            #expect(parsed["message"] == String(decoding: bytes[..<end], as: UTF8.self))
        }
    }
}
