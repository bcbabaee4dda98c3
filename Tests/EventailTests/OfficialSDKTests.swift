// Customer.io's own Python SDK as a sender against our receiver: what the vendor sends must be what the receiver takes, or the
// receiver proves nothing about us. Needs python3 with venv, and PyPI.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct OfficialSDKTests {
    /// A virtual environment with the SDK, made once; nil where that is not possible.
    private final class SDK: Sendable {
        let folder: TemporaryFolder

        static let shared = Task { try? await apart { try SDK() } }

        private init() throws {
            folder = try TemporaryFolder()
            let environment = folder.url("venv").path
            try Command.check(["python3", "-m", "venv", environment])
            try Command.check([
                "\(environment)/bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet", "--timeout", "10", "--retries", "1",
                "install", "customerio-cdp-analytics==1.1.0",
            ])
        }

        func run(_ script: String, _ arguments: String...) async throws -> String {
            try folder.write(script, to: "script.py")
            let output = folder.url("output").path
            let command = ["\(folder.path)/venv/bin/python", folder.url("script.py").path] + arguments
            try await Self.apart { try Command.check(command, output: output) }
            return folder.text("output")
        }

        /// On a thread of its own: all tests share a few.
        private static func apart<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
            }
        }
    }

    private static let reason: Comment = "python3 cannot install customerio-cdp-analytics from PyPI here"

    private static let script = """
        import sys
        from datetime import datetime, timezone
        from customerio.analytics import Client

        host = "http://127.0.0.1:" + sys.argv[1]
        for sync in (True, False):
            errors = []
            client = Client(write_key="right", host=host, sync_mode=sync, max_retries=0, on_error=lambda error, calls: errors.append(error))
            client.identify("u1", {"email": "anna@example.com", "list": [1, {"a": None}]})
            client.track("u1", "Sold", {"total": 19.9, "when": datetime(2026, 1, 1, tzinfo=timezone.utc), "text": "\\u2603 \\"\\\\"})
            client.track(anonymous_id="a1", event="Seen", message_id="mine-" + str(sync))
            client.group("u1", "g1", {"plan": "pro"})
            client.page("u1", "Docs", "Home", {"url": "https://example.com/"})
            client.screen("u1", None, "Main")
            client.alias("a1", "u1")
            if not sync:
                client.shutdown()
            print("errors", len(errors), *errors)
        try:
            Client(write_key="wrong", host=host, sync_mode=True).track("u1", "Refused")
        except Exception as error:
            print("refused", error)
        """

    @Test(.enabled(reason) { await SDK.shared.value != nil }) func whatTheVendorsSDKSendsIsTaken() async throws {
        let sdk = try #require(await SDK.shared.value)
        let folder = try TemporaryFolder()
        try folder.write("right\n", to: "key")
        let receiver = try RunningProgram(["receive", "--listen", "127.0.0.1:0", "--key-file", folder.url("key").path])
        try await eventually("the receiver listens") { receiver.error.contains("receiving on port") }
        let port = try #require(receiver.error.firstMatch(of: #/port (\d+)/#)?.1)
        let told = try await sdk.run(Self.script, String(port)).split(separator: "\n")
        #expect(told.count == 3)
        #expect(told.prefix(2) == ["errors 0", "errors 0"])
        #expect(told.last?.hasPrefix("refused ") == true)
        let outcome = try await receiver.stop()
        #expect(outcome.error.contains("1 requests refused"))
        let types = try outcome.lines.map { line in
            try (JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["type"] as? String
        }
        let each = ["identify", "track", "track", "group", "page", "screen", "alias"]
        #expect(types == each + each)
        #expect(outcome.output.contains(#""messageId": "mine-True""#) && outcome.output.contains(#""messageId": "mine-False""#))
    }
}
