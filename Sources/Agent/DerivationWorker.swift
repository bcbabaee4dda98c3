// One thread of a derivation: takes one part after the other, and hands on what it made of it when the part's turn has come.

import Calls
import Compression
import Glibc
import Records
import Rules

/// Confined to one thread.
final class DerivationWorker {
    let lanes: [FramingLane]
    private(set) var summary = Derivation.Summary()

    private let derivation: Derivation
    private let parts: DerivationParts
    private let output: BufferedOutput

    init(_ derivation: Derivation, _ parts: DerivationParts, _ output: BufferedOutput) {
        self.derivation = derivation
        self.parts = parts
        self.output = output
        lanes = derivation.sets.map { FramingLane($0, rules: derivation.rules) }
    }

    private struct InputError: Error {
        let file: String
        let number: Int32
    }

    /// - Throws: `AgentError`, unless what failed is not wanted any more: an output whose reader has gone, or that failed before.
    func run() throws {
        do {
            while let part = parts.next() {
                output.begin(part: part.number)
                try derive(part)
                try output.endPart()
            }
        } catch let error as BufferedOutput.WriteError {
            output.end()
            guard error.number == EPIPE || error.number == ECANCELED else { throw AgentError(writing: error.number) }
        } catch let error as InputError {
            guard finishEarly() else { return }
            let hint = error.number == EACCES ? "run it as a user who may read the file" : nil
            throw AgentError(.failure, "can't read \(error.file): \(String(cString: strerror(error.number)))", hint: hint)
        } catch {
            guard finishEarly() else { return }
            throw error
        }
    }

    /// Writes what was made before an error. False where an earlier part had one.
    private func finishEarly() -> Bool {
        do {
            try output.flush()
            output.end()
            return true
        } catch {
            output.end()
            return false
        }
    }

    private func derive(_ part: DerivationParts.Part) throws {
        let file = part.file
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError(file: file, number: errno) }
        defer { if file != "-" { close(descriptor) } }
        let showsOrigin = derivation.showsOrigin
        var sink = LineSink(output: output, rules: derivation.rules, origin: showsOrigin ? .file(file) : nil)
        var merger = CallMerger()
        var facts = part.stretch.map { _ in self.facts(of: file, head: head(of: descriptor).span) }
        var lineFeeds = 0
        do {
            let lines = try part.stretch.map { try LineStretch(descriptor: descriptor, $0) }
            let start = lines?.position ?? 0
            var stream = try stream(of: lines, descriptor, file: file)
            for lane in lanes { lane.begin(at: start) }
            while try stream.next({ block, place in
                var blockFacts = facts ?? self.facts(of: file, head: block)
                let offset = start + place.offset
                blockFacts.offset = offset
                facts = blockFacts
                if showsOrigin { blockFacts.firstLine = 1 + lineFeeds + place.oversizeRecordsBefore }
                if lanes.count == 1 {
                    lanes[0].derive(block, blockFacts, isFinal: place.isFinal, into: &sink)
                } else {
                    for lane in lanes {
                        merger.ranks = lane.ranks
                        lane.derive(block, blockFacts, isFinal: place.isFinal, into: &merger)
                    }
                    merger.pass(before: lanes.offset, to: &sink)
                }
                let taken = Int(lanes.offset - offset)
                if showsOrigin { lineFeeds += block.extracting(first: taken).occurrences(of: .lineFeed) }
                return taken
            }) {
                try output.flushIfFull()
            }
            summary.oversizeRecords += stream.oversizeRecords
        } catch let error as RecordStream.ReadError {
            throw InputError(file: file, number: error.number)
        }
        summary.add(sink)
    }

    /// The records of a part of a file; nil: of all of it, which is decompressed where it begins as a compressed file does.
    private func stream(of lines: LineStretch?, _ descriptor: Int32, file: String) throws -> RecordStream {
        if var lines { return RecordStream { buffer, range in try lines.read(into: &buffer, range) } }
        let head = head(of: descriptor)
        // What cannot be read twice, such as a pipe, is taken as it is.
        guard head.count >= CompressionFormat.headBytes, let format = CompressionFormat(head: head.span) else {
            return RecordStream(descriptor: descriptor)
        }
        let content = try DecompressedFile(descriptor: descriptor, format: format)
        return RecordStream { buffer, range in
            do throws(CompressionError) {
                return try content.read(into: &buffer, range: range)
            } catch {
                if case .unreadable(let number) = error.reason { throw RecordStream.ReadError(number: number) }
                throw AgentError(.failure, "can't decompress \(file): \(error)", hint: "what was derived before that is printed")
            }
        }
    }

    /// What a file that can be read at any place begins with, as far as formats and fingerprints look.
    private func head(of descriptor: Int32) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: max(CompressionFormat.headBytes, FileOrigin.fingerprintBytesMax))
        let count = pread(descriptor, &head, head.count, 0)
        return Array(head.prefix(max(0, count)))
    }

    /// - Parameter head: what the file begins with.
    private func facts(of file: String, head: Span<UInt8>) -> BlockFacts {
        let fingerprint = FileOrigin.fingerprint(ofHead: head, isComplete: true) ?? []
        return BlockFacts(
            origin: RecordOrigin(scope: derivation.scope, fingerprint: fingerprint, generation: 0), offset: 0,
            nowMilliseconds: derivation.nowMilliseconds, sourceName: Array("derive".utf8), sourcePath: Array(file.utf8))
    }
}
