// The agent: store, pipeline and senders, from start to stop.

import Delivery
package import Logging
import Rules
import ServiceLifecycle
import Settings
import Store
import UnixSignals

package struct Agent: Sendable {
    private let configuration: Configuration
    private let scope: String
    private let store: Store
    private let senders: [Sender]
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
        self.configuration = configuration
        self.logger = logger
        let directory = configuration.settings.state.directory
        let letters = configuration.settings.deadLetters
        let store = try Store.open(
            directory: directory,
            deadLetters: DeadLetterLimits(bytesMax: letters.bytesMax, ageMaxMS: letters.ageMaxMilliseconds.map(Int64.init)))
        self.store = store
        if let stated = configuration.idScope ?? IDScope.ofThisMachine() {
            scope = stated
        } else {
            scope = try IDScope.ofState(directory: directory)
        }
        senders = configuration.destinations.map { Sender($0, store: store.sender, logger: logger) }
    }

    /// Works until SIGTERM or SIGINT, then finishes what is in flight.
    /// - Throws: what ended the pipeline or a sender.
    package func run() async throws(AgentError) {
        do {
            try await runServices()
        } catch {
            throw AgentError(error)
        }
    }

    private func runServices() async throws {
        defer { store.close() }
        let pipeline = pipelineService(giveUpAfter: nil)
        let services: [any Service] = [pipeline] + senders.map { SenderService(sender: $0) } + [upkeep]
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger)
        group.maximumGracefulShutdownDuration = .milliseconds(configuration.settings.shutdownTimeoutMilliseconds)
        logger.notice("running", metadata: startMetadata)
        try await ServiceGroup(configuration: group).run()
        logger.notice("stopped")
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
        defer { store.close() }
        let before = try await store.sender.counters()
        let pipeline = pipelineService(giveUpAfter: giveUpAfter)
        var outcomes: [String: DrainOutcome] = [:]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in senders { group.addTask { try await sender.run() } }
            try await pipeline.run()
            for (destination, sender) in zip(configuration.destinations, senders) {
                outcomes[destination.name] = await sender.drain(giveUpAfter: giveUpAfter)
            }
            for sender in senders { sender.stop() }
            try await group.waitForAll()
        }
        await upkeep.turn()
        return report(before, try await store.sender.counters(), outcomes)
    }

    private func report(_ before: [Counter: Int64], _ after: [Counter: Int64], _ outcomes: [String: DrainOutcome]) -> Report {
        func change(_ counter: Counter) -> Int { Int((after[counter] ?? 0) - (before[counter] ?? 0)) }
        func discarded(_ counters: [Counter: Int64]) -> Int { StateTotals(counters).discarded }
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
        for sender in senders { report.requests += sender.snapshot.requests }
        report.skippedExistingContent =
            report.recordsRead == 0 && before.isEmpty && configuration.sources.contains { $0.startsAtEnd }
        return report
    }

    private func pipelineService(giveUpAfter: Duration?) -> PipelineService {
        let plan = PipelinePlan(
            sources: configuration.sources, destinations: configuration.destinations.map(\.name), scope: scope,
            commitIntervalMilliseconds: Int64(configuration.settings.state.commitIntervalMilliseconds),
            spoolBytesMax: Int64(configuration.settings.spool.bytesMax),
            dropsOldest: configuration.settings.spool.whenFull == .dropOldest,
            giveUpAfterMilliseconds: giveUpAfter.map { $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000 })
        return PipelineService(plan: plan, store: store.pipeline, control: PipelineControl(), logger: logger, onCommit: wakeSenders)
    }

    private var upkeep: UpkeepService { UpkeepService(store: store.sender, onReplay: wakeSenders, logger: logger) }

    private var wakeSenders: @Sendable () -> Void {
        let senders = senders
        return { for sender in senders { sender.wake() } }
    }

    private var startMetadata: Logger.Metadata {
        [
            "version": "\(programVersion)", "sources": "\(configuration.sources.count)",
            "rules": "\(configuration.sources.reduce(0) { $0 + $1.rules.rules.count })",
            "destinations": "\(configuration.destinations.map(\.endpoint.url).joined(separator: " "))",
        ]
    }

    /// The service group tells of every service that starts and stops; that is for developers.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = .error
        return quiet
    }
}
