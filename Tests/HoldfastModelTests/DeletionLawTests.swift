import HoldfastModel
import HoldfastTesting
import Testing

private typealias Case = DeletionFixture

/// The three laws of `docs/RETENTION.md`, section 3.2, over random projects.
@Suite("The laws of the deletion check")
struct DeletionLawTests {
    @Test("what is safe together is safe in every part", arguments: 0..<100)
    func subsets(seed: UInt64) {
        var project = RandomProject(seed: seed)
        let reading = project.reading()
        let check = DeletionCheck(reading, now: Case.now)
        for set in RandomProject.subsets where check.verdict(on: set).isSafe {
            for part in RandomProject.subsets where part.isSubset(of: set) {
                #expect(check.verdict(on: part).isSafe, "\(set), \(part)")
            }
        }
    }

    @Test("making anything unreadable never turns an answer into safe", arguments: 0..<100)
    func unreadable(seed: UInt64) {
        var project = RandomProject(seed: seed)
        let reading = project.reading()
        for set in RandomProject.subsets where !DeletionCheck(reading, now: Case.now).verdict(on: set).isSafe {
            for darker in project.darkened(reading) {
                #expect(!DeletionCheck(darker, now: Case.now).verdict(on: set).isSafe, "\(set)")
            }
        }
    }

    @Test("the time changes no verdict", arguments: 0..<100)
    func time(seed: UInt64) {
        var project = RandomProject(seed: seed)
        let reading = project.reading()
        for set in RandomProject.subsets {
            let answers = ["2000-01-01", "2027-06-01", "2099-01-01"].map {
                DeletionCheck(reading, now: Case.time($0)).verdict(on: set).answer
            }
            #expect(Set(answers).count == 1)
        }
    }

    @Test("the random projects are no easy ones: every answer occurs")
    func variety() {
        var answers: Set<DeletionVerdict.Answer> = []
        for seed in 0..<400 {
            var project = RandomProject(seed: UInt64(seed))
            let check = DeletionCheck(project.reading(), now: Case.now)
            for set in RandomProject.subsets where !set.isEmpty { answers.insert(check.verdict(on: set).answer) }
        }
        #expect(answers == [.blocked, .unknown, .safeForGood, .safeNow])
    }
}

/// Two clusters, four CMKs, a few snapshots: small enough that all subsets can be asked about.
private struct RandomProject {
    static let cmks = [K1, K2, K3, R]
    static let subsets: [Set<CMK>] = (0..<16).map { bits in
        Set(cmks.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element))
    }

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func reading() -> ProjectReading {
        var reading = ProjectReading(clusters: [cluster(1), cluster(2)], keys: [:])
        for cmk in Self.cmks where !chance(8) {
            reading.keys[cmk] = .init(state: chance(2) ? .enabled : CMKState.allCases.randomElement(using: &random) ?? .enabled)
        }
        if chance(6) {
            for cmk in [K1, K3] { reading.keys[cmk]?.family = [K1, K3] }
        }
        return reading
    }

    private mutating func cluster(_ number: UInt8) -> ProjectReading.Cluster {
        var events: [KeyRecord.Event] = []
        for cmk in Self.cmks where chance(2) { events.append(.activate(cmk)) }
        for cmk in Self.cmks where chance(2) { events.append(.retire(cmk)) }
        if chance(3) { events.append(.announce(.init(id: Case.id(number), home: Case.repository(1), cmks: some(Self.cmks)))) }
        if chance(6) { events.append(.roster([Case.repository(number), Case.repository(chance(2) ? 1 : 9)])) }
        var snapshots: [ProjectReading.Snapshot] = []
        for index in 0..<UInt8.random(in: 0...3, using: &random) {
            var snapshot = Case.snapshot(index, some(Self.cmks), expires: chance(4) ? nil : "2027-08-01")
            if chance(5) { snapshot.purgeAfter = Case.time("2027-06-03") }
            if chance(8) { snapshot.holds = ["case"] }
            if chance(12) { snapshot.problem = "damaged" }
            snapshots.append(snapshot)
        }
        var cluster = Case.cluster("c\(number)", number, events, snapshots)
        if chance(5) { cluster.openSnapshots = [.init(id: Case.id(99), position: Int.random(in: 0...8, using: &random))] }
        if chance(6) { cluster.recovery = [R] }
        return cluster
    }

    /// Every reading with one thing less that could be read.
    mutating func darkened(_ reading: ProjectReading) -> [ProjectReading] {
        var all: [ProjectReading] = []
        for cmk in Self.cmks {
            var darker = reading
            darker.keys[cmk]?.state = .unreachable
            all.append(darker)
        }
        for index in reading.clusters.indices {
            var darker = reading
            let name = reading.clusters[index].name
            darker.clusters[index] = .init(
                name: name, repository: reading.clusters[index].repository, problem: "unreachable", keyLog: nil)
            all.append(darker)
            for number in reading.clusters[index].snapshots.indices {
                var darker = reading
                darker.clusters[index].snapshots[number].problem = "unreadable"
                all.append(darker)
            }
            for number in reading.clusters[index].openSnapshots.indices {
                var darker = reading
                darker.clusters[index].openSnapshots[number].position = nil
                all.append(darker)
            }
        }
        return all
    }

    private mutating func some(_ cmks: [CMK]) -> [CMK] { cmks.filter { _ in chance(2) } }
    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }
}
