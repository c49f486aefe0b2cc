import Holdfast
import HoldfastFormat
import HoldfastModel

extension OpenedSnapshot {
    /// All files, with their contents: every chunk of them is opened, and those of the listing.
    func contents() async throws(HoldfastError) -> [String: [UInt8]] {
        var reader = ListingReader(self)
        var contents: [String: [UInt8]] = [:]
        while let entry = try await reader.next() {
            if entry.kind == .file { contents[entry.displayPath] = try await content(of: entry) }
        }
        return contents
    }

    func content(of entry: Entry) async throws(HoldfastError) -> [UInt8] {
        var bytes: [UInt8] = []
        try await forEachReference(of: entry, with: makeOpener()) { reference throws(HoldfastError) in
            bytes += [UInt8](repeating: 0, count: Int(reference.hole))
            let plaintext = try await read(reference, domain: .data, with: makeOpener())
            bytes += plaintext[Int(reference.from)..<(Int(reference.from) + reference.byteCount)]
        }
        return bytes + [UInt8](repeating: 0, count: Int(entry.size) - bytes.count)
    }
}
