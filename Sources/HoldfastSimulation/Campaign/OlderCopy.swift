import HoldfastModel
import HoldfastTesting

/// All objects of all stores, as they were at one moment.
struct OlderCopy: Sendable {
    let objects: [[ObjectName: [UInt8]]]

    init(of world: World) async {
        var objects: [[ObjectName: [UInt8]]] = []
        for site in world.sites {
            var copied: [ObjectName: [UInt8]] = [:]
            for name in site.store.names {
                do throws(StoreError) { copied[name] = try await site.store.read(name) } catch {
                    world.ledger.report("a copy: \(error)")
                }
            }
            objects.append(copied)
        }
        self.objects = objects
    }

    /// What stands there now is gone.
    func putBack(into world: World) {
        for (site, copied) in zip(world.sites, objects) {
            for name in site.store.names where copied[name] == nil { site.store.lose(name) }
            for (name, bytes) in copied { site.store.tamper(name) { $0 = bytes } }
        }
    }
}
