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
            let standing = try await retention(name)
            if let standing, standing.until >= date { return }
            try await setRetention(name, Retention(mode: standing?.mode ?? mode.name, until: date))
        } take: {
        }
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
    }

    /// Nil where the object is not locked, as far as we may see: what is kept for longer S3 then refuses to lock.
    private func retention(_ name: ObjectName) async throws(StoreError) -> Retention? {
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.send(client.bucket.request(.head, key: key(name)))
        } catch {
            // The answer to a HEAD has no body to say whether it is the object that is missing.
            if case .fault = error, try await stat(name) == nil { throw .notFound(name) }
            throw storeError(error, .getObject, name)
        }
        guard let mode = response.headers.first(name: "x-amz-object-lock-mode"),
            let until = response.headers.first(name: "x-amz-object-lock-retain-until-date").flatMap(Self.date)
        else { return nil }
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
