// The two parts of an absolute path.

enum Path {
    /// Without a slash at its end; empty for the root, so that `directory + "/" + name` is the path again.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }

    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}
