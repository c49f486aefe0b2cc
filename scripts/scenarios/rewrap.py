"""A CMK is freed before its time by giving its snapshots an envelope under another."""
import time

import keyring, truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, need, stamp
from store import Store

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def old_snapshots(stage, count=3):
    """Clusters with `count` snapshots each under a retired CMK. Answers the sandbox, the old CMK, the active one, and the ids."""
    box = stage.sandbox(Cluster("a", SHORT), Cluster("b", SHORT))
    made = []
    for number in range(count):
        for name in box.clusters:
            box.write(name, "f", f"{name} {number}")
            made.append(box.backup(name, "--keep", "2 years"))
        box.now += days(1)
    new = box.rotate()
    return box, box.keys[0], new, made


@scenario
def rewrapped_and_destroyed(stage):
    """After a rewrap the old CMK is proven to be needed by nothing, is deleted and destroyed, and every snapshot comes back."""
    box, old, new, made = old_snapshots(stage)
    said = box.run("keys", "check", old, code=20)
    need(f"holdfast keys rewrap --from {old} --to {new}" in said.out, f"it does not say how to be done sooner: {said}")
    plan = box.run("keys", "rewrap", "--from", old, "--to", new, "--dry-run", "--json", code=0).json()
    need(sorted(plan["rewrapped"]) == sorted(made) and box.check(old)["code"] == 20, f"{plan}")
    done = box.run("keys", "rewrap", "--from", old, "--to", new, "--json", code=0).json()
    need(sorted(done["rewrapped"]) == sorted(made) and not done["failures"], f"{done}")
    Expectation(box).hold_against(box)
    stranger = stage.clone(box, "stranger")
    stranger.home = "stranger"
    need(stranger.check(old)["code"] == 20, "FALSE SAFE: later envelopes count on a machine that has opened none")
    need("rewrapped; that counts once" in stranger.run("keys", "check", old).out, "it does not say what is missing")
    need(stranger.check(old, "--prove", code=0)["proven"], "it opens all, and is not proven")
    need(stranger.check(old)["code"] == 22, "what was opened is not remembered")
    need(box.check(old, "--prove", code=0)["proven"], "rewrapped, and not proven")
    truth.goes_safely(stage, box, [old], sample=6)
    box.run("keys", "delete", old, code=0)
    box.now += days(31)
    box.backup("a")
    need(Expectation(box).state(old) == "deleted", "its waiting period is over, and it is still there")
    for snapshot in made:
        need(not box.restores(snapshot), f"{snapshot} is lost")
    need(not truth.broken(box), f"{truth.broken(box)}")


@scenario
def a_rewrap_killed_halfway(stage):
    """A rewrap that was killed has freed nothing yet; run again it goes on where it was, and adds no second envelope."""
    box, old, new, made = old_snapshots(stage)
    order = sorted(made[::2]) + sorted(made[1::2])
    for number in (0, 3):
        copy = stage.clone(box)
        path = next(copy.store(name) / "snapshots" / order[number] / "2" for name in "ab" if (copy.store(name) / "snapshots" / order[number]).exists())
        child = copy.start("keys", "rewrap", "--from", old, "--to", new)
        while child.poll() is None and not path.exists():
            time.sleep(0)
        copy.kill(child)
        count = sum(1 for name in "ab" for folder in (copy.store(name) / "snapshots").iterdir() if (folder / "2").exists())
        if count < len(made):
            need(copy.check(old)["code"] == 20, "FALSE SAFE: only some were rewrapped")
        copy.run("keys", "rewrap", "--from", old, "--to", new, code=0)
        lengths = [Store(copy.store(name)).length(folder.name) for name in "ab" for folder in (copy.store(name) / "snapshots").iterdir()]
        need(set(lengths) == {3}, f"{lengths}: one envelope each was to be added")
        truth.goes_safely(stage, copy, [old])
        copy.remove()


@scenario
def rewrapped_under_compliance(stage):
    """Compliance keeps snapshots, not their CMK: rewrapped, the old one goes and the snapshots stay."""
    box, old, new, made = old_snapshots(stage, count=1)
    box.run("compliance", "on", "--min-keep", "5 days", "--yes", code=0)
    box.run("keys", "rewrap", "--from", old, "--to", new, code=0)
    truth.goes_safely(stage, box, [old])
    box.run("forget", made[0], "--cluster", "a", code=1)


@scenario
def what_a_rewrap_refuses(stage):
    """No envelope under a CMK that is retired, unknown or about to go; and one that an old CMK cannot open stays blocked, said so."""
    box, old, new, made = old_snapshots(stage, count=1)
    newest = box.rotate()
    for target in (new, old, old[:-32] + "9" * 32):
        need(box.run("keys", "rewrap", "--from", old, "--to", target).code in (1, 14, 64), f"rewrapped to {target}")
    need(box.run("keys", "rewrap", "--from", old[:-32] + "8" * 32, "--to", newest).code == 64, "a mistyped CMK is taken")
    keyring.set_state(box, old, "disabled")
    result = box.run("keys", "rewrap", "--from", old, "--to", newest, code=14)
    need("disabled" in result.err, f"it does not say why: {result}")
    need(box.check(old)["code"] == 20, "FALSE SAFE: nothing was rewrapped")
    keyring.set_state(box, old, "enabled")
    box.run("keys", "rewrap", "--from", old, "--to", newest, code=0)
    # A cover that is disabled, or on its way out, covers nothing.
    keyring.set_state(box, newest, "disabled")
    need(box.check(old, "--prove")["code"] == 20, "FALSE SAFE: its only cover is disabled")
    keyring.set_state(box, newest, "pending_deletion", stamp(box.now + days(9)))
    need(box.check(old, "--prove")["code"] == 20, "FALSE SAFE: its only cover is pending deletion")
    need(box.run("keys", "delete", old).code == 20, "FALSE SAFE: deleted, and its only cover is pending deletion")
