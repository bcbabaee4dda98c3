// What arguments each filter takes, and how that is said to people.

extension Filter {
    /// What a literal argument must be; a field's value is only known when there is a record.
    enum Parameter {
        case text
        case number
        /// A number other than 0.
        case divisor
        case integer
        /// A whole number from 0.
        case count
        /// Not empty.
        case key
        /// The name of one of the pack's tables.
        case table
        case timeFormat
        case dateFormat
    }

    /// The parameters in their order; those from `requiredCount` on may be left out.
    var parameters: [Parameter] {
        switch self {
        case .abs, .base64Decode, .capitalize, .ceil, .downcase, .first, .floor, .json, .last, .lstrip, .maskIP, .parseJSON, .rstrip,
            .sha256,
            .size, .strip, .toBoolean, .toInteger, .toNumber, .toString, .upcase, .urlDecode, .urlEncode, .urlPath:
            []
        case .append, .default, .join, .map, .prepend, .remove, .split, .urlQuery: [.text]
        case .minus, .plus, .times: [.number]
        case .dividedBy, .modulo: [.divisor]
        case .replace, .replaceFirst: [.text, .text]
        case .round: [.integer]
        case .slice: [.integer, .count]
        case .truncate: [.count, .text]
        case .hmacSHA256: [.key]
        case .lookup: [.table, .text]
        case .date: [.dateFormat]
        case .parseTime: [.timeFormat]
        }
    }

    var requiredCount: Int {
        switch self {
        case .join, .parseTime, .round, .truncate: 0
        case .lookup, .slice: 1
        default: parameters.count
        }
    }

    /// The arguments in words, for messages.
    var argumentWords: String {
        switch (requiredCount, parameters.count) {
        case (0, 0): "no argument"
        case (0, 1): "at most one argument"
        case (0, let most): "at most \(most) arguments"
        case (1, 1): "one argument"
        case (1, let most): "one to \(most) arguments"
        case (_, let most): "\(most) arguments"
        }
    }

    var example: String {
        switch self {
        case .append: #"{{ name | append: "@example.com" }}"#
        case .date: #"{{ ts | date: "%Y-%m-%d" }}"#
        case .default: #"{{ plan | default: "free" }}"#
        case .dividedBy: "{{ cents | divided_by: 100.0 }}"
        case .hmacSHA256: "{{ ip | hmac_sha256: env.HASH_KEY }}"
        case .join: #"{{ list | join: ", " }}"#
        case .lookup: "{{ plan | lookup: plans }}"
        case .map: #"{{ items | map: "sku" }}"#
        case .minus, .modulo, .plus, .times: "{{ n | \(rawValue): 2 }}"
        case .parseTime: #"{{ ts | parse_time: "%d/%b/%Y:%H:%M:%S %z" }}"#
        case .prepend: #"{{ path | prepend: "https://example.com" }}"#
        case .remove: #"{{ id | remove: "user-" }}"#
        case .replace, .replaceFirst: #"{{ path | \#(rawValue): "/api/", "/" }}"#
        case .round: "{{ total | round: 2 }}"
        case .slice: "{{ id | slice: 0, 8 }}"
        case .split: #"{{ items | split: "," }}"#
        case .truncate: "{{ text | truncate: 80 }}"
        case .urlQuery: #"{{ request | url_query: "utm_source" }}"#
        default: "{{ name | \(rawValue) }}"
        }
    }
}
