package import HoldfastModel

/// The store's time of each record of a log, by number.
package struct RecordTimes: Sendable {
    /// From 0 on: those of a log without a gap.
    private let contiguous: [Timestamp]
    /// Whatever a listing showed: with a gap, the numbers may be anything.
    private let scattered: [Int: Timestamp]

    init(contiguous: [Timestamp]) { (self.contiguous, scattered) = (contiguous, [:]) }

    package init(of records: [Int: StoredObject] = [:]) {
        let times = (0..<records.count).compactMap { records[$0]?.modified }
        let hasGap = times.count < records.count
        (contiguous, scattered) = hasGap ? ([], records.mapValues(\.modified)) : (times, [:])
    }

    package subscript(n: Int) -> Timestamp? { contiguous.indices.contains(n) ? contiguous[n] : scattered[n] }
}
