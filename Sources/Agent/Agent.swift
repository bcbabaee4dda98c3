// The agent: store, pipeline and senders, from start to stop.

import Delivery
package import Logging
import NIOPosix
import Rules
import ServiceLifecycle
import Settings
import Store
import UnixSignals

package struct Agent: Sendable {
    private let assembly: Assembly
    private let crew: SenderCrew
    private let control = PipelineControl()
    private let logger: Logger

    /// What a run that ends by itself has done.
    package struct Report: Sendable {
        package var recordsRead = 0
        package var callsDerived = 0
        package var delivered = 0
        package var deadLettered = 0
        /// Calls that a bound removed: of the outbox, or of the dead letters.
        package var discarded = 0
        package var requests = 0
        /// Per destination why not everything was delivered; empty when it was.
        package var undelivered: [String: String] = [:]
        /// Files that exist were not read because of `start_at: end`, which is the default.
        package var skippedExistingContent = false
    }

    /// Opens the state directory for this process alone.
    package init(_ configuration: Configuration, logger: Logger) throws(AgentError) {
        do {
            try self.init(opening: configuration, logger: logger)
        } catch {
            throw AgentError(error)
        }
    }

    private init(opening configuration: Configuration, logger: Logger) throws(StoreError) {
        self.logger = logger
        // While there are descriptors to be had: without some for its event loops the process would end, and logs may take all of them.
        _ = MultiThreadedEventLoopGroup.singleton.next()
        assembly = try Assembly(configuration, logger: logger)
        crew = SenderCrew(assembly.senders(of: configuration))
    }

    /// Works until SIGTERM or SIGINT, then finishes what is in flight; a second one ends the process at once. SIGHUP, or a request
    /// at the control socket, reloads the configuration.
    /// - Throws: what ended the pipeline or a sender.
    package func run() async throws(AgentError) {
        do {
            try await runServices()
        } catch {
            throw AgentError(error)
        }
    }

    private func runServices() async throws {
        defer { assembly.store.close() }
        let (configuration, logger) = (assembly.configuration, logger)
        let manager = ServiceManager()
        let reloader = Reloader(assembly, control: control, crew: crew, manager: manager, logger: logger)
        let observation = Observation(assembly, control: control, crew: crew, reloader: reloader, logger: logger)
        let services: [any Service] = [
            SignalService(reloader: reloader, logger: logger) { logger.notice("running", metadata: configuration.summary) },
            try pipelineService(giveUpAfter: nil),
            crew,
            upkeep,
            controlServer(configuration, reloader, observation),
            MetricsService(observation, logger: logger),
            ServiceReporter(manager: manager, control: control, crew: crew) {
                await observation.status()?.line ?? "the state cannot be read, see the log"
            },
        ]
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger)
        group.maximumGracefulShutdownDuration = .milliseconds(configuration.settings.shutdownTimeoutMilliseconds)
        logger.tell(of: try await StrandedCalls.find(assembly.store.sender, besides: configuration.destinations.map(\.name)))
        if !Clock.isSet {
            logger.warning(
                "the clock of this machine is wrong; calls of records without a time of their own will carry it",
                metadata: ["hint": "have time synchronized before the agent starts: systemctl enable systemd-time-wait-sync"])
        }
        try await ServiceGroup(configuration: group).run()
        logger.notice("stopped")
    }

    private func controlServer(_ configuration: Configuration, _ reloader: Reloader, _ observation: Observation) -> ControlServer {
        let path = ControlClient.path(
            environment: configuration.environment, stateDirectory: configuration.settings.state.directory)
        return ControlServer(path: path, taps: control.taps, metrics: assembly.metrics, logger: logger) { request in
            switch request.command {
            case .status:
                guard let status = await observation.status() else { return ControlReply(error: "the state cannot be read, see the log") }
                return ControlReply(status: status)
            case .reload:
                do {
                    try await reloader.reload()
                    return ControlReply()
                } catch {
                    return ControlReply(error: "\(AgentError(error).text(color: false))")
                }
            case .trace:
                do throws(StoreError) {
                    guard let report = try await observation.trace(request.question ?? TraceQuestion()) else {
                        return ControlReply(error: "a trace is of a user or of a message")
                    }
                    return ControlReply(trace: report)
                } catch {
                    return ControlReply(error: "\(AgentError(error).text(color: false))")
                }
            case .tap: return ControlReply(error: (request.filter ?? TapFilter()).refusal(observation.assembly.configuration))
            }
        }
    }

    /// Reads every source to its present end, delivers everything, and returns.
    /// - Parameter giveUpAfter: how long nothing may get on before the rest is left for the next run.
    package func runOnce(giveUpAfter: Duration) async throws(AgentError) -> Report {
        do {
            return try await readAndDrain(giveUpAfter: giveUpAfter)
        } catch {
            throw AgentError(error)
        }
    }

    private func readAndDrain(giveUpAfter: Duration) async throws -> Report {
        let (store, senders) = (assembly.store, crew.senders)
        defer { store.close() }
        let before = try await store.sender.counters()
        logger.tell(of: try await StrandedCalls.find(store.sender, besides: assembly.configuration.destinations.map(\.name)))
        let pipeline = try pipelineService(giveUpAfter: giveUpAfter)
        var outcomes: [String: DrainOutcome] = [:]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await crew.run() }
            try await pipeline.run()
            for (destination, sender) in zip(assembly.configuration.destinations, senders) {
                outcomes[destination.name] = await sender.drain(giveUpAfter: giveUpAfter)
            }
            crew.stop()
            try await group.waitForAll()
        }
        await upkeep.turn()
        return report(before, try await store.sender.counters(), outcomes)
    }

    private func report(_ before: [Counter: Int64], _ after: [Counter: Int64], _ outcomes: [String: DrainOutcome]) -> Report {
        func change(_ counter: Counter) -> Int { Int((after[counter] ?? 0) - (before[counter] ?? 0)) }
        func discarded(_ counters: [Counter: Int64]) -> Int { StateTotals(counters).discarded }
        let configuration = assembly.configuration
        var report = Report()
        for source in configuration.sources { report.recordsRead += change(Counter("records_read", source.settings.name)) }
        for destination in configuration.destinations {
            report.callsDerived += change(.derived(destination.name))
            report.delivered += change(.delivered(destination.name))
            report.deadLettered += change(.deadLettered(destination.name))
            switch outcomes[destination.name] {
            case .held(let reason)?, .gaveUp(let reason)?: report.undelivered[destination.name] = reason
            case .empty?, nil: break
            }
        }
        report.discarded = discarded(after) - discarded(before)
        for sender in crew.senders { report.requests += sender.snapshot.requests }
        report.skippedExistingContent =
            report.recordsRead == 0 && before.isEmpty && configuration.sources.contains { $0.startsAtEnd }
        return report
    }

    private func pipelineService(giveUpAfter: Duration?) throws(StoreError) -> PipelineService {
        let crew = crew
        return PipelineService(
            plan: try assembly.plan(of: assembly.configuration, giveUpAfter: giveUpAfter), store: assembly.store.pipeline,
            control: control, logger: logger
        ) { crew.wake() }
    }

    private var upkeep: UpkeepService {
        let crew = crew
        return UpkeepService(
            store: assembly.store.sender, onReplay: { crew.wake() },
            onDrop: {
                // Where all of a rule's parked calls are gone it is parked no longer.
                for sender in crew.senders { await sender.tryParked() }
            }, logger: logger)
    }

    /// The service group tells of every service that starts and stops; that is for developers.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = .error
        return quiet
    }
}
