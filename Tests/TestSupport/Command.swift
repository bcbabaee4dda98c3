// Runs a program from the calling thread, so that it shares that thread's mount namespace.

import Glibc

package enum Command {
    /// - Parameter output: a file for what it prints; nil: it is thrown away.
    /// - Returns: the exit status, or nil where the program could not be started or was killed.
    package static func run(_ arguments: [String], output: String? = nil) -> Int32? {
        guard let process = start(arguments, output: output) else { return nil }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { return nil } }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
    }

    package struct Failed: Error {
        package let command: String
    }

    /// - Throws: where the program does not end with 0.
    package static func check(_ arguments: [String], output: String? = nil) throws {
        guard run(arguments, output: output) == 0 else { throw Failed(command: arguments.joined(separator: " ")) }
    }

    private static func start(_ arguments: [String], output: String? = nil) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        return posix_spawnp(&process, arguments[0], &actions, nil, &texts, environ) == 0 ? process : nil
    }
}
