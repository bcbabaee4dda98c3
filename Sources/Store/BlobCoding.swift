// How lists of small numbers lie in the database: fixed-width little-endian records, one after the other.
//
// A call entry takes 20 bytes: byte count (4), rule (4), source (4), offset (8). A trace entry takes 28: the same of the call's head,
// and when it was queued (8). A mark takes 16: offset (8), hash (8).

import Calls
import Foundation
import Records

extension CallEntry {
    static let blobBytes = 20

    static func blob(_ entries: [CallEntry]) -> Data {
        var data = Data(count: entries.count * blobBytes)
        data.withUnsafeMutableBytes { bytes in
            for (index, entry) in entries.enumerated() {
                let at = index * blobBytes
                bytes.storeBytes(of: entry.byteCount.littleEndian, toByteOffset: at, as: UInt32.self)
                bytes.storeBytes(of: entry.rule.littleEndian, toByteOffset: at + 4, as: UInt32.self)
                bytes.storeBytes(of: entry.source.littleEndian, toByteOffset: at + 8, as: UInt32.self)
                bytes.storeBytes(of: entry.offset.littleEndian, toByteOffset: at + 12, as: UInt64.self)
            }
        }
        return data
    }

    /// Nil when the blob is not a whole number of entries.
    static func list(_ blob: Data) -> [CallEntry]? {
        guard blob.count.isMultiple(of: blobBytes) else { return nil }
        return stride(from: 0, to: blob.count, by: blobBytes).map { at in
            CallEntry(
                byteCount: blob.littleEndian(at: at), rule: blob.littleEndian(at: at + 4), source: blob.littleEndian(at: at + 8),
                offset: blob.littleEndian(at: at + 12))
        }
    }

    /// How many entries of the rule the blob holds; nil: of any rule.
    static func count(ofRule rule: UInt32?, in blob: Data) -> Int {
        guard let rule else { return blob.count / blobBytes }
        return stride(from: 0, to: blob.count - blobBytes + 1, by: blobBytes).count { blob.littleEndian(at: $0 + 4) == rule }
    }

    /// Whether the blob holds an entry of the rule; costs no more than looking.
    static func contains(rule: UInt32, in blob: Data) -> Bool {
        stride(from: 0, to: blob.count - blobBytes + 1, by: blobBytes).contains { blob.littleEndian(at: $0 + 4) == rule }
    }
}

extension TraceEntry {
    private static let blobBytes = 28

    static func blob(_ entries: [TraceEntry]) -> Data {
        var data = Data(count: entries.count * blobBytes)
        data.withUnsafeMutableBytes { bytes in
            for (index, entry) in entries.enumerated() {
                let at = index * blobBytes
                bytes.storeBytes(of: entry.headByteCount.littleEndian, toByteOffset: at, as: UInt32.self)
                bytes.storeBytes(of: entry.rule.littleEndian, toByteOffset: at + 4, as: UInt32.self)
                bytes.storeBytes(of: entry.source.littleEndian, toByteOffset: at + 8, as: UInt32.self)
                bytes.storeBytes(of: entry.offset.littleEndian, toByteOffset: at + 12, as: UInt64.self)
                bytes.storeBytes(of: entry.queuedAtMS.littleEndian, toByteOffset: at + 20, as: Int64.self)
            }
        }
        return data
    }

    /// Nil when the blob is not a whole number of entries.
    static func list(_ blob: Data) -> [TraceEntry]? {
        guard blob.count.isMultiple(of: blobBytes) else { return nil }
        return stride(from: 0, to: blob.count, by: blobBytes).map { at in
            TraceEntry(
                headByteCount: blob.littleEndian(at: at), rule: blob.littleEndian(at: at + 4), source: blob.littleEndian(at: at + 8),
                offset: blob.littleEndian(at: at + 12), queuedAtMS: blob.littleEndian(at: at + 20))
        }
    }
}

extension FileCheckpoint.Mark {
    static let blobBytes = 16

    static func blob(_ marks: [Self]) -> Data {
        var data = Data(count: marks.count * blobBytes)
        data.withUnsafeMutableBytes { bytes in
            for (index, mark) in marks.enumerated() {
                bytes.storeBytes(of: mark.offset.littleEndian, toByteOffset: index * blobBytes, as: UInt64.self)
                bytes.storeBytes(of: mark.hash.littleEndian, toByteOffset: index * blobBytes + 8, as: UInt64.self)
            }
        }
        return data
    }

    /// Nil when the blob is not a whole number of marks.
    static func list(_ blob: Data) -> [Self]? {
        guard blob.count.isMultiple(of: blobBytes) else { return nil }
        return stride(from: 0, to: blob.count, by: blobBytes).map { at in
            Self(offset: blob.littleEndian(at: at), hash: blob.littleEndian(at: at + 8))
        }
    }
}

extension Data {
    fileprivate func littleEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
        withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}
