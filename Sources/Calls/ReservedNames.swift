// Names that change or delete people, or override how messages are sent, when they arrive as data. Log text must not be
// able to use them by accident (Customer.io's pages on "semantic events" and on event data that overrides a campaign).

package enum ReservedNames {
    /// Track events that Customer.io takes as commands.
    package static let events: Set<String> = [
        "User Deleted", "User Suppressed", "User Unsuppressed", "Object Deleted", "Relationship Deleted", "Device Deleted",
        "Device Created or Updated", "Report Delivery Event",
    ]

    /// Event properties that override an automation's settings.
    package static let properties: Set<String> = ["recipient", "from_address", "reply_to"]

    /// Whether setting this trait changes how a person is identified or whether they get messages.
    package static func isReservedTrait(_ name: String) -> Bool {
        name == "unsubscribed" || name == "id" || name == "anonymous_id" || name.hasPrefix("cio_")
    }

    /// Whether a property or trait of this name likely holds a secret that no one meant to send.
    package static func soundsSecret(_ name: String) -> Bool {
        // As bytes, because this is asked of every name of every rule when the agent starts.
        let letters = name.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: byte
            default: nil
            }
        }
        return secretParts.contains { part in
            letters.count >= part.count && (0...letters.count - part.count).contains { letters[$0...].starts(with: part) }
        }
    }

    private static let secretParts = [
        "password", "passwd", "passphrase", "secret", "token", "authorization", "apikey", "privatekey", "creditcard", "cardnumber",
        "cvv", "cvc", "sessionid", "cookie",
    ].map { [UInt8]($0.utf8) }
}
