"""Objects of a repository are harmed at random: `check --repair` says exactly what is left, salvages it, and makes nothing worse."""
import shutil

from harness import scenario
from sandbox import Cluster, days, need

HARMS = ("flip", "cut", "zeros", "delete", "extend", "swap")


def objects(box):
    """Every object of the repository, by name."""
    base = box.store("a")
    names = [path.relative_to(base) for path in sorted(base.rglob("*")) if path.is_file()]
    return {str(name): (base / name).read_bytes() for name in names if "tmp" not in name.parts}


def harm(box, random):
    """Harms an object, but none of the key log: without that nothing is taken any more, and nothing has to be."""
    base = box.store("a")
    names = [name for name in objects(box) if not name.startswith("keys/")]
    name = random.choice(names)
    path, kind = base / name, random.choice(HARMS)
    data = bytearray(path.read_bytes())
    place = random.randrange(len(data)) if data else 0
    if kind == "delete" or not data:
        return path.unlink()
    if kind == "flip":
        data[place] ^= 0x10
    elif kind == "cut":
        del data[place:]
    elif kind == "zeros":
        data[place:place + 4096] = bytes(len(data[place:place + 4096]))
    elif kind == "extend":
        data += b"more"
    else:
        data = bytearray((base / random.choice(names)).read_bytes())
    path.write_bytes(data)


def restored(box, snapshot):
    """What a restore gives of a snapshot's files, by path below the source; and its exit code."""
    target = box.root / "restored"
    shutil.rmtree(target, ignore_errors=True)
    code = box.run("restore", snapshot, "--target", str(target), code=(0, 1, 15)).code
    base = target / str(box.root / "data" / "a").lstrip("/")
    return code, {str(path.relative_to(base)): path.read_bytes() for path in sorted(base.rglob("*")) if path.is_file()}


def repair(box):
    """Runs the repair; answers its summary and what it said of single files, by snapshot and path below the source."""
    documents = box.run("check", "--repair", "--json", code=(0, 15)).documents()
    prefix = str(box.root / "data" / "a") + "/"
    affected = {(one["snapshot_id"], one["path"].removeprefix(prefix)) for one in documents if one.get("message_type") == "affected"}
    return next(one for one in reversed(documents) if one.get("message_type") == "summary"), affected


@scenario(seeds=6, long_seeds=60)
def objects_are_harmed_at_random(stage, seed):
    """What check --repair calls whole restores and what it calls lost does not, nothing that was there is changed, and the next snapshot is whole."""
    random = stage.random
    box = stage.sandbox(Cluster("a"))
    for number in range(4):
        for name in random.sample(["f1", "f2", "d/f3", "d/e/f4", "f5"], 5 if number == 0 else 2):
            box.write("a", name, random.randbytes(random.randrange(1, 60_000)).hex())
        box.backup("a", "--keep", "60 days")
        box.now += days(1)
    whole = objects(box)
    for _ in range(random.randrange(1, 4)):
        harm(box, random)
    before = objects(box)
    if before.get("holdfast.json", whole["holdfast.json"]) != whole["holdfast.json"]:
        # It is never overwritten, nor keeps anything from being repaired: the project file pins the id.
        repair(box)
        need(all(objects(box).get(name) == data for name, data in before.items()), "something that was there is another, or the description")
        (box.store("a") / "holdfast.json").unlink()
        before = {name: data for name, data in objects(box).items() if name != "holdfast.json"}
    summary, affected = repair(box)
    after = objects(box)
    need(all(after.get(name) == data for name, data in before.items()), "something that was there is another")
    surveys = {one["snapshot_id"]: one for one in summary["surveys"]}
    listed = {one["id"] for one in box.json("snapshots", code=(0, 15))}
    for snapshot, (_, files) in box.contents.items():
        if snapshot not in listed:
            continue
        code, found = restored(box, snapshot)
        need(all(files[name] == data for name, data in found.items()), f"{snapshot}: wrong bytes")
        if snapshot not in summary["damaged"]:
            need(code == 0 and found == files, f"{snapshot} is called whole: {code}")
        elif snapshot in surveys and surveys[snapshot]["readable"] and not surveys[snapshot]["unknown_paths"]:
            lost = {name for name in files if (snapshot, name) in affected}
            need(set(found) == set(files) - lost, f"{snapshot}: {lost} are called lost, and {set(files) - set(found)} are not restored")
    for survey in surveys.values():
        if survey["outcome"] == "salvaged":
            code, found = restored(box, survey["salvaged"])
            files = box.contents[survey["snapshot_id"]][1]
            need(code == 0 and all(files[name] == data for name, data in found.items()), f"{survey}")
            need(len(found) == survey["whole"]["files"] + survey["recoverable"]["files"], f"{survey}")
    repair(box)
    need(objects(box) == after, "a second repair changed something")
    box.now += days(1)
    new = box.backup("a")
    code, found = restored(box, new)
    need(code == 0 and found == box.files("a"), "the next snapshot is not whole")
    summary, _ = repair(box)
    need(new not in summary["damaged"], "the next snapshot is called damaged")
