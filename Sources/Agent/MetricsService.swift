// Serves metrics, life and readiness at `metrics.listen`, where that is set, and follows it when a reload changes it. An address
// that cannot be had is a trouble for `status`, not for the agent, and is tried again.

import CoreMetrics
import Delivery
import Exposition
import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import Settings

struct MetricsService: Service {
    private let observation: Observation
    private let logger: Logger
    private let refusals: CoreMetrics.Counter

    /// How soon an address that could not be had is tried again.
    private static let retryDelay = Duration.seconds(10)

    init(_ observation: Observation, logger: Logger) {
        (self.observation, self.logger) = (observation, logger)
        refusals = Counter(
            label: MetricsPage.limitHits, dimensions: [("limit", "metrics_connections")], factory: observation.assembly.metrics)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let address = self.address
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await serve(at: address) }
                    group.addTask { await changed(from: address) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private var address: ListenAddress? {
        observation.assembly.configuration.settings.metrics.map { ListenAddress(host: $0.host, port: $0.port) }
    }

    /// Returns when the configuration says another address.
    private func changed(from address: ListenAddress?) async {
        while !Task.isCancelled {
            let seen = observation.control.news.rings
            guard self.address == address else { return }
            await observation.control.news.rung(after: seen)
        }
    }

    /// Returns when it cannot serve, a while after it could not.
    private func serve(at address: ListenAddress?) async {
        guard let address else {
            observation.metricsTrouble = nil
            return await changed(from: nil)
        }
        let server = PageServer(address: address, refusals: refusals, onListening: isListening) { await page($0) }
        do {
            try await server.run()
        } catch {
            guard !Task.isCancelled else { return }
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
            let trouble = Trouble(
                "no metrics can be served at \(address): \(reason)",
                hint: "see what else listens there (`ss -tlnp`), or change `metrics.listen`; it is tried again")
            if observation.metricsTrouble != trouble { logger.warning("\(trouble.what)", metadata: ["hint": "\(trouble.hint ?? "")"]) }
            observation.metricsTrouble = trouble
            try? await Task.sleep(for: Self.retryDelay)
        }
    }

    @Sendable private func isListening(_ address: ListenAddress) {
        logger.notice("metrics are served", metadata: ["address": "\(address)"])
        observation.metricsTrouble = nil
    }

    private func page(_ path: String) async -> Page? {
        switch path {
        case "/metrics":
            guard let status = await observation.status() else { return Page(status: 503, body: "the state cannot be read\n") }
            return Page(contentType: MetricText.contentType, body: MetricsPage(status).text(observation.assembly.metrics))
        case "/healthz":
            guard let hanging = await Liveness(control: observation.control, crew: observation.crew).hanging() else {
                return Page(body: "ok\n")
            }
            return Page(status: 503, body: "\(hanging) hangs\n")
        case "/readyz":
            return observation.control.isReady ? Page(body: "ready\n") : Page(status: 503, body: "starting or stopping\n")
        default:
            return nil
        }
    }
}
