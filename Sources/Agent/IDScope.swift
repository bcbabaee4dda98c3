// The scope of message ids: what keeps two machines apart that log the same text at the same place.

import CSystemd
import Glibc

package enum IDScope {
    /// eventail's own id, from which systemd makes an id of this machine that gives the machine id away to no one
    /// (sd_id128_get_machine_app_specific(3)).
    private static let application = sd_id128_t(
        bytes: (0x6e, 0x1c, 0x5f, 0x0b, 0x5b, 0x0e, 0x4d, 0x55, 0x9a, 0x0c, 0x41, 0x7e, 0xd3, 0x27, 0x88, 0xf2))

    /// The default scope: an id of the machine, and its host name, which tells containers apart that share the id. Nil on a
    /// machine without an id (machine-id(5)).
    package static func ofThisMachine() -> String? {
        var id = sd_id128_t()
        guard sd_id128_get_machine_app_specific(application, &id) >= 0 else { return nil }
        let hex = withUnsafeBytes(of: id.bytes) { bytes in
            bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        }
        return "\(hex) \(hostName())"
    }

    package static func hostName() -> String {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
