import Glibc
package import HoldfastModel

/// A regular file that is being restored. Any thread may write to it; `finish` comes last.
package final class RestoredFile: Sendable {
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    private let shared: SharedFile
    private let path: [UInt8]
    private let isPrivileged: Bool

    init(_ shared: SharedFile, path: [UInt8], isPrivileged: Bool) {
        self.shared = shared
        self.path = path
        self.isPrivileged = isPrivileged
    }

    /// Tells the file from another that was put in its place.
    package var identity: FileIdentity {
        get throws(RestoreError) {
            do throws(PosixError) {
                return FileIdentity(try shared.file.status())
            } catch {
                throw .failed(path, error)
            }
        }
    }

    /// What `fstat` tells now; nil for a kind that no listing knows.
    func entry() throws(RestoreError) -> Entry? {
        do throws(PosixError) {
            return Entry(path: path, status: try shared.file.status(), now: timespec.now)
        } catch {
            throw .failed(path, error)
        }
    }

    /// Whether others than owner, group and all have rights of their own.
    func hasAccessList() throws(RestoreError) -> Bool {
        do throws(PosixError) {
            return try AttributeHolder.open(shared.file.descriptor).names(path).contains(Array("system.posix_acl_access".utf8))
        } catch {
            throw .failed(path, error)
        }
    }

    /// Writes at an offset; what is never written stays a hole.
    package func write(_ bytes: Span<UInt8>, at offset: Int) throws(RestoreError) {
        do throws(PosixError) {
            try shared.file.write(bytes, at: offset)
        } catch {
            throw .failed(path, error)
        }
    }

    /// Fills `bytes` from `offset` on and returns how many were read: fewer only at the file's end.
    package func read(into bytes: inout MutableSpan<UInt8>, at offset: Int) throws(RestoreError) -> Int {
        do throws(PosixError) {
            return try shared.file.read(at: offset, into: &bytes)
        } catch {
            throw .failed(path, error)
        }
    }

    /// Closes the file to everybody else, as a new one is, and moves its time: until `finish` nothing takes it for what it was, or
    /// for what it is to be.
    package func beginRewriting() throws(RestoreError) {
        do throws(PosixError) {
            try shared.file.setModified(timespec.now)
            try shared.file.setMode(0o600)
        } catch {
            throw .failed(path, error)
        }
    }

    /// The runs of a range that hold data and not a hole, of a file that is `length` bytes long.
    package func extents(in range: Range<Int>, length: Int) throws(RestoreError) -> [Range<Int>] {
        var extents: [Range<Int>] = []
        var offset = range.lowerBound
        do throws(PosixError) {
            while offset < range.upperBound, let next = try shared.file.nextExtent(from: offset, size: length) {
                let extent = next.clamped(to: range)
                if extent.isEmpty { break }
                extents.append(extent)
                offset = extent.upperBound
            }
            return extents
        } catch {
            throw .failed(path, error)
        }
    }

    /// Makes a range read as zeros, as a hole where the file system can; for files that hold something already.
    package func clear(_ range: Range<Int>) throws(RestoreError) {
        guard !range.isEmpty, !shared.file.punchHole(range) else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.zeros.count) {
            let count = min(Self.zeros.count, range.upperBound - start)
            try write(Self.zeros.span.extracting(0..<count), at: start)
        }
    }

    package func setLength(_ length: UInt64) throws(RestoreError) {
        do throws(PosixError) {
            try shared.file.setLength(Int(clamping: length))
        } catch {
            throw .failed(path, error)
        }
    }

    /// Returns once the bytes survive a loss of power.
    package func sync() throws(RestoreError) {
        do throws(PosixError) {
            try shared.file.sync()
        } catch {
            throw .failed(path, error)
        }
    }

    /// Tells what closing the file would, and leaves it open.
    package func flush() throws(RestoreError) {
        do throws(PosixError) {
            try shared.file.flush()
        } catch {
            throw .failed(path, error)
        }
    }

    /// Has the system forget what it remembers of the file's bytes, where it would: the next read is one of the disk.
    package func letGo() { _ = posix_fadvise(shared.file.descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    /// Applies owner, attributes, mode, times and flags. Returns what could not be applied; the rest is.
    package func finish(_ entry: Entry) -> [RestoreError] {
        let writer = MetadataWriter(path: path, entry: entry, isPrivileged: isPrivileged)
        writer.apply(to: shared.file)
        return writer.problems
    }
}
