// Something that a person should know of, and what to do about it.

import Glibc
import Journal
import Tailing

package struct Trouble: Codable, Hashable, Sendable {
    /// One sentence without a full stop.
    package var what: String
    package var hint: String?

    init(_ what: String, hint: String? = nil) {
        (self.what, self.hint) = (what, hint)
    }

    /// What keeps a source of files from reading something.
    init(_ notice: TailingNotice, source: String) {
        switch notice {
        case .unreadable(let path, let reason) where reason.code == EACCES || reason.code == EPERM:
            self.init(
                "the source \(source) cannot read \(path): \(reason)",
                hint: "let the agent's user read it, for example `setfacl -m u:eventail:r \(path)`; `eventail check --as-service` finds all"
            )
        case .unreadable(let path, let reason):
            self.init("the source \(source) cannot read \(path): \(reason)", hint: "it is tried again at each look")
        case .tooManyFiles(let limit):
            self.init("the source \(source) matches more than \(limit) files", hint: "narrow `files`, or make several sources of it")
        default:
            let details = notice.details.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            self.init("the source \(source): \(notice.message) (\(details))", hint: "see the agent's log")
        }
    }

    init(_ notice: JournalNotice, source: String) {
        if case .noPermission(let path) = notice {
            self.init(
                "the source \(source) cannot read the journal: no permission (\(path))",
                hint: "`usermod -aG systemd-journal eventail`, then restart the agent")
        } else {
            let details = notice.details.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            self.init("the source \(source): \(notice.message) (\(details))", hint: "see the agent's log")
        }
    }
}
