// `eventail receive`: a local Pipelines API server that checks what it gets.

import Agent
import ArgumentParser
import Glibc
import Logging
import Receiver
import ServiceLifecycle
import UnixSignals

struct ReceiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Runs a local receiver that checks every request, and prints the calls it accepts.",
        discussion: """
            Stands in for the Pipelines API: rules can be tried end to end before a key is needed. Requests that break a rule of \
            the API are refused with 400 and the reason. Accepted calls go to standard output, one JSON object a line.

            Examples:
              eventail receive
              eventail receive --listen 127.0.0.1:9000 --output calls.ndjson
              eventail receive --fail 429:0.2 --fail 500:0.1 --fail reset:0.05

            In eventail.yaml: destination: { url: http://127.0.0.1:8080/v1, api_key: { file: … } }; any key will do.
            """)

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("Append accepted calls to this file instead of printing them.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Fail on purpose; repeatable: STATUS:SHARE[:retry-after=S], STATUS:first=N, reset:SHARE, accept-then-reset:SHARE, delay=200ms:SHARE, seed=N.",
            valueName: "plan"))
    var fail: [String] = []

    @Option(help: ArgumentHelp("Accept only the API key in this file; default: any.", valueName: "file"))
    var keyFile: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        var configuration = ReceiverConfiguration()
        do throws(ReceiverError) {
            configuration.address = try ListenAddress(parsing: listen)
            configuration.faults = try FaultPlan(parsing: fail)
        } catch {
            throw AgentError(.usage, error.what, hint: error.hint)
        }
        if let keyFile { configuration.apiKey = try key(in: keyFile) }
        let descriptor = try outputDescriptor()
        let logger = Logger(label: "eventail") { _ in TextLogHandler(logLevel: .error) }
        let receiver = LocalReceiver(
            configuration: configuration, logger: logger,
            onReady: { port in print("eventail: receiving on port \(port); Ctrl-C ends it", to: .error) },
            onAccepted: { calls in
                let lines = BufferedOutput(descriptor: descriptor)
                for call in calls {
                    lines.append(call.json)
                    lines.append(UInt8(ascii: "\n"))
                }
                try lines.flush()
            })
        do {
            let group = ServiceGroup(services: [receiver], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
            try await group.run()
        } catch let error as ReceiverError {
            throw AgentError(.failure, error.what, hint: error.hint)
        }
        let counts = await receiver.counts
        print(
            "eventail: \(counts.requests) requests, \(counts.accepted) calls accepted (\(counts.duplicates) of them again), \(counts.refused) requests refused, \(counts.faults) failed on purpose",
            to: .error)
    }

    private func outputDescriptor() throws -> Int32 {
        guard let output else { return STDOUT_FILENO }
        let descriptor = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't write \(output): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    private func key(in file: String) throws -> String {
        guard let text = readLine(of: file), !text.isEmpty else {
            throw AgentError(.failure, "can't read a key from \(file)", hint: "the file's first line is the key")
        }
        return text
    }

    private func readLine(of file: String) -> String? {
        guard let stream = fopen(file, "re") else { return nil }
        defer { fclose(stream) }
        var text = [CChar](repeating: 0, count: 4096)
        guard fgets(&text, Int32(text.count), stream) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 && $0 != 10 && $0 != 13 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
