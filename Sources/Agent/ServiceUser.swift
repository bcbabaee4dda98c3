// Whether a user may read what a configuration names: files of sources and the key. To be asked by root, who takes that user's place
// for the question.

import Glibc
import Settings

package struct ServiceUser {
    /// Whom the installed service runs as.
    package static let nameDefault = "eventail"

    private let name: String
    private let user: uid_t
    private let group: gid_t

    /// - Throws: when there is no such user, or this process may not take its place.
    package init(name: String) throws(AgentError) {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var text = [CChar](repeating: 0, count: 64 * 1024)
        guard getpwnam_r(name, &entry, &text, text.count, &found) == 0, found != nil else {
            throw AgentError(.failure, "there is no user \(name)", hint: "the package makes it; name another one with --as-user")
        }
        guard geteuid() == 0 else {
            throw AgentError(.failure, "only root can see with another user's eyes", hint: "run it with sudo")
        }
        (self.name, user, group) = (name, entry.pw_uid, entry.pw_gid)
    }

    /// What the user cannot read, each with what to do; several lines each.
    package func unreadable(of configuration: Configuration) -> [String] {
        let files = configuration.readFiles
        return asUser { files.compactMap(trouble) }
    }

    private func asUser<Result>(_ body: () -> Result) -> Result {
        let (ownUser, ownGroup) = (geteuid(), getegid())
        var ownGroups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        getgroups(Int32(ownGroups.count), &ownGroups)
        defer {
            seteuid(ownUser)
            setegid(ownGroup)
            setgroups(ownGroups.count, ownGroups)
        }
        let groups = UserGroups.numbers(of: user, primary: group)
        setgroups(groups.count, groups)
        setegid(group)
        seteuid(user)
        return body()
    }

    private func trouble(_ file: String) -> String? {
        guard faccessat(AT_FDCWD, file, R_OK, AT_EACCESS) != 0, errno == EACCES else { return nil }
        // The first folder that may not be entered explains all below it.
        let parts = file.split(separator: "/").dropLast()
        for count in 0...parts.count {
            let folder = "/" + parts.prefix(count).joined(separator: "/")
            if faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) != 0 {
                return "\(name) cannot read \(file): it may not enter \(folder)\n  hint: setfacl -m u:\(name):x \(folder)"
            }
        }
        let byACL = "setfacl -m u:\(name):r \(file)"
        return "\(name) cannot read \(file)\n  hint: \(readingGroup(file).map { "adduser \(name) \($0), or: " } ?? "")\(byACL)"
    }

    /// The file's group, where it may read it and is not root's own.
    private func readingGroup(_ file: String) -> String? {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IRGRP != 0, status.st_gid != 0 else { return nil }
        return UserGroups.name(of: status.st_gid)
    }
}
