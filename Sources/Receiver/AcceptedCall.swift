// A call that passed the judge, as it is handed to whoever runs the receiver.

package import Calls

package struct AcceptedCall: Hashable, Sendable {
    package let type: CallType
    package let messageID: [UInt8]
    /// The call's JSON exactly as it was received, but for line breaks between its tokens, which are spaces here: one line
    /// of NDJSON, without its end.
    package let json: [UInt8]
    /// Whether this id has been accepted before, as far back as the receiver remembers.
    package internal(set) var isDuplicate = false

    init(type: CallType, messageID: [UInt8], json: ArraySlice<UInt8>) {
        self.type = type
        self.messageID = messageID
        // A raw line break can stand only between tokens: within strings the reader refuses it.
        self.json = json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }
}
