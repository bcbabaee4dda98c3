// What a monitor gets from a running agent: a page over HTTP, and the numbers of a page of metrics, read strictly.

import Foundation
import Glibc
import Testing

/// An answer over HTTP, from a connection of its own.
struct FetchedPage {
    struct Failed: Error {
        var number: Int32
    }

    var status: Int
    var body: String

    /// - Throws: when there is no connection or no whole answer.
    init(port: Int, path: String, method: String = "GET") throws {
        try self.init(port: port, request: "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    init(port: Int, request: String) throws {
        let monitor = try Monitor(port: port)
        monitor.say(request)
        let text = monitor.rest()
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failed(number: 0)
        }
        (self.status, body) = (status, String(parts[1]))
    }
}

/// A connection to an agent's port on which a test says what it likes.
final class Monitor {
    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else {
            let number = errno
            close(socket)
            throw FetchedPage.Failed(number: number)
        }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the agent closes.
    func rest() -> String {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += chunk[..<count]
        }
    }
}

struct Scrape {
    private struct Series: Hashable {
        var name: String
        var labels: [String: String]
    }

    private var values: [Series: Double] = [:]
    /// By metric.
    private(set) var types: [String: String] = [:]

    init(port: Int) throws {
        let page = try FetchedPage(port: port, path: "/metrics")
        try #require(page.status == 200)
        for line in page.body.split(separator: "\n") {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                try #require(words.count == 4 && types[String(words[2])] == nil)
                types[String(words[2])] = String(words[3])
                continue
            }
            let match = try #require(line.wholeMatch(of: #/([a-z_]+)(?:\{(.*)\})? (\S+)/#), "\(line)")
            var labels: [String: String] = [:]
            for label in match.output.2?.matches(of: #/([a-z_]+)="([^"]*)"/#) ?? [] {
                labels[String(label.output.1)] = String(label.output.2)
            }
            let name = String(match.output.1)
            #expect(types[name] != nil || types.contains { $0.value == "histogram" && name.hasPrefix($0.key) }, "\(line)")
            let previous = values.updateValue(
                try #require(Double(match.output.3)), forKey: Series(name: name, labels: labels))
            #expect(previous == nil, "\(line) is there twice")
        }
    }

    /// The sum of the series that have these labels among theirs; nil where there is none.
    subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = values.filter { series, _ in
            series.name == name && labels.allSatisfy { series.labels[$0.key] == $0.value }
        }
        return found.isEmpty ? nil : found.values.reduce(0, +)
    }

    /// Derived calls of the destination, less all that became of them: 0 in every moment.
    var imbalance: Double {
        (self["eventail_destination_calls_derived_total"] ?? 0) - (self["eventail_calls_delivered_total"] ?? 0)
            - (self["eventail_dead_letters"] ?? 0) - (self["eventail_calls_discarded_total"] ?? 0) - (self["eventail_outbox_calls"] ?? 0)
    }
}

extension RunningProgram {
    /// The port at which an agent serves its metrics; nil: it does not.
    var metricsPort: Int? {
        error.matches(of: #/metrics are served address=127\.0\.0\.1:(\d+)/#).last.flatMap { Int($0.output.1) }
    }
}
