"""The end of a CMK: disabled, deleted after a waiting period, taken back; and what is refused."""
import datetime, shutil, time

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, need, stamp

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def unneeded(stage, *names):
    """Clusters in which a retired CMK is needed by nothing any more. Answers the sandbox and the CMK."""
    box = stage.sandbox(*(Cluster(name, SHORT) for name in names or ("a", "b")))
    for name in box.clusters:
        box.write(name, "f", name)
        box.backup(name, "--keep", "2 days")
    box.now += days(1)
    box.rotate()
    for name in box.clusters:
        box.backup(name, "--keep", "1 years")
    for _ in range(2):
        box.now += days(3)
        box.prune()
    return box, box.keys[0]


@scenario
def the_way_to_delete(stage):
    """Retired, clear, proven, disabled, deleted, waited for, gone: each step answers as it must, and nothing is lost."""
    box, key = unneeded(stage)
    need(box.check(key, code=22)["verdict"] == "safe_for_good", "clear, and not so called")
    first = box.run("keys", "check", key, code=22).lines[0]
    need(first.startswith("Clear, as far as the store tells:") and "--prove" in first, first)
    first = box.run("keys", "check", "--prove", key, code=0).lines[0]
    need(first.startswith("Safe for good:") and f"holdfast keys delete {key}" in first, first)
    need("enable" in box.run("keys", "disable", key, code=0).out, "how to take it back?")
    need(Expectation(box).state(key) == "disabled" and not truth.broken(box), "disabled, and something is missed")
    need(box.check("--prove", key, code=0)["proven"], "disabled it can still go")
    box.run("keys", "enable", key, code=0)
    result = box.run("keys", "delete", key, "--waiting-period", "9 days", code=0)
    need(stamp(box.now + days(9))[:10] in result.out and f"holdfast keys cancel-deletion {key}" in result.out, f"{result}")
    text = box.run("keys", "check", code=0).out
    need("To be deleted already:" in text and "You can delete no other key now." in text, f"it is offered again: {text}")
    need(box.run("keys", "audit").code == 0, "a deletion that is safe is a critical alert")
    again = box.run("keys", "delete", key, code=0)
    need(stamp(box.now + days(9))[:10] in again.out, f"asked twice it moves: {again}")
    box.now += days(10)
    box.backup("a")
    need(Expectation(box).state(key) == "deleted", "it is still there")
    need(key not in box.check(code=0)["keys"], "what is deleted is still asked about")
    need(not truth.broken(box), "something is lost")
    Expectation(box).hold_against(box)


@scenario
def taken_back(stage):
    """A deletion that is taken back leaves the CMK enabled and retired; it can go again under a new announcement."""
    box, key = unneeded(stage)
    box.run("keys", "cancel-deletion", key, code=1)
    box.run("keys", "delete", key, code=0)
    box.now += days(29)
    box.run("keys", "cancel-deletion", key, code=0)
    need(Expectation(box).state(key) == "enabled", "it is not enabled again")
    box.now += days(9)
    box.backup("a")
    need(Expectation(box).state(key) == "enabled", "it went all the same")
    box.run("keys", "rotate", "--to", key, code=1)
    Expectation(box).hold_against(box)
    box.run("keys", "delete", key, code=0)
    need(Expectation(box).state(key) == "pending_deletion", "it cannot be deleted again")


@scenario
def refused_while_needed(stage):
    """Delete and disable refuse what is active, needed, in the trash, or known to nobody, and leave no announcement standing."""
    box, free = unneeded(stage)
    active = box.keys[1]
    for command in ("delete", "disable"):
        need(box.run("keys", command, active).code == 20, f"the active CMK can be {command}d")
        need(box.run("keys", command, free[:-32] + "9" * 32).code == 64, f"a mistyped CMK can be {command}d")
    for waiting in ("1 days", "366 days", "2 years"):
        need(box.run("keys", "delete", free, "--waiting-period", waiting).code == 64, f"it waits for {waiting}")
    need(not Expectation(box).leaving, "a waiting period that is refused leaves the CMK approved for deletion")
    newest = box.rotate()
    truth.stays_refused(stage, box, active)
    both = box.run("keys", "delete", free, active, code=20)
    need(f"{free} alone: clear, as far as the store tells" in both.out and "Not deleted." in both.out, f"{both}")
    need(Expectation(box).states[free] == "enabled" and not Expectation(box).leaving, "one of two went")
    never = box.new_key()
    need(box.run("keys", "disable", never).code == 22, "what was never retired is disabled")
    need(box.check(never, "--prove", code=22)["verdict"] == "safe_now", "retired nowhere, and safe for good")
    box.run("keys", "delete", never, code=0)
    need(all(never in log.retired for log in Expectation(box).logs.values()), "deleted without being retired everywhere")
    need(newest == next(iter(Expectation(box).logs.values())).active, "the active CMK is another")


