// Runs the pipeline on a thread of its own, as a service among others.

import Delivery
import Foundation
import Logging
import ServiceLifecycle
import Store

struct PipelineService: Service {
    let plan: PipelinePlan
    let store: PipelineStore
    let control: PipelineControl
    let logger: Logger
    let onCommit: @Sendable () -> Void

    /// Returns when the pipeline has stopped: told to, out of work, or failed.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await onOwnThread()
            } onCancel: {
                control.stop()
            }
        } onGracefulShutdown: {
            control.stop()
        }
    }

    private func onOwnThread() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                // Only a thread that runs can be named on Linux.
                Thread.current.name = "pipeline"
                continuation.resume(with: Result { try follow() })
            }
            thread.start()
        }
    }

    /// One pipeline after the other, as plans are replaced. All that one has read is committed before the next begins.
    private func follow() throws {
        defer { control.end() }
        var plan = plan
        var pipeline = try pipeline(plan)
        control.begin()
        while true {
            try pipeline.run()
            guard let next = control.takeReplacement() else { return }
            do {
                pipeline = try self.pipeline(next)
                plan = next
                control.begin()
            } catch {
                pipeline = try self.pipeline(plan)
                control.begin(refusing: error)
            }
        }
    }

    private func pipeline(_ plan: PipelinePlan) throws -> Pipeline {
        try Pipeline(plan, store: store, control: control, logger: logger, onCommit: onCommit)
    }
}
