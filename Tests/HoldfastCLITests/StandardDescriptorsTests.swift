import Glibc
import HoldfastCLI
import Testing

@Suite("Standard input, output and error")
struct StandardDescriptorsTests {
    @Test(
        "that are closed are given to nothing else, and fail whoever uses them; others stay",
        arguments: [[], [0], [1], [2], [1, 2], [0, 2], [0, 1, 2]] as [[Int32]])
    func closed(descriptors: [Int32]) async {
        await #expect(processExitsWith: .success) { [descriptors] in
            let open = try ([0, 1, 2] as [Int32]).map { descriptor in
                let flags = fcntl(descriptor, F_GETFL)
                try #require(flags >= 0)
                return flags
            }
            for descriptor in descriptors { close(descriptor) }
            StandardDescriptors.apply()
            for descriptor: Int32 in 0...2 {
                guard descriptors.contains(descriptor) else {
                    #expect(fcntl(descriptor, F_GETFL) == open[Int(descriptor)])
                    continue
                }
                var byte: UInt8 = 0
                let count = unsafe descriptor == 0 ? read(descriptor, &byte, 1) : write(descriptor, &byte, 1)
                #expect(count == -1 && errno == EBADF)
            }
            #expect(unsafe Glibc.open("/dev/null", O_RDONLY) > 2)
        }
    }
}
