import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What is known of a file that is to be read, and where it is told how far that has come.
struct FileReading: Sendable {
    /// The file as it was stored last.
    let base: BaseComparison.Known?
    /// The directory that the walk saw it in, where another file that has taken its name there may be read instead.
    let directory: FileIdentity?
    /// What an interrupted run had stored of it.
    var unfinished: BaseComparison.Unfinished?
    let soFar: StoredSoFar

    init(
        since base: BaseComparison.Known?, in directory: FileIdentity?, after unfinished: BaseComparison.Unfinished? = nil
    ) {
        (self.base, self.directory, self.unfinished) = (base, directory, unfinished)
        soFar = StoredSoFar(isResuming: unfinished != nil)
    }
}
