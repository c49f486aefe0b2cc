import FoundationEssentials
import Glibc
import HoldfastStorage

/// A file that a command writes an answer to: whoever looks at it meanwhile sees the old one or the new one.
enum ReportFile {
    /// Why it could not be written, for whoever shows the answer all the same.
    static func attempt(_ bytes: [UInt8], to path: String) -> Failure? {
        do throws(Failure) { try write(bytes, to: path) } catch { return error }
        return nil
    }

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
