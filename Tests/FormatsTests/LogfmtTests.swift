// Fields of logfmt records.

import Formats
import Testing

@Suite struct LogfmtTests {
    @Test func quotedValuesCannotForgeKeys() {
        let parsed = Parsed(
            #"timestamp=2026-11-23T06:57:32.595383Z event=order_placed user_id=1 username=jürgen total=19.99 note="for \"alice\"\nuser_id=999" url=/a?b=c"#,
            "logfmt", ["timestamp", "user_id", "username", "note", "url", "b"])
        #expect(parsed.isOfFormat)
        #expect(parsed["timestamp"] == "2026-11-23T06:57:32.595383Z")
        #expect(parsed["user_id"] == "1")
        #expect(parsed["username"] == "jürgen")
        #expect(parsed["note"] == "for \"alice\"\nuser_id=999")
        #expect(parsed["url"] == "/a?b=c")
        #expect(parsed["b"] == nil)
    }

    @Test func emptyAndBareKeysHaveTheEmptyText() {
        let parsed = Parsed(#"a= retried b="" c"#, "logfmt", ["a", "retried", "b", "c", "d"])
        #expect(["a", "retried", "b", "c"].allSatisfy { parsed[$0] == "" })
        #expect(parsed["d"] == nil)
    }

    @Test func ofRepeatedKeysTheFirstCounts() {
        #expect(Parsed("user=alice msg=x user=mallory", "logfmt", ["user"])["user"] == "alice")
    }

    @Test func namesAreKeysAsTheyStand() {
        let record = "user.id=7 message=inner"
        let parsed = Parsed(record, "logfmt", ["user.id", #"["message"]"#])
        #expect(parsed["user.id"] == "7")
        #expect(parsed[#"["message"]"#] == "inner")
        #expect(parsed["message"] == record)
    }

    @Test func aLineOfWordsIsNoLogfmt() {
        #expect(!Parsed("just some words", "logfmt").isOfFormat)
        #expect(!Parsed("", "logfmt").isOfFormat)
    }

    @Test func aQuoteThatIsNeverClosedIsNoLogfmt() {
        let text = #"a=1 b="x \" y"#
        #expect(!Parsed(text, "logfmt", ["a", "b"]).isOfFormat)
        #expect(!Parsed(#"a=1 "b"#, "logfmt").isOfFormat)
        #expect(Parsed(text + "\"", "logfmt", ["b"])["b"] == "x \" y")
    }
}
