// A message of the program's own log with its values as one line of text: `message key=value`, sorted by key. Whatever could break
// a line or talk to a terminal is escaped.

package import Logging

package enum LogLine {
    package static func text(_ message: String, _ values: Logger.Metadata) -> String {
        var line = Printable.text(message)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            let text = Printable.text("\(value)")
            guard !text.isEmpty else { continue }
            line += text.contains(" ") ? " \(key)=\"\(text)\"" : " \(key)=\(text)"
        }
        return line
    }
}
