import CPosix
import Glibc
package import HoldfastModel

/// What was restored, as it is found on the disk.
extension RestoreTarget {
    /// Everything that a listing knows of what is at a path, symbolic links' targets and extended attributes too, but not its content.
    /// Nil where nothing is there. `directory`: the target's own path from the root, without the leading slash.
    package func readBack(_ path: [UInt8], in directory: [UInt8]) throws(RestoreError) -> Entry? {
        guard var entry = try existing(path) else { return nil }
        entry.path = directory.appending(path)
        for problem in Metadata.complete(&entry) {
            if case .cannotRead(let error) = problem.what { throw .failed(path, error) }
            throw .failed(path, PosixError(code: ESTALE, operation: "read back", path: problem.displayPath))
        }
        entry.path = path
        return entry
    }

    /// Opens a restored file to be read from the disk itself: what the system remembers of its bytes and has written is let go of first,
    /// as far as it can be told to.
    package func openToReadBack(_ path: [UInt8]) throws(RestoreError) -> RestoredFile {
        let file = try openReadable(path)
        file.letGo()
        return file
    }

    /// Opens a file; one that its owner may not read is made readable meanwhile.
    func openReadable(_ path: [UInt8]) throws(RestoreError) -> RestoredFile {
        guard !isPrivileged, let found = try existing(path), found.mode & 0o400 == 0 else {
            return try openExisting(path, writable: false)
        }
        try setMode(found.mode | 0o400, of: path)
        let file = try openExisting(path, writable: false)
        // It may have another name, which is looked at later.
        try setMode(found.mode, of: path)
        return file
    }

    private func setMode(_ mode: UInt32, of path: [UInt8]) throws(RestoreError) {
        try at(path) { parent, name throws(PosixError) in try parent.setMode(mode, of: name) }
    }
}
