import CPosix
import Glibc
package import HoldfastModel

extension Entry {
    /// The file that has this one's name now: whatever is written anew and renamed into place is always there, and each time another. Nil
    /// where it is no regular file, or the directory of that name is not the one that the walk saw, so that nothing is read that the walk
    /// would not have come to.
    package func successor(in directory: FileIdentity) throws(SourceError) -> Entry? {
        do throws(PosixError) {
            let parent = Array(path[..<max(0, path.count - name.count - 1)])
            let opened = try LongPath.open(parent, Int32(posix_O_PATH) | O_DIRECTORY)
            guard FileIdentity(try opened.status()) == directory else { return nil }
            let found = Entry(path: path, status: try opened.status(of: FileName(name)), now: timespec.now)
            return found?.kind == .file ? found : nil
        } catch {
            throw SourceProblem(path: path, error)
        }
    }
}
