"""Snapshots in progress: left by kill -9, fenced, resumed, and overtaken by a rotation."""
import os, signal, time

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, minutes, need
from store import Store

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def start_backup(box, cluster="a", source="stream", command=("sh", "-c", "echo x; exec sleep 1000")):
    """Starts a snapshot that does not end by itself. Answers the process and the snapshot's id."""
    known = {folder.name for folder in (box.store(cluster) / "snapshots").glob("*")}
    child = box.start("backup", "--cluster", cluster, "--node", "n9", "--source", source, "--json", "--from-command", "--", *command)
    return child, box.wait_for_open(cluster, known)


def fifo(box):
    path = box.root / "fifo"
    os.mkfifo(path)
    return path


@scenario
def left_by_kill_9(stage):
    """A snapshot that kill -9 left in progress blocks the CMK that it may still use, until prune fences it after a day."""
    box = stage.sandbox(Cluster("a", SHORT), Cluster("b", SHORT))
    child, opened = start_backup(box)
    box.kill(child)
    box.now += minutes(10)
    box.rotate()
    answer = box.check(box.keys[0], code=20)
    need([(row["type"], row["id"]) for row in answer["blockers"]] == [("pin", opened)] and answer["when"]["kind"] == "waiting", f"{answer}")
    said = box.run("keys", "check", box.keys[0], code=20)
    need(opened[:8] in said.out and "holdfast unlock" in said.out, f"it does not say what to do: {said}")
    need(box.check(box.keys[0], "--prove")["code"] == 20, "proven, and a snapshot in progress is in the way")
    truth.stays_refused(stage, box, box.keys[0])
    status = box.run("status")
    need("rotation in progress" in status.out and "1 writer" in status.out and opened[:8] in status.out, f"no banner: {status}")
    box.now += minutes(60)
    box.prune("a")
    need(box.check(box.keys[0])["code"] == 20, "a writer that was silent for an hour is given up")
    box.now += days(1)
    result = box.run("prune", "--cluster", "a", "--json", code=0).json()
    need(result["fenced"] == [opened], f"{result}")
    need(box.check(box.keys[0], "--prove", code=0)["proven"], "fenced, and still in the way")
    need("rotation in progress" not in box.run("status").out, "the banner stays")
    truth.goes_safely(stage, box, [box.keys[0]])


@scenario
def unlocked_by_hand(stage):
    """`unlock` gives a dead writer up at once; one that lives after all ends cleanly, without a snapshot and without success."""
    box = stage.sandbox(Cluster("a", SHORT))
    pipe = fifo(box)
    child, opened = start_backup(box, command=("cat", pipe))
    box.rotate()
    need(box.check(box.keys[0])["code"] == 20, "a writer is at work, and the CMK can go")
    box.run("unlock", opened[:8], code=0)
    need(box.check(box.keys[0])["code"] == 22, "unlocked, and still in the way")
    pipe.write_text("what a live writer still had to say")
    need(child.wait(timeout=30) != 0, "a writer that was given up says that it saved a snapshot")
    need(not box.snapshots(), "a snapshot that was given up exists")
    need(box.check(box.keys[0], "--prove", code=0)["proven"], "the given-up writer is still in the way")


@scenario
def interrupted_by_hand(stage):
    """SIGTERM and Ctrl-C end a snapshot of a command's output at once, with the command; it stays in progress, and the next one ends it."""
    box = stage.sandbox(Cluster("a", SHORT))
    for number, script in ((signal.SIGTERM, "echo x; exec sleep 1000"), (signal.SIGINT, "echo x; sleep 1000")):
        child, opened = start_backup(box, command=("sh", "-c", script))
        began = time.monotonic()
        child.send_signal(number)
        need(child.wait(timeout=30) == 130, f"exit {child.returncode} of: {script}")
        need(time.monotonic() - began < 10, f"it took its time: {script}")
        box.kill(child)
        need([opened for _, opened, _ in Expectation(box).open] == [opened], "what was interrupted is not in progress")
        need(box.check(box.keys[0])["code"] == 20, "it may go on, and its CMK can go")
        box.run("backup", "--cluster", "a", "--node", "n9", "--source", "stream", "--from-command", "--", "echo", "whole", code=0)
        need(not Expectation(box).open, "the next snapshot leaves it in progress")


