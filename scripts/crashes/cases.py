"""The use cases: how each is made ready, the command that is disturbed, and what may come of it."""
import os, random, re

from box import DAY
from holdfast_driver import need
from shim import Fault

CASES = {}


class Case:
    """One use case. `words` answers the command, which ends with the exit code `code` where nothing disturbs it; it may be run again after
    it was done with any exit code in `again`. `alerts`: where it fails, that may be an alert until it is run again."""

    def __init__(self, name, prepare, words, code, again, alerts):
        self.name, self.prepare, self.words, self.code, self.again, self.alerts = name, prepare, words, code, again, alerts

    def make(self, box):
        """Makes the state before, and keeps it."""
        box.random = random.Random(self.name)
        self.prepare(box)
        box.save()


def case(words, *, code=0, again=(0,), alerts=False):
    def mark(prepare):
        name = prepare.__name__.replace("_", "-")
        CASES[name] = Case(name, prepare, words if callable(words) else lambda box: words, code, again, alerts)
        return prepare
    return mark


def fill(box):
    """A small real tree: files of several chunks and of none, links, and names in directories."""
    draw = box.random.randbytes
    for name, size in (("empty", 0), ("small", 700), ("d/page", 70_000), ("d/e/large", 2_600_000), ("d/e/text", 4_000)):
        box.write(name, draw(size))
    os.symlink("small", box.source / "link")
    os.link(box.source / "small", box.source / "d/second")
    (box.source / "d/closed").mkdir(mode=0o500)
    settle(box)


def settle(box):
    """As files are that have lain for a while: what was changed within the second is read again."""
    for path in box.source.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)


def change(box, number):
    draw = box.random.randbytes
    box.write(f"new-{number}", draw(30_000))
    box.write("d/page", draw(60_000 + number))
    with open(box.source / "d/e/large", "r+b") as file:
        file.seek(1_000_000)
        file.write(draw(5_000))
    (box.source / f"new-{number - 1}").unlink(missing_ok=True)


def one_snapshot(box):
    fill(box)
    box.init()
    box.backup("s1")


def two_snapshots(box):
    one_snapshot(box)
    change(box, 1)
    box.backup("s2", "--keep", "5 days")


@case(["init", "--no-passphrase", "--json"], again=(0, 64))
def init(box):
    fill(box)


@case(lambda box: ["backup", "--json", box.source])
def backup_first(box):
    fill(box)
    box.init()


@case(lambda box: ["backup", "--json", box.source])
def backup_incremental(box):
    two_snapshots(box)
    change(box, 2)


@case(lambda box: ["backup", "--json", box.source])
def backup_after_a_kill(box):
    """An earlier writer died with its packs stored."""
    one_snapshot(box)
    change(box, 1)
    box.attempt(["backup", "--json", box.source], Fault("link", 3, "killed"))
    need(box.shim.fired, "nobody was killed")


@case(lambda box: ["backup", "--json", box.source])
def backup_resumed(box):
    """An earlier writer died after a checkpoint, which comes after 64 MiB: chunks of another text each, that compress to nothing."""
    for number in range(96):
        box.write(f"large/{number}", box.random.randbytes(64) * 16_384)
    settle(box)
    for _ in range(20):
        box.empty()
        box.init()
        # Where the writer is done before its checkpoint is due, nobody is killed.
        box.attempt(["backup", "--json", box.source], Fault("rename", 1, "killed"))
        if list(box.root.glob("repository/checkpoints/*")):
            return
    need(False, "no checkpoint was left")


SOURCE = """    nodes:
      n1:
        sources:
          data: {{paths: [{source}], kind: {kind}}}
"""


@case(["backup", "--json", "--node", "n1", "--source", "data"])
def backup_database(box):
    box.write("table", box.random.randbytes(3_000_000))
    box.write("log", box.random.randbytes(100_000))
    settle(box)
    box.init()
    project = box.root / "holdfast.yaml"
    project.write_text(project.read_text() + SOURCE.format(source=box.source, kind="database"))
    box.backup("s1", "--node", "n1", "--source", "data")
    with open(box.source / "table", "r+b") as file:
        for page in (3, 70, 200):
            file.seek(page * 8192)
            file.write(box.random.randbytes(8192))


@case(lambda box: ["restore", f"{box.named('s2')}:{box.source}", "--target", "target", "--json"])
def restore_fresh(box):
    two_snapshots(box)


@case(lambda box: ["restore", f"{box.named('s2')}:{box.source}", "--target", "target", "--delete", "--verify", "--json"])
def restore_over(box):
    one_snapshot(box)
    box.run("restore", f"{box.named('s1')}:{box.source}", "--target", "target")
    change(box, 1)
    box.backup("s2")


@case(["prune", "--yes", "--json"])
def prune(box):
    """One is past its grace time, one is to be condemned, one was left by a dead writer, and two stay."""
    two_snapshots(box)
    change(box, 2)
    box.backup("s3")
    change(box, 3)
    box.backup("s4")
    box.run("forget", box.named("s1"))
    box.may_go.add(box.named("s1"))
    box.attempt(["backup", box.source, "--source", "other"], Fault("link", 3, "killed"))
    need(box.shim.fired, "nobody was killed")
    box.clock = 9 * DAY


@case(lambda box: ["forget", box.named("s1"), box.named("s2"), "--json"])
def forget(box):
    two_snapshots(box)
    change(box, 2)
    box.backup("s3")


