// A client that sends bytes as they are, right or wrong, for what no proper HTTP client would send.

import Dispatch
import Glibc

enum RawExchange {
    /// How a connection ended.
    struct Ending: Equatable {
        var answer: String
        var wasReset: Bool

        var status: String { String(answer.split(separator: "\r\n").first ?? "") }
    }

    /// Connects, sends, and reads to the connection's end, for at most 20 seconds.
    /// - Parameter halfClosing: whether to end its own direction after sending.
    static func run(port: Int, sending text: String, halfClosing: Bool = false) async -> Ending {
        await withCheckedContinuation { continuation in
            // A thread of its own: blocking calls would starve the threads that the receiver needs.
            DispatchQueue.global().async {
                continuation.resume(returning: exchange(port: port, sending: Array(text.utf8), halfClosing: halfClosing))
            }
        }
    }

    private static func exchange(port: Int, sending bytes: [UInt8], halfClosing: Bool) -> Ending {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(connected == 0, "the receiver does not listen")
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { break }
            sent += count
        }
        if halfClosing { shutdown(descriptor, Int32(SHUT_WR)) }
        var ending = Ending(answer: "", wasReset: false)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 {
                ending.wasReset = count < 0 && errno == ECONNRESET
                break
            }
            received += buffer[..<count]
        }
        ending.answer = String(decoding: received, as: UTF8.self)
        return ending
    }
}
