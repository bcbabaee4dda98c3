// Writes what a call's templates give: people, properties or traits, context and integrations.

import Calls
import Formats
import Records

extension CallMaker {
    mutating func context(_ members: [Payload.Member], _ record: Span<UInt8>) {
        let mark = writer.open(Self.contextKey, .object)
        for member in members { self.member(member, record) }
        writer.libraryMember()
        writer.close(mark)
    }

    mutating func payload(_ key: JSONKey, _ payload: Payload, _ record: Span<UInt8>) {
        guard case .value(let template) = payload else { return object(key, payload.members, record) }
        if let text = workspace.object(of: template, record) { json(key, text, record) }
    }

    mutating func object(_ key: JSONKey, _ members: [Payload.Member], _ record: Span<UInt8>) {
        guard !members.isEmpty else { return }
        let mark = writer.open(key, .object)
        for member in members { self.member(member, record) }
        writer.close(mark)
    }

    private mutating func member(_ member: Payload.Member, _ record: Span<UInt8>) {
        switch member.value {
        case .value(let template):
            switch workspace.value(of: template, record) {
            case .absent: break
            case .text(let text): string(member.key, text, record)
            case .number(let text, _): json(member.key, text, record)
            case .json(let text): json(member.key, workspace.rewritten(text, record), record)
            case .boolean(let truth): writer.json(member.key, truth ? Self.trueJSON.span : Self.falseJSON.span)
            }
        case .object(let members): object(member.key, members, record)
        case .list(let values):
            let mark = writer.open(member.key, .list)
            for value in values { element(value, record) }
            writer.close(mark)
        }
    }

    private mutating func element(_ value: Payload, _ record: Span<UInt8>) {
        switch value {
        case .value(let template):
            switch workspace.value(of: template, record) {
            case .absent: break
            case .text(let text):
                let scratch = workspace.scratch
                writer.stringElement(text.space == .record ? record.extracting(text.range) : scratch.span.extracting(text.range))
            case .number(let text, _): jsonElement(text, record)
            case .json(let text): jsonElement(workspace.rewritten(text, record), record)
            case .boolean(let truth): writer.jsonElement(truth ? Self.trueJSON.span : Self.falseJSON.span)
            }
        case .object(let members):
            let mark = writer.openElement(.object)
            for member in members { self.member(member, record) }
            writer.close(mark)
        case .list(let values):
            let mark = writer.openElement(.list)
            for value in values { element(value, record) }
            writer.close(mark)
        }
    }

    private mutating func jsonElement(_ text: Text, _ record: Span<UInt8>) {
        let scratch = workspace.scratch
        writer.jsonElement(text.space == .record ? record.extracting(text.range) : scratch.span.extracting(text.range))
    }

    mutating func string(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>) {
        let scratch = workspace.scratch
        writer.string(key, text.space == .record ? record.extracting(text.range) : scratch.span.extracting(text.range))
    }

    private mutating func json(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>) {
        let scratch = workspace.scratch
        writer.json(key, text.space == .record ? record.extracting(text.range) : scratch.span.extracting(text.range))
    }

    private static let contextKey = JSONKey("context")
    private static let trueJSON = [UInt8]("true".utf8)
    private static let falseJSON = [UInt8]("false".utf8)
}
