// Where the file of a checkpoint is now, for who looks on from outside. Names and inodes only; what a file holds is compared by the
// source that reads it.

import Compression
import Glibc
package import Records

package enum FilePlace: Hashable, Sendable {
    /// At the path of its checkpoint.
    case atItsPath(size: UInt64)
    /// Under another name in the same directory. The size is that of what was written, unknown where it is compressed.
    case moved(path: String, size: UInt64?)
    /// Nowhere near.
    case gone
    case unreadable(SystemError)

    package static func of(_ checkpoint: FileCheckpoint) -> FilePlace {
        let key = FileKey(device: checkpoint.device, inode: checkpoint.inode)
        guard key.inode != 0 else { return .gone }
        do {
            let status = try System.status(of: checkpoint.path)
            if status.key == key { return .atItsPath(size: status.size) }
        } catch {
            if error.code != ENOENT, error.code != ENOTDIR { return .unreadable(error) }
        }
        let directory = Path.directory(of: checkpoint.path)
        for entry in (try? System.list(Path.listable(directory)).entries) ?? [] where entry.inode == key.inode {
            let path = directory + "/" + entry.name
            if let status = try? System.status(of: path), status.key == key {
                return .moved(path: path, size: CompressionFormat(fileName: path) == nil ? status.size : nil)
            }
        }
        return .gone
    }
}
