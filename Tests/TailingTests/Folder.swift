// A temporary directory and what a program and its log rotation do to files in it. Removed at the end of its life.

import Compression
import Foundation
import Glibc

final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/eventail-tailing-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        Self.removeAll(path)
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    func append(_ text: String, to name: String) {
        let writer = Writer(self(name))
        writer.write(text)
    }

    /// Overwrites the file as a shell's `>` does: same inode.
    func overwrite(_ name: String, with text: String) {
        truncate(name)
        append(text, to: name)
    }

    func truncate(_ name: String, to size: Int = 0) {
        precondition(Glibc.truncate(self(name), off_t(size)) == 0)
    }

    func rename(_ name: String, to other: String) {
        precondition(Glibc.rename(self(name), self(other)) == 0)
    }

    func copy(_ name: String, to other: String) {
        Glibc.unlink(self(other))
        append(content(of: name), to: other)
    }

    /// As log rotation does: the compressed file takes the place of the plain one, and keeps its times.
    @discardableResult
    func compress(_ name: String, _ format: CompressionFormat = .gzip) throws -> String {
        let command =
            switch format {
            case .gzip: ["gzip", self(name)]
            case .zstandard: ["zstd", "-q", "--rm", self(name)]
            case .xz: ["xz", self(name)]
            }
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process: pid_t = 0
        var status: Int32 = 0
        precondition(posix_spawnp(&process, command[0], nil, nil, &arguments, environ) == 0)
        precondition(waitpid(process, &status, 0) == process && status == 0)
        return "\(name).\(format.rawValue)"
    }

    /// Sets the time of the last write.
    func date(_ name: String, secondsAgo: Int) {
        let seconds = time(nil) - secondsAgo
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        precondition(utimensat(AT_FDCWD, self(name), times, 0) == 0)
    }

    func bytes(of name: String) -> [UInt8] {
        (try? Data(contentsOf: URL(fileURLWithPath: self(name)))).map { [UInt8]($0) } ?? []
    }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    }

    func remove(_ name: String) {
        Glibc.unlink(self(name))
    }

    func makeDirectory(_ name: String) {
        precondition(mkdir(self(name), 0o755) == 0)
    }

    func link(_ name: String, to target: String) {
        precondition(symlink(target, self(name)) == 0)
    }

    func exists(_ name: String) -> Bool { access(self(name), F_OK) == 0 }

    /// Decompressed where the name says that it is compressed.
    func content(of name: String) -> String { Self.content(ofPath: self(name)) }

    static func content(ofPath path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let compressed = CompressionFormat(fileName: path).map { try! DecompressedFile(descriptor: descriptor, format: $0) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = compressed.map { try! $0.read(into: &chunk, range: 0..<chunk.count) } ?? read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// How many descriptors of this process lead to files that are or were in this directory.
    var openDescriptors: Int { openPaths.count }

    /// Whether a descriptor of this process leads to this file.
    func isOpen(_ name: String) -> Bool { openPaths.contains(self(name)) }

    private var openPaths: [String] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            var target = [UInt8](repeating: 0, count: 4096)
            let length = target.withUnsafeMutableBytes {
                readlink("/proc/self/fd/" + name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard length > 0 else { continue }
            let path = String(decoding: target[..<length], as: UTF8.self)
            if path.hasPrefix(self.path + "/") { paths.append(path) }
        }
        return paths
    }

    func inode(of name: String) -> UInt64 {
        var status = stat()
        return stat(self(name), &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static func removeAll(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name == "." || name == ".." { continue }
                if unlink(path + "/" + name) != 0 { removeAll(path + "/" + name) }
            }
            closedir(directory)
        }
        rmdir(path)
    }
}

/// A program that keeps its log open: it goes on writing to the same file whatever happens to the name.
final class Writer {
    private let descriptor: Int32

    init(_ path: String) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        precondition(descriptor >= 0)
    }

    deinit {
        close(descriptor)
    }

    func write(_ text: String) {
        write(Array(text.utf8)[...])
    }

    func write(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
