"""Rotations that are cut off, and how they go on."""
import time

from expectation import Expectation
from harness import scenario
from sandbox import Cluster, need

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def killed_once(box, path, *arguments):
    """Runs a command and kills it as soon as a file is there; it may have got further, or to its end."""
    child = box.start(*arguments)
    while child.poll() is None and not path.exists():
        time.sleep(0)
    box.kill(child)


def three(stage):
    box = stage.sandbox(*(Cluster(name, SHORT) for name in "abc"))
    for name in box.clusters:
        box.write(name, "f", name)
        box.backup(name, "--keep", "3 weeks")
    return box


@scenario
def a_rotation_killed_halfway(stage):
    """Killed after any of its steps over three clusters, a rotation says what is missing, breaks no answer, and is finished by
    running it again."""
    box = three(stage)
    new = box.new_key()
    met = 0
    for cluster, number in (("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1)):
        copy = stage.clone(box)
        last = len(list((copy.store(cluster) / "keys").iterdir())) + number
        killed_once(copy, copy.store(cluster) / "keys" / str(last), "keys", "rotate", "--to", new)
        expectation = Expectation(copy)
        expectation.hold_against(copy)
        lagging = [name for name, log in expectation.logs.items() if log.active != new]
        status = copy.run("status")
        if 0 < len(lagging) < 3:
            met += 1
            need("rotation in progress: " in status.out and "do not disable or delete the old CMK" in status.out, f"no banner: {status}")
            need(all(f"cluster {name} " in status.out for name in lagging) and f"holdfast keys rotate --to {new}" in status.out,
                 f"it does not say what to do: {status}")
        for name in copy.clusters:
            copy.backup(name)
        Expectation(copy).hold_against(copy)
        copy.run("keys", "rotate", "--to", new, code=0)
        after = Expectation(copy)
        need(all(log.active == new and box.keys[0] in log.retired for log in after.logs.values()), "it is not finished")
        need("rotation in progress" not in copy.run("status").out, "the banner stays")
        after.hold_against(copy)
        copy.remove()
    need(met > 0, "no rotation was cut off between two clusters")


@scenario
def a_rotation_overtaken_by_another(stage):
    """Where a rotation was cut off, one to a third CMK retires both, in every cluster."""
    box = three(stage)
    second, third = box.new_key(), box.new_key()
    killed_once(box, box.store("a") / "keys" / str(len(list((box.store("a") / "keys").iterdir()))), "keys", "rotate", "--to", second)
    box.run("keys", "rotate", "--to", third, code=0)
    expectation = Expectation(box)
    need(all(log.active == third and box.keys[0] in log.retired for log in expectation.logs.values()), "the first is not retired everywhere")
    used = {log.active for log in expectation.logs.values()}
    need(used == {third}, f"{used}")
    expectation.hold_against(box)
    result = box.run("keys", "rotate", "--to", box.keys[0], code=1)
    need("for good" in result.err and "keys create" in result.err, f"it does not say what to do: {result}")


@scenario
def what_a_rotation_refuses(stage):
    """Not to a retired CMK, nor to one that is unknown, disabled or on its way out; nor without every cluster."""
    box = three(stage)
    first, second = box.keys[0], box.rotate()
    stranger = first[:-32] + "9" * 32
    disabled, doomed = box.new_key(), box.new_key()
    for key in (disabled, doomed):
        box.run("keys", "retire", key, code=0)
    box.run("keys", "disable", disabled, code=0)
    box.run("keys", "delete", doomed, code=0)
    lengths = {name: log.length for name, log in Expectation(box).logs.items()}
    for key, code in ((first, 1), (stranger, 64), (disabled, (1, 14)), (doomed, (1, 14))):
        result = box.run("keys", "rotate", "--to", key, code=code)
        need(key in result.err, f"it does not name the CMK: {result}")
    box.run("keys", "retire", second, code=1)
    box.store("c").rename(box.root / "away")
    result = box.run("keys", "rotate", "--to", box.new_key(), code=(1, 10))
    need("c" in result.err, f"it does not name the cluster: {result}")
    (box.root / "away").rename(box.store("c"))
    need({name: log.length for name, log in Expectation(box).logs.items()} == lengths, "what was refused was written all the same")


@scenario
def a_cluster_that_comes_later(stage):
    """A cluster that joins a project begins with what was retired elsewhere, and takes part in every answer from then on."""
    box = three(stage)
    first, second = box.keys[0], box.rotate()
    box.add_cluster(Cluster("d", SHORT))
    expectation = Expectation(box)
    need(first in expectation.logs["d"].retired and expectation.logs["d"].active == second, "it does not know what was retired")
    need(all(box.clusters["d"].id in log.roster for log in expectation.logs.values()), "it is not on every roster")
    expectation.hold_against(box)
    box.backup("d", "--keep", "2 years")
    box.rotate()
    blockers = box.check(second, code=20)["blockers"]
    need([row["cluster"] for row in blockers if row["type"] == "snapshot"] == ["d"], f"{blockers}")


@scenario
def an_init_killed_halfway(stage):
    """A cluster whose joining was cut off blocks nobody for ever, and is finished by running `init` again."""
    box = three(stage)
    box.rotate()
    box.clusters["d"] = Cluster("d", SHORT)
    box.write_project()
    for number in range(5):
        copy = stage.clone(box)
        killed_once(copy, copy.store("d") / "keys" / str(number), "init")
        answer = copy.check()
        need(answer["code"] == 21 and not answer["together"] or "id: " in copy.project_file.read_text().split("  d:")[1], f"{answer}")
        if copy.run("init").code:
            need(" id: " in copy.project_file.read_text().split("  d:")[1], "init neither finishes nor has finished it")
        copy.read_ids()
        Expectation(copy).hold_against(copy)
        need(box.keys[0] in Expectation(copy).logs["d"].retired, "it does not know what was retired")
        copy.remove()
