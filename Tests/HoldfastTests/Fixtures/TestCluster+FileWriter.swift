import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

@testable import Holdfast

extension TestCluster {
    /// What stores the files of a snapshot that has no base.
    func makeFileWriter() -> FileWriter {
        let request = request([])
        let snapshot = PackSelection.Snapshot(time: time, keptUntil: nil, packByteCount: request.packByteCount)
        let registry = PackRegistry(
            known: PackKeys(), nextPackNumber: 1, snapshot: snapshot, uses: [:], selection: PackSelection(of: [], for: snapshot),
            lost: [])
        return BackupPipeline(repository: repository, request: request, progress: BackupProgress())
            .makeFileWriter(Random.id(), lineage: Lineage(cutting: .content), registry: registry)
    }
}
