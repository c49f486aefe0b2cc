import HoldfastStorage

/// The directory that relative paths begin at.
enum WorkingDirectory {
    /// Refuses one whose name is not UTF-8, at which `path` has that name repaired: that is another directory, or none.
    static func require(_ path: String) throws(Failure) {
        guard path.unicodeScalars.contains("\u{FFFD}") else { return }
        do throws(PosixError) {
            if try FileIdentity.target(of: ".") == FileIdentity.target(of: path) { return }
        } catch {
            throw Failure(error)
        }
        throw Failure(
            .usage, "the name of the working directory is not UTF-8", path, "run it from another, with absolute paths")
    }
}
