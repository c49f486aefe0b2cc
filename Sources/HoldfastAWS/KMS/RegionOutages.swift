import Synchronization

/// Regions that did not answer a while ago: they are tried last, so that of a thousand keys not each waits for the same silence.
final class RegionOutages: Sendable {
    private let noticed = Mutex<[String: Duration]>([:])
    private let timing: RequestTiming

    /// How long a Region is put last, in seconds.
    private static let memory = Duration.seconds(60)

    init(timing: RequestTiming) { self.timing = timing }

    func notice(_ region: String) {
        let now = timing.elapsed()
        noticed.withLock { $0[region] = now }
    }

    func end(_ region: String) { noticed.withLock { $0[region] = nil } }

    /// The Regions in their order, those that were silent lately after all others.
    func order(_ regions: [String]) -> [String] {
        let now = timing.elapsed()
        let silent = noticed.withLock { noticed in
            regions.filter { region in noticed[region].map { now - $0 < Self.memory } ?? false }
        }
        return regions.filter { !silent.contains($0) } + silent
    }
}
