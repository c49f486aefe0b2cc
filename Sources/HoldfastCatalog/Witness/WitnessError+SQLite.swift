import GRDB
import Glibc

extension WitnessError {
    /// What any error from below means for the witness at `path`.
    init(_ error: any Error, at path: String) {
        switch error {
        case let error as WitnessError: self = error
        case let error as PosixFailure: self.init(error)
        case is RowDamage, is RowDecodingError: self = .damaged(path: path, detail: "a row that no holdfast writes")
        case let error as DatabaseError: self.init(error, at: path)
        default: self = .unusable(path: path, detail: "\(error)")
        }
    }

    init(_ error: PosixFailure) {
        switch error.code {
        case ENOSPC, EDQUOT: self = .noSpace(path: error.path)
        default: self = .unusable(path: error.path, detail: error.reason)
        }
    }

    private init(_ error: DatabaseError, at path: String) {
        let detail = (error.message ?? "\(error.resultCode)").inOneLine
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT:
            self = .damaged(path: path, detail: detail)
        case .SQLITE_FULL: self = .noSpace(path: path)
        default: self = .unusable(path: path, detail: detail)
        }
    }
}

extension String {
    /// SQLite's findings have several; an error has one.
    var inOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
