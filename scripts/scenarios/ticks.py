"""`holdfast run` where it gets into its own way, or the world into its."""
import signal, time

from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, instant, need, stamp

DAILY = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def rows(box, cluster="a"):
    return box.snapshots(cluster)


@scenario
def two_ticks_at_once(stage):
    """Of two ticks at the same time one takes what is due and the other passes it over: never two snapshots, never a failure."""
    box = stage.sandbox(Cluster("a", DAILY), Cluster("b", DAILY))
    for number in range(4):
        box.write("a", "f", str(number) * 5000)
        box.write("b", "f", str(number) * 5000)
        children = [box.start("run", "--node", "n1", "--json") for _ in range(3)]
        outputs = [child.communicate(timeout=60)[0].decode() for child in children]
        need({child.returncode for child in children} == {0}, f"{outputs}")
        for name in box.clusters:
            taken = [row for row in rows(box, name) if row["time"] == stamp(box.now)]
            need(len(taken) == 1, f"{len(taken)} snapshots of {name} at {box.now}: {outputs}")
        box.now += days(1)
    need(not Expectation(box).open, "something is left in progress")


@scenario
def two_ticks_share_no_hooks(stage):
    """While one tick is between `before` and `after`, no other runs either: no snapshot sees its node thawed under it."""
    box = stage.sandbox(Cluster("a", DAILY, node_extra=HOOKS.format(limit="30 seconds")))
    box.write("a", "f", "one")
    (box.root / "before").write_text("sleep 1.5")
    (box.root / "after").write_text("true")
    for _ in range(2):
        (box.root / "steps").unlink(missing_ok=True)
        children = [box.start("run", "--node", "n1", "--json") for _ in range(3)]
        outputs = [child.communicate(timeout=60)[0].decode() for child in children]
        need({child.returncode for child in children} == {0}, f"{outputs}")
        steps = (box.root / "steps").read_text().split()
        need(steps == ["before", "after"] * (len(steps) // 2) and steps, f"{steps}")
        box.now += days(1)
        box.write("a", "f", "two")
    need(len(rows(box)) == 2, f"{rows(box)}")


@scenario
def sources_that_fail(stage):
    """A source that is missing or empty gets no snapshot, never counts as taken, and keeps no other cluster from its own."""
    box = stage.sandbox(Cluster("a", DAILY), Cluster("b", DAILY))
    for name in box.clusters:
        box.write(name, "f", name)
    box.tick(code=0)
    first = rows(box)
    box.now += days(1)
    (box.root / "data" / "a").rename(box.root / "unmounted")
    for state in ("missing", "empty"):
        if state == "empty":
            (box.root / "data" / "a").mkdir()
        result = box.run("run", "--node", "n1", code=1)
        need("data" in result.err or "data/a" in result.text, f"it does not name the source: {result}")
        need(rows(box) == first, f"{state}, and a snapshot of it exists")
        need(len([row for row in rows(box, "b") if row["time"] == stamp(box.now)]) == 1, "the other cluster got none")
        box.now += days(1)
    box.now += days(30)
    box.run("run", "--node", "n1", code=1)
    need(len(rows(box)) == 1, "the last good snapshot went, though nothing newer exists")
    (box.root / "data" / "a").rmdir()
    (box.root / "unmounted").rename(box.root / "data" / "a")
    tick = box.tick(code=0)
    need(tick["clusters"][0]["due"][0]["missed"] > 30, f"{tick}")
    need(not Expectation(box).open, "something is left in progress")


@scenario
def a_command_that_fails(stage):
    """A source whose command fails or says nothing gives no snapshot; one that works gives its output back."""
    box = stage.sandbox(Cluster("a", DAILY, extra="nodes:\n  n1:\n    sources:\n      dump: {command: [sh, -c, '. ./what'], filename: dump}", sources=False))
    for script, code in (("echo half; exit 3", 1), ("true", 1), ("kill -9 $$", 1), ("echo whole", 0)):
        (box.root / "what").write_text(script)
        result = box.run("run", "--node", "n1", "--json", code=code)
        need(len(rows(box)) == (code == 0), f"{script}: {rows(box)} {result}")
        need(not Expectation(box).open, f"{script}: left in progress")
    [row] = rows(box)
    need(box.run("dump", f"{row['id']}:/dump", code=0).out == "whole\n", "the output does not come back")


HOOKS = """before: [sh, -c, 'echo before >> steps; . ./before']
after: [sh, -c, 'echo after >> steps; . ./after']
hook_limit: {limit}"""


@scenario
def before_and_after(stage):
    """`after` runs whatever happens; where `before` fails or takes too long there is no snapshot, and the tick says which command."""
    box = stage.sandbox(Cluster("a", DAILY, node_extra=HOOKS.format(limit="1 seconds")))
    box.write("a", "f", "one")
    for before, after, code, taken in (("true", "true", 0, 1), ("exit 4", "true", 1, 0), ("sleep 30", "true", 1, 0), ("true", "exit 5", 1, 1)):
        (box.root / "before").write_text(before)
        (box.root / "after").write_text(after)
        (box.root / "steps").unlink(missing_ok=True)
        count = len(rows(box))
        began = time.monotonic()
        result = box.run("run", "--node", "n1", code=code)
        need((box.root / "steps").read_text() == "before\nafter\n", f"{before} and {after}: {result}")
        need(len(rows(box)) - count == taken, f"{before} and {after}: {len(rows(box)) - count} snapshots, {result}")
        need(code == 0 or ("before" if before != "true" else "after") in result.err, f"it does not name the command: {result}")
        need(time.monotonic() - began < 20, "the limit was not kept")
        box.now += days(1)


@scenario
def a_hook_that_is_ended_may_tidy_up(stage):
    """A command over its limit is asked to end, with all that it started, before it is made to."""
    box = stage.sandbox(Cluster("a", DAILY, node_extra=HOOKS.format(limit="1 seconds")))
    box.write("a", "f", "one")
    (box.root / "before").write_text("trap 'echo tidy >> steps; exit 1' TERM; sleep 30 & wait")
    (box.root / "after").write_text("true")
    began = time.monotonic()
    box.run("run", "--node", "n1", code=1)
    need((box.root / "steps").read_text() == "before\ntidy\nafter\n", f"{(box.root / 'steps').read_text()}")
    need(time.monotonic() - began < 5, "it was not asked, but made to end")


@scenario
def told_to_stop_in_a_hook(stage):
    """Told to stop while `before` runs, a tick asks it to end, runs `after`, and ends itself, with nothing taken."""
    box = stage.sandbox(Cluster("a", DAILY, node_extra=HOOKS.format(limit="60 seconds")))
    box.write("a", "f", "one")
    (box.root / "before").write_text("sleep 50")
    (box.root / "after").write_text("echo thawed >> steps")
    child = box.start("run", "--node", "n1")
    end = time.monotonic() + 30
    while not (box.root / "steps").exists():
        need(time.monotonic() < end and child.poll() is None, "it does not begin")
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    need(child.wait(timeout=20) == 130, f"exit {child.returncode}")
    need((box.root / "steps").read_text() == "before\nafter\nthawed\n", (box.root / "steps").read_text())
    need(not rows(box), "something was taken")


@scenario
def for_ever_until_told(stage):
    """`run --forever` takes what is due and ends cleanly on SIGTERM, with nothing left in progress."""
    box = stage.sandbox(Cluster("a", DAILY))
    box.write("a", "f", "one")
    child = box.start("run", "--forever", "--node", "n1", now=None)
    end = time.monotonic() + 30
    while not any((folder / "1").exists() for folder in (box.store("a") / "snapshots").glob("*")):
        need(time.monotonic() < end and child.poll() is None, "it takes nothing")
        time.sleep(0.05)
    time.sleep(0.7)
    child.send_signal(signal.SIGTERM)
    need(child.wait(timeout=20) in (0, 130), f"exit {child.returncode}")
    need(not Expectation(box).open and len(rows(box)) == 1, "it left something behind")
