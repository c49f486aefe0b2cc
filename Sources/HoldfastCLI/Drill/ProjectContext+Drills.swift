import HoldfastCatalog
import HoldfastModel

extension ProjectContext {
    /// What is asked of drills on this machine, and what they have shown.
    func drillWatch() throws -> DrillWatch {
        var watch = DrillWatch(plan: project.drill.flatMap { $0.concerns(session.hostName) ? $0 : nil })
        for cluster in project.clusters {
            guard let id = cluster.id else { continue }
            let memory = DrillMemoryFile(at: try session.drillsPath(of: id))
            do throws(DrillMemoryError) {
                watch.histories[cluster.name] = DrillHistory(try memory.read())
            } catch {
                watch.unreadable[cluster.name] = "\(error)"
            }
        }
        return watch
    }
}
