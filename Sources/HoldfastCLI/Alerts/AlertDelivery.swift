import HoldfastModel

/// Brings news of alerts to where the project file says: a command that gets the JSON on its standard input, and a webhook.
struct AlertDelivery: Sendable {
    /// A command that takes longer, in seconds, has not taken the news.
    private static let limit: Int64 = 60

    let project: Project

    /// Every way is tried; what failed is answered.
    func deliver(_ news: [UInt8]) async -> [Failure] {
        var failures: [Failure] = []
        if !project.onAlert.isEmpty {
            do {
                let outcome = try await TimedCommand(project.onAlert).run(input: news, secondsAtMost: Self.limit)
                if outcome != .succeeded { failures.append(failure("\(outcome)")) }
            } catch {
                failures.append(failure(Failure(error).what))
            }
        }
        if let webhook = project.webhook {
            do { try await WebhookPost(webhook: webhook).send(news) } catch { failures.append(Failure(error)) }
        }
        return failures
    }

    private func failure(_ why: String) -> Failure {
        Failure(
            .failed, "on_alert failed, so the news will be told again (\(why))", project.onAlert.joined(separator: " "),
            "correct it in the project file")
    }
}
