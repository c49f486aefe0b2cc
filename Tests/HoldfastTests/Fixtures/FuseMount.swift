import Foundation
import Glibc
import Synchronization

/// A file system in memory, served by this process and mounted where a test says, with the habits of others: names of which only the case
/// differs are one, or are all shown in lower case, `close` tells that a file could not be written, and calls fail as on a disk that does.
final class FuseMount: Sendable {
    private let path: String
    private let device: Int32
    private let unsynced = UnsyncedNodes()
    private let faults = FuseFaults()

    /// Nil where this process may not mount one. `closeError`: what closing any file fails with; 0 is nothing.
    init?(at path: String, foldsCase: Bool = false, lowersCase: Bool = false, closeError: Int32 = 0) {
        self.path = path
        device = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard device >= 0 else { return nil }
        let options = "fd=\(device),rootmode=40000,user_id=\(getuid()),group_id=\(getgid())"
        guard unsafe mount("holdfast", path, "fuse", UInt(MS_NOSUID | MS_NODEV), options) == 0 else {
            close(device)
            return nil
        }
        let device = device
        Thread { [unsynced, faults] in
            let tree = FuseTree(foldsCase: foldsCase, lowersCase: lowersCase, closeError: closeError, unsynced, faults)
            FuseMount.serve(tree, by: device)
        }.start()
    }

    /// From now on these calls on `path`, relative to the mount, fail with `code`; on any path where it is nil.
    func fail(_ call: FuseFault.Call, on path: String? = nil, with code: Int32) {
        faults.all.withLock { $0.append(FuseFault(path: path, call: call, code: code)) }
    }

    /// How many files and directories were changed and not synced since.
    var unsyncedCount: Int { unsynced.nodes.withLock(\.count) }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }

    /// Answers until nothing is mounted any more.
    private static func serve(_ tree: FuseTree, by device: Int32) {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe read(device, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == ENOENT { continue }
            guard count >= FuseRequest.headerByteCount else { break }
            let request = FuseRequest(bytes: bytes[..<count])
            guard let answer = tree.answer(request) else { continue }
            let body = (try? answer.get()) ?? []
            let code: Int32 = if case .failure(let refusal) = answer { -refusal.code } else { 0 }
            let reply = FuseBytes.of(UInt32(16 + body.count)) + FuseBytes.of(code) + FuseBytes.of(request.unique) + body
            _ = unsafe write(device, reply, reply.count)
        }
        close(device)
    }
}

/// The files and directories that were changed and not synced since.
final class UnsyncedNodes: Sendable {
    let nodes = Mutex<Set<UInt64>>([])
}

/// Numbers as they stand in the kernel's structures.
enum FuseBytes {
    static func of(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}

struct FuseRefusal: Error {
    let code: Int32
}

/// What the kernel asks (`struct fuse_in_header`, and what follows it).
struct FuseRequest {
    static let headerByteCount = 40

    let bytes: ArraySlice<UInt8>

    var operation: UInt32 { FuseBytes.number(bytes[4..<8]) }
    var unique: UInt64 { FuseBytes.number(bytes[8..<16]) }
    var node: UInt64 { FuseBytes.number(bytes[16..<24]) }
    var user: UInt32 { FuseBytes.number(bytes[24..<28]) }
    var group: UInt32 { FuseBytes.number(bytes[28..<32]) }

    func word(_ offset: Int) -> UInt32 { FuseBytes.number(bytes[(40 + offset)..<(44 + offset)]) }
    func long(_ offset: Int) -> UInt64 { FuseBytes.number(bytes[(40 + offset)..<(48 + offset)]) }
    func data(_ offset: Int) -> ArraySlice<UInt8> { bytes[(40 + offset)...] }
    func name(_ offset: Int = 0) -> [UInt8] { Array(data(offset).prefix { $0 != 0 }) }
}

/// The files of such a mount. One thread alone works with it.
final class FuseTree {
    private struct Node {
        var kind: UInt32
        var mode: UInt32
        var user: UInt32
        var group: UInt32
        var modified: (seconds: UInt64, nanoseconds: UInt32) = (0, 0)
        var bytes: [UInt8] = []
        var children: [(name: [UInt8], node: UInt64)] = []
    }

