// Lines that container runtimes wrap around those of an application, alone and with the inner line's own format.

import Formats
import Testing

@Suite struct ContainerLineTests {
    private func docker(_ log: String) -> String {
        #"{"log":"\#(log)","stream":"stdout","time":"2026-11-23T06:57:32.57817764Z"}"#
    }

    @Test func dockerGivesTheInnerLineWithoutItsEnd() {
        let parsed = Parsed(docker(#"GET \"/\" \u00e9\n"#), "docker")
        #expect(parsed.isOfFormat && !parsed.isPartial)
        #expect(parsed["message"] == "GET \"/\" é")
        #expect(parsed["stream"] == "stdout")
        #expect(parsed["time"] == "2026-11-23T06:57:32.57817764Z")
        #expect(Parsed(docker(#"x\r\n"#), "docker")["message"] == "x")
    }

    @Test func onlyTheLastLineFeedIsDropped() {
        #expect(Parsed(docker(#"a\n\n"#), "docker")["message"] == "a\n")
        #expect(Parsed(docker(#"\n"#), "docker")["message"] == "")
    }

    @Test func aDockerLineWithoutLineFeedGoesOn() {
        let parsed = Parsed(docker(#"path C:\\n"#), "docker")
        #expect(parsed.isPartial)
        #expect(parsed["message"] == #"path C:\n"#)
        #expect(Parsed(docker(""), "docker").isPartial)
    }

    @Test func otherJSONIsNoDockerLine() {
        for record in [#"{"stream":"stdout"}"#, #"{"log":null}"#, #"{"log":{"a":1}}"#, #"{"log":"x\n"#] {
            let parsed = Parsed(record, "docker")
            #expect(!parsed.isOfFormat)
            #expect(parsed["message"] == record)
        }
    }

    @Test func jsonInDockerHasItsOwnFields() {
        let parsed = Parsed(
            docker(#"{\"event\":\"say \\\"hi\\\"\",\"time\":\"inner\",\"user\":{\"id\":7}}\n"#), "docker+json",
            ["event", "time", "user.id"])
        #expect(parsed.isOfFormat)
        #expect(parsed["event"] == "say \"hi\"")
        #expect(parsed["time"] == "inner")
        #expect(parsed["user.id"] == "7")
        #expect(parsed["docker.time"] == "2026-11-23T06:57:32.57817764Z")
        #expect(parsed["docker.stream"] == "stdout")
        #expect(parsed["message"] == #"{"event":"say \"hi\"","time":"inner","user":{"id":7}}"#)
    }

    @Test func anInnerLineOfAnotherFormatIsUnparsedButReadable() {
        let parsed = Parsed(docker(#"starting \"shop\"\n"#), "docker+json", ["event"])
        #expect(!parsed.isOfFormat)
        #expect(parsed["message"] == "starting \"shop\"")
        #expect(parsed["event"] == nil)
    }

    @Test func anAccessLogInDockerHasBothEscapesUndone() {
        let parsed = Parsed(
            docker(#"::1 - we\\\"ird [23/Nov/2026:06:55:25 +0000] \"GET /\\xC3\\xA9 HTTP/1.1\" 200 17 \"-\" \"curl\"\n"#), "docker+combined"
        )
        #expect(parsed.isOfFormat)
        #expect(parsed["remote_user"] == "we\"ird")
        #expect(parsed["path"] == "/é")
        #expect(parsed["status"] == "200")
        #expect(parsed["docker.stream"] == "stdout")
    }

    @Test func criGivesTimeStreamTagAndMessage() {
        let parsed = Parsed("2026-11-23T06:57:32.578177001+01:00 stderr F two  words ", "cri")
        #expect(parsed.isOfFormat && !parsed.isPartial)
        #expect(parsed["time"] == "2026-11-23T06:57:32.578177001+01:00")
        #expect(parsed["stream"] == "stderr")
        #expect(parsed["tag"] == "F")
        #expect(parsed["message"] == "two  words ")
        #expect(Parsed("2026-11-23T06:57:32Z stdout P:x piece", "cri").isPartial)
        #expect(Parsed("2026-11-23T06:57:32Z stdout F", "cri")["message"] == "")
    }

    @Test(arguments: [
        "", "2026-11-23T06:57:32Z", "2026-11-23T06:57:32Z stdin F x", "2026-11-23T06:57:32Z stdout X x", "2026-11-23T06:57:32Z stdout Fx y",
        "yesterday stdout F x", "2026-11-23T06:57:32Z stdout ",
    ]) func otherLinesAreNoCRILines(record: String) {
        #expect(!Parsed(record, "cri").isOfFormat)
    }

    @Test func innerLinesThatStandInTheRecordAreFoundInPlace() {
        let json = Parsed(#"2026-11-23T06:57:32Z stdout F {"a":{"b":"x"}}"#, "cri+json", ["a.b"])
        #expect(json["a.b"] == "x")
        let logfmt = Parsed("<38>1 2026-11-23T06:37:03.066Z web-1 shop 812 - - user=alice n=\"a b\"", "syslog+logfmt", ["user", "n"])
        #expect(logfmt["user"] == "alice")
        #expect(logfmt["n"] == "a b")
        #expect(logfmt["syslog.program"] == "shop")
        let access = Parsed(#"2026-11-23T06:57:32Z stdout F ::1 - bob [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 17"#, "cri+common")
        #expect(access["remote_user"] == "bob")
        #expect(access["path"] == "/")
        #expect(access["cri.stream"] == "stdout")
    }

    @Test func severalLinesAreOneMessageWithTheWrappingOfTheFirst() {
        let later = docker(#"tw\u006f\n"#).replacing("06:57:32", with: "06:57:33")
        let parsed = Parsed(docker(#"one "#) + "\n" + later + "\r\n" + docker(#"three\r\n"#), "docker")
        #expect(parsed.isOfFormat && !parsed.isPartial)
        #expect(parsed["message"] == "one two\nthree")
        #expect(parsed["time"] == "2026-11-23T06:57:32.57817764Z")
        let cri = Parsed("2026-11-23T06:57:32.5Z stdout F one\n2026-11-23T06:57:33.5Z stdout P two", "cri")
        #expect(cri.isPartial)
        #expect(cri["message"] == "one\ntwo")
        #expect(cri["time"] == "2026-11-23T06:57:32.5Z" && cri["tag"] == "F")
        let json = Parsed(docker(#"{\"a\":"#) + "\n" + docker(#"1}\n"#), "docker+json", ["a"])
        #expect(json.isOfFormat && json["a"] == "1" && json["docker.stream"] == "stdout")
        let mixed = docker("a") + "\nb"
        #expect(!Parsed(mixed, "docker").isOfFormat && Parsed(mixed, "docker")["message"] == mixed)
    }

    @Test func quickLookIsNeverWrongOfALineThatWasCut() {
        for (log, isWhole) in [
            (#"x\n"#, true), (#"\n"#, true), (#"a\\\n"#, true), (#"\"q\"\n"#, true), ("x", false), ("", false), (#"C:\\n"#, false),
            (#"q\""#, false), (#"n"#, false),
        ] {
            let quickly = FieldLayout.isSurelyWhole(Array(docker(log).utf8).span)
            #expect(quickly == isWhole, "\(log)")
            #expect(Parsed(docker(log), "docker").isPartial != isWhole, "\(log)")
        }
        for line in [#"{"log":"x\n"#, #"{"log":"#, #"{"stream":"stdout","log":"x\n"}"#, "plain", ""] {
            let isWhole = FieldLayout.isSurelyWhole(Array(line.utf8).span)
            #expect(!isWhole, "\(line)")
        }
    }

    @Test func theWrappingGivesTheTime() {
        #expect(RecordFormat(rawValue: "docker+combined")?.defaultTimestamp?.field == "docker.time")
        #expect(RecordFormat(rawValue: "cri")?.defaultTimestamp?.field == "time")
        #expect(RecordFormat(rawValue: "json")?.defaultTimestamp == nil)
    }

    @Test func everyFormatHasOneName() {
        #expect(Set(RecordFormat.allCases.map(\.rawValue)).count == RecordFormat.allCases.count)
        #expect(RecordFormat.allCases.allSatisfy { RecordFormat(rawValue: $0.rawValue) == $0 })
        #expect(RecordFormat(rawValue: "json+docker") == nil && RecordFormat(rawValue: "docker+plain") == nil)
    }

    /// A record of one format is parsed before another in the same buffers.
    @Test func nothingIsLeftOfTheRecordBefore() {
        let names = FieldNames(RecordFormat(rawValue: "docker+json")!)
        let slot = names.slot(of: "a.b")!
        let layout = names.layout
        var fields = RecordFields()
        let (first, second) = (Array(docker(#"{\"a\":{\"b\":1}}"#).utf8), Array(docker(#"{}\n"#).utf8))
        let isFirstParsed = layout.parse(first.span, into: &fields)
        #expect(isFirstParsed)
        #expect(!fields.fields[slot].isAbsent && fields.isPartial)
        let isSecondParsed = layout.parse(second.span, into: &fields)
        #expect(isSecondParsed)
        #expect(fields.fields[slot].isAbsent && !fields.isPartial)
    }
}
