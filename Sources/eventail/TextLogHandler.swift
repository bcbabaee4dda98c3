// The program's own log as readable text on standard error: level, message, key=value. Whatever comes from log files or from
// the network is escaped, so it can neither break a line nor talk to a terminal.

import Agent
import Glibc
import Logging

struct TextLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "eventail: "
        if event.level >= .warning { line += "\(event.level): " }
        line += LogLine.text("\(event.message)", metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }))
        print(line, to: .error)
    }
}
