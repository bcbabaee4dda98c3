// Files made by the tools that people and log rotation use.

import Compression
import Foundation
import RandomSupport
import Testing

@Suite struct DecompressedFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eventail-compression-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test(arguments: CompressionFormat.allCases, [0, 1, 63, 70_000, 3_000_000])
    func contentsComeBackWhateverTheSizeOfReads(format: CompressionFormat, size: Int) throws {
        defer { clear() }
        var random = SeededRandom(seed: .random(in: 0..<1 << 40))
        let content = Array(logLines(size, &random))
        let file = try compress(content, format)
        #expect(try read(file, format, by: { 4096 }) == content)
        #expect(try read(file, format, by: { random.number(in: 1...200_000) }) == content, "seed \(random.seed)")
    }

    @Test(arguments: CompressionFormat.allCases)
    func severalContentsInOneFileCountAsOne(format: CompressionFormat) throws {
        defer { clear() }
        let parts = ["first\n", "", "second\n"].map { Array($0.utf8) }
        var bytes = Data()
        for part in parts { bytes += try Data(contentsOf: try compress(part, format)) }
        if format != .zstandard { bytes += Data(count: 512) }
        #expect(try read(try write(bytes, format), format, by: { 1000 }) == Array("first\nsecond\n".utf8))
    }

    @Test(arguments: CompressionFormat.allCases)
    func aFileThatEndsTooEarlyHasNoEnd(format: CompressionFormat) throws {
        defer { clear() }
        var random = SeededRandom(seed: 1)
        let whole = try Data(contentsOf: try compress(Array(logLines(300_000, &random)), format))
        for count in [0, 1, 5, 40, whole.count / 2, whole.count - 1] {
            let error = #expect(throws: CompressionError.self) {
                try read(try write(whole.prefix(count), format), format, by: { 10_000 })
            }
            #expect(error?.reason == .incomplete, "\(count) of \(whole.count) bytes")
        }
    }

    @Test(arguments: CompressionFormat.allCases)
    func changedBytesAreNoticed(format: CompressionFormat) throws {
        defer { clear() }
        var random = SeededRandom(seed: 2)
        let whole = try Data(contentsOf: try compress(Array(logLines(300_000, &random)), format))
        for place in [0, whole.count / 3, whole.count / 2] {
            var bytes = whole
            bytes[place] ^= 0x55
            #expect(throws: CompressionError(.damaged, format)) { try read(try write(bytes, format), format, by: { 10_000 }) }
        }
    }

    @Test func aFormatIsToldByNameAndByItsFirstBytes() throws {
        defer { clear() }
        for format in CompressionFormat.allCases {
            let head = [UInt8](try Data(contentsOf: try compress([1, 2, 3], format)).prefix(CompressionFormat.headBytes))
            #expect(CompressionFormat(head: head.span) == format)
            #expect(CompressionFormat(fileName: "app.log.1.\(format.rawValue)") == format)
        }
        #expect(CompressionFormat(head: Array("2026-11-24 a line".utf8).span) == nil)
        #expect(CompressionFormat(head: [0x1F, 0x8B].span) == nil)
        #expect(CompressionFormat(fileName: "app.loggz") == nil)
    }

    private func logLines(_ bytes: Int, _ random: inout SeededRandom) -> [UInt8] {
        var lines: [UInt8] = []
        while lines.count < bytes { lines += Array("2026-11-24 user=u\(random.number(in: 0...99_999)) did it\n".utf8) }
        return Array(lines.prefix(bytes))
    }

    private func write(_ bytes: Data, _ format: CompressionFormat) throws -> URL {
        let file = folder.appendingPathComponent("\(UUID().uuidString).\(format.rawValue)")
        try bytes.write(to: file)
        return file
    }

    private func compress(_ bytes: [UInt8], _ format: CompressionFormat) throws -> URL {
        let file = folder.appendingPathComponent(UUID().uuidString)
        try Data(bytes).write(to: file)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = [["gz": "gzip", "zst": "zstd", "xz": "xz"][format.rawValue]!, "-q", file.path]
        try tool.run()
        tool.waitUntilExit()
        try #require(tool.terminationStatus == 0)
        return file.appendingPathExtension(format.rawValue)
    }

    private func read(_ file: URL, _ format: CompressionFormat, by size: () -> Int) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let decompressed = try DecompressedFile(descriptor: handle.fileDescriptor, format: format)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 200_000)
        while true {
            let count = try decompressed.read(into: &buffer, range: 0..<size())
            content += buffer[..<count]
            #expect(decompressed.position == UInt64(content.count))
            if count == 0 { break }
        }
        #expect(decompressed.isAtEnd)
        return content
    }

    private func clear() {
        try? FileManager.default.removeItem(at: folder)
    }
}
