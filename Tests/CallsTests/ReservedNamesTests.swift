// Which names are dangerous, and which only look so.

import Calls
import Testing

@Suite struct ReservedNamesTests {
    @Test func commandsOfTheReceiverAreReserved() {
        #expect(ReservedNames.events.count == 8)
        #expect(
            ReservedNames.events.isSuperset(of: ["User Deleted", "User Suppressed", "Device Created or Updated", "Report Delivery Event"]))
    }

    @Test(arguments: ["id", "anonymous_id", "unsubscribed", "cio_id", "cio_subscription_preferences"])
    func traitsThatChangePeopleAreReserved(name: String) {
        #expect(ReservedNames.isReservedTrait(name))
    }

    @Test(arguments: ["user_id", "email", "plan", "identity", "acio_x", "subscribed"])
    func otherTraitsAreFree(name: String) {
        #expect(!ReservedNames.isReservedTrait(name))
    }

    @Test(arguments: [
        "password", "userPassword", "API-Key", "access_token", "Authorization", "credit card", "card_number", "cookie", "client_secret",
    ])
    func secretsAreHeard(name: String) {
        #expect(ReservedNames.soundsSecret(name))
    }

    @Test(arguments: ["total", "order_id", "plan", "discard", "postcard", "path", "session", "key", "author"])
    func ordinaryNamesAreNotSecrets(name: String) {
        #expect(!ReservedNames.soundsSecret(name))
    }
}
