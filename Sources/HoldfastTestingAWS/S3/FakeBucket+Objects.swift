import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// Whole objects and ranges of them.
extension FakeBucket {
    mutating func put(_ call: Call) -> FakeReply {
        guard allowsWrite(call) else {
            return .error("PreconditionFailed", "At least one of the conditions did not hold", status: 412)
        }
        let lock: Lock?
        do throws(FakeFault) { lock = try self.lock(in: call) } catch {
            return .error(error.code, error.message, status: 400)
        }
        store(call.key, call.request.body, checksum: call.request.header("x-amz-checksum-sha256"), lock: lock)
        return FakeReply(headers: ["ETag": objects[call.key]?.tag ?? ""])
    }

    func get(_ call: Call) -> FakeReply {
        guard let object = objects[call.key] else {
            // An answer to HEAD has no body to say it in.
            if call.operation == "HeadObject" { return FakeReply(status: 404) }
            return .error("NoSuchKey", "The specified key does not exist.", status: 404)
        }
        let count = object.bytes.count
        var reply = FakeReply(headers: ["Last-Modified": HTTPTime.text(object.modified), "ETag": object.tag])
        if call.operation == "HeadObject" {
            reply.headers.add(name: "Content-Length", value: "\(count)")
            if let lock = object.lock {
                reply.headers.add(name: "x-amz-object-lock-mode", value: lock.mode)
                reply.headers.add(
                    name: "x-amz-object-lock-retain-until-date", value: lock.until.description.replacing("Z", with: ".000Z"))
            }
        } else if let range = Self.range(call.request.header("Range"), of: count) {
            guard range.lowerBound < count else {
                var reply = FakeReply.error("InvalidRange", "The requested range is not satisfiable", status: 416)
                reply.headers.add(name: "Content-Range", value: "bytes */\(count)")
                return reply
            }
            reply.status = 206
            reply.body = Array(object.bytes[range])
            reply.headers.add(name: "Content-Range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
        } else {
            reply.body = object.bytes
            if call.request.header("x-amz-checksum-mode") == "ENABLED", let sum = object.checksum {
                reply.headers.add(name: "x-amz-checksum-sha256", value: sum)
            }
        }
        return reply
    }

    /// `bytes=FIRST-LAST`, cut at the object's end; nil where none is asked for.
    private static func range(_ header: String?, of count: Int) -> Range<Int>? {
        guard let header, header.hasPrefix("bytes=") else { return nil }
        let ends = header.dropFirst(6).split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return nil }
        return ends[0]..<max(ends[0], min(ends[1] + 1, count))
    }

    /// Pages of at most `pageLength` keys and folders together, in the order of their bytes.
    mutating func list(_ query: [String: String]) -> FakeReply {
        let prefix = query["prefix"] ?? ""
        var after = query["start-after"] ?? ""
        pagesListed += 1
        if beginsWithEmptyPage, query["continuation-token"] == nil { return Self.page([], next: "after-\(after)") }
        if !isEndless, let token = query["continuation-token"] {
            guard token.hasPrefix("after-") else { return .error("InvalidArgument", "no such token", status: 400) }
            after = String(token.dropFirst(6))
        }
        var (entries, last, isTruncated) = ([String](), "", false)
        var folders: Set<String> = []
        for key in objects.keys.sorted() where key.hasPrefix(prefix) && key > after {
            let rest = key.dropFirst(prefix.count)
            let folder = query["delimiter"] == "/" ? rest.firstIndex(of: "/").map { prefix + rest[...$0] } : nil
            if let folder, folders.contains(folder) || after.hasPrefix(folder) {
                last = key
                continue
            }
            guard entries.count < pageLength else {
                isTruncated = true
                break
            }
            last = key
            if let folder {
                folders.insert(folder)
                entries.append("<CommonPrefixes><Prefix>\(Self.encoded(folder))</Prefix></CommonPrefixes>")
            } else if let object = objects[key] {
                entries.append(
                    "<Contents><Key>\(Self.encoded(key))</Key><LastModified>\(Self.withFraction(object.modified))</LastModified>"
                        + "<Size>\(object.bytes.count)</Size></Contents>")
            }
        }
        return Self.page(entries, next: isEndless ? "page-\(pagesListed)" : isTruncated ? "after-\(last)" : nil)
    }

    private static func page(_ entries: [String], next: String?) -> FakeReply {
        let token = next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
        return .xml(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>"
                + "<IsTruncated>\(next != nil)</IsTruncated>\(token)\(entries.joined())</ListBucketResult>")
    }

    /// Slashes as well: S3 leaves them, others do not.
    private static func encoded(_ key: String) -> String { key.replacing("/", with: "%2F") }

    private static func withFraction(_ time: Timestamp) -> String { time.description.replacing("Z", with: ".250Z") }
}
