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
        let lowered = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return secretParts.contains { lowered.contains($0) }
    }

    private static let secretParts = [
        "password", "passwd", "passphrase", "secret", "token", "authorization", "apikey", "privatekey", "creditcard", "cardnumber",
        "cvv", "cvc", "sessionid", "cookie",
    ]
}
