// One call of a rule, ready to be filled in from a record.

import Calls

/// Everything that is known of a call before its record is.
final class CallTemplate: Sendable {
    let type: CallType
    let ids: MessageIDMaker
    let userId: Template?
    let anonymousId: Template?
    /// `event`, `name`, `groupId` or `previousId`.
    let own: Template?
    /// The same with its key, where it is a text that is known and names nobody.
    let fixedOwn: JSONMember?
    /// Properties or traits: an object, or with `allow_raw` a template that gives one.
    let payload: Payload
    let context: [Payload.Member]
    let integrations: [Payload.Member]
    let timestamp: Template?
    /// The reserved names that the event must not turn out to have; none where its name is known and was checked.
    let refusedEvents: [[UInt8]]

    init(
        type: CallType, ids: MessageIDMaker, userId: Template?, anonymousId: Template?, own: Template?, payload: Payload,
        context: [Payload.Member], integrations: [Payload.Member], timestamp: Template?, refusedEvents: [[UInt8]]
    ) {
        self.type = type
        self.ids = ids
        self.userId = userId
        self.anonymousId = anonymousId
        self.own = own
        let text = type == .alias ? nil : own?.literal.flatMap { $0.isEmpty ? nil : $0 }
        fixedOwn = text.flatMap { text in type.ownField.map { JSONKey($0).member(text) } }
        self.payload = payload
        self.context = context
        self.integrations = integrations
        self.timestamp = timestamp
        self.refusedEvents = refusedEvents
    }

    /// All templates of the call.
    var templates: [Template] {
        [userId, anonymousId, own, timestamp].compactMap { $0 } + payload.templates
            + (context + integrations).flatMap { $0.value.templates }
    }
}
