import HoldfastModel

/// Credentials that are fetched once for all who ask, and again before they end.
package actor RefreshedCredentials: CredentialSource {
    private let provider: any CredentialProvider
    private let timing: RequestTiming
    private var current: Credentials?
    private var isFetching = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var lastFailure: (error: CredentialError, time: Timestamp)?

    /// How long before their end credentials are renewed, in seconds.
    private static let margin: Int64 = 300

    /// How long a failure stands before the source is asked again, in seconds: where there are no credentials to be had, finding that out
    /// takes time, and not each of a hundred requests is to take it.
    private static let patience: Int64 = 10

    init(_ provider: any CredentialProvider, timing: RequestTiming) {
        self.provider = provider
        self.timing = timing
    }

    package func credentials() async throws(CredentialError) -> Credentials {
        if let current, !ends(current, within: Self.margin) { return current }
        let former = current
        do throws(CredentialError) {
            if let lastFailure, timing.now() - lastFailure.time < Self.patience { throw lastFailure.error }
            return try await fetch(insteadOf: former)
        } catch {
            // A source that is out of reach for a while takes nothing away that still lasts.
            if case .unreachable = error, let former, !ends(former, within: 0) { return former }
            throw error
        }
    }

    package func credentials(insteadOf spent: Credentials) async throws(CredentialError) -> Credentials {
        if let current, current !== spent { return current }
        return try await fetch(insteadOf: spent)
    }

    private func ends(_ credentials: Credentials, within seconds: Int64) -> Bool {
        guard let expires = credentials.expires else { return false }
        return expires - timing.now() <= seconds
    }

    /// One fetches, all others wait for what comes of it.
    private func fetch(insteadOf former: Credentials?) async throws(CredentialError) -> Credentials {
        while isFetching {
            await withCheckedContinuation { waiting.append($0) }
            if let current, current !== former { return current }
            if let lastFailure { throw lastFailure.error }
        }
        (isFetching, lastFailure) = (true, nil)
        defer { finish() }
        do throws(CredentialError) {
            guard let fetched = try await provider.fetch() else { throw .notFound(["\(provider.name) gives none"]) }
            (current, lastFailure) = (fetched, nil)
            return fetched
        } catch {
            // One who was interrupted says nothing for those who wait: the next of them tries.
            lastFailure = Task.isCancelled ? nil : (error, timing.now())
            throw error
        }
    }

    private func finish() {
        isFetching = false
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
