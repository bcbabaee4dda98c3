// The program's own log as entries of the journal, with priority and fields: for standard error that systemd has connected to it.
// Whatever comes from log files or from the network is escaped in MESSAGE, and stands as it is in fields, where it is data.

internal import CSystemd
import Glibc
package import Logging

package struct JournalLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    /// Of a longer value, this much is kept.
    private static let valueBytesMax = 4096

    package init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    /// Whether standard error goes to the journal: $JOURNAL_STREAM names its device and inode (systemd.exec(5)).
    package static var isFitting: Bool {
        var status = stat()
        guard let stated = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stated) == "\(status.st_dev):\(status.st_ino)"
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
        var fields = [
            "MESSAGE=\(LogLine.text("\(event.message)", values))", "PRIORITY=\(Self.priority(event.level))", "SYSLOG_IDENTIFIER=eventail",
        ]
        for (name, value) in values {
            let value = "\(value)"
            if !value.isEmpty {
                fields.append("\(name.uppercased())=\(String(decoding: value.utf8.prefix(Self.valueBytesMax), as: UTF8.self))")
            }
        }
        Self.send(fields)
    }

    /// The levels of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func send(_ fields: [String]) {
        let buffers = fields.map { field in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: field.utf8.count, alignment: 1)
            copy.copyBytes(from: field.utf8)
            return copy
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        let vectors = buffers.map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
        sd_journal_sendv(vectors, Int32(vectors.count))
    }
}