    private let foldsCase: Bool
    private let lowersCase: Bool
    private let closeError: Int32
    private let unsynced: UnsyncedNodes
    private let faults: FuseFaults
    private var nodes: [UInt64: Node] = [1: Node(kind: 0o40000, mode: 0o755, user: getuid(), group: getgid())]
    private var lastNode: UInt64 = 1

    init(foldsCase: Bool, lowersCase: Bool, closeError: Int32, _ unsynced: UnsyncedNodes, _ faults: FuseFaults) {
        self.foldsCase = foldsCase
        self.lowersCase = lowersCase
        self.closeError = closeError
        self.unsynced = unsynced
        self.faults = faults
    }

    /// Nil for what wants no answer.
    func answer(_ request: FuseRequest) -> Result<[UInt8], FuseRefusal>? {
        if [2, 36, 42].contains(request.operation) { return nil }
        return Result { () throws(FuseRefusal) in
            try failAsPlanned(request)
            let answer = try perform(request)
            noteChange(request)
            return answer
        }
    }

    private func failAsPlanned(_ request: FuseRequest) throws(FuseRefusal) {
        let due = faults.all.withLock { $0.filter { $0.call.operations.contains(request.operation) } }
        guard !due.isEmpty else { return }
        var path = path(of: request.node) ?? ""
        if request.operation == 1 { path += (path.isEmpty ? "" : "/") + String(decoding: request.name(), as: UTF8.self) }
        if let fault = due.first(where: { $0.path == nil || $0.path == path }) { throw FuseRefusal(code: fault.code) }
    }

    /// Of a node, as it is found from the root down; nil where it has no name any more.
    private func path(of node: UInt64, below above: UInt64 = 1, _ prefix: String = "") -> String? {
        guard node != above else { return prefix }
        for child in nodes[above]?.children ?? [] {
            let name = (prefix.isEmpty ? "" : prefix + "/") + String(decoding: child.name, as: UTF8.self)
            if let path = path(of: node, below: child.node, name) { return path }
        }
        return nil
    }

    private func noteChange(_ request: FuseRequest) {
        unsynced.nodes.withLock { unsynced in
            switch request.operation {
            case 20, 30: unsynced.remove(request.node)
            case 4, 10, 11, 13, 16: unsynced.insert(request.node)
            case 9, 35: unsynced.formUnion([request.node, lastNode])
            default: break
            }
        }
    }

    private func perform(_ request: FuseRequest) throws(FuseRefusal) -> [UInt8] {
        switch request.operation {
        case 1: return entry(try child(request.name(), of: request.node))
        case 3: return attributes(request.node)
        case 4: return try change(request)
        case 9: return entry(try make(request, 0o40000, mode: request.word(0), named: request.name(8)))
        case 35: return entry(try make(request, 0o100000, mode: request.word(4), named: request.name(16))) + opened
        case 10, 11: return try remove(request)
        case 13: return entry(try link(request))
        case 14, 27: return opened
        case 15: return Array(try node(request).bytes.dropFirst(Int(request.long(8))).prefix(Int(request.word(16))))
        case 16: return try write(request)
        case 17: return [UInt8](repeating: 0, count: 80)
        case 25 where closeError != 0: throw FuseRefusal(code: closeError)
        case 18, 20, 25, 29, 30: return []
        case 26: return greeting
        case 28: return try names(request)
        default: throw FuseRefusal(code: ENOSYS)
        }
    }

    private func node(_ request: FuseRequest) throws(FuseRefusal) -> Node {
        guard let node = nodes[request.node] else { throw FuseRefusal(code: ENOENT) }
        return node
    }

    private func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        foldsCase ? lowered(one) == lowered(other) : one == other
    }

    private func lowered(_ name: [UInt8]) -> [UInt8] { Array(String(decoding: name, as: UTF8.self).lowercased().utf8) }

    private func child(_ name: [UInt8], of parent: UInt64) throws(FuseRefusal) -> UInt64 {
        guard let child = nodes[parent]?.children.first(where: { isSame($0.name, name) }) else { throw FuseRefusal(code: ENOENT) }
        return child.node
    }

