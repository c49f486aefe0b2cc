import HoldfastModel
import HoldfastStorage

/// What each of several clusters answered. One that fails keeps nothing of the others back, and is never passed over in silence.
struct ClusterAnswers<Answer> {
    fileprivate(set) var answers: [(cluster: Cluster, answer: Answer)] = []
    /// Each names its cluster.
    fileprivate(set) var failures: [Failure] = []

    /// Of clusters that answered in part, and say what they could not: that is told as a failure is.
    func apart<Part>(_ part: (Answer) -> (Part, (any Error)?)) -> ClusterAnswers<Part> {
        var parts = ClusterAnswers<Part>(failures: failures)
        for (cluster, answer) in answers {
            let (answer, error) = part(answer)
            parts.answers.append((cluster, answer))
            if let error { parts.failures.append(Failure(error).inCluster(cluster.name)) }
        }
        return parts
    }

    /// Tells what failed, below what the others answered; what the run ends with then: half done is no success.
    func tellFailures(in session: Session) -> ExitStatus { session.tell(failures) }
}

extension ProjectContext {
    /// The clusters that a listing is about: the one that was asked for, or all.
    func chosenClusters() throws -> [Cluster] {
        let isNamed = (session.options.cluster ?? session.variable("HOLDFAST_CLUSTER")) != nil
        return isNamed ? [try cluster()] : project.clusters
    }

    /// Asks each of them. Throws where not one of them answers: an empty list would say too much.
    func askEach<Answer>(_ ask: (ClusterContext) async throws -> Answer) async throws -> ClusterAnswers<Answer> {
        var found = ClusterAnswers<Answer>()
        for cluster in try chosenClusters() {
            do {
                found.answers.append((cluster, try await ask(try await open(cluster, for: .telling))))
            } catch {
                found.failures.append(try Failure(passing: error).inCluster(cluster.name))
            }
        }
        guard found.answers.isEmpty, let last = found.failures.popLast() else { return found }
        _ = found.tellFailures(in: session)
        throw last
    }
}
