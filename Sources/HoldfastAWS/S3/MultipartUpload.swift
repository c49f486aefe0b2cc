import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// One object that is uploaded in several parts at once, and created from them if its name is free.
struct MultipartUpload: Sendable {
    let client: S3Client
    let key: String
    /// How the object is to be kept.
    let headers: HTTPHeaders
    let bytes: [UInt8]

    private static let partsAtOnce = 4
    private static let mostParts = 10_000

    private struct Part: Sendable {
        let number: Int
        let tag: String
        let checksum: String
    }

    /// Throws `.lost` or `.tooLong` where the object may stand. What was uploaded is removed wherever it does not.
    func run() async throws(S3Failure) {
        let id = try await begin()
        do throws(S3Failure) {
            try await complete(id, try await uploadParts(id))
        } catch {
            await abort(id)
            throw error
        }
    }

    /// An id that is lost leaves an empty upload behind, which the bucket's own rules tidy up.
    private func begin() async throws(S3Failure) -> String {
        var request = client.bucket.request(.post, key: key, query: [.init("uploads")], headers: headers)
        request.headers.add(name: "x-amz-checksum-algorithm", value: "SHA256")
        let response = try await sendUndeciding(request)
        guard let id = (try? XMLNode.parse(response.body))?.text("UploadId"), !id.isEmpty else {
            throw .unsent("the server began an upload in parts and gave no id for it")
        }
        return id
    }

    private func uploadParts(_ id: String) async throws(S3Failure) -> [Part] {
        let length = max(client.options.partByteCount, bytes.count / Self.mostParts + 1)
        let parts = stride(from: 0, to: bytes.count, by: length).enumerated().map { index, start in
            (number: index + 1, range: start..<min(start + length, bytes.count))
        }
        return try await concurrently(parts, atMost: Self.partsAtOnce) { part throws(S3Failure) in
            try await upload(part.number, part.range, to: id)
        }
    }

    /// A part may arrive twice: the last counts, and both are the same.
    private func upload(_ number: Int, _ range: Range<Int>, to id: String) async throws(S3Failure) -> Part {
        var request = client.bucket.request(
            .put, key: key, query: [.init("partNumber", "\(number)"), .init("uploadId", id)])
        request.setBody(Array(bytes[range]))
        let response = try await sendUndeciding(request)
        guard let tag = response.headers.first(name: "ETag") else {
            throw .unsent("the server took a part and gave no ETag for it")
        }
        return Part(number: number, tag: tag, checksum: request.headers.first(name: "x-amz-checksum-sha256") ?? "")
    }

    /// What does not make an object yet: an answer that is lost decides nothing.
    private func sendUndeciding(_ request: HTTPRequest) async throws(S3Failure) -> HTTPResponse {
        do throws(S3Failure) {
            return try await client.send(request)
        } catch .lost(let detail), .tooLong(let detail) {
            throw .unsent(detail)
        }
    }

    /// S3 begins its answer before it knows what it will say: an error may stand in the body of a 200.
    private func complete(_ id: String, _ parts: [Part]) async throws(S3Failure) {
        let items = parts.map { part in
            "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(part.tag.replacing("\"", with: "&quot;"))</ETag>"
                + "<ChecksumSHA256>\(part.checksum)</ChecksumSHA256></Part>"
        }
        var request = client.bucket.request(
            .post, key: key, query: [.init("uploadId", id)],
            headers: ["If-None-Match": "*", "Content-Type": "application/xml"])
        request.body = Array(
            ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + items.joined()
                + "</CompleteMultipartUpload>").utf8)
        request.isRepeatable = false
        request.timeLimit = .seconds(120)
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.send(request)
        } catch  where error.kind == .noUpload {
            // A completion that was asked for again after a renewal of credentials may have been done the first time.
            throw .lost("\(error)")
        }
        guard (try? XMLNode.parse(response.body))?.name == "CompleteMultipartUploadResult" else {
            throw .lost("the server did not say whether it made an object of the parts")
        }
    }

    /// As far as it goes: what is left is the bucket's rules' to tidy up. Of an upload that is complete nothing is left to remove.
    private func abort(_ id: String) async {
        _ = try? await client.send(client.bucket.request(.delete, key: key, query: [.init("uploadId", id)]))
    }
}
