import CPosix
import Glibc
import HoldfastModel

/// A file whose extended attributes are read or written: an open one, or one that cannot be opened, by a path.
@safe
enum AttributeHolder {
    case open(Int32)
    /// A path that ends with a zero; a symbolic link at its end is not followed.
    case path([CChar])

    /// The names in byte order; none where the file system has no attributes.
    func names(_ path: [UInt8]) throws(PosixError) -> [[UInt8]] {
        do throws(PosixError) {
            let list = try grow("listxattr", path) { buffer in
                switch self {
                case .open(let file): unsafe flistxattr(file, buffer.baseAddress, buffer.count)
                case .path(let name): unsafe llistxattr(name, buffer.baseAddress, buffer.count)
                }
            }
            return list.split(separator: 0).map { Array($0) }.sorted { $0.lexicographicallyPrecedes($1) }
        } catch  where error.code == ENOTSUP {
            return []
        }
    }

    /// The value of an attribute; nil where it is not there (any more).
    func value(_ attribute: [UInt8], _ path: [UInt8]) throws(PosixError) -> [UInt8]? {
        let key = try FileName(attribute).terminated()
        do throws(PosixError) {
            return try grow("getxattr \(FileName(attribute))", path) { buffer in
                switch self {
                case .open(let file): unsafe fgetxattr(file, key, buffer.baseAddress, buffer.count)
                case .path(let name): unsafe lgetxattr(name, key, buffer.baseAddress, buffer.count)
                }
            }
        } catch  where error.code == ENODATA {
            return nil
        }
    }

    func set(_ attribute: [UInt8], to value: [UInt8], _ path: [UInt8]) throws(PosixError) {
        let key = try FileName(attribute).terminated()
        let result =
            switch self {
            case .open(let file): unsafe fsetxattr(file, key, value, value.count, 0)
            case .path(let name): unsafe lsetxattr(name, key, value, value.count, 0)
            }
        if result < 0 { throw failure("setxattr \(FileName(attribute))", path) }
    }

    func remove(_ attribute: [UInt8], _ path: [UInt8]) throws(PosixError) {
        let key = try FileName(attribute).terminated()
        let result =
            switch self {
            case .open(let file): unsafe fremovexattr(file, key)
            case .path(let name): unsafe lremovexattr(name, key)
            }
        if result < 0, errno != ENODATA { throw failure("removexattr \(FileName(attribute))", path) }
    }

    /// Asks for the length, then for the bytes, again while they grow in between.
    @safe private func grow(
        _ operation: String, _ path: [UInt8], _ call: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(PosixError) -> [UInt8] {
        while true {
            let length = unsafe call(UnsafeMutableRawBufferPointer(start: nil, count: 0))
            if length == 0 { return [] }
            if length < 0 { throw failure(operation, path) }
            var bytes = [UInt8](repeating: 0, count: length)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe call($0) }
            if count >= 0 { return Array(bytes[..<count]) }
            if errno != ERANGE { throw failure(operation, path) }
        }
    }

    private func failure(_ operation: String, _ path: [UInt8]) -> PosixError {
        PosixError(code: errno, operation: operation, path: path.displayPath)
    }
}
