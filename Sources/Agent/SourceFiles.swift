// The files of a state directory with how far each is read, for the command line. Works beside a running agent as well as without
// one; what an agent has read and not yet committed is not there.

import Records
import Settings
import Store

package struct SourceFiles: Sendable {
    private let box: CheckpointBox

    /// - Parameters:
    ///   - state: the state directory; nil: the one of the configuration.
    ///   - files: configuration files as for `Configuration.load`; only settings are read, neither rules nor keys.
    package init(state: String?, files: [String], environment: [String: String]) throws(AgentError) {
        do {
            let directory = try state ?? Settings.load(files: files, environment: environment).settings.state.directory
            box = try CheckpointBox.open(directory: directory)
        } catch {
            throw AgentError(error)
        }
    }

    /// Calls `body` for each file, in the order in which they became known.
    /// - Parameter source: the files of this source; nil: of all.
    package func forEach(source: String?, _ body: (SourceFile) throws -> Void) throws {
        var id: Int64 = 0
        while true {
            let page = try AgentError.wrapping { try box.checkpoints(source: source, after: id) }
            let now = Clock.wallMilliseconds() / 1000
            for checkpoint in page { try body(SourceFile(checkpoint, nowSeconds: now)) }
            guard let last = page.last else { return }
            id = last.id
        }
    }
}
