// libsystemd's journal reader (sd-journal(3)), owned once and closed with its owner. The one file here that uses pointers: the
// C interface wants them, and what it hands out is valid only until its next call, so it is passed on as a span at once.
//
// A handle belongs to the thread that opened it. Errors are the negative numbers that the functions return (errno(3)).

import CSystemd
import Glibc
import Records

final class JournalHandle {
    private let journal: OpaquePointer
    /// Readable when `process` has something to do.
    let descriptor: Int32

    /// What `process` found.
    enum Change {
        case none
        /// Entries were appended.
        case appended
        /// Files came or went.
        case files
    }

    static func open(_ place: JournalConfiguration.Place) throws(JournalFailure) -> JournalHandle {
        var opened: OpaquePointer?
        let code: Int32
        switch place {
        case .machine(let namespace, let scope):
            code = sd_journal_open_namespace(&opened, namespace.name, namespace.flags | scope.flags | Int32(SD_JOURNAL_LOCAL_ONLY))
        case .directory(let path):
            code = sd_journal_open_directory(&opened, path, 0)
        case .files(let paths):
            var texts: [UnsafePointer<CChar>?] = paths.map { UnsafePointer(strdup($0)) } + [nil]
            defer { for text in texts { free(UnsafeMutablePointer(mutating: text)) } }
            code = sd_journal_open_files(&opened, &texts, 0)
        }
        try check(code)
        guard let opened else { throw JournalFailure(code: ENOMEM) }
        // Asked for at once: from here on changes are noticed, and none between reading to the end and waiting is missed.
        let descriptor = sd_journal_get_fd(opened)
        if descriptor < 0 {
            sd_journal_close(opened)
            throw JournalFailure(code: -descriptor)
        }
        return JournalHandle(journal: opened, descriptor: descriptor)
    }

    private init(journal: OpaquePointer, descriptor: Int32) {
        self.journal = journal
        self.descriptor = descriptor
    }

    deinit { sd_journal_close(journal) }

    /// When `process` must be called even if the descriptor is silent, in microseconds of the monotonic clock; nil: never.
    var timeoutMicroseconds: UInt64? {
        var time: UInt64 = .max
        return sd_journal_get_timeout(journal, &time) >= 0 && time != .max ? time : nil
    }

    func process() throws(JournalFailure) -> Change {
        switch try Self.check(sd_journal_process(journal)) {
        case Int32(SD_JOURNAL_APPEND): .appended
        case Int32(SD_JOURNAL_INVALIDATE): .files
        default: .none
        }
    }

    /// From how many bytes on a compressed value may be cut. A hint to the library: what it returns may still be longer.
    func setDataThreshold(_ bytes: Int) throws(JournalFailure) {
        try Self.check(sd_journal_set_data_threshold(journal, bytes))
    }

    func setMatches(_ steps: [JournalMatchStep]) throws(JournalFailure) {
        sd_journal_flush_matches(journal)
        for step in steps {
            switch step {
            case .field(let bytes): try Self.check(bytes.withUnsafeBytes { sd_journal_add_match(journal, $0.baseAddress, $0.count) })
            case .or: try Self.check(sd_journal_add_disjunction(journal))
            case .and: try Self.check(sd_journal_add_conjunction(journal))
            }
        }
    }

    func seekHead() throws(JournalFailure) { try Self.check(sd_journal_seek_head(journal)) }

    func seekTail() throws(JournalFailure) { try Self.check(sd_journal_seek_tail(journal)) }

    func seek(realtimeMicroseconds: UInt64) throws(JournalFailure) {
        try Self.check(sd_journal_seek_realtime_usec(journal, realtimeMicroseconds))
    }

    func seek(cursor: String) throws(JournalFailure) { try Self.check(sd_journal_seek_cursor(journal, cursor)) }

    /// Moves to the next entry that the matches let through.
    /// - Returns: false at the end.
    func next() throws(JournalFailure) -> Bool { try Self.check(sd_journal_next(journal)) > 0 }

    func previous() throws(JournalFailure) -> Bool { try Self.check(sd_journal_previous(journal)) > 0 }

