import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// Uploads in parts.
extension FakeBucket {
    /// All parts but the last have at least this length at AWS; here it is shorter, so that tests need not send so much.
    static let leastPart = 1 << 10

    mutating func begin(_ call: Call) -> FakeReply {
        let id = "upload-\(counter)"
        do throws(FakeFault) { uploads[id] = Upload(key: call.key, lock: try lock(in: call)) } catch {
            return .error(error.code, error.message, status: 400)
        }
        return .xml("<InitiateMultipartUploadResult><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>")
    }

    mutating func takePart(_ call: Call) -> FakeReply {
        guard let id = call.query["uploadId"], uploads[id]?.key == call.key else { return Self.noUpload }
        guard let number = call.query["partNumber"].flatMap({ Int($0) }), (1...10_000).contains(number) else {
            return .error("InvalidArgument", "Part number must be from 1 to 10000", status: 400)
        }
        let tag = "\"\(SHA256.hash(call.request.body.span).hex.prefix(32))\""
        uploads[id]?.parts[number] = (call.request.body, tag)
        return FakeReply(headers: ["ETag": tag])
    }

    mutating func complete(_ call: Call) -> FakeReply {
        guard let id = call.query["uploadId"], let upload = uploads[id], upload.key == call.key else { return Self.noUpload }
        let listed = Self.listedParts(String(decoding: call.request.body, as: UTF8.self))
        guard !listed.isEmpty, listed.map(\.number) == listed.map(\.number).sorted() else {
            return .error("InvalidPartOrder", "The list of parts was not in ascending order", status: 400)
        }
        var (bytes, sums) = ([UInt8](), [UInt8]())
        for (index, part) in listed.enumerated() {
            guard let stored = upload.parts[part.number], stored.tag == part.tag,
                Base64.encode(SHA256.hash(stored.bytes.span).bytes) == part.checksum
            else { return .error("InvalidPart", "a part is missing or another", status: 400) }
            guard index == listed.count - 1 || stored.bytes.count >= Self.leastPart else {
                return .error("EntityTooSmall", "a part is too small", status: 400)
            }
            bytes += stored.bytes
            sums += SHA256.hash(stored.bytes.span).bytes
        }
        guard allowsWrite(call) else { return .error("PreconditionFailed", status: 412) }
        store(
            call.key, bytes, checksum: "\(Base64.encode(SHA256.hash(sums.span).bytes))-\(listed.count)",
            lock: upload.lock)
        uploads[id] = nil
        return .xml("<CompleteMultipartUploadResult><ETag>&quot;x&quot;</ETag></CompleteMultipartUploadResult>")
    }

    mutating func abort(_ call: Call) -> FakeReply {
        guard let id = call.query["uploadId"], uploads.removeValue(forKey: id) != nil else { return Self.noUpload }
        return FakeReply(status: 204)
    }

    private static var noUpload: FakeReply { .error("NoSuchUpload", "The specified upload does not exist.", status: 404) }

    /// `<Part>` by `<Part>`, without a parser that the client might share.
    private static func listedParts(_ text: String) -> [(number: Int, tag: String, checksum: String)] {
        text.split(separator: "<Part>").dropFirst().compactMap { part in
            func value(_ name: String) -> String? {
                guard let start = part.firstRange(of: "<\(name)>"), let end = part.firstRange(of: "</\(name)>") else {
                    return nil
                }
                return String(part[start.upperBound..<end.lowerBound]).replacing("&quot;", with: "\"")
            }
            guard let number = value("PartNumber").flatMap({ Int($0) }), let tag = value("ETag") else { return nil }
            return (number, tag, value("ChecksumSHA256") ?? "")
        }
    }
}
