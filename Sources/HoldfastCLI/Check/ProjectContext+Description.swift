import Holdfast
import HoldfastModel

extension ProjectContext {
    /// Where the description of the cluster's repository is missing and all else is there, writes it anew, and says so.
    func repairDescription() async throws {
        let cluster = try cluster()
        guard let id = cluster.id else { return }
        let store = try await OpenedStore.open(cluster.repository, project.s3, aws)
        guard try await RepairDescription(store.objects).run(id) else { return }
        session.note("holdfast: holdfast.json was missing, and was written anew: \(store.place)")
    }
}
