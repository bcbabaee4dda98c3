// What can go wrong with the state directory and its database, in words for the person who runs the agent.

/// An error of the store: what happened, to which file, and what to do about it.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// Another agent holds the state directory.
        case inUse
        /// Missing rights, a read-only file system, or a directory that is not for the agent alone.
        case unusable
        /// The database was written by a newer version of the agent.
        case newerSchema
        /// The file is no database of ours, or its content makes no sense.
        case damaged
        case diskFull
        /// Another connection kept the database locked for longer than `Connection.busyTimeoutSeconds`.
        case busy
        /// Anything else that SQLite or the system reports.
        case failed
    }

    package var code: Code
    package var what: String
    /// The path of the file or directory concerned.
    package var path: String
    package var hint: String?

    package init(_ code: Code, _ what: String, path: String, hint: String? = nil) {
        self.code = code
        self.what = what
        self.path = path
        self.hint = hint
    }

    /// Whether the same operation may succeed later without anybody changing the files.
    package var isTransient: Bool {
        switch code {
        case .diskFull, .busy, .failed: true
        case .inUse, .unusable, .newerSchema, .damaged: false
        }
    }

    package var description: String {
        "\(path): \(what)" + (hint.map { "\nhint: \($0)" } ?? "")
    }
}