    private func make(_ request: FuseRequest, _ kind: UInt32, mode: UInt32, named name: [UInt8]) throws(FuseRefusal) -> UInt64 {
        guard try !node(request).children.contains(where: { isSame($0.name, name) }) else { throw FuseRefusal(code: EEXIST) }
        lastNode += 1
        nodes[lastNode] = Node(kind: kind, mode: mode & 0o7777, user: request.user, group: request.group)
        nodes[request.node]?.children.append((lowersCase ? lowered(name) : name, lastNode))
        return lastNode
    }

    private func remove(_ request: FuseRequest) throws(FuseRefusal) -> [UInt8] {
        let gone = try child(request.name(), of: request.node)
        guard nodes[gone]?.children.isEmpty == true else { throw FuseRefusal(code: ENOTEMPTY) }
        nodes[request.node]?.children.removeAll { isSame($0.name, request.name()) }
        return []
    }

    private func link(_ request: FuseRequest) throws(FuseRefusal) -> UInt64 {
        let name = request.name(8)
        guard try !node(request).children.contains(where: { isSame($0.name, name) }) else { throw FuseRefusal(code: EEXIST) }
        nodes[request.node]?.children.append((name, request.long(0)))
        return request.long(0)
    }

    private func write(_ request: FuseRequest) throws(FuseRefusal) -> [UInt8] {
        let (start, data) = (Int(request.long(8)), request.data(40))
        var bytes = try node(request).bytes
        if bytes.count < start + data.count { bytes += [UInt8](repeating: 0, count: start + data.count - bytes.count) }
        bytes.replaceSubrange(start..<(start + data.count), with: data)
        nodes[request.node]?.bytes = bytes
        return FuseBytes.of(UInt64(data.count))
    }

    private func change(_ request: FuseRequest) throws(FuseRefusal) -> [UInt8] {
        var node = try node(request)
        let changed = request.word(0)
        if changed & 1 != 0 { node.mode = request.word(68) & 0o7777 }
        if changed & 2 != 0 { node.user = request.word(76) }
        if changed & 4 != 0 { node.group = request.word(80) }
        if changed & 8 != 0 {
            let count = Int(request.long(16))
            node.bytes = Array(node.bytes.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - node.bytes.count))
        }
        if changed & 32 != 0 { node.modified = (request.long(40), request.word(60)) }
        nodes[request.node] = node
        return attributes(request.node)
    }

    private func names(_ request: FuseRequest) throws(FuseRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, child) in try node(request).children.enumerated().dropFirst(Int(request.long(8))) {
            let record =
                FuseBytes.of(child.node) + FuseBytes.of(UInt64(index + 1)) + FuseBytes.of(UInt32(child.name.count))
                + FuseBytes.of(UInt32(0)) + child.name
            let padded = record + [UInt8](repeating: 0, count: (8 - record.count % 8) % 8)
            guard bytes.count + padded.count <= Int(request.word(16)) else { break }
            bytes += padded
        }
        return bytes
    }

    private func entry(_ id: UInt64) -> [UInt8] {
        FuseBytes.of(id) + [UInt8](repeating: 0, count: 32) + status(id)
    }

    private func attributes(_ id: UInt64) -> [UInt8] { [UInt8](repeating: 0, count: 16) + status(id) }

    private func status(_ id: UInt64) -> [UInt8] {
        guard let node = nodes[id] else { return [UInt8](repeating: 0, count: 88) }
        let longs = [id, UInt64(node.bytes.count), UInt64(node.bytes.count + 511) / 512, 0, node.modified.seconds, 0]
        let words = [0, node.modified.nanoseconds, 0, node.kind | node.mode, 1, node.user, node.group, 0, 4096, 0]
        return longs.flatMap(FuseBytes.of) + words.flatMap(FuseBytes.of)
    }

    private var opened: [UInt8] { [UInt8](repeating: 0, count: 16) }

    /// Version 7.31, 128 KiB in one write, times in nanoseconds.
    private var greeting: [UInt8] {
        let words: [UInt32] = [7, 31, 0, 1 << 5, 0, 128 << 10, 1]
        return words.flatMap(FuseBytes.of) + [UInt8](repeating: 0, count: 36)
    }
}
