// The decompressed content of a file, from its start to its end in bounded memory. Several contents one behind the other count
// as one, as they do for the tools that make them; zeros behind the last one are padding, and so is anything else behind a gzip member.
//
// This file uses unsafe pointers to hand stretches of two buffers to system calls and decoders, for as long as each call lasts.

import Glibc

/// Reads forward only, from an offset of its own: the descriptor's is not moved. Not for more than one thread at a time.
package final class DecompressedFile {
    /// How many bytes of the content were read so far.
    package private(set) var position: UInt64 = 0
    /// Whether the content was read to its end, and its checksums agree with it.
    package private(set) var isAtEnd = false

    private let descriptor: Int32
    private let format: CompressionFormat
    private let decoder: any Decoder
    private var input = [UInt8](repeating: 0, count: inputBytes)
    private var waiting = 0..<0
    private var inputOffset: off_t = 0
    private var isInputAtEnd = false
    /// Set once nothing more can be had.
    private var failure: CompressionError?

    /// What decompressing may need: `xz -9` takes 65 MiB, `zstd --long` 128 MiB.
    package static let memoryBytesMax = 160 << 20
    /// How much of the file is read at once.
    private static let inputBytes = 64 << 10

    /// - Parameter descriptor: open for reading, of a regular file; stays the caller's.
    package init(descriptor: Int32, format: CompressionFormat) throws(CompressionError) {
        self.descriptor = descriptor
        self.format = format
        decoder = try format.makeDecoder()
    }

    /// Fills `buffer[range]` with what comes next, and returns how many bytes there were: fewer than asked for only at the end, or
    /// where an error follows, which the next call throws.
    package func read(into buffer: inout [UInt8], range: Range<Int>) throws(CompressionError) -> Int {
        precondition(range.upperBound <= buffer.count)
        if let failure { throw failure }
        var filled = 0
        defer { position += UInt64(filled) }
        do throws(CompressionError) {
            while filled < range.count, !isAtEnd {
                filled += try step(into: &buffer, range: (range.lowerBound + filled)..<range.upperBound)
            }
        } catch {
            failure = error
            if filled == 0 { throw error }
        }
        return filled
    }

    /// Decodes some bytes, perhaps none yet.
    private func step(into buffer: inout [UInt8], range: Range<Int>) throws(CompressionError) -> Int {
        if waiting.isEmpty, !isInputAtEnd { try refill() }
        let step = try decode(into: &buffer, range: range)
        waiting = (waiting.lowerBound + step.consumed)..<waiting.upperBound
        if step.isWhole {
            if waiting.isEmpty, !isInputAtEnd { try refill() }
            try goOn()
        } else if step.consumed == 0, step.produced == 0 {
            throw CompressionError(isInputAtEnd ? .incomplete : .damaged, format)
        }
        return step.produced
    }

    private func decode(into buffer: inout [UInt8], range: Range<Int>) throws(CompressionError) -> DecoderStep {
        var outcome = Result<DecoderStep, CompressionError>.failure(CompressionError(.damaged, format))
        input.withUnsafeBytes { input in
            buffer.withUnsafeMutableBytes { buffer in
                do throws(CompressionError) {
                    outcome = .success(
                        try decoder.decode(
                            UnsafeRawBufferPointer(rebasing: input[waiting]),
                            into: UnsafeMutableRawBufferPointer(rebasing: buffer[range])))
                } catch {
                    outcome = .failure(error)
                }
            }
        }
        return try outcome.get()
    }

    /// One content has ended: another one follows, or this is the end.
    private func goOn() throws(CompressionError) {
        if waiting.isEmpty || isPadding(input[waiting.lowerBound]) {
            isAtEnd = true
        } else {
            try decoder.beginNext()
        }
    }

    private func isPadding(_ byte: UInt8) -> Bool {
        switch format {
        case .gzip: byte != 0x1F
        case .xz: byte == 0
        case .zstandard: false
        }
    }

    private func refill() throws(CompressionError) {
        while true {
            let count = input.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress!, $0.count, inputOffset) }
            if count >= 0 {
                waiting = 0..<count
                inputOffset += off_t(count)
                isInputAtEnd = count == 0
                return
            }
            if errno != EINTR { throw CompressionError(.unreadable(errno), format) }
        }
    }
}
