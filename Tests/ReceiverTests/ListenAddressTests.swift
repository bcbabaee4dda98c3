// Addresses as people write them.

import Receiver
import Testing

struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535),
        ("0.0.0.0:80", "0.0.0.0", 80),
    ])
    func hostAndPortAreTakenApart(_ text: String, _ host: String, _ port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("8080", "no port"), ("localhost", "no port"), ("localhost:", "'' is no port number from 0 to 65535"),
        ("localhost:65536", "'65536' is no port number from 0 to 65535"), ("localhost:+80", "'+80' is no port number from 0 to 65535"),
        (":8080", "no host"), ("[]:80", "no host"), ("::1:80", "an IPv6 address stands in brackets"),
        ("[::1]", "'1]' is no port number from 0 to 65535"),
        ("http://localhost:80", "an IPv6 address stands in brackets"), ("a b:80", "'a b' is no host"),
    ])
    func theErrorSaysWhatIsWrong(_ text: String, _ what: String) {
        #expect(
            throws: ReceiverError(
                .listenAddress, "cannot listen on '\(text)': \(what)", hint: "write host:port, like 127.0.0.1:8080 or [::1]:8080")
        ) { try ListenAddress(parsing: text) }
    }
}
