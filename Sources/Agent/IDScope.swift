// The scope of message ids: what keeps two machines apart that log the same text at the same place.

import CSystemd
import Glibc
import Store

enum IDScope {
    /// eventail's own id, from which systemd makes an id of this machine that gives the machine id away to no one
    /// (sd_id128_get_machine_app_specific(3)).
    private static let application = sd_id128_t(
        bytes: (0x6e, 0x1c, 0x5f, 0x0b, 0x5b, 0x0e, 0x4d, 0x55, 0x9a, 0x0c, 0x41, 0x7e, 0xd3, 0x27, 0x88, 0xf2))

    /// The default scope: an id of the machine, and its host name, which tells containers apart that share the id. Nil on a
    /// machine without an id (machine-id(5)).
    static func ofThisMachine() -> String? {
        var id = sd_id128_t()
        guard sd_id128_get_machine_app_specific(application, &id) >= 0 else { return nil }
        let hex = withUnsafeBytes(of: id.bytes) { bytes in
            bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        }
        return "\(hex) \(hostName())"
    }

    static func hostName() -> String {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IDScope {
    /// The scope of an agent on a machine without an id: made once and kept in the state directory, with the host name.
    /// - Throws: when the file can be neither read nor written.
    static func ofState(directory: String) throws(StoreError) -> String {
        let path = "\(directory)/id_scope"
        if let file = fopen(path, "re") {
            defer { fclose(file) }
            var text = [CChar](repeating: 0, count: 64)
            if fgets(&text, Int32(text.count), file) != nil {
                let id = String(decoding: text.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if id.count == stateIDDigits { return "\(id) \(hostName())" }
            }
        }
        let id = (0..<stateIDDigits).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
        guard let file = fopen(path, "wxe"), fputs("\(id)\n", file) >= 0, fflush(file) == 0, fsync(fileno(file)) == 0, fclose(file) == 0
        else {
            throw StoreError(
                .unusable, "cannot keep the id scope: \(String(cString: strerror(errno)))", path: path,
                hint: "set `id_scope` in eventail.yaml, or remove the file")
        }
        return "\(id) \(hostName())"
    }

    private static let stateIDDigits = 32
}
