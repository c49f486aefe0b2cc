import HoldfastModel
import Testing

private typealias Case = DeletionFixture

@Suite("A deletion proof")
struct DeletionProofTests {
    private func evidence(_ openings: [(UInt8, UInt8, CMK)]) -> DeletionEvidence {
        var evidence = DeletionEvidence()
        for (snapshot, sum, cmk) in openings {
            evidence.add(.init(sum: Case.sum(sum), cmk: cmk), of: Case.id(snapshot), in: Case.repository(1))
        }
        return evidence
    }

    private func proves(_ reading: ProjectReading, _ cmks: Set<CMK>, _ evidence: DeletionEvidence) -> Bool {
        let proof = DeletionCheck(reading, now: Case.now).proof(of: cmks, by: evidence)
        return proof != nil
    }

    @Test("is made where every snapshot was opened by what stays")
    func made() {
        let check = DeletionCheck(Case.project([Case.snapshot(1, [K1, K2])]), now: Case.now)
        guard let proof = check.proof(of: [K1], by: evidence([(1, 1, K2), (255, 255, K2)])) else {
            Issue.record("no proof")
            return
        }
        #expect(proof.cmks == [K1])
        #expect(proof.keyLogLengths == [Case.repository(1): 4])
        #expect(proof.snapshotCount == 2)
    }

    @Test("is refused where a snapshot was not opened, was another one, or was opened by what goes")
    func refused() {
        let reading = Case.project([Case.snapshot(1, [K1, K2])])
        #expect(!proves(reading, [K1], evidence([])))
        #expect(!proves(reading, [K1], evidence([(1, 1, K2)])))
        #expect(!proves(reading, [K1], evidence([(1, 2, K2), (255, 255, K2)])))
        #expect(!proves(reading, [K1], evidence([(1, 1, K1), (255, 255, K2)])))
        #expect(!proves(reading, [K1], evidence([(1, 1, K3), (255, 255, K2)])))
    }

    @Test("is refused where the answer is anything but safe for good, however much was opened")
    func notSafe() {
        let all = evidence([(1, 1, K2), (255, 255, K2)])
        #expect(!proves(Case.project([Case.snapshot(1, [K1])]), [K1], all))
        #expect(!proves(Case.project([Case.snapshot(1, [K1, K2])], events: [.activate(K1), .activate(K2)]), [K1], all))
        #expect(!proves(Case.project([Case.snapshot(1, [K1, K2])], states: [K2: .unreachable]), [K1], all))
    }

    @Test("asks nothing of what is lost already")
    func lost() {
        let reading = Case.project([Case.snapshot(1, [K3])], states: [K3: .deleted])
        #expect(proves(reading, [K1], evidence([(255, 255, K2)])))
    }

    @Test("a later envelope counts only once it has opened its snapshot")
    func laterEnvelope() {
        var snapshot = Case.snapshot(1, [K1])
        snapshot.laterEnvelopes = [K2]
        let reading = Case.project([snapshot])
        #expect(Case.verdict(reading, K1).answer == .blocked)
        #expect(Case.verdict(reading.counting(evidence([(1, 1, K1)])), K1).answer == .blocked)
        let counted = reading.counting(evidence([(1, 1, K2)]))
        #expect(Case.verdict(counted, K1).answer == .safeForGood)
        #expect(proves(counted, [K1], evidence([(1, 1, K2), (255, 255, K2)])))
    }

    @Test("a later envelope counts, too, where a relative of the CMK that it names has opened the snapshot by it")
    func laterRelative() {
        var snapshot = Case.snapshot(1, [K1])
        snapshot.laterEnvelopes = [K3]
        var reading = Case.project([snapshot])
        reading.keys[K3]?.family = [K3, R]
        #expect(Case.verdict(reading.counting(evidence([(1, 1, K2)])), K1).answer == .blocked)
        let opened = evidence([(1, 1, R), (255, 255, K2)])
        #expect(proves(reading.counting(opened), [K1], opened))
    }
}
