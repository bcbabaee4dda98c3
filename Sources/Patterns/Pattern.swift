// One compiled pattern. It owns PCRE2's code and never changes, so any number of threads may match with it, each through
// a `Matcher` of its own.
//
// Beyond PCRE2's syntax errors these are refused: settings at the start such as `(*UTF)` or `(*LIMIT_MATCH=…)`, the option
// `(?J)`, `\C`, and, where subjects are bytes, what would silently cut UTF-8 characters apart (see `PatternParser`).
//
// This file uses unsafe pointers because it is the wrapper around PCRE2's C functions for compiling.

internal import CPCRE2

package final class Pattern: Sendable {
    package let source: String
    package let options: PatternOptions
    /// The number of capture groups, without group 0 (the whole match).
    package let groupCount: Int
    /// The named groups, ascending by number. No name occurs twice.
    package let groupNames: [(name: String, number: Int)]
    /// False where this PCRE2 has no JIT for the machine or the pattern, and for a pattern in which JIT code would not heed the match
    /// limit (many branches that can match the same text; calls of groups). Matching then is slower and otherwise the same.
    package let isJITCompiled: Bool
    /// Whether a subject may be tried in windows of beginnings: a verb such as `(*COMMIT)`, or `\G`, would mean another thing then.
    let allowsWindows: Bool
    /// What every subject that the pattern matches must contain.
    package let requirement: LiteralRequirement

    /// PCRE2 only reads a code block once it is compiled (pcre2api(3), "Multithreading"); JIT compilation is done in `init`.
    nonisolated(unsafe) let code: OpaquePointer

    package init(_ source: String, options: PatternOptions = PatternOptions()) throws(PatternError) {
        let bytes = Array(source.utf8)
        guard bytes.count <= PatternLimits.patternBytesMax else {
            throw PatternError(
                message: "the pattern has \(bytes.count) bytes; at most \(PatternLimits.patternBytesMax) are allowed",
                offset: PatternLimits.patternBytesMax,
                hint: "split it into several rules")
        }
        let code = try Self.compile(bytes, options: options)
        var parser = PatternParser(bytes, utf: options.utf)
        let reading = parser.read()
        if let refusal = reading.refusal {
            pcre2_code_free_8(code)
            throw refusal
        }
        guard Self.number(PCRE2_INFO_SIZE, of: code, as: Int.self) <= PatternLimits.compiledBytesMax else {
            pcre2_code_free_8(code)
            throw PatternError(
                message: "the pattern compiles to more than \(PatternLimits.compiledBytesMax) bytes", offset: 0,
                hint: "repeat less inside repeats")
        }
        self.source = source
        self.options = options
        allowsWindows = Self.allowsWindows(bytes)
        self.code = code
        requirement = reading.requirement
        groupCount = Int(Self.number(PCRE2_INFO_CAPTURECOUNT, of: code, as: UInt32.self))
        groupNames = Self.names(of: code)
        isJITCompiled = reading.isBoundedInJIT && pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) == 0
    }

    deinit {
        pcre2_code_free_8(code)
    }

    private static func compile(_ bytes: [UInt8], options: PatternOptions) throws(PatternError) -> OpaquePointer {
        guard let context = pcre2_compile_context_create_8(nil) else { throw .outOfMemory }
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_max_pattern_length_8(context, PatternLimits.patternBytesMax)
        pcre2_set_parens_nest_limit_8(context, UInt32(PatternLimits.nestingMax))
        pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
        // In bytes, Unicode's `\R` would take the byte 0x85, which is half of many a letter.
        pcre2_set_bsr_8(context, UInt32(options.utf ? PCRE2_BSR_UNICODE : PCRE2_BSR_ANYCRLF))
        let reading = options.utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : PCRE2_NEVER_UTF

        var problem: CInt = 0
        var offset = 0
        let windows = allowsWindows(bytes) ? PCRE2_USE_OFFSET_LIMIT : 0
        let code = pcre2_compile_8(
            bytes, bytes.count, PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP | windows | reading, &problem, &offset, context)
        if let code { return code }
        // A setting at the start is refused by PCRE2 in words about applications; ours say what to write instead.
        if let refusal = PatternParser(bytes, utf: options.utf).refusedSetting() { throw refusal }
        throw PatternError(message: text(of: problem), offset: min(offset, bytes.count), hint: hint(for: problem))
    }

    private static func allowsWindows(_ bytes: [UInt8]) -> Bool {
        !zip(bytes, bytes.dropFirst()).contains { pair in
            pair == (UInt8(ascii: "("), UInt8(ascii: "*")) || pair == (UInt8(ascii: "\\"), UInt8(ascii: "G"))
        }
    }

    /// PCRE2's text for one of its error numbers.
    static func text(of problem: CInt) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let length = pcre2_get_error_message_8(problem, buffer.baseAddress, buffer.count)
            return length < 0 ? "error \(problem) of PCRE2" : String(decoding: buffer[..<Int(length)], as: UTF8.self)
        }
    }

    private static func hint(for problem: CInt) -> String? {
        switch problem {
        case PCRE2_ERROR_BACKSLASH_C_CALLER_DISABLED: #"use `[\x00-\xff]`, or `.` where a line feed is not wanted"#
        case PCRE2_ERROR_PATTERN_TOO_LARGE: "repeat less inside repeats, or split it into several rules"
        case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP: "at most \(PatternLimits.nestingMax) levels are allowed"
        default: nil
        }
    }

    private static func names(of code: OpaquePointer) -> [(name: String, number: Int)] {
        let count = Int(number(PCRE2_INFO_NAMECOUNT, of: code, as: UInt32.self))
        let entryBytes = Int(number(PCRE2_INFO_NAMEENTRYSIZE, of: code, as: UInt32.self))
        var table: UnsafePointer<UInt8>?
        guard count > 0, pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table) == 0, let table else { return [] }
        // An entry is the group's number, big-endian in two bytes, and the name with a NUL behind it (pcre2api(3)).
        let names = (0..<count).map { index in
            let entry = table + index * entryBytes
            return (name: String(cString: entry + 2), number: Int(entry[0]) << 8 | Int(entry[1]))
        }
        return names.sorted { $0.number < $1.number }
    }

    private static func number<Number: FixedWidthInteger>(_ what: CInt, of code: OpaquePointer, as: Number.Type) -> Number {
        var value = Number.zero
        let result = pcre2_pattern_info_8(code, UInt32(what), &value)
        precondition(result == 0, "PCRE2 refused to describe its own code: \(result)")
        return value
    }
}

extension PatternError {
    fileprivate static let outOfMemory = PatternError(message: "no memory is left to compile the pattern", offset: 0)
}
