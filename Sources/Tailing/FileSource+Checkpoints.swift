// What goes into the transaction together with the consumer's calls, and what follows from its success.

package import Records

extension FileSource {
    /// The checkpoints that changed since the last commit. Store them, and remove `forgottenCheckpoints`, in the transaction
    /// that stores what was derived from the blocks; then call `didCommit`, and no `turn` or `poll` in between.
    package func changedCheckpoints() -> [FileCheckpoint] {
        offered = files.values.filter { $0.changeCount != $0.committedChangeCount && $0.isWorthKeeping }
            .sorted { $0.id < $1.id }
            .map { (file: $0, changeCount: $0.changeCount) }
        offeredForgotten = forgotten.count
        return offered.map(\.file.checkpoint)
    }

    /// The ids of stored checkpoints that are of no use any more.
    package func forgottenCheckpoints() -> [Int64] {
        offeredForgotten = forgotten.count
        return forgotten
    }

    /// What `changedCheckpoints` and `forgottenCheckpoints` returned last is on disk.
    /// - Parameter ids: the store's keys of the checkpoints, in the order in which they were returned.
    package func didCommit(_ ids: [Int64]) {
        precondition(ids.count == offered.count)
        for (offer, id) in zip(offered, ids) {
            offer.file.checkpoint.id = id
            offer.file.committedChangeCount = offer.changeCount
            letGo(offer.file)
        }
        let removed = zip(offered, ids).filter { files[$0.0.file.id] !== $0.0.file && !forgotten.contains($0.1) }.map(\.1)
        offered = []
        forgotten.removeFirst(offeredForgotten)
        offeredForgotten = 0
        forgotten += removed
    }
}
