// Matches patterns, one after the other, on one thread. It owns what PCRE2 needs for that (match data, match context, JIT
// stack) and reuses it, so that a match allocates nothing, but for the first one with more groups than any before.
//
// This file uses unsafe pointers because it is the wrapper around PCRE2's C functions for matching.

internal import CPCRE2
internal import Glibc

package enum MatchOutcome: Equatable, Sendable {
    /// `Matcher.capture(_:)` has the groups.
    case matched
    case noMatch
    /// The match was given up, and says nothing about the subject: PCRE2's error number (PCRE2_ERROR_MATCHLIMIT, …DEPTHLIMIT,
    /// …HEAPLIMIT; whatever else stops a match midway, such as a recursion without end, counts as the same).
    case limitHit(Int32)
}

/// One per thread: not `Sendable`.
package final class Matcher {
    package let limits: MatchLimits

    private let context: OpaquePointer
    private let jitStack: OpaquePointer
    private var data: OpaquePointer
    private var ovector: UnsafeMutablePointer<Int>
    /// The pairs of offsets that `data` has room for.
    private var pairCount: Int
    /// The pairs that the last match has set: none unless it succeeded.
    private var setPairCount = 0

    package init(limits: MatchLimits = MatchLimits()) {
        self.limits = limits
        pairCount = 16
        // As everywhere in Swift, memory that can't be had for a fixed need at the start ends the process.
        context = pcre2_match_context_create_8(nil)!
        jitStack = pcre2_jit_stack_create_8(min(32 * 1_024, limits.jitStackBytesMax), limits.jitStackBytesMax, nil)!
        data = pcre2_match_data_create_8(UInt32(pairCount), nil)!
        ovector = pcre2_get_ovector_pointer_8(data)
        pcre2_set_match_limit_8(context, limits.stepsMax)
        pcre2_set_depth_limit_8(context, limits.depthMax)
        pcre2_set_heap_limit_8(context, limits.heapKiBMax)
        pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(jitStack))
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        pcre2_jit_stack_free_8(jitStack)
    }

    /// Looks for the first match at or after the byte `start`. `^`, `\A` and lookbehinds still see the whole subject.
    package func match(_ pattern: Pattern, _ subject: Span<UInt8>, from start: Int = 0) -> MatchOutcome {
        precondition(start >= 0 && start <= subject.count)
        setPairCount = 0
        if pattern.groupCount >= pairCount { makeRoom(forPairs: pattern.groupCount + 1) }
        let result = subject.withUnsafeBufferPointer { bytes in
            withUnsafePointer(to: 0) { (nothing: UnsafePointer<UInt8>) in
                let base = bytes.baseAddress ?? nothing
                return bytes.count - start <= limits.windowBytes || !pattern.allowsWindows
                    ? run(pattern, base, bytes.count, start) : runInWindows(pattern, base, bytes.count, start)
            }
        }
        if result >= 0 {
            setPairCount = pattern.groupCount + 1
            return .matched
        }
        return result == PCRE2_ERROR_NOMATCH || result == PCRE2_ERROR_BADUTFOFFSET ? .noMatch : .limitHit(result)
    }

    /// Where a group of the last match lies in its subject; 0 is the whole match. Nil for a group that took no part or does not
    /// exist, and after anything but `.matched`.
    package func capture(_ group: Int) -> Range<Int>? {
        guard group >= 0, group < setPairCount else { return nil }
        let (start, end) = (ovector[2 * group], ovector[2 * group + 1])
        // PCRE2_UNSET is all ones, which is -1 here.
        guard start >= 0, end >= 0 else { return nil }
        // With `\K` in a lookahead a match can start behind its end.
        return min(start, end)..<end
    }

    /// Whether the last match went through a `(*MARK:…)`.
    package var passedMark: Bool { setPairCount > 0 && pcre2_get_mark_8(data) != nil }

    /// The same as one run over all beginnings, as long as the time lasts.
    private func runInWindows(_ pattern: Pattern, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ start: Int) -> CInt {
        defer { pcre2_set_offset_limit_8(context, Self.noOffsetLimit) }
        let deadline = Self.processorNanoseconds() + limits.processorMillisecondsMax * 1_000_000
        var (windowStart, result) = (start, PCRE2_ERROR_NOMATCH)
        while windowStart <= count {
            var next = windowStart + limits.windowBytes
            // A window of characters begins at a character.
            while pattern.options.utf, next < count, bytes[next] & 0xC0 == 0x80 { next += 1 }
            pcre2_set_offset_limit_8(context, next - 1)
            result = run(pattern, bytes, count, windowStart)
            guard result == PCRE2_ERROR_NOMATCH else { return result }
            guard Self.processorNanoseconds() < deadline else { return PCRE2_ERROR_MATCHLIMIT }
            windowStart = next
        }
        return result
    }

    /// PCRE2_UNSET, which Swift does not import.
    private static let noOffsetLimit = Int(bitPattern: UInt.max)

    /// The processor time that this thread has used.
    private static func processorNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private func run(_ pattern: Pattern, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ start: Int) -> CInt {
        guard pattern.isJITCompiled else { return pcre2_match_8(pattern.code, bytes, count, start, 0, data, context) }
        // The direct call leaves out the checks of pcre2_match(), one of which matters: that `start` is not inside a character.
        let result =
            start == 0 || !pattern.options.utf
            ? pcre2_jit_match_8(pattern.code, bytes, count, start, 0, data, context)
            : pcre2_match_8(pattern.code, bytes, count, start, 0, data, context)
        guard result == PCRE2_ERROR_JIT_STACKLIMIT else { return result }
        return pcre2_match_8(pattern.code, bytes, count, start, PCRE2_NO_JIT, data, context)
    }

    private func makeRoom(forPairs count: Int) {
        pcre2_match_data_free_8(data)
        data = pcre2_match_data_create_8(UInt32(count), nil)!
        ovector = pcre2_get_ovector_pointer_8(data)
        pairCount = count
    }
}
