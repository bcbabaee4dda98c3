// A file that is read once, whole and bounded: documents, and keys. Closes itself.

internal import Glibc

/// An open file.
package struct ReadOnlyFile: ~Copyable {
    private let path: String
    private let descriptor: CInt

    /// - Parameter waitsForWriter: whether opening a named pipe waits until someone writes to it.
    /// - Throws: a problem without a place that names the file and the system's reason.
    package init(path: String, waitsForWriter: Bool) throws(Problem) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (waitsForWriter ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { throw Self.refused(path, errno) }
    }

    deinit {
        close(descriptor)
    }

    /// The permission bits (`chmod(1)`), and whether it is a regular file.
    package func status() throws(Problem) -> (permissions: UInt32, isRegular: Bool) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.refused(path, errno) }
        return (status.st_mode & 0o7777, status.st_mode & S_IFMT == S_IFREG)
    }

    /// Everything in it.
    ///
    /// - Throws: also when there are more than `bytesMax` bytes.
    package consuming func contents(bytesMax: Int) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var count = -1
            repeat {
                count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            } while count < 0 && errno == EINTR
            guard count >= 0 else { throw Self.refused(path, errno) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= bytesMax else { throw Problem("\(quotedPath(path)) is larger than \(bytesMax) bytes") }
        }
    }

    private static func refused(_ path: String, _ code: CInt) -> Problem {
        Problem(
            "cannot read \(quotedPath(path)): \(String(cString: strerror(code)))",
            hint: code == EACCES ? "the user that eventail runs as must be able to read it, and to enter its directories" : nil)
    }
}
