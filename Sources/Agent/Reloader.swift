// Exchanges configuration and rules while the agent runs. What is wrong is refused as a whole, with the reason, and the agent goes
// on as before; what is right takes over between two commits, so that no record is lost and none is read twice.

import Delivery
import Logging
import Settings
import Store

actor Reloader {
    private let control: PipelineControl
    private let crew: SenderCrew
    private let assembly: Assembly
    private let manager: ServiceManager
    private let logger: Logger
    /// The reload that was asked for last; the next one waits for it.
    private var latest: Task<Void, Never>?
    /// Why the last reload was refused, in one line; nil after one that was not.
    private(set) var refusal: String?

    init(_ assembly: Assembly, control: PipelineControl, crew: SenderCrew, manager: ServiceManager, logger: Logger) {
        (self.assembly, self.control, self.crew, self.manager, self.logger) = (assembly, control, crew, manager, logger)
    }

    /// Returns when what the files say now is in force.
    /// - Throws: why it is not.
    func reload() async throws(AgentError) {
        let before = latest
        let reload = Task { () -> Result<Void, AgentError> in
            await before?.value
            do throws(AgentError) {
                return .success(try await self.once())
            } catch {
                return .failure(error)
            }
        }
        latest = Task { _ = await reload.value }
        try await reload.value.get()
    }

    private func once() async throws(AgentError) {
        manager.reloading()
        defer {
            manager.ready()
            control.news.ring()
        }
        do {
            try await exchange()
            refusal = nil
            logger.notice("reloaded", metadata: assembly.configuration.summary)
        } catch {
            let error = AgentError(error)
            let text = error.text(color: false)
            refusal = text.split(separator: "\n").first.map(String.init) ?? text
            logger.error("the reload is refused, everything goes on as before", metadata: ["reason": "\(text)"])
            throw error
        }
    }

    private func exchange() async throws {
        let old = assembly.configuration
        let new = try old.readAgain()
        guard new.settings.state.directory == old.settings.state.directory else {
            throw AgentError(
                .configuration, "the state directory cannot change while the agent runs",
                hint: "restart the agent to use \(new.settings.state.directory)")
        }
        for warning in new.warnings(color: false) { logger.warning("\(warning)") }
        // What the new rules make is no longer parked for what the old ones made.
        try await assembly.store.sender.closeParking()
        try await keepTrace(new)
        do {
            try await control.replace(with: assembly.plan(of: new, giveUpAfter: nil))
        } catch {
            try? await keepTrace(old)
            throw error
        }
        crew.replace(with: assembly.senders(of: new))
        assembly.use(new)
        logger.tell(of: try await StrandedCalls.find(assembly.store.sender, besides: new.destinations.map(\.name)))
    }

    private func keepTrace(_ configuration: Configuration) async throws(StoreError) {
        try await assembly.store.trace.keep(configuration.traceLimits, nowMS: Clock.wallMilliseconds())
    }
}
