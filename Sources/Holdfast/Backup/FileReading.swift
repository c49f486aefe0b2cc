/// What is known of a file that is to be read, and where it is told how far that has come.
struct FileReading: Sendable {
    /// The file as it was stored last.
    let base: BaseComparison.Known?
    /// What an interrupted run had stored of it.
    var unfinished: BaseComparison.Unfinished?
    let soFar: StoredSoFar

    init(since base: BaseComparison.Known?, after unfinished: BaseComparison.Unfinished? = nil) {
        (self.base, self.unfinished) = (base, unfinished)
        soFar = StoredSoFar(isResuming: unfinished != nil)
    }
}
