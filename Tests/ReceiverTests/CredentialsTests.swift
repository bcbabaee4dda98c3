// The Authorization header.

import Receiver
import Testing

struct CredentialsTests {
    // RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar"),
    ])
    func base64IsUndone(_ encoded: String, _ plain: String) {
        #expect(Credentials.decodeBase64(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm 9", "Zg==Zg==", "=Zg=", "Zm9-", "===="])
    func otherFormsOfBase64AreRefused(_ encoded: String) {
        #expect(Credentials.decodeBase64(Array(encoded.utf8)) == nil)
    }

    // a2V5Og== is `key:`
    @Test(arguments: ["Basic a2V5Og==", "basic a2V5Og==", "Bearer key", "bearer key"])
    func aKeyComesAsNameOrToken(_ header: String) {
        #expect(Credentials.key(inAuthorization: header) == "key")
    }

    // a2V5 is `key`, Og== is `:`, a2V5OnB3 is `key:pw`, a2V5Cjo= is `key\n:`
    @Test(arguments: [
        "", "key", "Basic", "Basic ", "Bearer ", "Basic a2V5", "Basic Og==", "Basic a2V5OnB3", "Basic a2V5Cjo=", "Basic a2V5Og",
        "Basic  a2V5Og==",
        "Digest a2V5Og==", "Bearer a b", "Bearer a:b", "Bearer k\u{E9}y",
    ])
    func malformedHeadersHaveNoKey(_ header: String) {
        #expect(Credentials.key(inAuthorization: header) == nil)
    }
}
