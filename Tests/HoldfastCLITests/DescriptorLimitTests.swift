import Glibc
import HoldfastCLI
import Testing

@Suite("How many files a process may have open")
struct DescriptorLimitTests {
    @Test(
        "a low limit is raised to what is needed, or as far as it may be; a high one stays",
        arguments: [
            (256, 8192, 4096), (256, 1024, 1024), (8192, 8192, 8192),
        ] as [(rlim_t, rlim_t, rlim_t)])
    func raised(soft: rlim_t, hard: rlim_t, expected: rlim_t) async {
        await #expect(processExitsWith: .success) { [soft, hard, expected] in
            var limit = rlimit(rlim_cur: soft, rlim_max: hard)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            DescriptorLimit.apply()
            try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            #expect(limit.rlim_cur == expected && limit.rlim_max == hard)
        }
    }
}
