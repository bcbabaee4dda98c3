// What paths given on the command line are relative to.

internal import Glibc

enum WorkingDirectory {
    /// The working directory when it was first asked for, without a final slash; empty for the root, and where it is gone or
    /// may not be known.
    static let path: String = {
        guard let bytes = getcwd(nil, 0) else { return "" }
        defer { free(bytes) }
        let path = String(cString: bytes)
        return path == "/" ? "" : path
    }()
}
