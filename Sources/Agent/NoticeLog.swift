// Tells people what a source has noticed.

import Journal
import Logging
import Tailing

enum NoticeLog {
    static func write(_ notices: [TailingNotice], source: String, to logger: Logger) {
        for notice in notices { write(notice.message, notice.details, isWarning: notice.isWarning, source, logger) }
    }

    static func write(_ notices: [JournalNotice], source: String, to logger: Logger) {
        for notice in notices { write(notice.message, notice.details, isWarning: notice.isWarning, source, logger) }
    }

    private static func write(
        _ message: String, _ details: [(name: String, value: String)], isWarning: Bool, _ source: String, _ logger: Logger
    ) {
        var metadata: Logger.Metadata = ["source": "\(source)"]
        for (name, value) in details { metadata[name] = "\(value)" }
        logger.log(level: isWarning ? .warning : .info, "\(message)", metadata: metadata)
    }
}
