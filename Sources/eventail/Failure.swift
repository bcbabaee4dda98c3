// How commands end: exit codes, and errors as sentence and hint.

import Agent
import Documents
import Glibc

/// What the process returns; scripts rely on these.
enum ExitStatus: Int32 {
    case fine = 0
    case failed = 1
    case usage = 2
    case ruleTestFailed = 65
    /// EX_CONFIG of sysexits.h: configuration or rules are wrong.
    case configuration = 78
}

/// An error that a person meets, with the exit code it means.
struct Failure: Error {
    var code: ExitStatus
    var text: String

    init(_ code: ExitStatus, _ message: String, hint: String? = nil) {
        self.code = code
        text = "eventail: \(message)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }

    /// Mistakes in configuration or rules.
    init(_ problems: Problems) {
        code = .configuration
        text = problems.text(color: StandardStream.error.isColored)
    }

    func report() {
        print(text, to: .error)
    }
}

/// Standard output or error.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Colour only on a terminal, and never with NO_COLOR (https://no-color.org).
    var isColored: Bool {
        isatty(rawValue) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    }
}

/// Writes a line. When the reader of standard output has gone there is no one left to tell, so that ends the process quietly.
func print(_ text: String, to stream: StandardStream) {
    let output = BufferedOutput(descriptor: stream.rawValue)
    output.append(text.utf8)
    output.append(CollectionOfOne(UInt8(ascii: "\n")))
    do {
        try output.flush()
    } catch {
        if stream == .output { exit(error.number == EPIPE ? ExitStatus.fine.rawValue : ExitStatus.failed.rawValue) }
    }
}

/// The system's text for an error number.
func systemText(_ number: Int32) -> String {
    String(cString: strerror(number))
}

let versionText = "eventail \(programVersion)"
