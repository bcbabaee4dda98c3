// Who is at the other end of a connection of the control socket, as the kernel knows it (SO_PEERCRED of unix(7)), and the groups of
// that user.

import Glibc
import NIOCore

struct PeerCredentials: Sendable {
    private let user: uid_t?
    private let group: gid_t

    /// `struct ucred`, which Glibc's headers only show to programs that ask for it.
    private struct Credentials {
        var process: pid_t
        var user: uid_t
        var group: gid_t
    }

    /// Nobody, where the kernel does not tell.
    init(of channel: any Channel) async {
        guard let provider = channel as? any SocketOptionProvider,
            let credentials: Credentials = try? await provider.unsafeGetSocketOption(level: .socket, name: .init(rawValue: SO_PEERCRED))
                .get()
        else {
            (user, group) = (nil, 0)
            return
        }
        (user, group) = (credentials.user, credentials.group)
    }

    var access: ControlAccess {
        guard let user else { return .none }
        return ControlAccess(user: user, ownUser: geteuid(), groups: UserGroups.names(of: user, primary: group))
    }
}
