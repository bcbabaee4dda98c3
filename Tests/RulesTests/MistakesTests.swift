// Mistakes in rule files: each is refused with its place, what is wrong, and what to do.

import Testing

@Suite struct MistakesTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var yaml: String
        var problems: [String]

        init(_ yaml: String, _ problems: String...) {
            self.yaml = yaml
            self.problems = problems
        }

        var testDescription: String { yaml }
    }

    /// A rule of three lines; what follows begins on line 4.
    private static func rule(_ rest: String, _ problems: String...) -> Mistake {
        var mistake = Mistake("rules:\n  - name: r\n    match: 'user=(?<userId>\\S+) total=(?<total>\\S+)'\n" + rest)
        mistake.problems = problems
        return mistake
    }

    /// A property's template, which begins in column 43 of line 4.
    private static func template(_ template: String, _ problems: String...) -> Mistake {
        var mistake = rule("    track: { event: E, properties: { a: '\(template)' } }")
        mistake.problems = problems
        return mistake
    }

    /// A condition, which begins in column 14 of line 5.
    private static func condition(_ condition: String, _ problems: String...) -> Mistake {
        var mistake = rule("    track: E\n    where: { \(condition) }")
        mistake.problems = problems
        return mistake
    }

    private static func check(_ mistake: Mistake, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(refusals(mistake.yaml) == mistake.problems, sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        Mistake(
            "",
            "1:1: expected a map for a rule file, found nothing\n  hint: it has keys such as `format`, `multiline`, `timestamp`, `nobody`, `tables`, `patterns`, `rules`"
        ),
        Mistake("rules: []", "1:8: `rules` is empty\n  hint: `rules` is a list; each rule begins with - name: …"),
        Mistake("rules:", "1:1: expected a list for `rules`, found nothing"),
        Mistake("rules: { name: a }", "1:8: expected a list for `rules`, found a map"),
        Mistake("format: plain", "1:1: `rules` is missing in a rule file\n  hint: `rules` is a list; each rule begins with - name: …"),
        Mistake("ruls: []", "1:1: unknown key `ruls` in a rule file\n  hint: did you mean `rules`?"),
        rule("    track: E\nnobody: {}", "5:9: expected a string or a list of strings for `nobody`, found a map"),
        rule(
            "    track: E\ntimestamp: ts",
            "5:12: expected a map for `timestamp`, found `ts`\n  hint: it has keys such as `field`, `format`, `timezone`, `max_age`, `max_future`"
        ),
        rule(
            "    track: E\ntimestamp: { timezone: Nowhere/Town }",
            "5:24: there is no time zone `Nowhere/Town`\n  hint: write UTC, an offset such as +02:00, or a place such as Europe/Berlin; "
                + "places are found in /usr/share/zoneinfo, from the package tzdata"),
        rule(
            "    track: E\ntimestamp: { timezone: .5 }",
            "5:24: there is no time zone `.5`\n  hint: write UTC, an offset such as +02:00, or a place such as Europe/Berlin; "
                + "places are found in /usr/share/zoneinfo, from the package tzdata"),
        rule(
            "    track: E\ntimestamp: { field: ts }",
            "5:21: records of format plain have no field `ts`\n"
                + "  hint: name a group (?<timestamp>…) in the rules instead, or a field of the format: message"
        ),
    ])
    func aRuleFileAsAWhole(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        Mistake(
            "rules:\n  - nonsense",
            "2:5: expected a map for a rule, found `nonsense`\n"
                + "  hint: it has keys such as `name`, `revision`, `mode`, `final`, `destinations`, `field`, `match`, `utf`"
        ),
        Mistake("rules:\n  - match: '(?<userId>x)'\n    track: E", "2:5: `name` is missing in a rule\n  hint: name: order-completed"),
        Mistake(
            "rules:\n  - name: ''\n    match: '(?<userId>x)'\n    track: E",
            "2:11: `name` is empty\n  hint: a rule's name is part of its calls' ids"),
        Mistake(
            "rules:\n  - name: r\n    track: { event: E, userId: x }",
            "2:5: a rule needs `match` or `where`\n  hint: match: 'text with (?<userId>\\S+)'"),
        rule(
            "",
            "2:5: this rule makes no call\n"
                + "  hint: add one of alias, identify, group, page, screen, track, for example track: Order Completed"
        ),
        rule("    trck: E", "4:5: unknown key `trck` in a rule\n  hint: did you mean `track`?"),
        rule(
            "    track: E\n  - { name: r, match: x, track: { event: F, userId: x } }",
            "5:5: a second rule called `r`\n  hint: the first is at rules/shop.yaml:2:5; names are part of message ids"),
        rule("    track: E\n    mode: shadwo", "5:11: `mode` can't be `shadwo`\n  hint: did you mean `shadow`?"),
        rule(
            "    track: E\n    final: yes",
            "5:12: expected true or false for `final`, found `yes`\n  hint: only `true` and `false` are booleans"),
        rule("    track: E\n    revision: 0", "5:15: `revision` is out of range: `0`\n  hint: 1 is the least it can be"),
        rule("    track: E\n    revision: '2'", "5:15: expected a whole number for `revision`, found `2`\n  hint: write it without quotes"),
        rule("    track: E\n    types: { total: numbr }", "5:21: `types.total` can't be `numbr`\n  hint: did you mean `number`?"),
        rule("    track: E\n    types: { totl: number }", "5:14: `match` has no group called `totl`\n  hint: did you mean `total`?"),
        rule("    track: E\n    types: { amount: number }", "5:14: `match` has no group called `amount`\n  hint: groups: userId, total"),
        Mistake(
            "rules: [{ name: r, match: x, types: { a: number }, track: { event: E, userId: x } }]",
            "1:39: `match` has no group called `a`\n  hint: name one: (?<a>…)"),
        rule("    track: E\n    field: mesage", "5:12: records of format plain have no field `mesage`\n  hint: did you mean `message`?"),
        Mistake(
            "rules:\n  - name: r\n    field: message\n    where: { message: x }\n    track: { event: E, userId: x }",
            "3:5: `field` has no effect without `match`\n  hint: it is the field that `match` looks at; `where` names its own"),
    ])
    func aRule(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        Mistake(
            "rules:\n  - name: r\n    match: 'a(?<userId>b'\n    track: E",
            "3:25: `match` is not a valid pattern: missing closing parenthesis"),
        Mistake(
            "rules:\n  - name: r\n    match: 'é [a-'\n    track: E",
            "3:18: `match` is not a valid pattern: missing terminating ] for character class"),
        Mistake(
            "rules:\n  - name: r\n    match: [ok, '*']\n    track: E",
            "3:18: `match` is not a valid pattern: quantifier does not follow a repeatable item"),
        Mistake(
            "rules:\n  - name: r\n    match: '[é](?<userId>x)'\n    track: E",
            "3:14: `match` is not a valid pattern: a character that is not ASCII, inside a class\n"
                + "  hint: set `utf: true` beside the pattern"
        ),
        Mistake(
            "rules:\n  - name: r\n    match: []\n    track: { event: E, userId: x }",
            "3:12: `match` is empty\n  hint: leave it out where `where` alone decides"),
        Mistake(
            "rules:\n  - name: r\n    match: ''\n    track: { event: E, userId: x }",
            "3:12: `match` is empty\n  hint: leave it out where `where` alone decides"),
        Mistake(
            "rules:\n  - name: r\n    match:\n    track: { event: E, userId: x }",
            "3:5: expected a string or a list of strings for `match`, found nothing"),
        Mistake(
            "rules:\n  - name: r\n    match: ['a', [b]]\n    track: { event: E, userId: x }",
            "3:18: expected a string for `match`, found a list"),
    ])
    func aPattern(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        rule("    track:", "4:5: a track call needs an `event`\n  hint: write track: { event: … }, or name a group (?<event>…) in `match`"),
        rule(
            "    track: ''", "4:5: a track call needs an `event`\n  hint: write track: { event: … }, or name a group (?<event>…) in `match`"
        ),
        rule(
            "    group: true",
            "4:5: a group call needs a `groupId`\n  hint: write group: { groupId: … }, or name a group (?<groupId>…) in `match`"),
        rule(
            "    alias: true",
            "4:5: an alias call needs a `previousId`\n  hint: write alias: { previousId: … }, or name a group (?<previousId>…) in `match`"),
        rule("    track: { evnt: E }", "4:14: unknown key `evnt` in a track call\n  hint: did you mean `event`?"),
        rule("    track: [E]", "4:12: expected a string for `event`, found a list"),
        rule(
            "    alias: { previousId: x, anonymousId: y }",
            "4:29: unknown key `anonymousId` in an alias call\n"
                + "  hint: known here: `userId`, `context`, `integrations`, `timestamp`, `previousId`"
        ),
        Mistake(
            "rules: [{ name: r, match: x, alias: { previousId: y } }]",
            "1:30: an alias call needs a `userId`\n  hint: write alias: { userId: …, previousId: … }, or name a group (?<userId>…)"),
        Mistake(
            "rules: [{ name: r, match: x, track: E }]",
            "1:30: a track call needs a `userId` or an `anonymousId`\n"
                + "  hint: name a group (?<userId>…) in `match`, or write track: { userId: '{{ field }}', … }"
        ),
        Mistake(
            "rules: [{ name: r, match: x, page: { userId: '', anonymousId: '' } }]",
            "1:30: a page call needs a `userId` or an `anonymousId`\n"
                + "  hint: name a group (?<userId>…) in `match`, or write page: { userId: '{{ field }}', … }"
        ),
        rule(
            "    identify:\n    track: { event: E, properties: {} }",
            "4:5: with several calls in a rule, each says what it sends: `traits` is missing here\n"
                + "  hint: write identify: { …, traits: { name: '{{ group }}' } }, or traits: {} for none"
        ),
        rule("    track: { event: E, properties: [a] }", "4:36: expected a map for `properties`, found a list"),
        rule(
            "    track: { event: E, properties: { a: } }",
            "4:38: `a` has no value\n  hint: the API takes no null; leave the key out, or write '' for an empty text"),
        rule(
            "    track: { event: E, properties: {} }\n    add: { a: b }",
            "5:5: `add` has no effect beside `properties`\n  hint: write its values into `properties`"),
        rule(
            "    identify: { traits: {} }\n    track: { event: E, properties: {} }\n    add: { a: b }",
            "6:5: `add` is for a rule with one call that sends its captures; this one has 2\n"
                + "  hint: write the values into each call's `properties` or `traits`"
        ),
        rule("    alias: { previousId: x }\n    add: { a: b }", "5:5: an alias call has neither properties nor traits to `add` to"),
        rule(
            "    track: E\n    context: { library: x }",
            "5:16: `library` in `context` names this program in every call\n  hint: leave it out, or choose another name"),
    ])
    func aCall(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        rule(
            "    track: User Deleted",
            "4:12: the event `User Deleted` is a command: it changes or deletes people\n"
                + "  hint: choose another name, or list it under `allow_reserved_events` of each destination that gets it"
        ),
        rule(
            "    track: { event: E, properties: { recipient: a, deep: { reply_to: b } } }",
            "4:38: the property `recipient` overrides how messages are sent\n  hint: choose another name"),
        rule(
            "    identify: { traits: { id: a, cio_x: b, deep: { id: c } } }",
            "4:27: the trait `id` is reserved: it changes who a person is or what they receive\n  hint: choose another name",
            "4:34: the trait `cio_x` is reserved: it changes who a person is or what they receive\n  hint: choose another name"),
        rule(
            "    track: { event: E, properties: { a: { b: [{ api_key: x }] } } }",
            "4:49: `api_key` sounds like a secret\n  hint: do not send it, or say that it is none: allow_secret: [api_key] in the rule"),
        rule(
            "    track: E\n    add: { token: a }",
            "5:12: `token` sounds like a secret\n  hint: do not send it, or say that it is none: allow_secret: [token] in the rule"),
        Mistake(
            "rules: [{ name: r, match: '(?<userId>a)(?<password>b)', track: E }]",
            "1:57: `password` sounds like a secret\n  hint: do not send it, or say that it is none: allow_secret: [password] in the rule"),
    ])
    func aDangerousName(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        template("{{ totl }}", "4:45: nothing here is called `totl`\n  hint: did you mean `total`?"),
        template(
            "{{ nothing_like }}",
            "4:45: nothing here is called `nothing_like`\n  hint: groups: userId, total; fields of format plain: message"),
        template("{{ total | upcas }}", "4:53: there is no filter `upcas`\n  hint: did you mean `upcase`?"),
        template(
            "{{ total | upcase: 3 }}", "4:53: the filter `upcase` takes no argument, found 1\n  hint: for example: {{ name | upcase }}"),
        template(
            "{{ total | append }}",
            "4:53: the filter `append` takes one argument, found 0\n  hint: for example: {{ name | append: \"@example.com\" }}"),
        template(
            "{{ total | replace: \"a\" }}",
            "4:53: the filter `replace` takes 2 arguments, found 1\n  hint: for example: {{ path | replace: \"/api/\", \"/\" }}"),
        template("{{ total | default: }}", "4:62: an argument is missing here\n  hint: write a quoted text, a number or a name"),
        template("{{ total | replace: \"a\", }}", "4:67: an argument is missing here\n  hint: write a quoted text, a number or a name"),
        template("{{ total upcase }}", "4:51: unexpected `upcase`\n  hint: filters follow a bar: {{ name | downcase }}"),
        template("{{ }}", "4:45: a name is missing here\n  hint: write {{ name }} or {{ name | filter }}"),
        template("x {{ total", "4:44: this {{ is never closed\n  hint: end the expression with }}"),
        template("{{ total | append: \"x }}", "4:61: this quote is never closed\n  hint: end the text with \""),
        template(
            "{% if total %}x{% endif %}",
            "4:42: templates have no tags\n  hint: only {{ … }} is understood; use `where` or several rules to decide"),
        template("{{ total | plus: \"a\" }}", "4:59: `plus` takes a number here, found `a`\n  hint: for example: {{ n | plus: 2 }}"),
        template("{{ total | plus: true }}", "4:59: `plus` takes a number here, found `true`\n  hint: for example: {{ n | plus: 2 }}"),
        template(
            "{{ total | divided_by: 0.0 }}",
            "4:65: `divided_by` takes a number other than 0 here, found `0`\n  hint: for example: {{ cents | divided_by: 100.0 }}"),
        template(
            "{{ total | round: 1.5 }}", "4:60: `round` takes a whole number here, found `1.5`\n  hint: for example: {{ total | round: 2 }}"),
        template(
            "{{ total | slice: 1, -2 }}",
            "4:63: `slice` takes a whole number, at least 0 here, found `-2`\n  hint: for example: {{ id | slice: 0, 8 }}"),
        template(
            "{{ total | truncate: \"long\" }}",
            "4:63: `truncate` takes a whole number, at least 0 here, found `long`\n  hint: for example: {{ text | truncate: 80 }}"),
        template(
            "{{ total | truncate: 1, 2, 3 }}",
            "4:53: the filter `truncate` takes at most 2 arguments, found 3\n  hint: for example: {{ text | truncate: 80 }}"),
        template(
            "{{ total | slice }}", "4:53: the filter `slice` takes one to 2 arguments, found 0\n  hint: for example: {{ id | slice: 0, 8 }}"
        ),
        template(
            "{{ total | hmac_sha256: \"\" }}",
            "4:66: `hmac_sha256` takes a key here, found ``\n  hint: for example: {{ ip | hmac_sha256: env.HASH_KEY }}"),
        template(
            "{{ total | hmac_sha256: env.NO }}",
            "4:66: the environment variable `NO` is not set, or not allowed here\n  hint: list it in eventail.yaml: environment: [NO]"),
        template(
            "{{ total | lookup: plans }}",
            "4:61: there is no table `plans`\n  hint: add it to the rule file: tables: { plans: { key: value } }"),
        template(
            "{{ total | date: \"%Q\" }}",
            "4:59: date formats have no `%Q`\n  hint: known: %Y %C %y %m %B %b %d %e %j %a %A %u %w %H %k %I %l %p %P %M %S %L %z %s %F %T %R %D %r %c %n %t %%, with - _ 0 ^ behind the percent sign"
        ),
        template(
            "{{ total | date: total }}", "4:59: `date` takes a format in quotes\n  hint: for example: {{ ts | date: \"%Y-%m-%d\" }}"),
        template(
            "{{ total | parse_time: \"iso\" }}",
            "4:65: there is no time format `iso`\n  hint: formats: rfc3339, clf, rfc3164, http, auto, epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern such as '%Y-%m-%d %H:%M:%S'"
        ),
        rule(
            "    track: { event: E, properties: { a: '{{ total | lookup: plns }}' } }\ntables: { plans: { a: b } }",
            "4:61: there is no table `plns`\n  hint: did you mean `plans`?"),
        rule(
            "    track: E\ntables: { plans: [a], other: { a: } }", "5:18: expected a map for the table `plans`, found a list",
            "5:32: expected a string for `a`, found nothing"),
        rule(
            "    track: { event: E, properties: '{{ total }}' }",
            "4:36: `properties` takes a whole object from the record, with any name that is in it\n"
                + "  hint: write properties: { name: '{{ field }}' }, or, if nobody else writes such records, allow_raw: true in the rule"),
        rule(
            "    identify: { traits: 'x {{ total }}' }\n    allow_raw: true",
            "4:25: a text is no object for `traits`\n  hint: write traits: '{{ field }}'"),
        rule(
            "    track: { event: E, properties: '{{ total }}' }\n    allow_raw: true\n    add: { a: b }",
            "6:5: `add` has no effect beside `properties`\n  hint: write its values into `properties`"),
        rule(
            "    track: E\n    key: '{{ odr }}'",
            "5:14: nothing here is called `odr`\n  hint: groups: userId, total; fields of format plain: message"),
    ])
    func aTemplate(mistake: Mistake) { Self.check(mistake) }

    @Test func unknownFilterIsToldWhichThereAre() {
        let told = refusals("rules: [{ name: r, match: x, track: { event: '{{ message | nonsense }}', userId: u } }]")
        #expect(told.count == 1 && told[0].hasPrefix("1:60: there is no filter `nonsense`\n  hint: filters: abs, append, "))
        #expect(told[0].contains("upcase") && told[0].contains("url_decode"))
    }

    @Test(arguments: [
        condition("mesage: a", "5:14: nothing here is called `mesage`\n  hint: did you mean `message`?"),
        condition(
            "total: '>= x'",
            "5:21: `>= x` compares with no number\n  hint: write '>= 500', or, if this is the text to find, a list of one: ['>= x']"),
        condition(
            "total: '!= x'",
            "5:21: `!= x` compares with no number\n  hint: write { not: … }, or, if this is the text to find, a list of one: ['!= x']"),
        condition("total: { regexp: x }", "5:23: unknown key `regexp` in the condition on `total`\n  hint: did you mean `regex`?"),
        condition("total: { regex: '(' }", "5:32: `regex` is not a valid pattern: missing closing parenthesis"),
        condition("total: { exists: 1 }", "5:31: expected true or false for `exists`, found `1`"),
        condition(
            "total: { exists: true, not: x }", "5:21: a condition is one of `regex`, `exists`, `not`\n  hint: total: { regex: '^/admin' }"),
        condition("total: {}", "5:21: a condition is one of `regex`, `exists`, `not`\n  hint: total: { regex: '^/admin' }"),
        condition("total: []", "5:21: the condition on `total` names no value\n  hint: total: [one, other]"),
        condition("total:", "5:14: expected a string or a list of strings for `total`, found nothing"),
        condition("any: []", "5:19: `any` is empty\n  hint: any: [{ field: value }, { other: value }]"),
        condition("any: [{}]", "5:20: an item of `any` is empty\n  hint: { field: value }"),
        condition("none: { total: b }", "5:20: expected a list for `none`, found a map"),
        condition("", "5:12: `where` is empty\n  hint: { field: value }"),
    ])
    func aCondition(mistake: Mistake) { Self.check(mistake) }

    @Test(arguments: [
        rule(
            "    track: E\n    tests: [{ line: x }]",
            "5:13: `expect` is missing in a test\n  hint: expect: [] says that the line gives no call"),
        rule("    track: E\n    tests: [{ expect: [] }]", "5:13: a test needs a `line`\n  hint: line: 'text as it stands in the log'"),
        rule("    track: E\n    tests: [{ line: x, expect: {} }]", "5:32: expected a list for `expect`, found a map"),
        rule(
            "    track: E\n    tests: [{ line: x, expect: [], now: yesterday }]",
            "5:41: `now` can't be `yesterday`\n  hint: now: '2026-11-23T06:37:03Z'"),
        rule("    track: E\n    tests: { line: x }", "5:12: expected a list for `tests`, found a map"),
    ])
    func aTest(mistake: Mistake) { Self.check(mistake) }

    @Test func allMistakesAreToldAtOnceInTheOrderOfTheFile() {
        let yaml = """
            format: plain
            rules:
              - { name: a, mach: x, match: y, track: { event: E, userId: u } }
              - { name: b, match: '(', track: { event: '{{ nowhere }}' } }
              - { name: c, match: '(?<userId>x)', track: '{{ userId | upcas }}' }
            """
        #expect(
            refusals(yaml).map { $0.prefix { $0 != "\n" } } == [
                "3:16: unknown key `mach` in a rule", "4:25: `match` is not a valid pattern: missing closing parenthesis",
                "5:59: there is no filter `upcas`",
            ])
    }
}
