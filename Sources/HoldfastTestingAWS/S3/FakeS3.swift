package import HoldfastModel
import Synchronization

/// An S3 of one bucket on the loopback interface, in path style: strict in what it takes, and faulty as a test plans it.
///
/// It verifies signatures and the SHA-256 of what it is sent, knows conditional creation, uploads in parts, ranges and paged listings.
package final class FakeS3: Sendable {
    /// What the server does with a request instead of answering it well.
    package enum Fault: Hashable, Sendable {
        /// Answers this error and does nothing.
        case refuse(code: String, status: Int)
        /// Closes the connection and does nothing.
        case hangUp
        /// Does what it was asked and closes the connection without an answer.
        case loseAnswer
        /// Does what it was asked and never answers: `FakeAWS.silentStatus`.
        case silence
        /// Does what it was asked and answers this error.
        case doAndRefuse(code: String, status: Int)
        /// Does what it was asked and sends only the head and half the body of its answer.
        case truncate
        /// Changes one byte of what it answers with.
        case corrupt
        /// Answers 200, with this error in the body, and does nothing.
        case refuseInside(code: String)
    }

    /// A request by what it does: `PutObject`, `GetObject`, `CompleteMultipartUpload` …
    package typealias Operation = String

    let bucket: Mutex<FakeBucket>

    /// `now` is what signatures are held against, and what objects are dated with. `region`: where the bucket is, and the one Region that
    /// requests may be signed for; nil for a server that knows of no Regions.
    package init(bucket name: String = "vault", region: String? = nil, now: @escaping @Sendable () -> Timestamp) {
        bucket = Mutex(FakeBucket(name: name, region: region, now: now))
    }

    /// Serves while `body` runs, at the address that it is given: `http://127.0.0.1:PORT`.
    package func serving<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        try await LoopbackServer.serving(answeringMalformed: false, { [self] in answer($0) }, body)
    }

    func answer(_ request: ObservedRequest) -> FakeReply { bucket.withLock { $0.answer(request) } }
}

/// What a test sets up, and looks at.
extension FakeS3 {
    /// Somebody who may do anything.
    package func createUser() -> (id: String, secret: String) {
        let issued = bucket.withLock { $0.cloud.issue(arn: "arn:aws:iam::\(FakeCloud.account):user/op", expires: nil) }
        return (issued.id, issued.secret)
    }

    /// Lets in somebody whose keys another fake gave.
    package func admit(_ user: (id: String, secret: String)) {
        bucket.withLock { bucket in
            let arn = "arn:aws:iam::\(FakeCloud.account):user/guest"
            bucket.cloud.principals[user.id] = FakeCloud.Principal(
                secretKey: user.secret, token: nil, expires: nil, arn: arn, identity: arn)
        }
    }

    /// The next requests of this kind meet these faults, one each, in this order.
    package func plan(_ operation: Operation, _ faults: Fault...) {
        bucket.withLock { $0.plan[operation, default: []] += faults }
    }

    /// Whether every planned fault has struck.
    package var isPlanExhausted: Bool { bucket.withLock { $0.plan.values.allSatisfy(\.isEmpty) } }

    /// What was asked for, in its order.
    package var log: [Operation] { bucket.withLock(\.log) }

    /// One header of every request of a kind; nil where it was not sent.
    package func headers(_ name: String, of operation: Operation) -> [String?] {
        bucket.withLock { $0.requests.filter { $0.operation == operation }.map { $0.request.header(name) } }
    }

    /// The keys that stand.
    package var keys: [String] { bucket.withLock { $0.objects.keys.sorted() } }

    /// Until when an object is locked, one that was hidden by a deletion included; nil where it is not.
    package func lock(on key: String) -> (mode: String, until: Timestamp)? {
        bucket.withLock { ($0.objects[key] ?? $0.hidden[key])?.lock.map { ($0.mode, $0.until) } }
    }

    /// The keys of versions that somebody hid while they were locked.
    package var hiddenKeys: [String] { bucket.withLock { $0.hidden.keys.sorted() } }

    /// From now on the bucket locks what it is asked to, as one that was made so.
    package func switchOnObjectLock() { bucket.withLock { $0.hasObjectLock = true } }

    /// How many uploads were begun and neither completed nor removed.
    package var openUploads: Int { bucket.withLock(\.uploads.count) }

    /// Puts an object there behind everybody's back.
    package func place(_ key: String, _ bytes: [UInt8]) { bucket.withLock { $0.store(key, bytes, checksum: nil) } }

    /// Changes an object without changing what is said of it.
    package func tamper(_ key: String, _ change: (inout [UInt8]) -> Void) {
        bucket.withLock { bucket in
            guard var object = bucket.objects[key] else { return }
            change(&object.bytes)
            bucket.objects[key] = object
        }
    }

    /// What is asked of the bucket is from now on denied, or not there, or elsewhere.
    package func setRule(_ fault: Fault?) { bucket.withLock { $0.rule = fault } }

    /// Whether `If-None-Match` is read over, as many servers do.
    package func ignoreConditions() { bucket.withLock { $0.ignoresConditions = true } }

    /// Each listing begins with a page that has nothing on it and is not the last, as S3 may have it.
    package func beginWithEmptyPages() { bucket.withLock { $0.beginsWithEmptyPage = true } }

    /// No listing ends: each page is the first one over again, under another token.
    package func neverEndListings() { bucket.withLock { $0.isEndless = true } }

    /// The most entries in one page of a listing.
    package func setPageLength(_ count: Int) { bucket.withLock { $0.pageLength = count } }
}
