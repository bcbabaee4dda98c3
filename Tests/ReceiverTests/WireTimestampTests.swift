// Which times the wire takes.

import Receiver
import Testing

struct WireTimestampTests {
    @Test(arguments: ["2026-11-23T06:37:03.066Z", "2024-02-29T23:59:59.999Z", "2000-02-29T00:00:00.000Z", "0001-01-01T00:00:00.000Z"])
    func timesInUTCWithMillisecondsAreTaken(_ text: String) {
        #expect(WireTimestamp.isValid(Array(text.utf8)))
    }

    @Test(arguments: [
        "", "2026-11-23T06:37:03Z", "2026-11-23T06:37:03.06Z", "2026-11-23T06:37:03.0661Z", "2026-11-23T06:37:03.066",
        "2026-11-23 06:37:03.066Z",
        "2026-11-23T06:37:03.066z", "2026-11-23T06:37:03.066+00:00", "2026-00-23T06:37:03.066Z", "2026-13-23T06:37:03.066Z",
        "2026-11-31T06:37:03.066Z", "2026-11-00T06:37:03.066Z", "2026-02-29T06:37:03.066Z", "1900-02-29T06:37:03.066Z",
        "2026-11-23T24:00:00.000Z", "2026-11-23T06:60:03.066Z", "2026-11-23T06:37:60.066Z", "2026-11-23T06:37:03,066Z",
        "-026-11-23T06:37:03.066Z",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(!WireTimestamp.isValid(Array(text.utf8)))
    }

    @Test func otherFormsOfTheStandardAreTimesTheAPITakes() {
        for text in [
            "2026-11-23T06:37:03Z", "2026-11-23T06:37:03.066123+00:00", "2026-11-23T06:37:03-05:30", "2026-11-23T06:37:03.066Z",
        ] {
            #expect(WireTimestamp.isDateTime(Array(text.utf8)), "\(text)")
        }
        for text in [
            "", "2026-11-23T06:37:03", "2026-11-23T06:37:03.Z", "2026-11-23T06:37:03.0+0000", "2026-11-23T06:37:03+24:00",
            "2026-11-23T06:37:03+00:60", "2026-02-30T06:37:03Z", "2026-11-23T06:37:03ZZ", "2026-11-23T06:37:03+00:0x",
        ] {
            #expect(!WireTimestamp.isDateTime(Array(text.utf8)), "\(text)")
        }
    }
}
