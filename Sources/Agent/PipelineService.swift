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
                continuation.resume(
                    with: Result {
                        try Pipeline(plan, store: store, control: control, logger: logger, onCommit: onCommit).run()
                    })
            }
            thread.start()
        }
    }
}

/// Runs a sender as a service.
struct SenderService: Service {
    let sender: Sender

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await sender.run()
        } onGracefulShutdown: {
            sender.stop()
        }
    }
}
