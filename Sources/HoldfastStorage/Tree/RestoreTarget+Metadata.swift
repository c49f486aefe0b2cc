import CPosix
import Glibc
package import HoldfastModel

extension RestoreTarget {
    /// Whether the entry's inode flags would, once applied, keep its file from being given another name or taken away.
    package func willBind(_ entry: Entry) -> Bool { isPrivileged && entry.inodeFlags & MetadataWriter.bindingFlags != 0 }

    /// Whether what is at a path, as it was found there, has the owner, mode and attributes that `applyMetadata` would give it.
    package func hasMetadata(of entry: Entry, _ existing: Entry) throws(RestoreError) -> Bool {
        let writer = MetadataWriter(path: existing.path, entry: entry, isPrivileged: isPrivileged)
        return try at(existing.path) { parent, name throws(PosixError) in
            try writer.isApplied(to: existing, at: name, in: parent)
        }
    }

    /// Gives what was found at a path, and is there still under no other name, an entry's metadata. Returns what could not be applied; nil
    /// where somebody else may have written a file's bytes, or holds it open: owner and set-id bits of the snapshot's would vouch for them.
    package func replaceMetadata(of existing: Entry, by entry: Entry) throws(RestoreError) -> [RestoreError]? {
        guard existing.kind == .file else { return applyMetadata(existing.path, entry) }
        guard existing.mayBeRewritten(as: entry, by: account) else { return nil }
        let file = try openReadable(existing.path)
        guard try file.identity == existing.identity else { throw .exists(existing.path) }
        return try mayBeRewritten(file, as: entry) ? file.finish(entry) : nil
    }

    /// Applies owner, attributes, mode, times and flags to what was restored; to a directory only once its contents are there.
    /// Returns what could not be applied; the rest is. `syncs`: a file or directory survives a loss of power then, with the names in it.
    package func applyMetadata(_ path: [UInt8], _ entry: Entry, syncs: Bool = false) -> [RestoreError] {
        let writer = MetadataWriter(path: path, entry: entry, isPrivileged: isPrivileged)
        do throws(RestoreError) {
            try at(path) { parent, name throws(PosixError) in
                switch entry.kind {
                case .directory, .file:
                    let kind = entry.kind == .directory ? O_DIRECTORY : O_NONBLOCK
                    let file = try parent.open(name, O_RDONLY | O_NOFOLLOW | kind)
                    writer.apply(to: file)
                    if syncs { try file.sync() }
                case .symlink, .fifo, .socket, .characterDevice, .blockDevice: writer.apply(to: name, in: parent)
                }
            }
            return writer.problems
        } catch {
            return writer.problems + [error]
        }
    }
}
