// The request's body around the calls: `{"batch":[` … `],"sentAt":"…"}`. `sentAt` is made anew for every attempt.

enum Envelope {
    private static let head = Array(#"{"batch":["#.utf8)
    private static let middle = Array(#"],"sentAt":""#.utf8)
    private static let tail = Array(#""}"#.utf8)

    /// What the envelope adds to the calls, for years of four digits.
    static let byteCount = head.count + middle.count + "2026-11-23T06:37:04.000Z".utf8.count + tail.count

    static func body(_ batch: Batch, _ range: Range<Int>, sentAtMS: Int64) -> [UInt8] {
        body(sentAtMS: sentAtMS, callsByteCount: batch.byteCount(range)) { batch.append(range, to: &$0) }
    }

    /// - Parameter calls: appends the calls, joined by commas.
    static func body(sentAtMS: Int64, callsByteCount: Int, calls: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(callsByteCount + byteCount)
        bytes.append(contentsOf: head)
        calls(&bytes)
        bytes.append(contentsOf: middle)
        CivilTime(sinceEpochMS: sentAtMS).writeISO(into: &bytes)
        bytes.append(contentsOf: tail)
        return bytes
    }
}
