import CPosix
import Glibc
import Synchronization

/// The names of users and groups, each asked for once per process; empty where the system knows none.
enum AccountNames {
    private static let users = Mutex<[UInt32: [UInt8]]>([:])
    private static let groups = Mutex<[UInt32: [UInt8]]>([:])

    static func user(_ id: UInt32) -> [UInt8] {
        users.withLock { cached($0[id], id, &$0, lookUpUser) }
    }

    static func group(_ id: UInt32) -> [UInt8] {
        groups.withLock { cached($0[id], id, &$0, lookUpGroup) }
    }

    private static func cached(
        _ known: [UInt8]?, _ id: UInt32, _ names: inout [UInt32: [UInt8]], _ lookUp: (UInt32) -> [UInt8]
    ) -> [UInt8] {
        if let known { return known }
        let name = lookUp(id)
        names[id] = name
        return name
    }

    private static func lookUpUser(_ id: UInt32) -> [UInt8] {
        lookUp { buffer, length in
            var record = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(id, &record, buffer, length, &found)
            return unsafe (code, found == nil ? nil : record.pw_name)
        }
    }

    private static func lookUpGroup(_ id: UInt32) -> [UInt8] {
        lookUp { buffer, length in
            var record = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            let code = unsafe getgrgid_r(id, &record, buffer, length, &found)
            return unsafe (code, found == nil ? nil : record.gr_name)
        }
    }

    /// Calls with a larger buffer while the answer does not fit; a group may have very many members.
    @safe private static func lookUp(
        _ call: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, name: UnsafeMutablePointer<CChar>?)
    ) -> [UInt8] {
        var size = 4 << 10
        while true {
            var buffer = [CChar](repeating: 0, count: size)
            let (code, name) = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                let (code, name) = unsafe buffer.baseAddress.map { unsafe call($0, size) } ?? (ENOMEM, nil)
                return (code, unsafe name.map { unsafe Array(String(cString: $0).utf8) })
            }
            if let name { return name }
            if code != ERANGE || size >= 16 << 20 { return [] }
            size *= 4
        }
    }
}
