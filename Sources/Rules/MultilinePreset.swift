// What lines of stack traces look like that go on with the record before, by the language of the program. Each pattern looks at
// one line, so it takes a line such as `java.lang.IllegalStateException: boom` for a part of the line that a logger wrote
// before, as it nearly always is.

import Patterns

enum MultilinePreset {
    static let patterns: [String: Pattern] = sources.mapValues { source in
        // They are ours, and a test compiles them.
        try! Pattern(source)
    }

    private static let sources = [
        "indented": #"^[ \t]"#,

        // A tab and `at …` or `... 12 more`, `Caused by: …`, and the line of the exception itself, which begins with its class.
        "java": #"^(?:[ \t]|Caused by: |Suppressed: |(?:[a-zA-Z_$][\w$]*\.)+(?=[A-Z])[\w$]*(?:Exception|Error|Throwable)\b)"#,

        // `Traceback …`, indented frames, the exception's class, and between chained exceptions a sentence and empty lines.
        "python": "^(?:[ \\t]|$|Traceback \\(most recent call last\\):|During handling of the above exception,"
            + "|The above exception was the direct cause |(?:[A-Za-z_]\\w*\\.)+[A-Z]\\w*(?:: |$)"
            + "|(?=[A-Z])\\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)(?:: |$))",

        // `from FILE:LINE:in 'METHOD'`, with or without the `from`, and Rails' `Caused by:`.
        "ruby": #"^(?:[ \t]|Caused by:|[^\s:]+:\d+:in [`'].*'$)"#,

        // `goroutine 7 [running]:`, the call with its arguments, its indented place, and empty lines between goroutines.
        "go": #"^(?:[ \t]|$|goroutine \d+ \[|\[signal |created by |exit status \d|[\w./~%-]+(?:\(\*?[\w.\[\]]+\))?[\w.\[\]]*\(.*\)$)"#,
    ]
}
