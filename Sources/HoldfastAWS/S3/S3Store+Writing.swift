import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel
import NIOHTTP1

extension S3Store {
    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        if case .pack = name.parsed { return try await createPack(name, bytes) }
        do throws(S3Failure) {
            _ = try await client.send(put(name, bytes, .ifAbsent))
        } catch .lost, .tooLong {
            throw .unclear(name)
        } catch  where error.kind == .preconditionFailed {
            throw .exists(name)
        } catch {
            throw storeError(error, .putObject, name)
        }
    }

    /// A checkpoint may be written twice: it is a hint, and its only writer's.
    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        do throws(S3Failure) {
            _ = try await client.send(put(name, bytes, .replacing))
        } catch {
            throw storeError(error, .putObject, name)
        }
    }

    /// Goes on after lost answers. Whether an upload arrived, reading the pack tells: its bytes are nobody else's. One that arrives later,
    /// even when its snapshot has been given up, decides nothing, and is found by its owner.
    private func createPack(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        var failures = 0
        while true {
            do throws(S3Failure) {
                return try await upload(name, bytes)
            } catch .lost, .tooLong {
                failures += 1
                guard let pause = client.policy.pause(afterFailures: failures, random: client.timing.random()) else {
                    throw .unclear(name)
                }
                do { try await client.timing.sleep(pause) } catch { throw .unclear(name) }
                if try await stands(name, bytes) { return }
            } catch  where error.kind == .preconditionFailed {
                // Without a lost answer before, this is not ours.
                guard failures > 0, try await stands(name, bytes) else { throw .exists(name) }
                return
            } catch {
                throw storeError(error, .putObject, name)
            }
        }
    }

    private func upload(_ name: ObjectName, _ bytes: [UInt8]) async throws(S3Failure) {
        guard bytes.count > client.options.multipartThreshold else {
            _ = try await client.send(put(name, bytes, .ifAbsent))
            return
        }
        var lockedHeaders = headers(keeping: name)
        lockedHeaders.add(contentsOf: lockHeaders)
        try await MultipartUpload(
            client: client, key: key(name), headers: lockedHeaders, bytes: bytes
        ).run()
    }

    /// False where nothing stands. Throws `.exists` where other bytes do, and `.unclear` where that cannot be seen now.
    private func stands(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        let standing: [UInt8]
        do throws(StoreError) {
            standing = try await read(name)
        } catch .notFound {
            return false
        } catch {
            throw .unclear(name)
        }
        guard standing == bytes else { throw .exists(name) }
        return true
    }

    private enum Condition {
        case ifAbsent, replacing
    }

    /// The whole object in one request.
    private func put(_ name: ObjectName, _ bytes: [UInt8], _ condition: Condition) -> HTTPRequest {
        var request = client.bucket.request(.put, key: key(name), headers: headers(keeping: name))
        request.setBody(bytes)
        if condition == .ifAbsent {
            let lock = lockHeaders
            request.headers.add(contentsOf: lock)
            // The SHA-256 goes along with everything; some servers ask for its name as well where there is a lock.
            if !lock.isEmpty { request.headers.add(name: "x-amz-sdk-checksum-algorithm", value: "SHA256") }
            request.headers.add(name: "If-None-Match", value: "*")
            request.isRepeatable = false
        }
        return request
    }

    /// How the object is kept.
    private func headers(keeping name: ObjectName) -> HTTPHeaders {
        let options = client.options
        var headers: HTTPHeaders = ["Content-Type": "application/octet-stream"]
        let isPack = if case .pack = name.parsed { true } else { false }
        if let storageClass = isPack ? options.packStorageClass : options.storageClass {
            headers.add(name: "x-amz-storage-class", value: storageClass)
        }
        switch options.encryption {
        case .managed: headers.add(name: "x-amz-server-side-encryption", value: "AES256")
        case .kms(let keyID):
            headers.add(name: "x-amz-server-side-encryption", value: "aws:kms")
            if let keyID { headers.add(name: "x-amz-server-side-encryption-aws-kms-key-id", value: keyID) }
        case nil: break
        }
        return headers
    }
}

extension HTTPRequest {
    /// Bytes to store, with their SHA-256 for the signature and for the server to hold them against.
    mutating func setBody(_ bytes: [UInt8]) {
        let digest = SHA256.hash(bytes.span)
        body = bytes
        bodyDigest = digest
        headers.add(name: "x-amz-checksum-sha256", value: Base64.encode(digest.bytes))
        timeLimit = S3Client.timeLimit(byteCount: bytes.count)
    }
}
