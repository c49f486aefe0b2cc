import GRDB

extension CatalogFile {
    /// Opens what is there; begins anew where it is of no use; keeps the catalog in memory where the disk does not take it.
    func openWhateverHappens(note: (CatalogError) -> Void) -> DatabaseQueue? {
        do {
            return try open()
        } catch {
            return error.meansBusy ? openInMemory(because: error, note: note) : openAnew(because: "\(error)", note: note)
        }
    }

    /// Throws the file away and begins a new one.
    func openAnew(because detail: String, note: (CatalogError) -> Void) -> DatabaseQueue? {
        note(.discarded(path: place, detail: detail))
        do {
            try delete()
            return try open()
        } catch {
            return openInMemory(because: error, note: note)
        }
    }

    private func openInMemory(because reason: any Error, note: (CatalogError) -> Void) -> DatabaseQueue? {
        note(.inMemory(path: place, detail: "\(reason)"))
        do {
            return try openInMemory()
        } catch {
            note(.unavailable(path: place, detail: "\(error)"))
            return nil
        }
    }
}

extension Error {
    /// Another process has the file at the moment; that says nothing about the file.
    var meansBusy: Bool {
        guard let error = self as? DatabaseError else { return false }
        return [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
    }

    /// The file is not what this program wrote: a rotten row, a page that SQLite refuses, a table that is missing.
    var meansDamage: Bool {
        if self is RowDamage || self is RowDecodingError { return true }
        guard let error = self as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_IOERR, .SQLITE_MISMATCH]
            .contains(error.resultCode)
    }
}
