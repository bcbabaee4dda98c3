// One request on its way through the receiver: head, body, judges, fault, acceptance, answer.

import Calls
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

extension LocalReceiver {
    /// Reads a request and answers it, or resets its connection.
    nonisolated func serve(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        // Slow senders: the body has to come whole before this fires.
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(Int64(configuration.requestSeconds))) {
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        let head = Self.head(of: request)
        let endpoint: Endpoint
        do {
            endpoint = try headJudge.judge(head)
        } catch {
            _ = await begin()
            try await write(await answer(to: error, isStrict: head.isStrict), closing: true, writer)
            // A connection closed over unread bytes is reset, and the answer may be lost with it.
            for try await _ in request.body {}
            return channel.close(promise: nil)
        }
        if endpoint == .health {
            return try await write(Answer(status: 200, body: await counts.json), closing: false, writer)
        }

        let number = await begin()
        let body: [UInt8]
        do {
            body = try await read(request)
        } catch {
            await countRefusal()
            throw error
        }
        deadline.cancel()
        let calls: [AcceptedCall]
        do {
            calls = try judge(body, sentTo: endpoint, isStrict: head.isStrict)
        } catch {
            return try await write(await answer(to: error, isStrict: head.isStrict), closing: false, writer)
        }
        if let answer = await answer(to: calls, fault: configuration.faults.fault(forRequest: number)) {
            try await write(answer, closing: false, writer)
        } else {
            try await reset(channel)
        }
    }

    private nonisolated static func head(of request: Request) -> RequestHead {
        var head = RequestHead(method: request.head.method.rawValue, path: request.head.path ?? "")
        let fields = request.head.headerFields
        head.authorization = fields[.authorization]
        head.contentType = fields[.contentType]
        head.contentLength = fields[.contentLength]
        head.contentEncoding = fields[.contentEncoding]
        head.strictMode = HTTPField.Name("X-Strict-Mode").flatMap { fields[$0] }
        return head
    }

    /// The whole body. It is never longer than the head says: the HTTP parser counts.
    /// - Throws: also if the connection ended before the body did.
    private nonisolated func read(_ request: Request) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await buffer in request.body {
            body.append(contentsOf: buffer.readableBytesView)
        }
        guard Int(request.head.headerFields[.contentLength] ?? "") == body.count else { throw ChannelError.inputClosed }
        return body
    }

    private nonisolated func judge(_ body: [UInt8], sentTo endpoint: Endpoint, isStrict: Bool) throws(Refusal) -> [AcceptedCall] {
        var bodyJudge = bodyJudge
        bodyJudge.isStrict = isStrict
        return switch endpoint {
        case .health: []
        case .batch: try bodyJudge.judge(batch: body)
        case .call(let type): [try bodyJudge.judge(call: body, type: type)]
        }
    }

    private func answer(to refusal: Refusal, isStrict: Bool) -> Answer {
        countRefusal()
        logger.warning(
            "request refused",
            metadata: [
                "status": "\(refusal.status)", "problem": "\(refusal.problems.first?.what ?? "")",
                "call": "\(refusal.problems.first?.call.map(String.init) ?? "-")",
            ])
        return Answer(status: refusal.status, body: refusal.body(isStrict: isStrict))
    }

    /// - Returns: nil if the connection is to be reset instead.
    private func answer(to calls: [AcceptedCall], fault: FaultPlan.Fault) async -> Answer? {
        if fault != .none { counts.faults += 1 }
        // Cancelled means shutting down: answer at once.
        if fault.delayMilliseconds > 0 { try? await Task.sleep(for: .milliseconds(fault.delayMilliseconds)) }
        switch fault.action {
        case .none: return accept(calls)
        case .answer(let status, let retryAfterSeconds):
            return Answer(
                status: status, body: Refusal(status: status, "a fault of the plan").body(isStrict: true),
                retryAfterSeconds: retryAfterSeconds)
        case .reset: return nil
        case .acceptThenReset:
            _ = accept(calls)
            return nil
        }
    }

    /// Hands the calls over and remembers them. Within the actor and without a pause, so requests are accepted one by one.
    private func accept(_ calls: [AcceptedCall]) -> Answer {
        var calls = calls
        for index in calls.indices {
            calls[index].isDuplicate = recentIDs.contains(calls[index].messageID)
        }
        do {
            try onAccepted(calls)
        } catch {
            logger.error("accepted calls cannot be handed over", metadata: ["error": "\(error)"])
            return Answer(status: 500, body: Refusal(status: 500, "the calls cannot be kept").body(isStrict: true))
        }
        for call in calls {
            if !recentIDs.insert(call.messageID) { counts.duplicates += 1 }
        }
        counts.accepted += calls.count
        return Answer(status: 200, body: #"{"success":true}"#)
    }

    private nonisolated func write(_ answer: Answer, closing: Bool, _ writer: consuming ResponseWriter) async throws {
        var fields = HTTPFields()
        fields[.contentType] = "application/json"
        fields[.contentLength] = String(answer.body.utf8.count)
        if let seconds = answer.retryAfterSeconds { fields[.retryAfter] = String(seconds) }
        if closing { fields[.connection] = "close" }
        try await writer.write(
            response: HTTPResponse(status: .init(code: answer.status), headerFields: fields),
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }

    /// Ends the connection with RST, as a crash or a middlebox does.
    private nonisolated func reset(_ channel: any Channel) async throws {
        if let options = channel as? any SocketOptionProvider {
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }
}
