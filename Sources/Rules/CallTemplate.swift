// One call of a rule, ready to be filled in from a record.

import Calls

/// Everything that is known of a call before its record is.
struct CallTemplate: Sendable {
    var type: CallType
    var ids: MessageIDMaker
    var userId: Template?
    var anonymousId: Template?
    /// `event`, `name`, `groupId` or `previousId`.
    var own: Template?
    /// Properties or traits: an object, or with `allow_raw` a template that gives one.
    var payload: Payload
    var context: [Payload.Member]
    var integrations: [Payload.Member]
    var timestamp: Template?
    /// The reserved names that the event must not turn out to have; none where its name is known and was checked.
    var refusedEvents: [[UInt8]]

    /// All templates of the call.
    var templates: [Template] {
        [userId, anonymousId, own, timestamp].compactMap { $0 } + payload.templates
            + (context + integrations).flatMap { $0.value.templates }
    }
}
