// The filters of templates: Liquid's, with Liquid's meaning where Liquid has them, and a few that logs need. A filter reads
// the text of one value, with up to two arguments, and writes its result as bytes; a list is the text of a JSON list.
//
// Where Liquid would take what is no number for 0, or print an error into the text, there is no result: the value is absent, and
// `default` can say what to send instead. An absent input or argument makes the result absent, but for `default`.

import Calls
import Formats
import Records

/// The names that may follow a bar in a template.
enum Filter: String, CaseIterable, Sendable {
    case abs, append, capitalize, ceil, date, `default`, downcase, first, floor, join, json, last, lookup, lstrip, map, minus, modulo, plus
    case prepend, remove, replace, round, rstrip, sha256, size, slice, split, strip, times, truncate, upcase
    case base64Decode = "base64_decode"
    case dividedBy = "divided_by"
    case hmacSHA256 = "hmac_sha256"
    case maskIP = "mask_ip"
    case parseJSON = "parse_json"
    case parseTime = "parse_time"
    case replaceFirst = "replace_first"
    case toBoolean = "to_boolean"
    case toInteger = "to_integer"
    case toNumber = "to_number"
    case toString = "to_string"
    case urlDecode = "url_decode"
    case urlEncode = "url_encode"
    case urlPath = "url_path"
    case urlQuery = "url_query"

    /// What a filter made of its input.
    enum Result {
        case absent
        case text
        case number(isDecimal: Bool)
        case boolean(Bool)
        /// A list or an object, well-formed.
        case json
    }

    /// The texts of a filter's arguments, in memory that is reused.
    struct Arguments {
        var count = 0
        var first: [UInt8] = []
        var second: [UInt8] = []
        /// The first one is a number with a fraction, even if its canonical form does not show it.
        var isFirstDecimal = false
    }

    /// Appends the filter's result for the text `input`. `default`, `date`, `lookup` and `parse_time` are not run here, for they
    /// depend on more than texts.
    func run(_ input: Span<UInt8>, _ kind: ValueKind, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        let (first, second) = (arguments.first.span, arguments.second.span)
        switch self {
        case .append, .prepend: return Self.join(self == .append ? input : first, self == .append ? first : input, into: &output)
        case .capitalize, .downcase, .upcase: return mapCase(input, into: &output)
        case .lstrip, .rstrip, .strip: return Self.strip(input, left: self != .rstrip, right: self != .lstrip, into: &output)
        case .remove: return Self.replace(input, first, with: Span(), into: &output)
        case .replace: return Self.replace(input, first, with: second, into: &output)
        case .replaceFirst: return Self.replace(input, first, with: second, countMax: 1, into: &output)
        case .truncate: return Self.truncate(input, arguments, into: &output)
        case .toString: return Self.join(input, Span(), into: &output)

        case .abs, .ceil, .floor, .round: return rounded(input, kind, arguments, into: &output)
        case .dividedBy, .minus, .modulo, .plus, .times: return calculated(input, kind, arguments, into: &output)
        case .toNumber: return Self.number(input, kind, into: &output)
        case .toInteger: return Self.integer(input, into: &output)
        case .toBoolean: return Self.boolean(input)

        case .first, .last: return end(of: input, kind, into: &output)
        case .join: return Self.joined(input, kind, arguments, into: &output)
        case .map: return Self.mapped(input, kind, first, into: &output)
        case .size: return Self.size(input, kind, into: &output)
        case .slice: return Self.slice(input, kind, arguments, into: &output)
        case .split: return Self.split(input, first, into: &output)
        case .json: return Self.json(input, kind, into: &output)
        case .parseJSON: return Self.parseJSON(input, kind, into: &output)

        case .base64Decode: return Self.base64Decode(input, into: &output)
        case .urlDecode: return Self.urlDecode(input, into: &output)
        case .urlEncode: return Self.urlEncode(input, into: &output)
        case .urlPath: return Self.urlPath(input, into: &output)
        case .urlQuery: return Self.urlQuery(input, first, into: &output)
        case .maskIP: return MaskedAddress.write(input, into: &output) ? .text : .absent
        case .sha256:
            TextDigest.writeSHA256(of: input, into: &output)
            return .text
        case .hmacSHA256:
            // Under no key this would be no more than a plain digest, which can be guessed.
            guard !first.isEmpty else { return .absent }
            TextDigest.writeHMAC(of: input, key: arguments.first, into: &output)
            return .text
        case .date, .default, .lookup, .parseTime: preconditionFailure("\(rawValue) is not a function of texts alone")
        }
    }
}
