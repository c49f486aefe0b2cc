"""Half a year of everything at once, in an order that a seed draws; after each step every answer is held against expectation."""
import json, shutil

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, instant, minutes, need, stamp

DATED = "{items: [{every: day, keep: 5 days}, {every: saturday, keep: 3 weeks}, {every: month on last, keep: 2 months}], grace: 2 days}"
COUNTED = "{items: [{every: day}], keep_rules: {last: 2, weekly: 3}, grace: 1 days}"
WEEKLY = "{items: [{every: sunday, keep: 3 weeks}], grace: 3 days, keep_min: 2}"


class Walk:
    """One walk; every method that begins with `do_` is something that may happen."""

    def __init__(self, stage):
        self.stage, self.random = stage, stage.random
        self.box = stage.sandbox(Cluster("a", DATED), Cluster("b", COUNTED), Cluster("c", WEEKLY))
        self.away = None
        self.struck = None
        self.log = []

    def step(self):
        doings = [name for name in dir(self) if name.startswith("do_")]
        name = self.random.choice(doings + ["do_tick"] * 8 + ["do_rotate", "do_retire"])
        self.box.now += minutes(self.random.randint(30, 5000))
        before = Expectation(self.box)
        self.log.append(f"{stamp(self.box.now)} {name}")
        self.log[-1] += f" {getattr(self, name)(before) or ''}"
        after = Expectation(self.box)
        return after, after.hold_against(self.box, self.random)

    def some_snapshot(self, before, state=None):
        rows = [row for name in self.present() for row in self.box.snapshots(name) if state in (None, row["state"])]
        return self.random.choice(rows) if rows else None

    def present(self):
        return [name for name in self.box.clusters if name != self.away]

    def do_tick(self, before):
        for name in self.present():
            self.box.write(name, f"f{self.random.randint(0, 5)}", f"{self.random.random()}" * self.random.randint(1, 400))
        self.box.tick(code=(0, 6, 10) if self.away else (0, 6, 14))

    def do_backup(self, before):
        cluster = self.random.choice(self.present())
        self.box.write(cluster, "asked", str(self.random.random()))
        keep = self.random.choice(["2 days", "3 weeks", "2 months"])
        self.box.backup(cluster, "--keep", keep)
        return f"{cluster} {keep}"

    def do_rotate(self, before):
        options = ["--fresh"] if self.random.random() < 0.3 else []
        key = self.box.new_key()
        self.box.run("keys", "rotate", "--to", key, *options, code=(1, 10) if self.is_partial(before) else 0)
        return key[-8:]

    def do_hold(self, before):
        if row := self.some_snapshot(before):
            self.box.run("hold", "add", "case", row["id"], "--cluster", row["cluster"], code=0)
            return row["short_id"]

    def do_release(self, before):
        held = [row for name in self.present() for row in self.box.snapshots(name) if row["holds"]]
        for row in held:
            for name in row["holds"]:
                self.box.run("hold", "release", name, row["id"], "--cluster", row["cluster"], code=0)

    def do_expire(self, before):
        if row := self.some_snapshot(before, "live"):
            at = self.box.now + days(self.random.choice([1, 10, 60]))
            self.box.run("snapshots", "expire", row["id"], "--at", stamp(at), "--cluster", row["cluster"], code=0)
            return f"{row['short_id']} {stamp(at)}"

    def do_forget(self, before):
        row = self.some_snapshot(before, "live")
        if row and not row["holds"]:
            self.box.run("forget", "--yes", row["id"], "--cluster", row["cluster"], code=0)
            return row["short_id"]

    def do_undelete(self, before):
        if row := self.some_snapshot(before, "trash"):
            self.box.run("undelete", row["id"], "--until", stamp(self.box.now + days(9)), "--cluster", row["cluster"], code=0)
            return row["short_id"]

    def do_retire(self, before):
        """A CMK that no log has active is retired everywhere."""
        used = {log.active for log in before.logs.values()} | set(self.box.recovery)
        idle = sorted(key for key in before.states if before.state(key) != "deleted" and key not in used)
        if idle and not self.is_partial(before):
            key = self.random.choice(idle)
            self.box.run("keys", "retire", key, code=0)
            return key[-8:]

    def do_strike(self, before):
        """A cluster is struck from the project file, or put back."""
        if self.struck:
            self.box.clusters[self.struck.name] = self.struck
            self.struck = None
        elif not self.away:
            self.struck = self.box.clusters.pop(self.random.choice(["b", "c"]))
        self.box.write_project()
        return self.struck and self.struck.name

    def is_partial(self, before):
        return bool(self.away or before.unconfigured)

    def do_prune(self, before):
        for name in self.present():
            self.box.prune(name)

    def do_rewrap(self, before):
        active = {log.active for log in before.logs.values()}
        old = sorted({key for _, _, openers in before.snapshots for key in openers if before.state(key) == "enabled"} - active)
        if old and len(active) == 1 and not self.is_partial(before):
            source = self.random.choice(old)
            self.box.run("keys", "rewrap", "--from", source, "--to", active.pop(), code=(0, 14))
            return source[-8:]

    def do_recovery(self, before):
        if self.box.recovery:
            self.box.recovery = []
        else:
            self.box.recovery = [self.box.new_key("recovery")]
        self.box.write_project()
        return str(self.box.recovery)

    def do_offline(self, before):
        """A cluster's directory is moved away, or back."""
        if self.away:
            (self.box.root / "elsewhere").rename(self.box.store(self.away))
            self.away = None
        else:
            self.away = self.random.choice(list(self.box.clusters))
            self.box.store(self.away).rename(self.box.root / "elsewhere")
        return self.away

    def do_kill(self, before):
        """A snapshot is left in progress by kill -9."""
        cluster = self.random.choice(self.present())
        known = {folder.name for folder in (self.box.store(cluster) / "snapshots").glob("*")}
        child = self.box.start("backup", "--cluster", cluster, "--node", "n9", "--from-command", "--", "sh", "-c", "echo x; exec sleep 100")
        opened = self.box.wait_for_open(cluster, known)
        self.box.kill(child)
        return f"{cluster} {opened[:8]}"

    def do_delete(self, before):
        key = self.random.choice(sorted(key for key in before.states if before.state(key) in ("enabled", "disabled")))
        verdict = before.verdict([key])
        unread = self.is_partial(before)
        code = {"blocked": 20, "unknown": 21}.get(verdict, 0)
        # A CMK that no log had named is named by its announcement, and then a snapshot in progress may seem to need it.
        codes = (code, 20) if before.open else (code,)
        done = self.box.run("keys", "delete", key, "--waiting-period", "7 days", code=(*codes, 1, 10) if unread else codes)
        after = Expectation(self.box)
        need(done.code == 0 or after.states == before.states, f"a refused deletion changed {before.states} to {after.states}")
        return f"{key[-8:]} {verdict}"

    def do_delete_all(self, before):
        together = self.box.check()["together"]
        if together and not self.is_partial(before):
            self.box.run("keys", "delete", *together, code=(0, 20) if before.open else 0)
            return " ".join(key[-8:] for key in together)

    def do_cancel(self, before):
        pending = sorted(key for key in before.states if before.state(key) == "pending_deletion")
        if pending and not self.is_partial(before):
            key = self.random.choice(pending)
            self.box.run("keys", "cancel-deletion", key, code=(0, 1, 14))
            return key[-8:]

    def do_disable(self, before):
        keys = sorted(key for key in before.states if before.state(key) == "enabled")
        key = self.random.choice(keys)
        verdict = before.verdict([key])
        self.box.run("keys", "disable", key, code={"blocked": 20, "unknown": 21, "safe_now": 22, "safe_for_good": 0}[verdict])
        return f"{key[-8:]} {verdict}"

    def do_enable(self, before):
        disabled = sorted(key for key in before.states if before.state(key) == "disabled")
        if disabled:
            self.box.run("keys", "enable", self.random.choice(disabled), code=0)


