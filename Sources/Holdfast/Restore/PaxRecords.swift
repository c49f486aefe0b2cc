/// The records of a pax extended header: `length key=value`, each length counting itself (POSIX.1-2001).
struct PaxRecords {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ key: String, _ value: String) { add(key, Array(value.utf8)) }
    mutating func add(_ key: String, _ value: [UInt8]) { add(Array(key.utf8), value) }

    mutating func add(_ key: [UInt8], _ value: [UInt8]) {
        // A space, an equals sign and a line feed beside key, value and the length itself.
        let rest = key.count + value.count + 3
        var length = rest
        while rest + "\(length)".utf8.count != length { length = rest + "\(length)".utf8.count }
        bytes += "\(length) ".utf8
        bytes += key
        bytes.append(UInt8(ascii: "="))
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }
}
