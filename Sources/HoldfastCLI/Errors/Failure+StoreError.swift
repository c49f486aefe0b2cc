package import HoldfastModel

extension Failure {
    package init(_ error: StoreError) {
        switch error {
        case .notFound(let name): self.init(.damaged, "object missing", name.text, "see what else is affected: holdfast check")
        case .exists(let name): self.init(.lostRace, "somebody else was first", name.text, "nothing was lost: run it again")
        case .unclear(let name):
            self.init(.failed, "the store did not say whether it took an object", name.text, "run it again")
        case .noSpace(let name):
            let isOfPrune = if case .purge = name.parsed { true } else { false }
            self.init(
                .noSpace, "no space left in the repository", name.text,
                isOfPrune ? "make room for one small file: prune notes what it deletes before it does" : "make room, or prune")
        case .denied(let place, let detail):
            self.init(
                .failed, "access denied (\(detail))", place, "correct the rights, run as another user, or mount it for writing")
        case .noRepository(let place):
            self.init(
                .noRepository, "no repository there", place,
                "mount it, or correct repository: in the project file; a new one is made by holdfast init")
        case .unsuitable(let place, let detail):
            self.init(.failed, "the store cannot hold a repository (\(detail))", place, "use another file system or store")
        case .damaged(let name, let detail):
            self.init(.damaged, "object damaged (\(detail))", name.text, "see what else is affected: holdfast check")
        case .unlisted(let place, let detail):
            self.init(.damaged, "directory damaged (\(detail))", place, "see what else is affected: holdfast check")
        case .unavailable(let place, let detail):
            self.init(.failed, "the store does not answer (\(detail))", place, "run it again")
        }
    }
}
