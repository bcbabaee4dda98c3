// Opens the database of a state directory beside the agent that may hold it.

import Foundation

extension Connection {
    /// - Throws: `.unusable` where there is no database, `.newerSchema` where it is not of this version.
    convenience init(existingIn directory: String) throws(StoreError) {
        let path = directory + "/eventail.db"
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(
                .unusable, "there is no database", path: path,
                hint: "name the agent's configuration or its state.directory; you may need the rights of the agent's user")
        }
        try self.init(path: path, synchronous: .full)
        try Schema.check(self)
    }
}
