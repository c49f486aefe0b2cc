import Foundation
import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A barrier that comes while a backup runs")
struct BarrierTests {
    /// The request, to which a barrier comes when all is stored and nothing is committed.
    private func overtaken(_ request: BackupRequest, in cluster: TestCluster) -> BackupRequest {
        var request = request
        request.beforeCommit = { (_) throws(HoldfastError) in
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "other") {
                $0.newestBarrier == nil ? .barrier : nil
            }
        }
        return request
    }

    @Test("files are read again, under a fresh id and in full")
    func files() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        let summary = try await cluster.backUp(overtaken(cluster.request([source.path]), in: cluster))
        #expect(summary.header.barrier != nil)
        #expect(try await cluster.contents(summary.snapshot) == ["\(source.path)/file": [1, 2, 3]])
    }

    @Test("a stream cannot be read again: no snapshot of nothing takes its place")
    func stream() async throws {
        let cluster = try await TestCluster()
        try cluster.scratch.write([1, 2, 3], to: "dump")
        let file = try FileHandle(forReadingFrom: URL(filePath: cluster.scratch.path + "/dump"))
        var request = overtaken(cluster.request([]), in: cluster)
        request.contents = .stream(descriptor: file.fileDescriptor, filename: Array("dump".utf8), time: request.time)
        let late = request
        let error = await #expect(throws: HoldfastError.self) { try await cluster.backUp(late) }
        let isLostRace = if case .lostRace = error { true } else { false }
        #expect(isLostRace, "\(String(describing: error))")
        #expect(try await cluster.repository.readSnapshots().map(\.log.state) == [.aborted])
        withExtendedLifetime(file) {}
    }
}
