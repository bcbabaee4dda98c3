// Names that rotation gives to a log: `app.log.1`, `app.log-20261123`, `app.log.old`, and with the extension kept,
// `app-20261123.log`, `app.1.log`. Needed for one question only: may a file beside a log, whose content was never seen,
// be a former content of that log?

/// How the name of a file relates to the name of a log beside it.
package enum RotatedName {
    /// Whether `name` is `live` with a number, a date or a word for "former" added at its end or before its extension.
    package static func isRotation(_ name: String, of live: String) -> Bool {
        if name.hasPrefix(live), isMark(name.dropFirst(live.count)) { return true }
        guard let dot = live.lastIndex(of: "."), dot != live.startIndex else { return false }
        let stem = live[..<dot]
        let ending = live[dot...]
        guard name.hasPrefix(stem), name.hasSuffix(ending), name.count > live.count else { return false }
        return isMark(name.dropFirst(stem.count).dropLast(ending.count))
    }

    private static let words: Set<Substring> = ["old", "bak", "prev", "previous", "last"]

    private static func isMark(_ text: Substring) -> Bool {
        guard let separator = text.first, ".-_~".contains(separator) else { return false }
        let rest = text.dropFirst()
        if words.contains(rest) { return true }
        return rest.contains { $0.isASCII && $0.isNumber } && rest.allSatisfy { ($0.isASCII && $0.isNumber) || ".-_:+TZ".contains($0) }
    }
}
