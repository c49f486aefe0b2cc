import CPosix
import Glibc

/// Keeps this process's memory out of core files and out of reach of other processes of the same user.
package enum ProcessHardening {
    /// Called before any secret is read. Stops the process where the kernel refuses, which it has no reason to.
    ///
    /// Side effect: `/proc/self` belongs to root afterwards, so tools that inspect the process need root
    /// (`docs/SECURITY.md`).
    package static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0, "core files cannot be turned off")
        precondition(posix_set_not_dumpable() == 0, "the process cannot be made undumpable")
    }
}
