// What the parts of an agent are made of: the configuration in force, and the store.

import Delivery
import Exposition
import Logging
import Rules
import Settings
import Store
import Synchronization
import Tailing

final class Assembly: Sendable {
    let store: Store
    let logger: Logger
    /// What is measured while the agent runs, whatever is reloaded.
    let metrics = MetricRegistry(help: MetricsPage.help)
    private let inForce: Mutex<Configuration>

    /// Opens the state directory for this process alone.
    init(_ configuration: Configuration, logger: Logger) throws(StoreError) {
        self.logger = logger
        DescriptorLimit.raise()
        store = try Store.open(
            directory: configuration.settings.state.directory, deadLetters: configuration.deadLetterLimits)
        try store.trace.keep(configuration.traceLimits, nowMS: Clock.wallMilliseconds())
        inForce = Mutex(configuration)
    }

    var configuration: Configuration { inForce.withLock { $0 } }

    func use(_ configuration: Configuration) {
        inForce.withLock { $0 = configuration }
        store.use(configuration.deadLetterLimits)
    }

    func senders(of configuration: Configuration) -> [Sender] {
        configuration.destinations.map { Sender($0, store: store.sender, metrics: metrics, logger: logger) }
    }

    /// - Parameter giveUpAfter: for a run that is to end; nil: go on until told to stop.
    /// - Throws: when this machine has no id and the state directory can keep none.
    func plan(of configuration: Configuration, giveUpAfter: Duration?) throws(StoreError) -> PipelinePlan {
        let scope: String
        if let known = configuration.idScope ?? IDScope.ofThisMachine() {
            scope = known
        } else {
            scope = try IDScope.ofState(directory: configuration.settings.state.directory)
        }
        return PipelinePlan(
            sources: configuration.sources, destinations: configuration.destinations.map(\.name), scope: scope,
            commitIntervalMilliseconds: Int64(configuration.settings.state.commitIntervalMilliseconds),
            spoolBytesMax: Int64(configuration.settings.spool.bytesMax),
            openFilesMax: DescriptorLimit.openFilesMax(configuration),
            deletedFilesBound: DeletedFilesBound(
                bytesMax: UInt64(configuration.settings.holdDeleted.bytesMax),
                freePercentMin: UInt64(configuration.settings.holdDeleted.freePercentMin)),
            dropsOldest: configuration.settings.spool.whenFull == .dropOldest,
            giveUpAfterMilliseconds: giveUpAfter.map { $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000 })
    }
}

extension Configuration {
    fileprivate var deadLetterLimits: DeadLetterLimits {
        let letters = settings.deadLetters
        return DeadLetterLimits(bytesMax: letters.bytesMax, ageMaxMS: letters.ageMaxMilliseconds.map(Int64.init))
    }

    var traceLimits: TraceLimits? {
        settings.trace.map { TraceLimits(ageMaxMS: Int64($0.ageMaxMilliseconds), callsMax: $0.callsMax) }
    }

    /// For the log.
    var summary: Logger.Metadata {
        [
            "version": "\(programVersion)", "sources": "\(sources.count)", "rules": "\(ruleCount)",
            "destinations": "\(destinations.map(\.endpoint.url).joined(separator: " "))",
        ]
    }

    /// A rule that several sources share counts for each.
    var ruleCount: Int { sources.reduce(0) { $0 + $1.rules.rules.count } }
}
