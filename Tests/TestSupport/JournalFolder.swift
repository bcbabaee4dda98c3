// A directory of real journal files, made from export text by systemd-journal-remote.

import Foundation

/// An entry to be written.
package struct WrittenEntry {
    package var realtime: UInt64
    package var monotonic: UInt64
    package var boot = JournalFolder.boot
    /// In order; a name may occur twice.
    package var fields: [(name: String, value: [UInt8])]

    /// The time of number 0, in microseconds since 1970.
    package static let epoch: UInt64 = 1_764_000_000_000_000

    /// Number `index` of a series, a second apart.
    package init(_ index: Int, _ fields: (String, String)..., boot: String = JournalFolder.boot) {
        realtime = Self.epoch + UInt64(index) * 1_000_000
        monotonic = 5_000_000 + UInt64(index) * 1_000_000
        self.boot = boot
        self.fields = fields.map { (name: $0.0, value: Array($0.1.utf8)) }
    }
}

package final class JournalFolder {
    package static let boot = "0123456789abcdef0123456789abcdef"
    package let path: String

    private static let writer = "/lib/systemd/systemd-journal-remote"
    /// Why tests with journal files cannot run here, or nil.
    package static let whyNot: String? = access(writer, X_OK) == 0 ? nil : "\(writer) is missing (package systemd-journal-remote)"
    package static var isAvailable: Bool { whyNot == nil }

    package init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("eventail-journal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Adds entries to a file, which is made where it is missing.
    package func write(_ entries: [WrittenEntry], to name: String = "system.journal") throws {
        var text: [UInt8] = []
        for entry in entries {
            text += "__REALTIME_TIMESTAMP=\(entry.realtime)\n__MONOTONIC_TIMESTAMP=\(entry.monotonic)\n_BOOT_ID=\(entry.boot)\n".utf8
            for field in entry.fields {
                text += Array(field.name.utf8)
                // The binary form serves for any value; looking through a large one takes long.
                if field.value.count < 4096, field.value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
                    text += [UInt8(ascii: "=")] + field.value + [10]
                } else {
                    text.append(10)
                    text += (0..<8).map { UInt8(truncatingIfNeeded: field.value.count >> ($0 * 8)) }
                    text += field.value + [10]
                }
            }
            text.append(10)
        }
        let source = FileManager.default.temporaryDirectory.appendingPathComponent("eventail-export-\(UUID().uuidString)")
        try Data(text).write(to: source)
        defer { try? FileManager.default.removeItem(at: source) }
        try Command.check([Self.writer, "--output=\(file(name))", source.path])
    }

    /// What journalctl prints of one field of each entry.
    package func journalctl(_ arguments: [String], field: String = "MESSAGE") throws -> [String] {
        let output = file("journalctl-output")
        defer { try? FileManager.default.removeItem(atPath: output) }
        try Command.check(
            ["journalctl", "--directory=\(path)", "-q", "--no-pager", "-o", "cat", "--output-fields=\(field)"] + arguments, output: output)
        return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The series of `count` entries whose messages are their numbers.
    package static func series(_ range: Range<Int>) -> [WrittenEntry] {
        range.map { WrittenEntry($0, ("MESSAGE", "\($0)"), ("_SYSTEMD_UNIT", "shop.service"), ("PRIORITY", "\($0 % 8)")) }
    }
}
