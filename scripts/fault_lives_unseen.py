"""Lives in which faults pass by themselves, and nothing of them shows. Each docstring is the sentence that the life holds."""
import fault_kinds as faults
from fault_drive import life
from fault_kinds import refusal


class FirstOfEach:
    """Meets the first call of each name."""

    def __init__(self):
        self.seen = set()

    def __call__(self, exchange):
        is_first = exchange.name not in self.seen
        self.seen.add(exchange.name)
        return is_first


def pass_unseen(life, kms, s3, sts=None):
    """A whole life, in every command of which every kind of call meets these faults, each once: nothing of that shows."""
    def weather():
        life.clear()
        for service, kinds in ((life.kms, kms), (life.s3, s3), (life.sts, sts or kms)):
            for fault in kinds:
                service.add(fault, FirstOfEach(), times=None, must_fire=service is life.s3)

    def run(*words):
        weather()
        return life.run(*words)

    weather()
    life.begin()
    for step in (life.backup, life.backup, life.rotate, life.backup):
        weather()
        step()
    run("snapshots")
    run("check", "--read-data")
    run("keys", "rewrap", "--from", life.cmks[0], "--to", life.cmks[1])
    run("keys", "check", "--prove", life.cmks[0])
    run("hold", "add", "case", life.newest)
    run("hold", "release", "case")
    weather()
    life.restore(life.newest)
    gone = next(iter(life.acknowledged))
    run("forget", gone)
    run("prune", "--yes", "--time", "2099-01-01")
    del life.acknowledged[gone]
    life.settle()


@life("moto")
def requests_lost(life):
    """A connection that breaks off before a call arrives is not noticed."""
    pass_unseen(life, [faults.lost_request], [faults.lost_request])


@life("moto", "ceph")
def answers_lost(life):
    """A call that was done and whose answer is lost is done once: of every snapshot there is exactly one."""
    pass_unseen(life, [faults.lost_answer], [faults.lost_answer])


@life("moto", "ceph")
def uploads_cut(life):
    """A connection that breaks off in the middle of what is sent is not noticed."""
    pass_unseen(life, [faults.cut_upload], [faults.cut_upload])


@life("moto")
def answers_cut(life):
    """A connection that breaks off in the middle of an answer is not noticed."""
    pass_unseen(life, [faults.cut_answer], [faults.cut_answer])


@life("moto")
def answers_short(life):
    """An answer that ends early in good order is not taken for the whole."""
    pass_unseen(life, [faults.short_answer], [faults.short_answer])


@life("moto")
def connections_stale(life):
    """A connection that was closed while it lay idle is not noticed."""
    pass_unseen(life, [faults.closed_afterwards], [faults.closed_afterwards])


@life("moto")
def throttled_once(life):
    """Throttling that ends is not noticed."""
    pass_unseen(life, [refusal(400, "ThrottlingException")], [refusal(503, "SlowDown")])


@life("moto")
def servers_stumble(life):
    """Nor are throttling that only the status tells and a server's own faults, one after the other."""
    pass_unseen(
        life, [refusal(429, "TooManyRequestsException"), refusal(500, "KMSInternalException"), refusal(503, "DependencyTimeoutException")],
        [refusal(429, "TooManyRequests"), refusal(500, "InternalError"), refusal(503, "ServiceUnavailable")], [refusal(503, "ServiceUnavailable")])


@life("moto")
def credentials_end(life):
    """Credentials that end early are renewed, once, and that is not noticed."""
    pass_unseen(life, [refusal(400, "ExpiredTokenException")], [refusal(400, "ExpiredToken")], [faults.slow(0.05)])


@life("moto")
def answers_slow(life):
    """Slow answers are waited for."""
    pass_unseen(life, [faults.slow(0.2)], [faults.slow(0.1)])
