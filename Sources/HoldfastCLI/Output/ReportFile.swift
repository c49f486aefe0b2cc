import FoundationEssentials
import Glibc
import HoldfastStorage

/// A file that a command writes an answer to: whoever looks at it meanwhile sees the old one or the new one.
enum ReportFile {
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            guard let cause = (error as? CocoaError)?.underlying as? POSIXError else {
                throw Failure(.failed, "the file cannot be written", path, "name one in a directory that you may write to")
            }
            throw Failure(PosixError(code: cause.code.rawValue, operation: "write", path: path))
        }
    }
}
