import FoundationEssentials
import GRDB
import GRDBSQLite
import HoldfastModel

/// Bytes as SQLite takes and gives them.
struct Blob: DatabaseValueConvertible, StatementColumnConvertible {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Straight out of SQLite's own buffer, which lasts until the next row: a hundred thousand rows are read at once.
    init(sqliteStatement: SQLiteStatement, index: CInt) {
        let count = Int(unsafe sqlite3_column_bytes(sqliteStatement, index))
        let start = unsafe sqlite3_column_blob(sqliteStatement, index)
        bytes = unsafe Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    var databaseValue: DatabaseValue { Data(bytes).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
        Data.fromDatabaseValue(value).map { Blob(Array($0)) }
    }
}

extension Row {
    /// A column's bytes; nil where it is NULL.
    func bytes(atIndex index: Int) throws -> [UInt8]? {
        let blob: Blob? = try decode(atIndex: index)
        return blob?.bytes
    }

    /// A column's time, in seconds since 1970; a rotten number is damage.
    func time(atIndex index: Int) throws -> Timestamp {
        guard let time = Timestamp(foreign: try decode(atIndex: index)) else { throw RowDamage() }
        return time
    }
}
