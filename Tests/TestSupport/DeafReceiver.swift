// A receiver that accepts connections and never reads from them, so that what is sent to it gets stuck on its way.

import NIOCore
import NIOPosix
import Synchronization

package final class DeafReceiver: Sendable {
    private let channel = Mutex<(any Channel)?>(nil)

    package init() {}

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    /// - Returns: the port.
    package func listen() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 4096)
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress!.port!
    }
}
