// The groups of a user, as the system's user database has them.

import Glibc

enum UserGroups {
    /// The names of `primary` and of all groups that list the user. Empty for unknown ones.
    static func names(of user: uid_t, primary: gid_t) -> Set<String> {
        Set(([primary] + numbers(of: user, primary: primary)).compactMap(name))
    }

    static func numbers(of user: uid_t, primary: gid_t) -> [gid_t] {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var text = [CChar](repeating: 0, count: textBytesMax)
        guard getpwuid_r(user, &entry, &text, text.count, &found) == 0, found != nil else { return [] }
        var count = Int32(groupsMax)
        var groups = [gid_t](repeating: 0, count: groupsMax)
        guard getgrouplist(entry.pw_name, primary, &groups, &count) >= 0 else { return [] }
        return Array(groups.prefix(Int(count)))
    }

    static func name(of number: gid_t) -> String? {
        var (entry, found) = (group(), UnsafeMutablePointer<group>?.none)
        var text = [CChar](repeating: 0, count: textBytesMax)
        guard getgrgid_r(number, &entry, &text, text.count, &found) == 0, found != nil else { return nil }
        return String(cString: entry.gr_name)
    }

    /// For one entry of the database.
    private static let textBytesMax = 64 * 1024
    /// Of a user; more are not looked at.
    private static let groupsMax = 1024
}
