import CPosix
import Glibc
package import HoldfastModel

extension RestoreTarget {
    /// Applies owner, attributes, mode, times and flags to what was restored; to a directory only once its contents are there.
    /// Returns what could not be applied; the rest is.
    package func applyMetadata(_ path: [UInt8], _ entry: Entry) -> [RestoreError] {
        let writer = MetadataWriter(path: path, entry: entry, isPrivileged: isPrivileged)
        do throws(RestoreError) {
            try at(path) { parent, name throws(PosixError) in
                switch entry.kind {
                case .directory: writer.apply(to: try parent.open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
                case .file: writer.apply(to: try parent.open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK))
                case .symlink, .fifo, .socket, .characterDevice, .blockDevice: writer.apply(to: name, in: parent)
                }
            }
            return writer.problems
        } catch {
            return writer.problems + [error]
        }
    }
}
