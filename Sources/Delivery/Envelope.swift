// The request's body around the calls: `{"batch":[` … `],"sentAt":"…"}`. `sentAt` is made anew for every attempt.

enum Envelope {
    private static let head = Array(#"{"batch":["#.utf8)
    private static let middle = Array(#"],"sentAt":""#.utf8)
    private static let tail = Array(#""}"#.utf8)

    /// What the envelope adds to the calls, for years of four digits.
    static let byteCount = head.count + middle.count + "2026-11-23T06:37:04.000Z".utf8.count + tail.count

    static func body(_ batch: Batch, _ range: Range<Int>, sentAtMS: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.byteCount(range) + byteCount)
        bytes.append(contentsOf: head)
        batch.append(range, to: &bytes)
        bytes.append(contentsOf: middle)
        CivilTime(sinceEpochMS: sentAtMS).writeISO(into: &bytes)
        bytes.append(contentsOf: tail)
        return bytes
    }
}
