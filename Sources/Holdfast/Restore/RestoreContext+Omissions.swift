import Glibc
import HoldfastModel
import HoldfastStorage

extension RestoreContext {
    /// Says once what is not asked for without root: to give files to other owners, and attributes that only the system sets.
    func noteOmissions(of entry: Entry) {
        guard !target.isPrivileged else { return }
        let isForeign = entry.uid != geteuid() || entry.gid != getegid()
        let hasPrivileged = entry.xattrs.contains {
            $0.name.starts(with: "trusted.".utf8) || $0.name.starts(with: "security.".utf8)
        }
        guard isForeign || hasPrivileged else { return }
        log.note("not run as root: owners, and trusted and security attributes, were not restored")
    }
}
