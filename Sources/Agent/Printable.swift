// Text from log files and networks, made fit for a terminal and for our own log: it can neither break a line nor give a
// terminal commands.

package enum Printable {
    /// Control characters and other invisible ones as `\n`, `\t` or `\u{…}`.
    package static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isInvisible) else { return text }
        return text.unicodeScalars.map { isInvisible($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}
