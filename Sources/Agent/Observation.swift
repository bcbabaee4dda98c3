// Everything that people and monitors learn of a running agent, gathered in one place.

import Delivery
import Logging
import Store
import Synchronization

final class Observation: Sendable {
    let assembly: Assembly
    let control: PipelineControl
    let crew: SenderCrew
    private let reloader: Reloader
    private let logger: Logger
    private let startedAtMS = Clock.wallMilliseconds()
    private let ofMetrics = Mutex<Trouble?>(nil)
    private let unreadable = Mutex(RepeatFolding())

    init(_ assembly: Assembly, control: PipelineControl, crew: SenderCrew, reloader: Reloader, logger: Logger) {
        (self.assembly, self.control, self.crew, self.reloader, self.logger) = (assembly, control, crew, reloader, logger)
    }

    /// How the agent is now; nil when the state cannot be read, which the log tells.
    func status() async -> AgentStatus? {
        var troubles: [Trouble] = []
        if let refusal = await reloader.refusal {
            troubles.append(
                Trouble("the last reload was refused: \(refusal)", hint: "`eventail check` tells all mistakes; the old files are in force"))
        }
        if let metricsTrouble { troubles.append(metricsTrouble) }
        do throws(StoreError) {
            return try await AgentStatus(assembly, crew, control, startedAtMS: startedAtMS, troubles: troubles)
        } catch {
            let untold = unreadable.withLock { $0.happened(error.what, now: .milliseconds(Clock.monotonicMilliseconds())) }
            if untold != nil { logger.warning("the state cannot be read", metadata: ["reason": "\(error.what)"]) }
            return nil
        }
    }

    /// What became of the calls; nil for a question that names none.
    func trace(_ question: TraceQuestion) async throws(StoreError) -> TraceReport? {
        guard let subject = question.subject else { return nil }
        let findings = try await assembly.store.trace.find(subject)
        let senders = Dictionary(crew.senders.map { ($0.destination, $0.snapshot) }) { first, _ in first }
        return TraceReport(findings, question, senders: senders)
    }

    /// Why metrics are not served although that is wanted.
    var metricsTrouble: Trouble? {
        get { ofMetrics.withLock { $0 } }
        set {
            let isNews = ofMetrics.withLock { current in
                defer { current = newValue }
                return current != newValue
            }
            if isNews { control.news.ring() }
        }
    }
}
