// The settings of one file source, checked where they are written (`Settings`), with the defaults and limits that apply
// where nothing is written.

package import Records

/// Which files a source reads, and within which limits.
package struct FileSourceConfiguration: Sendable {
    /// The source's name, as its checkpoints carry it.
    package var name: String
    /// Absolute globs: `*` `?` `[a-z]` `{a,b}`, and `**` for any number of directories.
    package var include: [String]
    /// Globs of files to leave out: absolute ones, or, without a slash, ones for the file's name.
    package var exclude: [String]
    /// Whether files that the very first scan sees are read from their end then, rather than from their beginning.
    package var startAtEnd: Bool
    /// The longest record, without its line feed and one carriage return before it; longer ones are skipped and counted.
    package var recordBytesMax: Int
    /// What the ends of lines are written in.
    package var unit = CodeUnit.byte
    /// How much of a file is read at a time: one record of the longest kind and one line at least, with their endings, so that
    /// a full block always holds a whole record, of however many lines. The source has one such buffer.
    package var blockBytes: Int
    /// How often globs are expanded and known files looked at, whatever inotify says.
    package var pollIntervalMS: Int64
    /// For how many poll intervals a rotated file must have been quiet before it is let go.
    package var quietPolls: Int64
    /// How long a file must have been quiet for its last record to be complete, where that depends on the next line.
    package var holdMS: Int64
    /// How many files are followed at most.
    package var filesMax: Int
    /// How long a file that is no longer on disk is remembered.
    package var forgetAfterSeconds: Int64

    package static let defaultRecordBytesMax = 256 * 1024
    package static let defaultBlockBytes = 1024 * 1024
    package static let defaultPollIntervalMS: Int64 = 1000
    package static let defaultHoldMS: Int64 = 2000
    package static let defaultFilesMax = 50_000
    package static let defaultForgetAfterSeconds: Int64 = 30 * 24 * 3600
    package static let defaultQuietPolls: Int64 = 5

    package init(
        name: String, include: [String], exclude: [String] = [], startAtEnd: Bool = true,
        recordBytesMax: Int = defaultRecordBytesMax, blockBytes: Int = defaultBlockBytes,
        pollIntervalMS: Int64 = defaultPollIntervalMS, quietPolls: Int64 = defaultQuietPolls,
        holdMS: Int64 = defaultHoldMS, filesMax: Int = defaultFilesMax, forgetAfterSeconds: Int64 = defaultForgetAfterSeconds
    ) {
        self.name = name
        self.include = include
        self.exclude = exclude
        self.startAtEnd = startAtEnd
        self.recordBytesMax = recordBytesMax
        self.blockBytes = blockBytes
        self.pollIntervalMS = pollIntervalMS
        self.quietPolls = quietPolls
        self.holdMS = holdMS
        self.filesMax = filesMax
        self.forgetAfterSeconds = forgetAfterSeconds
    }

    /// How long that is.
    package var quietMS: Int64 { pollIntervalMS * quietPolls }
}
