// The six calls of the Pipelines API (Segment's spec), in the order in which one rule emits them.

/// What a call does. The raw value is the `type` that goes over the wire.
package enum CallType: String, CaseIterable, Sendable {
    case alias, identify, group, page, screen, track

    /// Its place among all of them, for tables.
    package var number: Int {
        switch self {
        case .alias: 0
        case .identify: 1
        case .group: 2
        case .page: 3
        case .screen: 4
        case .track: 5
        }
    }

    /// Where the call's free-form values go: `traits` of a person or group, `properties` of what happened; alias has none.
    package var payloadKey: String? {
        switch self {
        case .alias: nil
        case .identify, .group: "traits"
        case .page, .screen, .track: "properties"
        }
    }

    /// The field that belongs to this type alone (OpenAPI: TrackRequest.event, GroupRequest.groupId, …).
    package var ownField: String? {
        switch self {
        case .alias: "previousId"
        case .identify: nil
        case .group: "groupId"
        case .page, .screen: "name"
        case .track: "event"
        }
    }

    /// Whether the API refuses the call without its own field. Page and screen calls may be nameless.
    package var requiresOwnField: Bool {
        switch self {
        case .alias, .group, .track: true
        case .identify, .page, .screen: false
        }
    }
}
