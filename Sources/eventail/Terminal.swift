// How commands end, and how they speak: exit codes, standard output and error.

import Agent
import Glibc

/// What the process returns; scripts rely on these.
enum ExitStatus: Int32 {
    case fine = 0
    case failed = 1
    case usage = 2
    case notRunning = 3
    case ruleTestFailed = 65
    /// EX_CONFIG of sysexits.h: configuration or rules are wrong.
    case configuration = 78
}

extension AgentError.Kind {
    var exitStatus: ExitStatus {
        switch self {
        case .usage: .usage
        case .configuration: .configuration
        case .failure: .failed
        case .notRunning: .notRunning
        }
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
    output.append(UInt8(ascii: "\n"))
    do {
        try output.flush()
    } catch {
        if stream == .output { exit(error.number == EPIPE ? ExitStatus.fine.rawValue : ExitStatus.failed.rawValue) }
    }
}

let versionText = "eventail \(programVersion)"
