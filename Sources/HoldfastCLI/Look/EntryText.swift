import HoldfastFormat
import HoldfastModel

/// An entry of a listing as `ls` and `find` show it.
struct EntryText {
    let entry: Entry

    /// As `ls -l` has it: type and mode, owner, size, time, path.
    var long: String {
        let owner = Self.name(entry.ownerName, entry.uid)
        let group = Self.name(entry.groupName, entry.gid)
        return [
            mode, Self.padded(owner, 8), Self.padded(group, 8), Self.padded("\(entry.size)", 12, right: true),
            time.toTheMinute, path + target,
        ].joined(separator: " ")
    }

    var path: String { Table.printable(entry.displayPath) }

    var json: JSONObject {
        var object: JSONObject = ["name": .string(String(decoding: entry.name, as: UTF8.self)), "type": .string(type)]
        object.append(path: entry.path)
        object.append("size", .count(entry.size))
        object.append("mode", .integer(Int64(entry.mode)))
        object.append("mtime", .text(time))
        object.append("uid", .integer(Int64(entry.uid)))
        object.append("gid", .integer(Int64(entry.gid)))
        if entry.kind == .symlink { object.append("linktarget", .string(String(decoding: entry.linkTarget, as: UTF8.self))) }
        return object
    }

    private var time: Timestamp {
        // Down, also before 1970.
        let (seconds, rest) = entry.modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Timestamp(seconds: rest < 0 ? seconds - 1 : seconds)
    }

    private var target: String {
        entry.kind == .symlink ? " -> " + Table.printable(String(decoding: entry.linkTarget, as: UTF8.self)) : ""
    }

    /// restic's words.
    private var type: String {
        switch entry.kind {
        case .file: "file"
        case .directory: "dir"
        case .symlink: "symlink"
        case .fifo: "fifo"
        case .socket: "socket"
        case .characterDevice: "chardev"
        case .blockDevice: "dev"
        }
    }

    private var letter: String {
        switch entry.kind {
        case .file: "-"
        case .directory: "d"
        case .symlink: "l"
        case .fifo: "p"
        case .socket: "s"
        case .characterDevice: "c"
        case .blockDevice: "b"
        }
    }

    private var mode: String {
        let bits = (0..<9).reversed().map { entry.mode >> UInt32($0) & 1 == 1 }
        var letters = zip("rwxrwxrwx", bits).map { $1 ? $0 : "-" }
        for (bit, index, letter) in [(UInt32(0o4000), 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")] where entry.mode & bit != 0 {
            letters[index] = Character(letters[index] == "x" ? letter : letter.uppercased())
        }
        return letter + String(letters)
    }

    private static func name(_ name: [UInt8], _ number: UInt32) -> String {
        name.isEmpty ? "\(number)" : Table.printable(String(decoding: name, as: UTF8.self))
    }

    private static func padded(_ text: String, _ width: Int, right isRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? blanks + text : text + blanks
    }
}