@scenario(long_seeds=5)
def rotations_while_it_is_proven(stage, seed):
    """While a deletion is proven, key logs move: it ends in a clean yes or no that is true, and a no leaves nothing standing."""
    box, key = unneeded(stage)
    for _ in range(6):
        box.write("a", "f", f"{box.now}")
        box.backup("a", "--keep", "1 years")
    second = box.new_key()
    child = box.start("keys", "delete", key)
    time.sleep(stage.random.random() * 0.1)
    box.run("keys", "rotate", "--to", second, code=(0, 17))
    code = child.wait(timeout=60)
    need(code in (0, 1, 17), f"exit {code}")
    expectation = Expectation(box)
    need((expectation.state(key) == "pending_deletion") == (code == 0), f"exit {code}, and {expectation.states}")
    need(code == 0 or key not in expectation.leaving, "refused, and the announcement stands")
    expectation.hold_against(box)
    truth.goes_safely(stage, box, [key])


@scenario
def a_deletion_killed_halfway(stage):
    """Killed after any record, a deletion is finished or withdrawn by the next command, and blocks nobody meanwhile for good."""
    box, key = unneeded(stage)
    length = len(list((box.store("a") / "keys").iterdir()))
    for cluster, number in (("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2)):
        copy = stage.clone(box)
        path = copy.store(cluster) / "keys" / str(len(list((copy.store(cluster) / "keys").iterdir())) + number)
        child = copy.start("keys", "delete", key)
        while child.poll() is None and not path.exists():
            time.sleep(0)
        copy.kill(child)
        Expectation(copy).hold_against(copy)
        listed = [row for row in copy.json("keys", "list") if row["uri"] == key]
        need(listed[0]["state"] in ("announced", "scheduled", "retired"), f"{listed}")
        other = stage.clone(copy, "other")
        other.run("keys", "cancel-deletion", key, code=(0, 1))
        need(Expectation(other).state(key) == "enabled", "it cannot be taken back")
        other.remove()
        copy.run("keys", "delete", key, code=0)
        need(Expectation(copy).state(key) == "pending_deletion" and not truth.broken(copy), "it cannot be finished")
        Expectation(copy).hold_against(copy)
        copy.remove()


@scenario
def asking_what_will_be(stage):
    """No question about a later time destroys a CMK that waits for its deletion: it can still be taken back today."""
    box, key = unneeded(stage)
    box.run("keys", "delete", key, code=0)
    today, box.now = box.now, box.now + days(60)
    latest = max(box.snapshots("a"), key=lambda row: row["time"])["id"]
    need(not box.restores(latest), "it will not come back")
    for command in (("keys", "check", "--prove", box.keys[1]), ("check", "--read-data", "--cluster", "a"), ("policy", "simulate"),
                    ("run", "--dry-run"), ("prune", "--dry-run", "--cluster", "a"), ("keys", "audit", "--dry-run"), ("status",), ("keys", "list")):
        box.run(*command, code=(0, 20, 21))
    box.now = today
    box.run("keys", "cancel-deletion", key, code=0)
    need(Expectation(box).state(key) == "enabled", "a question has destroyed it")


@scenario
def missing_by_any_time(stage):
    """What was taken by the clock and is missing is missed whatever time is given, though it would be due by then."""
    box = stage.sandbox(Cluster("a"), now=datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0))
    box.write("a", "f", "one")
    hidden = box.backup("a", "--keep", "30 days")
    retired = box.keys[0]
    box.rotate()
    box.backup("a", "--keep", "2 years")
    shutil.move(box.store("a") / "snapshots" / hidden, box.root / "hidden")
    for ahead in (0, 31, 90, 800):
        box.now += days(ahead)
        need(box.check(retired, "--prove")["code"] == 21, f"FALSE SAFE: it is missing, asked about {stamp(box.now)}")
        need(box.run("keys", "delete", retired).code != 0, f"FALSE SAFE: it is missing, deleted as of {stamp(box.now)}")
