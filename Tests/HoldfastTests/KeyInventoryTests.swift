import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The list of CMKs")
struct KeyInventoryTests {
    private func rows(_ fixture: KeysFixture, at now: Timestamp? = nil) async -> [CMK: KeyInventory.Row] {
        let survey = await ReadProject(fixture.project(), keys: fixture.keys).glance(at: now ?? fixture.time)
        return Dictionary(uniqueKeysWithValues: KeyInventory(survey).rows.map { ($0.cmk, $0) })
    }

    @Test("has the label that people gave a CMK")
    func label() async throws {
        let fixture = try await KeysFixture()
        let labelled = fixture.keyManager.createCMK(label: "2027")
        let rows = await rows(fixture)
        #expect(rows[labelled]?.label == "2027")
        #expect(rows[fixture.K1]?.label == "")
    }

    @Test("and the answers tell a deletion that is to come from one whose date has passed")
    func overdue() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let date = fixture.time + 86_400
        fixture.keyManager.set(fixture.K1, .pendingDeletion, deletionDate: date)
        let before = try #require(await rows(fixture)[fixture.K1]?.deletion)
        #expect(before.words == "will be deleted on \(date.toTheMinute) UTC" && !before.isOverdue)
        let later = try #require(await rows(fixture, at: date)[fixture.K1]?.deletion)
        #expect(later.words == "was to be deleted on \(date.toTheMinute) UTC" && later.isOverdue)
        let check = CheckKeys(fixture.project(), keys: fixture.keys)
        for lines in [await check.which(at: date).lines, try await check.run([fixture.K1], at: date).lines()] {
            let line = try #require(lines.first { $0.contains("was to be deleted on") }, "\(lines)")
            #expect(line.contains("holdfast keys audit") && line.contains("it still: holdfast keys cancel-deletion"), "\(line)")
        }
    }

    @Test("go by the key logs where the key manager does not answer")
    func silent() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let date = fixture.time + 86_400
        try await fixture.append([.scheduled(fixture.K1, date: date)], to: fixture.repositories[0])
        fixture.keyManager.set(.unreachable)
        let row = try #require(await rows(fixture, at: date)[fixture.K1])
        #expect(row.deletion?.isOverdue == true)
        let lines = await CheckKeys(fixture.project(), keys: fixture.keys).which(at: date).lines
        #expect(lines.contains { $0.contains("\(fixture.K1)   was to be deleted on") }, "\(lines)")
    }
}
