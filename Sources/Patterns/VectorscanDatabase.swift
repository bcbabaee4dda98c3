// Vectorscan's literal matcher in block mode: all literals in one pass at several GB/s. Only its literal API is used; its
// regular expressions differ from PCRE2's, and Debian's 5.4.9 loses true matches of theirs.
//
// This file uses unsafe pointers because it is the wrapper around Vectorscan's C functions.

#if Vectorscan
    internal import CVectorscan

    final class VectorscanDatabase: Sendable {
        /// Only read once it is compiled; any number of threads may scan with it, each with its own scratch (hs_runtime.h).
        nonisolated(unsafe) fileprivate let database: OpaquePointer
        fileprivate let lengths: [Int]

        /// Nil where Vectorscan can't do it: a machine without the vector instructions it was built for, no literals, no memory.
        init?(_ literals: [RequiredLiteral]) {
            guard !literals.isEmpty, hs_valid_platform() == HS_SUCCESS else { return nil }
            let lengths = literals.map(\.bytes.count)
            let text = literals.flatMap(\.bytes).map { CChar(bitPattern: $0) }
            let flags = literals.map { UInt32($0.ignoresCase ? HS_FLAG_CASELESS : 0) }
            let ids = literals.indices.map { UInt32($0) }
            var compiled: OpaquePointer?
            var problem: UnsafeMutablePointer<hs_compile_error_t>?
            text.withUnsafeBufferPointer { bytes in
                var next = bytes.baseAddress!
                let starts = lengths.map { length in
                    defer { next += length }
                    return Optional(next)
                }
                _ = hs_compile_lit_multi(
                    starts, flags, ids, lengths, UInt32(literals.count), UInt32(HS_MODE_BLOCK), nil, &compiled, &problem)
            }
            hs_free_compile_error(problem)
            guard let compiled else { return nil }
            database = compiled
            self.lengths = lengths
        }

        deinit {
            hs_free_database(database)
        }
    }

    /// The working memory of one thread.
    final class VectorscanScratch {
        private var scratch: OpaquePointer?
        private var sink = Sink()

        /// What the callback adds to.
        private struct Sink {
            var hits: [LiteralHit] = []
            var hitsMax = 0
            var lengths: [Int] = []
        }

        init(for database: VectorscanDatabase) {
            let result = hs_alloc_scratch(database.database, &scratch)
            precondition(result == HS_SUCCESS, "no memory is left for the scan: error \(result) of Vectorscan")
            sink.lengths = database.lengths
        }

        deinit {
            hs_free_scratch(scratch)
        }

        /// Appends the hits in the order of their ends. False where there are more than `hitsMax`.
        func scan(_ bytes: Span<UInt8>, with database: VectorscanDatabase, into hits: inout [LiteralHit], hitsMax: Int) -> Bool {
            sink.hitsMax = hitsMax
            swap(&sink.hits, &hits)
            defer { swap(&sink.hits, &hits) }
            let result = bytes.withUnsafeBytes { buffer in
                withUnsafeMutablePointer(to: &sink) { sink in
                    guard let base = buffer.baseAddress, buffer.count > 0 else { return HS_SUCCESS }
                    return hs_scan(
                        database.database, base.assumingMemoryBound(to: CChar.self), UInt32(buffer.count), 0, scratch,
                        { literal, _, end, _, context in
                            let sink = context!.assumingMemoryBound(to: Sink.self)
                            guard sink.pointee.hits.count < sink.pointee.hitsMax else { return 1 }
                            let start = Int(end) - sink.pointee.lengths[Int(literal)]
                            sink.pointee.hits.append(LiteralHit(start: start, end: Int(end), literal: Int(literal)))
                            return 0
                        }, sink)
                }
            }
            precondition(result == HS_SUCCESS || result == HS_SCAN_TERMINATED, "a scan failed: error \(result) of Vectorscan")
            return result == HS_SUCCESS
        }
    }
#endif
