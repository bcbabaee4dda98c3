// Tells people what a file source has noticed.

import Logging
import Tailing

enum NoticeLog {
    static func write(_ notices: [TailingNotice], source: String, to logger: Logger) {
        for notice in notices {
            var metadata: Logger.Metadata = ["source": "\(source)"]
            for (name, value) in notice.details { metadata[name] = "\(value)" }
            logger.log(level: notice.isWarning ? .warning : .info, "\(notice.message)", metadata: metadata)
        }
    }
}