@scenario
def a_writer_overtaken_by_a_rotation(stage):
    """A snapshot that began before a rotation and ends after it is under the new CMK alone, and lets the old one go."""
    box = stage.sandbox(Cluster("a", SHORT), Cluster("b", SHORT))
    pipe = fifo(box)
    child, opened = start_backup(box, command=("cat", pipe))
    new = box.rotate()
    need("1 writer still on the old CMK: do not disable or delete" in box.run("status").out, "no banner")
    box.run("keys", "disable", box.keys[0], code=20)
    pipe.write_text("the rest")
    need(child.wait(timeout=30) == 0, "it was not saved")
    [row] = box.snapshots("a")
    need(row["id"] == opened and row["cmks"] == [new], f"it was to be under {new}: {row}")
    need(box.check(box.keys[0], "--prove", code=0)["proven"], "nothing is under the old CMK, and it cannot go")
    truth.goes_safely(stage, box, [box.keys[0]])
    need("rotation in progress" not in box.run("status").out, "the banner stays")


@scenario
def resumed_after_a_rotation(stage):
    """A killed writer that comes back after a rotation commits under the new CMK, and nothing is left in progress."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.write("a", "f", "one")
    box.backup("a", "--keep", "2 days")
    child, opened = start_backup(box, source="data")
    box.kill(child)
    new = box.rotate()
    box.now += minutes(5)
    taken = box.run("backup", "--cluster", "a", "--node", "n9", "--source", "data", "--json", "--from-command", "--", "echo", "again", code=0).json()
    need(taken["cmks"] == [new], f"{taken}")
    need(not Expectation(box).open, f"something is left in progress: {Expectation(box).open}")
    box.now += days(5)
    box.prune("a")
    box.now += days(2)
    box.prune("a")
    Expectation(box).hold_against(box)


@scenario
def a_barrier_makes_the_next_snapshot_full(stage):
    """After `rotate --fresh` a snapshot in progress starts over, and no later one refers to data of an earlier one."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.write("a", "f", "x" * 100_000)
    before = box.backup("a")
    pipe = fifo(box)
    child, opened = start_backup(box, command=("cat", pipe))
    new = box.rotate("--fresh")
    pipe.write_text("the rest")
    code = child.wait(timeout=30)
    rows = [row for row in box.snapshots("a") if row["id"] != before]
    need(code != 0 or rows and rows[0]["id"] != opened, f"a snapshot from before the barrier was committed: exit {code}, {rows}")
    need(not Expectation(box).open, "it is still in progress")
    after = box.backup("a")
    [row] = [row for row in box.snapshots("a") if row["id"] == after]
    need(row["base"] is None and row["cmks"] == [new], f"not full, or not under the new CMK: {row}")
    store = Store(box.store("a"))
    need(set(packs(store, after)).isdisjoint(packs(store, before)), "it refers to packs from before the barrier")
    need(not box.restores(after), "it does not come back")


def packs(store, snapshot):
    """The ids in a manifest's clear pack table."""
    data = (store.folder(snapshot) / "1").read_bytes()
    size, count = int.from_bytes(data[12:16], "big"), int.from_bytes(data[16:20], "big")
    table = 120 + size + 16 * int.from_bytes(data[116 + size:120 + size], "big")
    return [data[at:at + 32].hex() for at in range(table, table + 44 * count, 44)]


@scenario
def packs_of_a_late_hand(stage):
    """What a stalled hand stores for a snapshot that is long gone costs nobody a listing in each run, and `prune --full` finds it."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.write("a", "file", "the same in both " * 1000)
    gone = box.backup("a", "--keep", "1 days")
    box.now += minutes(10)
    stays = box.backup("a", "--keep", "90 days")
    # It is condemned, it goes, and what it left is looked through.
    for _ in range(3):
        box.now += days(4)
        box.prune("a")
    need([row["id"] for row in box.snapshots("a")] == [stays], "the first snapshot is still there")
    packs = box.store("a") / "packs" / gone
    needed = set(packs.iterdir())
    need(needed, "the second snapshot needs none of the first one's packs")
    late = packs / ("5a" * 32)
    late.write_bytes(b"late")
    box.prune("a")
    need(late.exists(), "a place that an earlier run found in order was listed again")
    box.run("prune", "--full", "--cluster", "a", code=0)
    need(set(packs.iterdir()) == needed, "not all that belongs to nobody is gone, or more is")
    need(not box.restores(stays), box.restores(stays))
