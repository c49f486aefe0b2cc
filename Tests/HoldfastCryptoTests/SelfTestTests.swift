import Glibc
import HoldfastCrypto
import HoldfastModel
import Testing

@Suite("At process start")
struct SelfTestTests {
    @Test("this machine's libcrypto passes the self-test")
    func passes() throws {
        try SelfTest.run()
    }

    @Test("afterwards no core file can be written")
    func hardening() async {
        await #expect(processExitsWith: .exitCode(7)) {
            ProcessHardening.apply()
            var limit = rlimit(rlim_cur: 1, rlim_max: 1)
            let answer = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
            exit(answer == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0 ? 7 : 1)
        }
    }

    @Test("SHA-256 in pieces is SHA-256 of the whole (FIPS 180-2, B.1 and B.2)")
    func sha256() {
        let message = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        var hash = SHA256()
        for byte in message { hash.update([byte].span) }
        let pieces = hash.finish()
        #expect(pieces == hashed(message))
        #expect(hashed(message).hex == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(hashed(Array("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("the key stream is AES-256-CTR from counter zero (NIST's zero block under a zero key)")
    func keyStream() {
        let stream = KeyStream.bytes(key: [UInt8](repeating: 0, count: 32).span, count: 2048)
        #expect(stream.count == 2048)
        #expect(
            stream.prefix(16) == [0xdc, 0x95, 0xc0, 0x78, 0xa2, 0x40, 0x89, 0x89, 0xad, 0x48, 0xa2, 0x14, 0x92, 0x84, 0x20, 0x87])
    }
}
