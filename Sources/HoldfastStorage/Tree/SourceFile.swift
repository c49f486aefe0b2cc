import CPosix
import Glibc
package import HoldfastModel

/// A regular file of a source, open for reading.
package struct SourceFile: ~Copyable, Sendable {
    private let file: OwnedFile
    /// What `stat` told when it was opened: what is read is held to it.
    package let opened: Entry
    private let mayHaveHoles: Bool

    var descriptor: Int32 { file.descriptor }

    /// Opens what the walk has seen, without waiting on a FIFO, following a link, or touching its access time where that is allowed.
    ///
    /// `settling`: how young a ctime says nothing, in nanoseconds, where that is more than clocks ask for; in memory alone, where it never
    /// settles, no ctime says anything then. Throws `.vanished` where the
    /// name is gone and `.replaced` where it belongs to another file.
    package init(opening entry: Entry, settling: Int64 = 0) throws(SourceError) {
        let file = try Self.open(entry.path)
        let status = try Self.status(of: file, entry.path)
        let settling = try Self.settling(settling, file, entry.path)
        guard let opened = Entry(path: entry.path, status: status, now: timespec.now, settling: settling),
            opened.kind == .file, opened.identity == entry.identity
        else { throw SourceProblem(path: entry.path, what: .replaced) }
        self.file = file
        self.opened = opened
        mayHaveHoles = Self.mayHaveHoles(status)
    }

    /// False only for what holds more than its bytes need: extended attributes are counted among a file's blocks, and may take two.
    private static func mayHaveHoles(_ status: stat) -> Bool {
        let (held, overflow) = status.st_blocks.multipliedReportingOverflow(by: 512)
        return !overflow && held - 2 * Int(status.st_blksize) < status.st_size
    }

    /// Tries with `O_NOATIME`, which only the owner and root may ask for.
    private static func open(_ path: [UInt8]) throws(SourceError) -> OwnedFile {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        do throws(PosixError) {
            do throws(PosixError) {
                return try LongPath.open(path, flags | Int32(posix_O_NOATIME))
            } catch  where error.code == EPERM {
                return try LongPath.open(path, flags)
            }
        } catch  where error.code == ELOOP || error.code == ENXIO {
            throw SourceProblem(path: path, what: .replaced)
        } catch {
            throw SourceProblem(path: path, error)
        }
    }

    private static func status(of file: borrowing OwnedFile, _ path: [UInt8]) throws(SourceError) -> stat {
        do throws(PosixError) {
            return try file.status()
        } catch {
            throw SourceProblem(path: path, error)
        }
    }

    private static func settling(
        _ settling: Int64, _ file: borrowing OwnedFile, _ path: [UInt8]
    ) throws(SourceError) -> Int64 {
        guard settling > 0 else { return 0 }
        do throws(PosixError) {
            return try file.isInMemory() ? .max : settling
        } catch {
            throw SourceProblem(path: path, error)
        }
    }

    /// Tells the kernel that the file will be read from start to end.
    package func adviseSequential() {
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// The next run of data at or after `offset`: what lies before it is a hole. Nil where only a hole or the end follows.
    ///
    /// A file that grows is taken to end where it ended when it was opened.
    package func nextExtent(from offset: Int) throws(SourceError) -> Range<Int>? {
        let size = Int(opened.size)
        guard offset < size else { return nil }
        guard mayHaveHoles else { return offset..<size }
        do throws(PosixError) {
            return try file.nextExtent(from: offset, size: size)
        } catch {
            throw SourceProblem(path: opened.path, error)
        }
    }

    /// Fills `bytes` from `offset` on and returns how many were read: fewer only at the file's end.
    package func read(into bytes: inout MutableSpan<UInt8>, at offset: Int) throws(SourceError) -> Int {
        do throws(PosixError) {
            return try file.read(at: offset, into: &bytes)
        } catch {
            throw SourceProblem(path: opened.path, error)
        }
    }

    /// Whether there is a byte to be read at `offset`.
    package func hasByte(at offset: Int) throws(SourceError) -> Bool {
        var byte: [UInt8] = [0]
        var span = byte.mutableSpan
        return try read(into: &span, at: offset) > 0
    }

    /// What `stat` tells now; where size, mtime or ctime differ from before, the file changed while it was read.
    package func restat() throws(SourceError) -> Entry {
        guard let now = Entry(path: opened.path, status: try Self.status(of: file, opened.path), now: timespec.now) else {
            throw SourceProblem(path: opened.path, what: .replaced)
        }
        return now
    }
}
