// Whether what a connection brought ends exactly where the answer ends. What lies beyond would be taken for the beginning of the next
// request's answer, so a connection that brought more, or may have, is not used again.
//
// The raw bytes are counted before they are decoded, and the decoder tells what it made of them (RFC 9112, 6: a body's end is known
// by its length or by its last chunk). Where the end cannot be told for sure the answer is still good; only the connection is not.

struct AnswerBoundary {
    private enum Framing {
        case bytes(Int)
        case chunks
        case unknown
    }

    /// A request is out, and its answer has not ended.
    private(set) var isAwaited = false
    /// Bytes came that belong to no answer, or may have.
    private(set) var isPassed = false
    private var received = 0
    /// How many bytes the head has, once its empty line came.
    private var headCount: Int?
    private var last: [UInt8] = []
    private var framing: Framing?

    private static let emptyLine = Array("\r\n\r\n".utf8)
    private static let lastChunk = Array("0\r\n\r\n".utf8)

    /// The first bytes of a request are about to leave.
    mutating func requestBegins() {
        guard !isAwaited else { return }
        let wasPassed = isPassed
        self = AnswerBoundary()
        isAwaited = true
        isPassed = wasPassed
    }

    /// Bytes arrived; to be told before they are decoded.
    mutating func arrived(_ bytes: some BidirectionalCollection<UInt8>) {
        guard isAwaited else {
            isPassed = true
            return
        }
        if headCount == nil { findHeadEnd(bytes) }
        received += bytes.count
        last = Array((last + bytes.suffix(Self.lastChunk.count)).suffix(Self.lastChunk.count))
    }

    private mutating func findHeadEnd(_ bytes: some BidirectionalCollection<UInt8>) {
        var window = last.suffix(Self.emptyLine.count)
        for (index, byte) in bytes.enumerated() {
            window.append(byte)
            window = window.suffix(Self.emptyLine.count)
            guard window.elementsEqual(Self.emptyLine) else { continue }
            headCount = received + index + 1
            return
        }
    }

    /// The decoder found the head of an answer.
    mutating func decodedHead(status: Int, lengths: [String], isChunked: Bool) {
        // An answer of two heads is not worth counting.
        guard framing == nil, status >= 200 else {
            framing = .unknown
            return
        }
        if status == 204 || status == 304 {
            framing = .bytes(0)
        } else if isChunked {
            framing = lengths.isEmpty ? .chunks : .unknown
        } else {
            framing = lengths.count == 1 ? Int(lengths[0]).map { .bytes($0) } ?? .unknown : .unknown
        }
    }

    /// The decoder found the answer's end.
    mutating func decodedEnd() {
        isAwaited = false
        switch framing {
        case .bytes(let count)?: if headCount.map({ $0 + count }) != received { isPassed = true }
        case .chunks?: if last != Self.lastChunk { isPassed = true }
        case .unknown?, nil: isPassed = true
        }
    }
}
