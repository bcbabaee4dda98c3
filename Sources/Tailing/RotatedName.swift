// Names that rotation gives to a log: `app.log.1`, `app.log-20261123`, `app.log.old`, and with the extension kept,
// `app-20261123.log`, `app.1.log`. Needed for one question only: may a file beside a log, whose content was never seen,
// be a former content of that log? Each of them may have `.gz` and the like behind it.

import Compression

/// How the name of a file relates to the names of logs beside it.
package enum RotatedName {
    /// Whether `name` is `live` with a number, a date or a word for "former" added at its end or before its extension.
    package static func isRotation(_ name: String, of live: String) -> Bool {
        if let plain = decompressed(name) { return plain == live || isRotation(plain, of: live) }
        if name.hasPrefix(live), isMark(name.dropFirst(live.count)) { return true }
        guard let dot = live.lastIndex(of: "."), dot != live.startIndex else { return false }
        let stem = live[..<dot]
        let ending = live[dot...]
        guard name.hasPrefix(stem), name.hasSuffix(ending), name.count > live.count else { return false }
        return isMark(name.dropFirst(stem.count).dropLast(ending.count))
    }

    /// Every name of which `name` is a rotation: first those with something added at their end.
    package static func lives(of name: String) -> [String] {
        if let plain = decompressed(name) { return lives(of: plain) + [plain] }
        var lives = stems(of: name[...]).map(String.init)
        if let dot = name.lastIndex(of: "."), dot != name.startIndex {
            lives += stems(of: name[..<dot]).map { String($0) + name[dot...] }
        }
        return lives
    }

    /// The names to whose end something was added to make `name`. Unlike a number before an extension, which is often part
    /// of the name of a file in use (`worker-1.log`), that tells of rotation.
    package static func livesWithEnding(of name: String) -> [String] {
        stems(of: name[...]).map(String.init)
    }

    /// Whether both names are rotations of one, as before and after the rotation of a rotated file.
    package static func areOfOneLog(_ name: String, _ other: String) -> Bool {
        !Set(livesWithEnding(of: name)).isDisjoint(with: livesWithEnding(of: other))
    }

    /// How many rotations a name says to have been since: -1 if it is no rotated file's, and 0 if it is one's but numbers no
    /// turns, as a date does.
    package static func turns(_ name: String) -> Int {
        let plain = decompressed(name) ?? name
        guard !lives(of: plain).isEmpty else { return -1 }
        let numbers = plain.split { separators.contains($0) }.filter { $0.allSatisfy { $0.isASCII && $0.isNumber } }
        guard numbers.allSatisfy({ $0.count <= turnsDigitsMax }) else { return 0 }
        return numbers.last.flatMap { Int($0) } ?? 0
    }

    /// Longer numbers are dates and times.
    private static let turnsDigitsMax = 4

    /// The name without what a compressor adds to it; nil where it has nothing of the kind.
    private static func decompressed(_ name: String) -> String? {
        CompressionFormat(fileName: name).map { String(name.dropLast($0.rawValue.count + 1)) }
    }

    private static func stems(of name: Substring) -> [Substring] {
        name.indices.dropFirst().filter { separators.contains(name[$0]) && isMark(name[$0...]) }.map { name[..<$0] }
    }

    private static let separators: Set<Character> = [".", "-", "_", "~"]
    private static let words: Set<Substring> = ["old", "bak", "prev", "previous", "last"]

    private static func isMark(_ text: Substring) -> Bool {
        guard let separator = text.first, separators.contains(separator) else { return false }
        let rest = text.dropFirst()
        if words.contains(rest) { return true }
        return rest.contains { $0.isASCII && $0.isNumber } && rest.allSatisfy { ($0.isASCII && $0.isNumber) || ".-_:+TZ".contains($0) }
    }
}