    /// Replaces `text` by the cursor of the present entry.
    func readCursor(into text: inout [UInt8]) throws(JournalFailure) {
        var cursor: UnsafeMutablePointer<CChar>?
        try Self.check(sd_journal_get_cursor(journal, &cursor))
        defer { free(cursor) }
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: UnsafeRawBufferPointer(start: cursor, count: strlen(cursor!)))
    }

    /// Moves to the last entry of all and drops the matches.
    /// - Returns: the entry's cursor; nil where there is none.
    func lastCursor() throws(JournalFailure) -> String? {
        try setMatches([])
        try seekTail()
        guard try previous() else { return nil }
        var text: [UInt8] = []
        try readCursor(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Hands the fields of the present entry, each as `NAME=value`, to `body`, until it returns false. Fields that cannot be read
    /// by this library, or on this machine, are left out.
    func forEachField(_ body: (Span<UInt8>) -> Bool) throws(JournalFailure) {
        sd_journal_restart_data(journal)
        var data: UnsafeRawPointer?
        var count = 0
        while try Self.check(sd_journal_enumerate_available_data(journal, &data, &count)) > 0 {
            let bytes = UnsafeBufferPointer(start: data?.assumingMemoryBound(to: UInt8.self), count: count)
            guard body(bytes.span) else { return }
        }
    }

    @discardableResult
    private static func check(_ code: Int32) throws(JournalFailure) -> Int32 {
        if code < 0 { throw JournalFailure(code: -code) }
        return code
    }
}

/// A failed call of the journal's library, by its error number.
package struct JournalFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var code: Int32

    /// The system's own words, as in "permission denied"; what they mean in a journal where they are of no help.
    package var description: String {
        switch code {
        case EBADMSG: return "the journal file is damaged"
        case ENODATA: return "the journal file is cut short or empty"
        case EPROTONOSUPPORT: return "the journal file has features that the systemd library here does not know"
        default:
            let text = String(cString: strerror(code))
            return text.prefix(1).lowercased() + text.dropFirst()
        }
    }
}

extension JournalConfiguration.Scope {
    fileprivate var flags: Int32 {
        switch self {
        case .system: Int32(SD_JOURNAL_SYSTEM)
        case .user: Int32(SD_JOURNAL_CURRENT_USER)
        case .all: 0
        }
    }
}

extension JournalConfiguration.Namespace {
    fileprivate var name: String? {
        switch self {
        case .standard, .all: nil
        case .only(let name), .withStandard(let name): name
        }
    }

    fileprivate var flags: Int32 {
        switch self {
        case .standard, .only: 0
        case .withStandard: Int32(SD_JOURNAL_INCLUDE_DEFAULT_NAMESPACE)
        case .all: Int32(SD_JOURNAL_ALL_NAMESPACES)
        }
    }
}

extension JournalConfiguration {
    /// The match that this process's own entries fit when it runs as a service, as `FIELD=value`; nil elsewhere. Of a service of a
    /// user the user's unit counts, for the system's is that of all the user's services.
    package static func ownService() -> String? {
        func unit(_ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard call(&text) >= 0, let text else { return nil }
            defer { free(text) }
            let name = String(cString: text)
            return name.hasSuffix(".service") ? name : nil
        }
        if let name = unit({ sd_pid_get_user_unit(0, $0) }) { return "_SYSTEMD_USER_UNIT=\(name)" }
        return unit({ sd_pid_get_unit(0, $0) }).map { "_SYSTEMD_UNIT=\($0)" }
    }

    /// The boot that runs now, 32 hexadecimal digits; nil where the kernel does not say.
    package static func currentBoot() -> String? {
        var id = sd_id128_t()
        guard sd_id128_get_boot(&id) >= 0 else { return nil }
        return withUnsafeBytes(of: id.bytes) { bytes in
            bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        }
    }

    /// This machine, 32 hexadecimal digits, as the folders of its journal are called; nil on a machine without an id.
    static func machineID() -> String? {
        var id = sd_id128_t()
        guard sd_id128_get_machine(&id) >= 0 else { return nil }
        return withUnsafeBytes(of: id.bytes) { bytes in
            bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        }
    }
}
