// Reading keys, and never showing them.

import Documents
import Foundation
import Settings
import Testing

@Suite struct APIKeyTests {
    private let place = Place(file: "f.yaml", line: 3, column: 7)

    private func refusal(_ origin: APIKeySource.Origin, environment: [String: String] = [:]) -> String? {
        do throws(Problem) {
            _ = try readAPIKey(APIKeySource(origin, place: place), environment: environment)
            return nil
        } catch {
            #expect(error.place == place)
            return error.message
        }
    }

    @Test func keysComeFromFilesCredentialsAndVariables() throws {
        let directory = try ConfigurationDirectory()
        let file = try directory.write(" \n key_1\r\n", to: "api_key")
        let environment = ["CREDENTIALS_DIRECTORY": directory.path, "K": "key_2 "]
        func key(_ origin: APIKeySource.Origin) throws -> String {
            try readAPIKey(APIKeySource(origin, place: place), environment: environment).secretText
        }
        #expect(try key(.file(path: file)) == "key_1")
        #expect(try key(.credential(name: "api_key")) == "key_1")
        #expect(try key(.environment(name: "K")) == "key_2")
    }

    @Test func aKeyIsNeverShown() throws {
        let key = try readAPIKey(APIKeySource(.environment(name: "K"), place: place), environment: ["K": "hush"])
        var dumped = ""
        dump(key, to: &dumped)
        dump(["k": key], to: &dumped)
        let shown = ["\(key)", String(describing: key), String(reflecting: key), dumped, "\([key])", "\(Optional(key) as Any)"]
        for text in shown { #expect(!text.contains("hush"), "\(text)") }
    }

    @Test func whatIsNotAKeyIsRefused() throws {
        let directory = try ConfigurationDirectory()
        let open = try directory.write("key", to: "open", permissions: 0o644)
        let empty = try directory.write(" \n", to: "empty")
        let two = try directory.write("one two", to: "two")
        let long = try directory.write(String(repeating: "x", count: 5_000), to: "long")
        let huge = try directory.write(String(repeating: "x", count: 100_000), to: "huge")
        #expect(refusal(.file(path: "/nonexistent/k")) == "cannot read `/nonexistent/k`: No such file or directory")
        #expect(refusal(.file(path: directory.path))?.hasSuffix("is not a file") == true)
        #expect(refusal(.file(path: open))?.hasPrefix("everyone on this machine can read the key file") == true)
        #expect(refusal(.file(path: empty))?.hasSuffix("is empty") == true)
        #expect(refusal(.file(path: two))?.hasSuffix("does not hold a key") == true)
        #expect(refusal(.file(path: long))?.hasSuffix("does not hold a key") == true)
        #expect(refusal(.file(path: huge))?.hasSuffix("is larger than 8192 bytes") == true)
        #expect(refusal(.credential(name: "k")) == "the credential `k` is not there: CREDENTIALS_DIRECTORY is not set")
        #expect(refusal(.environment(name: "K")) == "the variable `K`, which should hold the key, is not set")
        #expect(refusal(.environment(name: "K"), environment: ["K": "hush hush"]) == "the variable `K` does not hold a key")
    }

    @Test func aDeviceOrAPipeIsNotAKeyFileAndIsNotWaitedFor() throws {
        let directory = try ConfigurationDirectory()
        try #require(mkfifo("\(directory.path)/pipe", 0o600) == 0)
        #expect(refusal(.file(path: "\(directory.path)/pipe"))?.hasSuffix("is not a file") == true)
        #expect(refusal(.file(path: "/dev/null")) == "`/dev/null` is not a file")
    }
}
