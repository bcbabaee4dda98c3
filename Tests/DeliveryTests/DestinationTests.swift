// Keys and addresses: which key goes where and how, and that no key is ever shown.

import Delivery
import NIOHTTP1
import TestSupport
import Testing

@Suite struct DestinationTests {
    private func endpoint(
        _ kind: DestinationKind = .customerio, key: String = "abc", base: String? = nil, region: Region? = nil
    ) throws -> String {
        try Endpoint(kind: kind, base: base, region: region, authorization: Authorization(kind: kind, key: key)).url
    }

    @Test func regionsChooseTheAddress() throws {
        #expect(try endpoint() == "https://cdp.customer.io/v1/batch")
        #expect(try endpoint(region: .eu) == "https://cdp-eu.customer.io/v1/batch")
        #expect(try endpoint(key: "pk_eu_1") == "https://cdp-eu.customer.io/v1/batch")
        #expect(try endpoint(key: "sk_us_1", region: .eu) == "https://cdp.customer.io/v1/batch")
        #expect(try endpoint(key: "pk_eu_1", base: "http://[::1]:8080/v1//") == "http://[::1]:8080/v1/batch")
    }

    @Test(arguments: [
        "", "ftp://host", "cdp.customer.io", "https://", "https:///v1", "http://:80", "http://user:pass@host/v1", "http://host/v1?a=b",
        "http://host/v1#x", "http://host/a b", "http://höst/",
    ])
    func otherAddressesAreRefused(_ base: String) {
        #expect(throws: DeliveryError.self) { try endpoint(base: base) }
    }

    @Test func kindsWithoutAnAddressNeedOne() throws {
        #expect(throws: DeliveryError.self) { try endpoint(.rudderstack) }
        #expect(try endpoint(.jitsu, base: "https://in.example.com/api") == "https://in.example.com/api/batch")
    }

    @Test(arguments: ["", " \n", "a b", "a\nb", "schlüssel", "a\u{0}"]) func otherKeysAreRefused(_ key: String) {
        #expect(throws: DeliveryError.self) { try Authorization(kind: .customerio, key: key) }
    }

    @Test func onlyRegionalKeysOfCustomerIOTellTheirRegion() throws {
        #expect(try Authorization(kind: .customerio, key: " pk_eu_abc\n").region == .eu)
        #expect(try Authorization(kind: .customerio, key: "sk_us_abc").isOverpowered)
        #expect(try !Authorization(kind: .customerio, key: "pk_us_abc").isOverpowered)
        for key in ["pk_fr_abc", "xk_us_abc", "pk_us_", "pk_us", "abc"] {
            #expect(try Authorization(kind: .customerio, key: key).region == nil)
        }
        #expect(try Authorization(kind: .segment, key: "pk_eu_abc").region == nil)
    }

    @Test func noKeyIsEverShown() throws {
        let authorization = try Authorization(kind: .customerio, key: "pk_us_verysecret")
        let endpoint = try Endpoint(kind: .customerio, base: nil, region: nil, authorization: authorization)
        let configuration = DestinationConfiguration(name: "main", endpoint: endpoint, authorization: authorization, version: "1")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration), "\(authorization)", String(reflecting: authorization)] {
            #expect(!text.contains("secret"))
        }
        let refusal = #expect(throws: DeliveryError.self) { try Authorization(kind: .customerio, key: "very secret") }
        #expect(refusal?.description.contains("secret") == false)
    }

    @Test(arguments: [
        (DestinationKind.customerio, "pk_us_abc", "Authorization", "Bearer pk_us_abc"),
        (.customerio, "abc", "Authorization", "Basic YWJjOg=="),
        (.segment, "ab", "Authorization", "Basic YWI6"), (.rudderstack, "a", "Authorization", "Basic YTo="),
        (.jitsu, "a:b", "X-Write-Key", "a:b"),
    ])
    func keysArePresentedAsTheKindWants(_ kind: DestinationKind, _ key: String, _ name: String, _ value: String) async throws {
        let receiver = ScriptedReceiver()
        let fixture = try await SenderFixture(receiver)
        try fixture.commit(slot: 0)
        let outcome = try await fixture.drain { $0.authorization = try! Authorization(kind: kind, key: key) }
        #expect(outcome == .empty)
        #expect(receiver.requests.map { Array($0.head.headers[name]) } == [[value]])
    }
}
