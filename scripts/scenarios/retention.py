"""What people do to retention by hand, and what it does to the date at which a CMK is free."""
import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, instant, need, stamp

MONTH = "{items: [{every: day, keep: 30 days}], grace: 7 days}"


def rotated(stage, policy=MONTH, extra=""):
    """A cluster with one snapshot under a retired CMK, and a newer one under the active. Answers the sandbox, key and snapshot."""
    box = stage.sandbox(Cluster("a", policy, extra=extra), now="2055-01-01T18:00:00Z")
    box.write("a", "f", "one")
    box.tick(code=0)
    [old] = [row["id"] for row in box.snapshots()]
    box.now += days(1)
    box.rotate()
    box.write("a", "f", "two")
    box.tick(code=0)
    return box, box.keys[0], old


def date(box, key, kind, at):
    """The answer for the key, which must have this kind and date."""
    answer = box.check(key, code=20)
    need(answer["when"] == {"kind": kind, "date": at}, f"{kind} {at} was expected, not {answer['when']}")
    return answer


@scenario
def a_hold_has_no_date(stage):
    """A held snapshot blocks its CMK for ever, past every prune; released it goes after its grace time, exactly."""
    box, key, old = rotated(stage)
    date(box, key, "exact", "2055-02-07T18:00:00Z")
    box.run("hold", "add", "case-7", old, code=0)
    box.now = instant("2055-06-01")
    box.tick(code=0)
    answer = date(box, key, "never", None)
    need(answer["blockers"][0]["why"] == "hold", f"{answer}")
    said = box.run("keys", "check", key, code=20)
    need("case-7" in said.out and "hold release case-7" in said.out, f"it does not say what to release: {said}")
    truth.stays_refused(stage, box, key)
    box.run("hold", "release", "case-7", code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-06-08T00:00:00Z"))


@scenario
def an_extension_moves_the_date(stage):
    """`snapshots expire` moves the date later and earlier, and no policy moves it back."""
    box, key, old = rotated(stage)
    box.run("snapshots", "expire", old, "--at", "2055-04-01", code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-04-08T00:00:00Z"))
    box.run("policy", "apply", "--existing", code=0)
    date(box, key, "exact", "2055-04-08T00:00:00Z")
    box.run("snapshots", "expire", old, "--at", stamp(box.now + days(1)), code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-01-10T18:00:00Z"))


@scenario
def the_trash_still_blocks(stage):
    """What is in the trash blocks until it is purged, undeleted it blocks anew, and a late prune is said to be what is missing."""
    box, key, old = rotated(stage)
    box.run("forget", old, code=0)
    answer = date(box, key, "exact", "2055-01-09T18:00:00Z")
    need([row["type"] for row in answer["blockers"]] == ["trash"], f"{answer}")
    truth.date_is_exact(stage, box, key, answer)
    box.run("undelete", old, "--until", "2055-03-01", code=0)
    need(not box.restores(old), "what was undeleted does not come back")
    date(box, key, "exact", "2055-03-08T00:00:00Z")
    box.run("forget", old, code=0)
    box.now += days(20)
    date(box, key, "exact", stamp(box.now))
    said = box.run("keys", "check", key, code=20)
    need("holdfast prune" in said.out, f"it does not say what to do: {said}")
    truth.stays_refused(stage, box, key)
    box.prune()
    need(box.check(key, "--prove")["code"] == 0, "it was purged, and still blocks")
    truth.goes_safely(stage, box, [key])


@scenario
def a_changed_policy_moves_nothing_by_itself(stage):
    """A new policy leaves what is stamped; `apply --existing` moves it, shorter and longer."""
    box, key, old = rotated(stage)
    box.clusters["a"].policy = "{items: [{every: day, keep: 10 days}], grace: 7 days}"
    box.write_project()
    date(box, key, "exact", "2055-02-07T18:00:00Z")
    box.run("policy", "apply", "--existing", "--dry-run", code=0)
    date(box, key, "exact", "2055-02-07T18:00:00Z")
    box.run("policy", "apply", "--existing", code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-01-18T18:00:00Z"))
    box.clusters["a"].policy = "{items: [{every: day, keep: 2 months}], grace: 7 days}"
    box.write_project()
    box.run("policy", "apply", "--existing", code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-03-08T18:00:00Z"))


@scenario
def compliance_only_lengthens(stage):
    """Under compliance nothing goes before its date, whoever asks, and the date that is told is the one that is obeyed."""
    box, key, old = rotated(stage)
    box.run("compliance", "on", "--min-keep", "20 days", "--yes", code=0)
    box.run("forget", old, code=1)
    box.run("snapshots", "expire", old, "--at", stamp(box.now + days(1)), code=1)
    date(box, key, "exact", "2055-02-07T18:00:00Z")
    box.clusters["a"].policy = "{items: [{every: day, keep: 5 days}], grace: 1 days}"
    box.write_project()
    need(box.run("policy", "check").code == 64, "a policy under what was promised is no error")
    box.run("policy", "apply", "--existing", code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-02-07T18:00:00Z"))
    box.now += days(1)
    box.tick()
    newest = max(box.snapshots(), key=lambda row: row["time"])
    need(instant(newest["expires"]) == instant(newest["time"]) + days(20), f"promised 20 days, and stamped {newest}")


@scenario
def the_guard_keeps_the_newest(stage):
    """The newest good snapshot outlives its date as long as backups are on; with a newer one, or backups off, its date is exact."""
    box = stage.sandbox(Cluster("a", MONTH), now="2055-01-01T18:00:00Z")
    box.write("a", "f", "one")
    box.tick(code=0)
    box.now += days(1)
    box.rotate()
    key = box.keys[0]
    box.now = instant("2055-03-15")
    box.prune()
    answer = date(box, key, "projected", "2055-03-22T18:00:00Z")
    need(truth.date_is_right_if_backups_run(stage, box, key, answer), "too many ticks")
    off = stage.clone(box, "off")
    off.clusters["a"].backup = "off"
    off.write_project()
    truth.date_is_exact(stage, off, key, date(off, key, "exact", "2055-03-22T00:00:00Z"))
    box.tick(code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-03-22T00:00:00Z"))


@scenario
def counted_snapshots_need_new_ones(stage):
    """Under count rules a date is a projection while backups run, and there is none without them."""
    box, key, old = rotated(stage, "{items: [{every: day}], keep_rules: {last: 3}, grace: 1 days}")
    answer = date(box, key, "projected", "2055-01-05T18:00:00Z")
    need(truth.date_is_right_if_backups_run(stage, box, key, answer), "too many ticks")
    box.clusters["a"].backup = "off"
    box.write_project()
    answer = date(box, key, "never", None)
    need(answer["blockers"][0]["why"] == "no-new-snapshots", f"{answer}")
    said = box.run("keys", "check", key, code=20)
    need("snapshots expire" in said.out, f"it does not say what could end it: {said}")
    box.run("snapshots", "expire", old, "--at", stamp(box.now + days(2)), code=0)
    truth.date_is_exact(stage, box, key, date(box, key, "exact", "2055-01-05T18:00:00Z"))