@scenario(seeds=2, long_seeds=40)
def everything_at_once(stage, seed, steps=45):
    """Backups, rotations, holds, deletions, rewraps, kills and clusters that come and go, in random order: every verdict is the
    expected one, what is safe goes without a loss, what is needed stays, and exact dates are kept."""
    walk = Walk(stage)
    try:
        for number in range(steps):
            expectation, answer = walk.step()
            if number % 9 == 8:
                _confirm(stage, walk, expectation, answer)
        if walk.away:
            walk.do_offline(None)
        if walk.struck:
            walk.do_strike(None)
        found = truth.broken(walk.box)
        need(not found, f"LOST, and nobody had warned: {found}")
    except Exception as error:
        error.args = (f"{error}\nafter:\n" + "\n".join(walk.log[-60:]),)
        raise


def _confirm(stage, walk, expectation, answer):
    box = walk.box
    if answer["together"] and not walk.is_partial(expectation):
        truth.goes_safely(stage, box, answer["together"])
    blocked = sorted(key for key, said in answer["keys"].items() if said["verdict"] in ("blocked", "unknown"))
    if blocked:
        truth.stays_refused(stage, box, stage.random.choice(blocked))
    exact = sorted(key for key, said in answer["keys"].items() if (said["when"] or {}).get("kind") == "exact")
    if exact and not walk.is_partial(expectation):
        key = stage.random.choice(exact)
        truth.date_is_exact(stage, box, key, box.check(key))
