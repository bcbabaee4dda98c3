// The named patterns that rules may use without writing them: `%{IP}`. The names are those that users of grok know.
//
// They are written so that no text makes them try the same thing twice: repeats are possessive where what follows cannot begin
// within them, and alternatives begin differently or are told apart by a lookahead, which also lets PCRE2's JIT bound them. Only
// ASCII counts as letters. `DATA` and `GREEDYDATA` are what they are: text of any length; two of them in a row are slow.

package enum PatternLibrary {
    /// By name; each may refer to others.
    package static let patterns: [String: String] = {
        var patterns: [String: String] = [:]
        for group in [numbers, words, addresses, places, times, logs] { patterns.merge(group) { _, last in last } }
        return patterns
    }()

    private static let numbers = [
        "INT": #"[+-]?[0-9]++"#,
        "POSINT": #"(?<![0-9])0*+[1-9][0-9]*+"#,
        "NONNEGINT": #"(?<![0-9])[0-9]++"#,
        "BASE10NUM": #"(?<![0-9.])[+-]?(?=\.?[0-9])[0-9]*+(?:\.[0-9]++)?+"#,
        "NUMBER": "%{BASE10NUM}",
        "BASE16NUM": #"(?<![0-9A-Fa-f])[+-]?(?:0x)?[0-9A-Fa-f]++"#,
    ]

    private static let words = [
        "WORD": #"\b\w++\b"#,
        "NOTSPACE": #"\S+"#,
        "SPACE": #"\s*"#,
        "DATA": ".*?",
        "GREEDYDATA": ".*",
        "QUOTEDSTRING": #"(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|`[^`\\]*+(?:\\.[^`\\]*+)*+`)"#,
        "QS": "%{QUOTEDSTRING}",
        "UUID": #"\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\b"#,
        "USERNAME": "[a-zA-Z0-9._-]+",
        "USER": "%{USERNAME}",
        "EMAILLOCALPART": "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]++(?:\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]++)*+",
        "EMAILADDRESS": "%{EMAILLOCALPART}@%{HOSTNAME}",
        "LOGLEVEL":
            #"\b(?i:alert|crit(?:ical)?|debug|emerg(?:ency)?|err(?:or)?|fatal|info(?:rmation)?|notice|severe|trace|warn(?:ing)?)\b"#,
    ]

    private static let addresses = [
        "IPV4": "(?<![0-9])%{IPV4OCTET}(?:\\.%{IPV4OCTET}){3}(?![0-9])",
        "IPV4OCTET": "(?!25[6-9])(?!2[6-9][0-9])(?![3-9][0-9][0-9])[0-9]{1,3}+",
        // Without `::` eight groups; with it fewer, which the lookahead sees to. The last two may be written as IPv4.
        "IPV6": #"(?<![0-9A-Za-z:.])(?:::(?:(?:%{IPV6GROUP}:){0,5}%{IPV4}|%{IPV6GROUP}(?::%{IPV6GROUP}){0,6})?+"#
            + #"|(?:%{IPV6GROUP}:){6}(?:%{IPV4}|%{IPV6GROUP}:%{IPV6GROUP})"#
            + #"|(?!(?:[0-9A-Fa-f]{0,4}+:){8}[0-9A-Fa-f])%{IPV6GROUP}(?::%{IPV6GROUP}){0,6}+::"#
            + #"(?:(?:%{IPV6GROUP}:){0,4}%{IPV4}|%{IPV6GROUP}(?::%{IPV6GROUP}){0,5})?+)(?![0-9A-Za-z:])(?:%[0-9A-Za-z._-]++)?+"#,
        "IPV6GROUP": "[0-9A-Fa-f]{1,4}+",
        "IP": "(?:%{IPV6}|%{IPV4})",
        "MAC": #"\b(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})\b"#,
        "HOSTNAME": #"(?<![0-9A-Za-z_-])(?!-)[0-9A-Za-z_-]{1,63}+(?:\.(?!-)[0-9A-Za-z_-]{1,63}+)*+(?![0-9A-Za-z_-])\.?"#,
        "IPORHOST": "(?:%{IP}|%{HOSTNAME})",
        "HOSTPORT": "%{IPORHOST}:%{POSINT}",
    ]

    private static let places = [
        "UNIXPATH": "(?:/[^/\\s]*+)++",
        "WINPATH": #"(?:[A-Za-z]:|\\)(?:\\[^\\?*\s]*+)++"#,
        "PATH": "(?:%{UNIXPATH}|%{WINPATH})",
        "URIPROTO": "[A-Za-z][A-Za-z0-9+.-]*+",
        "URIHOST": "%{IPORHOST}(?::[0-9]{1,5}+)?+",
        "URIPATH": "/[^?#\\s]*+",
        "URIPARAM": #"\?[^#\s]*+"#,
        "URIPATHPARAM": "%{URIPATH}(?:%{URIPARAM})?+",
        "URI": #"%{URIPROTO}://(?:[^/?#@\s]*+@)?(?:\[%{IPV6}\](?::[0-9]{1,5}+)?+|%{URIHOST})?(?:%{URIPATH})?+(?:%{URIPARAM})?+(?:#\S*+)?+"#,
    ]

    private static let times = [
        "YEAR": "(?<![0-9])(?:[0-9]{2}){1,2}+(?![0-9])",
        "MONTH":
            #"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"#,
        "MONTHNUM": "(?<![0-9])(?!00|1[3-9])[01]?[0-9](?![0-9])",
        "MONTHDAY": "(?<![0-9])(?!00|3[2-9])[0-3]?[0-9](?![0-9])",
        "DAY": #"\b(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\b"#,
        "HOUR": "(?!2[4-9])[0-2]?[0-9](?![0-9])",
        "MINUTE": "[0-5][0-9](?![0-9])",
        "SECOND": "(?!6[1-9])[0-6]?[0-9](?![0-9])(?:[.,][0-9]++)?+",
        "TIME": "(?<![0-9])%{HOUR}:%{MINUTE}(?::%{SECOND})?+(?![0-9])",
        "ISO8601_TIMEZONE": "(?:Z|[+-]%{HOUR2}(?::?[0-5][0-9])?+)",
        "HOUR2": "(?!2[4-9])[0-2][0-9]",
        "TIMESTAMP_ISO8601":
            "(?<![0-9])[0-9]{4}-%{MONTHNUM}-(?!00|3[2-9])[0-3]?[0-9][T ]%{HOUR2}:?[0-5][0-9](?::?(?!6[1-9])[0-6][0-9](?:[.,][0-9]++)?+)?+(?: ?%{ISO8601_TIMEZONE})?+",
        "HTTPDATE": "%{MONTHDAY}/%{MONTH}/[0-9]{4}:%{TIME} %{INT}",
        "SYSLOGTIMESTAMP": "%{MONTH} ++%{MONTHDAY} %{TIME}",
        "TZ": #"\b[A-Z]{3,4}\b"#,
    ]

    private static let logs = [
        "PROG": #"[\x21-\x39\x3b-\x5a\x5c\x5e-\x7e]++"#,
        "SYSLOGPROG": #"%{PROG:program}(?:\[%{POSINT:pid}\])?+"#,
        "SYSLOGHOST": "%{IPORHOST}",
        "COMMONAPACHELOG": #"%{IPORHOST:clientip} %{NOTSPACE:ident} %{NOTSPACE:auth} \[%{HTTPDATE:timestamp}\] "(?:%{WORD:verb} "#
            + #"%{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" %{INT:response} (?:-|%{INT:bytes})"#,
        "COMBINEDAPACHELOG": "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}",
    ]
}
