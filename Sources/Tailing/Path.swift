// Absolute paths: their two parts, and which of them belong together by name.

enum Path {
    /// Without a slash at its end; empty for the root, so that `directory + "/" + name` is the path again.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }

    /// A directory as system calls want it.
    static func listable(_ directory: String) -> String { directory.isEmpty ? "/" : directory }

    /// Whether a file at `path` is, by its name, one that stands or stood at `live`.
    static func isFormer(_ path: String, of live: String) -> Bool {
        path == live || (directory(of: path) == directory(of: live) && RotatedName.isRotation(name(of: path), of: name(of: live)))
    }

    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}
