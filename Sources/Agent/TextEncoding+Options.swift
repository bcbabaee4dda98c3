// The encoding of files as a command is told it.

import Encodings
import Records

extension TextEncoding {
    static func given(_ name: String?) throws(AgentError) -> TextEncoding? {
        guard let name else { return nil }
        do {
            return try named(name)
        } catch {
            throw AgentError(.usage, error.what, hint: error.hint)
        }
    }

    /// The longest record of several lines in UTF-8, so that every record has room where its bytes are read.
    static func recordBytesMax(_ encoding: TextEncoding?, of bytesMax: Int = RecordStream.recordBytesMaxDefault) -> Int {
        bytesMax / (encoding?.shrinkageMax ?? 1)
    }
}
