"""Drills: what they find, what they leave, and what is told when they fail or do not come."""
import os, signal, time

import keyring
from harness import scenario
from sandbox import Cluster, days, need

POLICY = "{items: [{every: day, keep: 1 years}], grace: 7 days}"


def asked(stage, top="drill: {every: 7 days, sample: 64 MiB}"):
    """A cluster with a snapshot under a retired CMK and one under the active, and a project file that asks for drills."""
    box = stage.sandbox(Cluster("a", POLICY), now="2055-01-01T18:00:00Z")
    box.top = top
    box.write_project()
    for name in range(40):
        box.write("a", f"d/{name}", f"{name} " * 3000)
    old = box.backup("a", "--keep", "1 years")
    box.now += days(1)
    box.rotate()
    box.write("a", "new", "new")
    return box, box.keys[0], old, box.backup("a", "--keep", "1 years")


def drill(box, *options, code=0):
    """The lines that tell of snapshots, and the summary's cluster."""
    documents = box.run("drill", "--json", *options, code=code).documents()
    drilled = [line for line in documents if line["message_type"] == "drilled"]
    return drilled, documents[-1]["clusters"][0]


def left(box):
    """What drills have left anywhere below the sandbox."""
    return [str(path) for path in box.root.rglob("holdfast-drill-*")]


@scenario
def months_of_drills(stage):
    """A drill each week shows all CMKs that are needed; the one that is missed is told, and the next one ends it."""
    box, key, old, new = asked(stage)
    need("warning: nothing has shown yet" in box.run("status", code=0).out, "nobody is told that none has run")
    for _ in range(8):
        drilled, cluster = drill(box, "--if-due")
        need([line["snapshot_id"] for line in drilled] == [new, old] and cluster["cmks"] == [box.keys[1], key], f"{drilled}")
        need(all(line["whole"] and line["outcome"] == "passed" for line in drilled), f"{drilled}")
        box.now += days(1)
        need(not drill(box, "--if-due")[0], "it drills before it is due")
        need("no alerts" in box.run("status", code=0).out, "an alert though all is well")
        box.now += days(6)
    box.now += days(7)
    need("CRITICAL: nothing has shown since" in box.run("status", code=6).out, "a missed drill is not told")
    need("drill-overdue a" in box.json("keys", "audit", code=6)["raised"], "the audit does not tell of a missed drill")
    drill(box, "--if-due")
    need("drill-overdue a" in box.json("keys", "audit")["resolved"], "it is not told that it is over")
    need(not left(box), f"left: {left(box)}")


@scenario
def a_store_rots_under_drills(stage):
    """A store that rots in one pack is found by the drill of the snapshot that needs it, and told until it is mended."""
    box, key, old, new = asked(stage)
    drill(box)
    pack = max((box.store("a") / "packs" / old).iterdir(), key=lambda path: path.stat().st_size)
    whole = pack.read_bytes()
    pack.chmod(0o600)
    pack.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    drilled, cluster = drill(box, code=15)
    need(cluster["outcome"] == "failed" and any("packs/" in failure["object"] for failure in cluster["failures"]), f"{cluster}")
    need("drill-failed a" in box.json("keys", "audit", code=6)["raised"], "not told")
    pack.write_bytes(whole)
    drill(box)
    need("drill-failed a" in box.json("keys", "audit")["resolved"], "not told that it is over")
    need(not left(box), f"left: {left(box)}")


@scenario
def a_drill_that_is_ended(stage):
    """Ctrl-C leaves nothing, and counts for nothing; what kill -9 leaves in clear is gone after the next drill."""
    box, key, old, new = asked(stage)
    path = box.root / "data" / "a" / "large"
    with open(path, "wb") as file:
        for _ in range(48):
            file.write(os.urandom(1 << 20))
    box.backup("a", "--keep", "1 years")
    for number in [signal.SIGINT, signal.SIGKILL]:
        child = box.start("drill", "--all")
        end = time.monotonic() + 20
        while not left(box) and child.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        child.send_signal(number)
        child.wait()
        need(child.returncode in {130, -signal.SIGKILL, 0}, f"ended with {child.returncode}")
        need(number == signal.SIGKILL or not left(box), f"left after Ctrl-C: {left(box)}")
        if child.returncode == 130:
            need("warning: nothing has shown yet" in box.run("status", code=0).out, "an interrupted drill counts")
    drill(box)
    need(not left(box), f"left: {left(box)}")


@scenario
def an_old_cmk_out_of_reach(stage):
    """An old CMK that can no longer be used is found by a drill, with exit 14, long before anybody needs it; back again, it passes."""
    box, key, old, new = asked(stage)
    drill(box)
    keyring.set_state(box, key, "disabled")
    drilled, cluster = drill(box, code=14)
    need([line["outcome"] for line in drilled] == ["passed", "failed"] and cluster["cmks"] == [box.keys[1]], f"{drilled}")
    need("drill-failed a" in box.json("keys", "audit", code=6)["raised"], "not told")
    keyring.set_state(box, key, "enabled")
    drill(box)
    need("drill-failed a" in box.json("keys", "audit")["resolved"], "not told that it is over")
