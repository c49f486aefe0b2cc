import Foundation
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// The tamper matrix of a whole repository (`docs/SECURITY.md`): whatever somebody does to its objects, a restore gives the right bytes or
/// says that it does not, and a check names what was changed. `HOLDFAST_TAMPER=dense` leaves nothing out.
@Suite("The tamper matrix of a repository")
struct TamperMatrixTests {
    private let subject: TamperRepository
    private let trial: TamperTrial

    init() async throws {
        let isDense = ProcessInfo.processInfo.environment["HOLDFAST_TAMPER"] == "dense"
        subject = try await TamperRepository()
        trial = TamperTrial(subject: subject, density: isDense ? .dense : .sampled)
    }

    private func expectNoSurprise(_ cases: [TamperCase], atLeast count: Int) async throws {
        #expect(cases.count >= count, "there are only \(cases.count) cases")
        let surprises = try await trial.surprises(cases)
        #expect(surprises.isEmpty, "\(surprises.count) of \(cases.count):\n\(surprises.prefix(20).joined(separator: "\n"))")
        #expect(subject.keyManager.askedAbout.map(\.uri).allSatisfy(TamperRepository.cmks.contains))
    }

    @Test("two snapshots of three files in two packs each are what it is tried on, and all of it is right")
    func subjectIsSound() async throws {
        #expect(subject.packs.count == 4 && subject.keyRecords.count == 4 && subject.contents.values.allSatisfy { $0.count == 3 })
        #expect(subject.chunks[subject.second]?.keys.count == 3)
        let untouched = TamperCase("nothing", [:], [subject.first: [.none], subject.second: [.none]], mayBeSilent: true)
        try await expectNoSurprise([untouched], atLeast: 1)
    }

    @Test("a manifest that is changed, cut or longer is told by its region, with its sum or without")
    func manifests() async throws {
        let cases = [subject.first, subject.second].flatMap { subject.manifestCases($0, trial.density) }
        try await expectNoSurprise(cases, atLeast: 2_000)
    }

    @Test("a pack that is changed, cut, longer or renamed costs the files whose chunks it is, and gives no wrong byte")
    func packs() async throws {
        try await expectNoSurprise(subject.packs.flatMap { subject.packCases($0, trial.density) }, atLeast: 1_000)
    }

    @Test("a record that is changed is found, but for the last one of a log under its own sum; every restore is right")
    func records() async throws {
        try await expectNoSurprise(subject.recordCases(trial.density), atLeast: 1_000)
    }

    @Test("a key log or description that is changed is found; every restore is right")
    func keyLog() async throws {
        let cases = subject.keyRecordCases(trial.density) + subject.descriptionCases(trial.density)
        try await expectNoSurprise(cases, atLeast: 1_000)
    }

    @Test("an object that is gone, zeroed in part, or another one of its kind, is found, and gives no wrong byte")
    func wholeObjects() async throws {
        let every = TamperTrial(subject: subject, density: .dense)
        let cases = subject.deletions() + subject.zeroedBlocks() + subject.replacements()
        #expect(cases.count >= 100)
        let surprises = try await every.surprises(cases)
        #expect(surprises.isEmpty, "\(surprises.joined(separator: "\n"))")
    }

    @Test("of a checkpoint no changed byte, cut or added byte is read as one")
    func checkpoint() async throws {
        let bytes = try #require(subject.objects[.checkpoint(subject.interrupted)])
        let opened = try await subject.openCheckpoint(bytes)
        #expect(opened)
        var read: [String] = []
        for offset in bytes.indices {
            for mask in [UInt8(0x01), 0x80] {
                var changed = bytes
                changed[offset] ^= mask
                if try await subject.openCheckpoint(changed) { read.append("byte \(offset) ^ \(mask)") }
                let forged = withSum(changed)
                if forged != bytes, try await subject.openCheckpoint(forged) {
                    read.append("byte \(offset) ^ \(mask), with its sum")
                }
            }
            if try await subject.openCheckpoint(Array(bytes[..<offset])) { read.append("cut to \(offset)") }
        }
        if try await subject.openCheckpoint(bytes + [0]) { read.append("and a byte") }
        #expect(read.isEmpty)
    }
}
