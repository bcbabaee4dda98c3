// What can end a command, in words for the person who gave it. The command line adds nothing but the exit code.

import Documents
import Glibc
import Journal
import Store
import Tailing

package struct AgentError: Error, Sendable {
    /// What kind of mistake it is; each has an exit code of its own.
    package enum Kind: Sendable {
        /// A wrong option.
        case usage
        /// Wrong configuration or rules.
        case configuration
        /// The right command at the wrong time: a file, a disk, a network.
        case failure
        /// There is no agent to ask.
        case notRunning
    }

    package let kind: Kind
    private let message: Message

    private enum Message {
        case problems(Problems)
        case sentence(String, hint: String?)
    }

    package init(_ kind: Kind, _ sentence: String, hint: String? = nil) {
        self.kind = kind
        message = .sentence(sentence, hint: hint)
    }

    init(_ problems: Problems) {
        kind = .configuration
        message = .problems(problems)
    }

    init(_ error: StoreError) {
        self.init(.failure, "\(error.path): \(error.what)", hint: error.hint)
    }

    init(_ error: TailingError) {
        self.init(.configuration, "\(error.place): \(error.what)", hint: error.hint)
    }

    init(_ error: JournalError) {
        self.init(.failure, "\(error.place): \(error.what)", hint: error.hint)
    }

    /// Standard output cannot be written.
    /// - Parameter number: the error number of write(2).
    init(writing number: Int32) {
        self.init(.failure, "can't write to standard output: \(String(cString: strerror(number)))")
    }

    /// What is wrong, where, and what to do: several lines, without a final line feed.
    package func text(color: Bool) -> String {
        switch message {
        case .problems(let problems): problems.text(color: color)
        case .sentence(let sentence, let hint): "eventail: \(sentence)" + (hint.map { "\n  hint: \($0)" } ?? "")
        }
    }

    /// Leaves the first line for `systemctl status`, which shows it when the process is gone.
    package func tellServiceManager() {
        let line = text(color: false).split(separator: "\n").first ?? ""
        let name = "eventail: "
        ServiceManager().status(String(line.hasPrefix(name) ? line.dropFirst(name.count) : line))
    }

    /// Runs `body`, whose errors of other modules become this.
    static func wrapping<Result>(_ body: () throws -> Result) throws(AgentError) -> Result {
        do {
            return try body()
        } catch {
            throw AgentError(error)
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as AgentError: self = error
        case let error as Problems: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as TailingError: self.init(error)
        case let error as JournalError: self.init(error)
        default: self.init(.failure, "\(error)")
        }
    }
}
