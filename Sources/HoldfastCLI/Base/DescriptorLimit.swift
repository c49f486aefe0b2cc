import CPosix
import Glibc

/// Lets the process hold as many files and connections open as a backup of many small files asks for, be its surroundings set to less.
package enum DescriptorLimit {
    /// Far more than is used. No more, for programs that are started inherit it: some close all that they could have open, one by one.
    private static let wanted: rlim_t = 4096

    /// Raises the soft limit as far as the hard one lets it. What cannot be raised stays: it may do all the same.
    package static func apply() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        _ = unsafe setrlimit(resource, &limit)
    }
}
