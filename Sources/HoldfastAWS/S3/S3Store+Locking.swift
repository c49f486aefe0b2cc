package import HoldfastModel
import NIOHTTP1

/// S3 Object Lock: what is locked has a version that nobody deletes before its date, whoever hides it from view meanwhile.
extension S3Store {
    package var locksObjects: Bool { client.options.objectLock != nil }

    package func locking(until date: Timestamp) -> any ObjectStore {
        guard locksObjects else { return self }
        var store = self
        store.lockedUntil = date
        return store
    }

    /// Two requests for each: S3 refuses a date that is earlier than the one that stands, and does not tell that from any other refusal.
    package func lock(_ names: [ObjectName], until date: Timestamp) async throws(StoreError) {
        guard let mode = client.options.objectLock, isAhead(date) else { return }
        try await concurrently(names, atMost: client.options.concurrency) { name throws(StoreError) in
            let standing = try await retention(name).flatMap { isAhead($0.until) ? $0 : nil }
            if let standing, standing.until >= date, standing.isAsStrict(as: mode) { return }
            // Nothing makes the mode of a lock that stands less strict, nor its date earlier.
            let strictest = standing?.isAsStrict(as: .compliance) == true ? .compliance : mode
            try await setRetention(name, Retention(mode: strictest.name, until: max(date, standing?.until ?? date)))
        } take: {
        }
    }

    package func locks(_ name: ObjectName, until date: Timestamp) async throws(StoreError) -> Bool {
        guard let mode = client.options.objectLock, let standing = try await retention(name) else { return false }
        return standing.until >= date && standing.isAsStrict(as: mode)
    }

    /// Throws `.unsuitable` where the bucket cannot keep anything from being deleted.
    func probeLock() async throws(StoreError) {
        guard locksObjects else { return }
        do throws(S3Failure) {
            let response = try await client.send(client.bucket.request(.get, query: [.init("object-lock")]))
            if (try? XMLNode.parse(response.body))?.text("ObjectLockEnabled") == "Enabled" { return }
        } catch  where error.kind == .noLock {
        } catch {
            throw storeError(error, .getBucketLock, nil)
        }
        throw .unsuitable(
            "\(address)", detail: "lock: is set, and the bucket has no Object Lock: it is switched on as a bucket is made")
    }

    /// What goes with an object that is created; nothing once the date has passed, which S3 would refuse.
    var lockHeaders: HTTPHeaders {
        guard let mode = client.options.objectLock, let lockedUntil, isAhead(lockedUntil) else { return [:] }
        return [
            "x-amz-object-lock-mode": mode.name, "x-amz-object-lock-retain-until-date": "\(lockedUntil)",
        ]
    }

    /// By the clock of this machine: `--time` does not move what S3 counts by.
    private func isAhead(_ date: Timestamp) -> Bool { date > client.timing.now() }

    private struct Retention {
        let mode: String
        let until: Timestamp

        func isAsStrict(as other: S3Settings.LockMode) -> Bool {
            other == .governance || mode == S3Settings.LockMode.compliance.name
        }
    }

    /// Nil where the object is not locked.
    private func retention(_ name: ObjectName) async throws(StoreError) -> Retention? {
        if let standing = try await retentionInHead(name) { return standing }
        // The head is silent also where it may not be read, or not what it says of locks.
        // Some servers read over what is asked, and answer with the object: its beginning will do to see that.
        let request = client.bucket.request(
            .get, key: key(name), query: [.init("retention")], headers: ["Range": "bytes=0-1023"])
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.send(request)
        } catch  where error.kind == .noLock || error.kind == .notImplemented {
            return nil
        } catch {
            throw storeError(error, .getObjectRetention, name)
        }
        guard let node = try? XMLNode.parse(response.body), node.name == "Retention" else { return nil }
        return try retention(name, mode: node.text("Mode"), until: node.text("RetainUntilDate"))
    }

    private func retentionInHead(_ name: ObjectName) async throws(StoreError) -> Retention? {
        let headers: HTTPHeaders
        do throws(S3Failure) {
            headers = try await client.send(client.bucket.request(.head, key: key(name))).headers
        } catch .fault {
            return nil
        } catch {
            throw storeError(error, .getObject, name)
        }
        guard let mode = headers.first(name: "x-amz-object-lock-mode") else { return nil }
        return try retention(name, mode: mode, until: headers.first(name: "x-amz-object-lock-retain-until-date"))
    }

    private func retention(_ name: ObjectName, mode: String?, until: String?) throws(StoreError) -> Retention {
        guard let mode, let until = until.flatMap(Self.date) else {
            throw .unavailable("\(address)/\(name)", detail: "the server does not say until when it is locked")
        }
        return Retention(mode: mode, until: until)
    }

    /// In whole seconds: S3 adds a fraction.
    private static func date(_ text: String) -> Timestamp? {
        Timestamp(text) ?? text.split(separator: ".").first.flatMap { Timestamp("\($0)Z") }
    }

    private func setRetention(_ name: ObjectName, _ retention: Retention) async throws(StoreError) {
        var request = client.bucket.request(.put, key: key(name), query: [.init("retention")])
        request.setBody(
            Array(
                ("<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>\(retention.mode)</Mode>"
                    + "<RetainUntilDate>\(retention.until)</RetainUntilDate></Retention>").utf8))
        do throws(S3Failure) {
            _ = try await client.send(request)
        } catch {
            throw storeError(error, .putObjectRetention, name)
        }
    }
}

extension S3Settings.LockMode {
    /// As S3 calls it.
    fileprivate var name: String { rawValue.uppercased() }
}
