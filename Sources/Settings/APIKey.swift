// The key that calls are sent with. It is read late, kept in memory only, and shown by nothing: not in a description, a dump,
// an interpolation or an error.

package import Documents

/// A key, non-empty, printable ASCII without spaces.
package struct APIKey: Sendable {
    /// The key itself. Only for the header or body of a request.
    package let secretText: String

    /// Keys longer than this are not keys.
    package static let bytesMax = 4_096

    fileprivate init(secretText: String) {
        self.secretText = secretText
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(key not shown)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// Reads a key; white space around it is not part of it.
///
/// - Throws: what is wrong, at the place of `api_key`: there is no such file, credential or variable; it cannot be read, is
///   empty, or does not look like a key; or a key file is readable by everyone.
package func readAPIKey(_ source: APIKeySource, environment: [String: String]) throws(Problem) -> APIKey {
    func refused(_ message: String, hint: String?) -> Problem {
        Problem(message, at: source.place, length: source.length, hint: hint)
    }
    let bytes: [UInt8]
    let what: String
    switch source.origin {
    case .file(let path):
        what = "the key file \(quotedPath(path))"
        bytes = try keyFile(path, mayBeWorldReadable: false, refused)
    case .credential(let name):
        what = "the credential \(quoted(name))"
        guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
            throw refused(
                "\(what) is not there: CREDENTIALS_DIRECTORY is not set",
                hint: "systemd sets it for a unit with `LoadCredential=\(name):PATH`; elsewhere use `file` or `env`")
        }
        bytes = try keyFile("\(directory)/\(name)", mayBeWorldReadable: true, refused)
    case .environment(let name):
        what = "the variable `\(name)`"
        guard let value = environment[name] else {
            throw refused("\(what), which should hold the key, is not set", hint: "set it in the environment of eventail")
        }
        bytes = Array(value.utf8)
    }
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    guard !trimmed.isEmpty else { throw refused("\(what) is empty", hint: "put the key into it, and nothing else") }
    guard trimmed.count <= APIKey.bytesMax, trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw refused(
            "\(what) does not hold a key", hint: "a key is one word of at most \(APIKey.bytesMax) letters, digits and signs")
    }
    return APIKey(secretText: String(decoding: trimmed, as: UTF8.self))
}

private func keyFile(
    _ path: String, mayBeWorldReadable: Bool, _ refused: (String, String?) -> Problem
) throws(Problem) -> [UInt8] {
    let isReadableByOthers: UInt32 = 0o004
    do throws(Problem) {
        let file = try ReadOnlyFile(path: path, waitsForWriter: false)
        let status = try file.status()
        guard status.isRegular else { throw Problem("\(quotedPath(path)) is not a file") }
        guard mayBeWorldReadable || status.permissions & isReadableByOthers == 0 else {
            throw Problem(
                "everyone on this machine can read the key file \(quotedPath(path))",
                hint: "let only its owner and group read it: \(quotedPath("chmod 0640 \(path)"))")
        }
        // Room for white space around the key.
        return try file.contents(bytesMax: 2 * APIKey.bytesMax)
    } catch {
        throw refused(error.message, error.hint ?? "write the key to that file, and let eventail's user read it: mode 0640")
    }
}
