import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel
import NIOHTTP1

extension S3Store {
    /// Room for an error's text where an object was asked for.
    private static var errorLimit: Int { 1 << 16 }

    /// A whole object comes in one answer, so that it is of one piece, and its SHA-256 is checked where the server says it. A long range
    /// comes in several at once: only what never changes is read so.
    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let range else { return try await readWhole(name) }
        guard !range.isEmpty else {
            guard let object = try await stat(name) else { throw .notFound(name) }
            guard range.upperBound <= object.byteCount else { throw Self.tooShort(name, object.byteCount, range) }
            return []
        }
        let step = client.options.partByteCount
        guard range.count > step else { return try await readPart(name, range) }
        let parts = stride(from: range.lowerBound, to: range.upperBound, by: step).map {
            $0..<min($0 + step, range.upperBound)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try await concurrently(parts, atMost: 4) { part throws(StoreError) in
            try await readPart(name, part)
        } take: {
            bytes += $0
        }
        return bytes
    }

    package func read(all names: [ObjectName]) async throws(StoreError) -> [[UInt8]] {
        try await concurrently(names, atMost: client.options.concurrency) { name throws(StoreError) in
            try await readWhole(name)
        }
    }

    /// Nil only where the server says that the bucket is there and the object is not.
    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.send(client.bucket.request(.head, key: key(name)))
        } catch .fault {
            // The answer to a HEAD has no body: whether the object or the whole bucket is missing only a GET tells.
            return try await statByReading(name)
        } catch {
            throw storeError(error, .getObject, name)
        }
        return try storedObject(name, response.headers)
    }

    private func statByReading(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        do throws(StoreError) {
            var headers = try await get(name, range: 0..<1).headers
            if let total = Self.total(headers) { headers.replaceOrAdd(name: "Content-Length", value: "\(total)") }
            return try storedObject(name, headers)
        } catch .notFound {
            return nil
        }
    }

    private func storedObject(_ name: ObjectName, _ headers: HTTPHeaders) throws(StoreError) -> StoredObject {
        guard let count = headers.first(name: "Content-Length").flatMap({ Int($0) }), count >= 0,
            let modified = headers.first(name: "Last-Modified").flatMap({ HTTPDate.parse($0) })
        else { throw .unavailable("\(address)/\(name)", detail: "the server does not say how long and how old it is") }
        return StoredObject(name: name, byteCount: count, modified: modified)
    }

    private func readWhole(_ name: ObjectName) async throws(StoreError) -> [UInt8] {
        // What arrives changed once may have been changed on its way; what does twice stands so.
        for _ in 0..<2 {
            let response = try await get(name, range: nil)
            guard response.body.count <= name.maximumByteCount else { throw .tooLong(name, response.body.count) }
            guard let sum = Self.checksum(response.headers) else { return response.body }
            if SHA256.hash(response.body.span).bytes == sum { return response.body }
        }
        throw .damaged(name, detail: "it does not have the SHA-256 that the server says")
    }

    private func readPart(_ name: ObjectName, _ range: Range<Int>) async throws(StoreError) -> [UInt8] {
        let response = try await get(name, range: range)
        // A server may answer with the whole object, whatever was asked for.
        if response.status == 200 {
            guard range.upperBound <= response.body.count else { throw Self.tooShort(name, response.body.count, range) }
            return Array(response.body[range])
        }
        guard response.body.count == range.count else {
            throw Self.tooShort(name, Self.total(response.headers) ?? range.lowerBound + response.body.count, range)
        }
        return response.body
    }

    private func get(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> HTTPResponse {
        var request = client.bucket.request(.get, key: key(name))
        if let range {
            request.headers.add(name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
        } else {
            request.headers.add(name: "x-amz-checksum-mode", value: "ENABLED")
        }
        let limit = range?.count ?? name.maximumByteCount
        request.responseLimit = limit + Self.errorLimit
        request.timeLimit = S3Client.timeLimit(byteCount: limit)
        do throws(S3Failure) {
            return try await client.send(request)
        } catch .fault(let fault, _) where fault.kind == .rangeNotSatisfiable {
            throw .damaged(name, detail: "it ends before byte \(range?.lowerBound ?? 0), from which it was read")
        } catch .tooLong(let detail) where range == nil {
            throw .damaged(name, detail: "it is longer than the \(limit) bytes that it may have (\(detail))")
        } catch {
            throw storeError(error, .getObject, name)
        }
    }

    /// The whole object's SHA-256, where the server says one: of what was uploaded in parts it says a sum of sums.
    private static func checksum(_ headers: HTTPHeaders) -> [UInt8]? {
        headers.first(name: "x-amz-checksum-sha256").flatMap { Base64.decode($0) }.flatMap { $0.count == 32 ? $0 : nil }
    }

    /// The object's length, after the slash in `bytes 0-9/1234`.
    private static func total(_ headers: HTTPHeaders) -> Int? {
        headers.first(name: "Content-Range")?.split(separator: "/").last.flatMap { Int($0) }
    }

    private static func tooShort(_ name: ObjectName, _ byteCount: Int, _ range: Range<Int>) -> StoreError {
        .damaged(name, detail: "it has \(byteCount) bytes, \(range.upperBound) were asked for")
    }
}
