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
        line += Printable.text("\(event.message)")
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            let text = Printable.text("\(value)")
            guard !text.isEmpty else { continue }
            line += text.contains(" ") ? " \(key)=\"\(text)\"" : " \(key)=\(text)"
        }
        print(line, to: .error)
    }
}
