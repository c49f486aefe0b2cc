import HoldfastCatalog
import HoldfastModel

extension ProjectContext {
    /// What is asked of drills on this machine, and what they have shown. What cannot be read has shown nothing.
    func drillWatch() throws -> DrillWatch {
        var watch = DrillWatch(plan: project.drill.flatMap { $0.concerns(session.hostName) ? $0 : nil })
        for cluster in project.clusters {
            guard let id = cluster.id else { continue }
            let memory = DrillMemoryFile(at: try session.drillsPath(of: id))
            do throws(WitnessError) {
                watch.histories[cluster.name] = DrillHistory(try memory.read())
            } catch {
                session.output.note(
                    "holdfast: what drills of \(cluster.name) have shown cannot be read, so none counts: \(error)")
            }
        }
        return watch
    }
}