@case(lambda box: ["undelete", box.named("s1"), "--until", "2099-01-01", "--json"], again=(0, 1))
def undelete(box):
    two_snapshots(box)
    box.run("forget", box.named("s1"))


@case(lambda box: ["hold", "add", "court", box.named("s1"), box.named("s2"), "--json"])
def hold(box):
    two_snapshots(box)


@case(lambda box: ["hold", "release", "court", box.named("s1"), box.named("s2"), "--json"], again=(0, 1))
def hold_release(box):
    two_snapshots(box)
    box.run("hold", "add", "court", box.named("s1"), box.named("s2"))


@case(lambda box: ["snapshots", "expire", box.named("s1"), "--at", "2099-01-01", "--json"])
def expire(box):
    two_snapshots(box)


@case(["keys", "create", "another", "--json"])
def keys_create(box):
    two_snapshots(box)


def second_cmk(box, label="second"):
    box.second = box.run("keys", "create", label, "--json").json()["uri"]


@case(lambda box: ["keys", "rotate", "--to", box.second, "--json"])
def keys_rotate(box):
    two_snapshots(box)
    second_cmk(box)
    box.learn_cmks()


@case(lambda box: ["keys", "rotate", "--fresh", "--to", box.second, "--json"])
def keys_rotate_fresh(box):
    two_snapshots(box)
    second_cmk(box)
    box.learn_cmks()


@case(lambda box: ["keys", "retire", box.second, "--json"])
def keys_retire(box):
    two_snapshots(box)
    second_cmk(box)
    box.learn_cmks()


def rotated(box):
    """Two snapshots under a first CMK that is not active any more."""
    two_snapshots(box)
    [box.first] = box.cmks
    second_cmk(box)
    box.run("keys", "rotate", "--to", box.second)
    box.learn_cmks()


@case(lambda box: ["keys", "rewrap", "--from", box.first, "--to", box.second, "--json"])
def keys_rewrap(box):
    rotated(box)


@case(lambda box: ["keys", "delete", box.third, "--waiting-period", "9 days", "--json"])
def keys_delete(box):
    rotated(box)
    box.third = box.run("keys", "create", "third", "--json").json()["uri"]
    box.learn_cmks()
    box.cmks[box.third] = {"enabled", "pending_deletion"}


@case(lambda box: ["keys", "cancel-deletion", box.third, "--json"], again=(0, 1))
def keys_cancel_deletion(box):
    keys_delete(box)
    box.run("keys", "delete", box.third, "--waiting-period", "9 days")
    box.cmks[box.third] = {"enabled", "disabled", "pending_deletion"}


@case(lambda box: ["keys", "disable", box.third, "--json"])
def keys_disable(box):
    keys_delete(box)
    box.run("keys", "retire", box.third)
    box.cmks[box.third] = {"enabled", "disabled"}


@case(["catalog", "rebuild", "--json"])
def catalog_rebuild(box):
    two_snapshots(box)


@case(["check", "--read-data", "--json"])
def check(box):
    """On a machine that has seen the repository before, of which much has changed since."""
    two_snapshots(box)
    box.forget_catalog()


@case(["status", "--json"])
def status(box):
    two_snapshots(box)
    box.forget_catalog()


@case(["check", "--repair", "--json"], code=15, again=(15,))
def repair(box):
    """A pack of the first snapshot rots; the second has stored all of it again, so all of the first can be salvaged."""
    one_snapshot(box)
    pack = max((box.root / "repository/packs" / box.named("s1")).iterdir(), key=lambda path: path.stat().st_size)
    pack.chmod(0o600)
    with open(pack, "r+b") as file:
        file.seek(1_000_000)
        file.write(bytes(64))
    box.backup("s2", "--base", "none")
    box.damaged.add(box.named("s1"))


@case(lambda box: ["drill", "--all", "--into", box.root / "home", "--json"], alerts=True)
def drill(box):
    rotated(box)
    change(box, 2)
    box.backup("s3")


@case(lambda box: ["unlock", box.opened, "--json"], again=(0, 1))
def unlock(box):
    """A writer on another host died."""
    two_snapshots(box)
    box.attempt(["backup", box.source, "--source", "other"], Fault("link", 3, "killed"))
    [box.opened] = box.open_snapshots()


def with_policy(box, keep):
    """In place of the one there."""
    project = box.root / "holdfast.yaml"
    policy = f"policy: {{items: [{{every: day, keep: {keep}}}]}}"
    project.write_text(re.sub("policy: .*", policy, project.read_text()))


def scheduled(box):
    fill(box)
    box.init()
    with_policy(box, "20 days")
    project = box.root / "holdfast.yaml"
    project.write_text(project.read_text() + SOURCE.format(source=box.source, kind="files"))


TICK = ["run", "--node", "n1", "--json"]


@case(TICK)
def tick(box):
    """What is due is taken, what is past its time goes, and the CMKs are looked at."""
    scheduled(box)
    box.backup("s1", "--keep", "5 days")
    box.run("forget", box.named("s1"))
    box.may_go.add(box.named("s1"))
    box.clock = 9 * DAY


@case(["policy", "apply", "--existing", "--json"])
def policy_apply(box):
    """What was taken under one policy gets the dates of another."""
    scheduled(box)
    [cluster] = box.run(*TICK).documents()[-1]["clusters"]
    box.remember(cluster["taken"][0]["snapshot"], "s1")
    with_policy(box, "40 days")


@case(["compliance", "on", "--min-keep", "10 days", "--yes", "--json"])
def compliance_on(box):
    two_snapshots(box)
    with_policy(box, "20 days")
