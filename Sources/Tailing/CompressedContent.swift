// A compressed file as far as reading it goes: what a pass over it told, and the decoder with the bytes that it gave last. Only
// one file of a source has a decoder at a time, so this is small for all others.

import Compression
import Records

/// Changed by its `FileSource` only.
final class CompressedContent {
    let format: CompressionFormat
    /// The compressed file when the survey began; what has changed since must be surveyed again.
    private(set) var surveyed: FileStatus?
    /// Nil until the first line was seen.
    var survey: ContentSurvey?
    /// The content's first line, as `FileOrigin` has it.
    var fingerprint: [UInt8]?
    /// The end of each file that held content with that first line when the survey began.
    var ends: [FileID: FileCheckpoint.Mark] = [:]
    /// Whether the survey has come to the content's end.
    var isSurveyed = false

    private var decoder: DecompressedFile?
    /// What was read last: `position` is behind its last byte.
    private var window: [UInt8] = []

    init(_ format: CompressionFormat) {
        self.format = format
    }

    /// Whether the decoder has come to the content's end.
    var isAtEnd: Bool { decoder?.isAtEnd ?? false }

    /// Where the next byte of the decoder stands in the content.
    var position: UInt64 { decoder?.position ?? 0 }

    /// Whether `read` can give the bytes from `offset` on without skipping any.
    func isReady(at offset: UInt64) -> Bool {
        decoder != nil && position - UInt64(window.count) <= offset && offset <= position
    }

    func isSurveyed(as status: FileStatus) -> Bool {
        surveyed?.size == status.size && surveyed?.modifiedNS == status.modifiedNS
    }

    /// Forgets what is known and begins with the first byte.
    func beginSurvey(of status: FileStatus) {
        surveyed = status
        survey = nil
        fingerprint = nil
        ends = [:]
        isSurveyed = false
        letGo()
    }

    /// Goes back to the first byte unless the decoder stands at or before `offset`.
    func openDecoder(for offset: UInt64, _ file: OpenFile) throws(CompressionError) {
        if decoder != nil, position - UInt64(window.count) <= offset { return }
        letGo()
        decoder = try DecompressedFile(descriptor: file.descriptor, format: format)
    }

    /// Frees the decoder and its buffers.
    func letGo() {
        decoder = nil
        window = []
    }

    /// Reads the next bytes into `buffer[0..<count]`; fewer only at the end, or before an error.
    func readOn(into buffer: inout [UInt8], count: Int) throws(CompressionError) -> Int {
        guard let decoder else { return 0 }
        window = []
        return try decoder.read(into: &buffer, range: 0..<count)
    }

    /// Reads the bytes from `offset` on, for which it must be ready, into `buffer[0..<count]`; fewer only at the end, or before an error. They can
    /// be read again until others are.
    func read(into buffer: inout [UInt8], count: Int, at offset: UInt64) throws(CompressionError) -> Int {
        precondition(isReady(at: offset))
        guard let decoder else { return 0 }
        let again = window.suffix(Int(decoder.position - offset)).prefix(count)
        buffer.replaceSubrange(0..<again.count, with: again)
        // What was read last and is not wanted now can only be behind it.
        let readCount = again.count + (try decoder.read(into: &buffer, range: again.count..<max(again.count, count)))
        window = Array(buffer[..<readCount])
        return readCount
    }
}
