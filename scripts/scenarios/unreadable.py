"""What cannot be read is never counted as absent: clusters that are offline, struck from the file, or not what the file says."""
import json, shutil

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, need, stamp

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def two_clusters(stage):
    """Two clusters, and a retired CMK that only `b` still needs. Answers the sandbox and the key."""
    box = stage.sandbox(Cluster("a", SHORT), Cluster("b", SHORT))
    for name in box.clusters:
        box.write(name, "f", name)
        box.backup(name, "--keep", "1 months" if name == "b" else "5 days")
    box.now += days(1)
    box.rotate()
    for _ in range(2):
        for name in box.clusters:
            box.backup(name, "--keep", "20 days")
        box.now += days(8)
        box.prune()
    return box, box.keys[0]


def says(result, *words):
    for word in words:
        need(word in result.text, f"'{word}' is not in: {result}")


@scenario
def a_cluster_taken_offline(stage):
    """A cluster whose store is away makes every clear answer unknown, and a blocked one has only a 'not before'."""
    box, key = two_clusters(stage)
    need(box.check(key)["when"]["kind"] == "exact", "it is blocked in b")
    away = box.root / "away"
    box.store("b").rename(away)
    answer = box.check(key, code=21)
    need(answer["verdict"] == "unknown" and not answer["complete"], f"{answer}")
    said = box.run("keys", "check", key, code=21)
    need(said.lines[0].startswith("Unknown, so do not delete:"), f"{said}")
    says(said, "b  repository", box.clusters["b"].id, "To go on:")
    need(box.check(key, "--prove")["code"] == 21, "proven without having read")
    need(box.check()["together"] == [], "something can go, though a cluster was not read")
    truth.stays_refused(stage, box, key)
    box.run("keys", "rotate", "--to", box.new_key(), code=(1, 10))
    status = box.run("status", code=6)
    says(status, "unreadable", "b")
    away.rename(box.store("b"))
    box.store("a").rename(away)
    answer = box.check(key, code=20)
    need(answer["when"]["kind"] == "not_before" and answer["when"]["date"], f"{answer}")
    says(box.run("keys", "check", key, code=20), "not before", "could not be read")
    away.rename(box.store("a"))
    Expectation(box).hold_against(box)


@scenario
def a_cluster_struck_from_the_file(stage):
    """The roster still names a repository that is not in the file: unknown, until it is back or listed as gone."""
    box, key = two_clusters(stage)
    struck = box.clusters.pop("b")
    box.write_project()
    answer = box.check(key, code=21)
    need([row["why"] for row in answer["unknowns"]] == ["not-configured"], f"{answer}")
    says(box.run("keys", "check", key, code=21), struck.id, "gone:")
    truth.stays_refused(stage, box, key)
    need(box.run("keys", "rotate", "--to", box.new_key()).code != 0, "rotated without a cluster of the project")
    need(box.run("backup", "--cluster", "a", "--node", "n1", "--source", "data", "data/a").code == 0, "a snapshot needs only its own cluster")
    box.gone = [struck.id]
    box.write_project()
    need(box.check(key, "--prove", code=0)["verdict"] == "safe_for_good", "gone, and still in the way")
    box.gone, box.clusters["b"] = [], struck
    box.write_project()
    need(box.check(key, code=20)["complete"], "back, and not read")


@scenario
def the_last_cluster_loses_its_id(stage):
    """A project file whose only cluster has no id is not a project without snapshots."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.backup("a")
    [key] = box.keys
    box.clusters["a"].id = None
    box.write_project()
    need(box.check(key, "--prove")["code"] == 21, "FALSE SAFE: nothing was read")
    need(box.check()["together"] == [], "FALSE SAFE: nothing was read, and a key can go")
    need(box.run("keys", "delete", key).code in (10, 21), "deleted, though nothing was read")
    need(box.run("keys", "disable", key).code in (10, 21), "disabled, though nothing was read")
    says(box.run("keys", "check", key, code=21), "a  its repository", "no id:", "To go on:", "holdfast init")


@scenario
def two_projects_share_a_keyring(stage):
    """Neither of two projects on one keyring offers, judges or touches the other's CMK."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.backup("a")
    [theirs] = box.keys
    other = stage.sandbox(name="other")
    other.root.mkdir(mode=0o700)
    text = box.project_file.read_text().replace("project: default", "project: second").replace("./keyring.json", "../main/keyring.json")
    other.project_file.write_text("\n".join(line for line in text.splitlines() if " id: " not in line))
    ours = other.run("keys", "create", "ours", code=0).out.strip()
    other.run("init", code=0)
    answer = other.check(code=0)
    need(set(answer["keys"]) == {ours}, f"it speaks for keys that are not its own: {answer}")
    need(other.run("keys", "check", theirs, "--prove").code == 14, "it has an answer for another project's key")
    for command in ("retire", "disable", "delete"):
        need(other.run("keys", command, theirs).code not in (0, 22), f"it may {command} another project's key")
    need(other.run("keys", "rotate", "--to", theirs).code == 14, "it rotates to another project's key")
    need(set(box.check(code=0)["keys"]) == {theirs}, "the first project speaks for the second's key")


@scenario
def another_repository_in_its_place(stage):
    """A store that is not the one that the file pins, or that is damaged in its description, is unread; the others still count."""
    box, key = two_clusters(stage)
    description = box.store("b") / "holdfast.json"
    for text in ("", "no json", json.dumps({"format": 1, "repository": "c" * 32, "created": "2055-01-01T00:00:00Z"}), None):
        copy = stage.clone(box)
        place = copy.store("b") / "holdfast.json"
        place.unlink()
        if text is not None:
            place.write_text(text)
        need(copy.check(key, "--prove")["code"] == 21, f"with {text!r} in holdfast.json it is not unknown")
        says(copy.run("keys", "check", key, code=21), "b  repository", "To ")
        copy.remove()
    shutil.rmtree(box.store("b"))
    shutil.copytree(box.store("a"), box.store("b"))
    need(box.check(key, "--prove")["code"] == 21, "a copy of a stands for b")


@scenario
def a_disk_that_is_not_mounted(stage):
    """Snapshots behind a symbolic link count; where the link leads nowhere, nothing is known, also on a machine without a memory."""
    box, key = two_clusters(stage)
    elsewhere = box.root / "disk"
    (box.store("b") / "snapshots").rename(elsewhere)
    (box.store("b") / "snapshots").symlink_to(elsewhere)
    need(box.check(key, code=20)["complete"], "the link is not followed")
    elsewhere.rename(box.root / "unplugged")
    for home in ("home", "fresh"):
        box.home = home
        need(box.check(key, "--prove")["code"] == 21, f"FALSE SAFE: the link leads nowhere ({home})")
        need(box.run("keys", "delete", key).code == 21, f"FALSE SAFE: the link leads nowhere ({home})")


@scenario
def a_keyring_that_is_away(stage):
    """Without its keyring a keyless answer is given all the same; what would have to be proven is not."""
    box, key = two_clusters(stage)
    (box.root / "keyring.json").rename(box.root / "keyring.away")
    answer = box.check(key, code=20)
    need(answer["when"]["kind"] == "exact", f"{answer}")
    need(box.check(key, "--prove")["code"] == 20, "blocked, keyring or not")
    need(box.run("keys", "delete", key).code == 20, "deleted without a keyring")
    says(box.run("keys", "check", key), "0 of 2 CMKs answered", "No answer from a key manager", "keyring.json")
    shutil.copy(box.root / "keyring.away", box.root / "keyring.json")
    text = (box.root / "keyring.json").read_text()
    (box.root / "keyring.json").write_text(text.replace(box.keyring_id, "f" * 32))
    need(box.check(key, "--prove")["code"] == 20, "another keyring says that the keys are gone")
    need(not box.check()["together"], "another keyring makes something safe")


@scenario
def a_proof_of_nothing(stage):
    """A script whose variable is empty does not take an answer for a proof, and a report that cannot be written is said so."""
    box, key = two_clusters(stage)
    need(box.run("keys", "check", "--prove").code == 64, "FALSE SAFE: nothing was named, and nothing proven")
    says(box.run("keys", "check", key, "--prove", "--report", box.root / "no" / "report", code=20), "cannot write", "No such file or directory")
    box.run("keys", "check", key, "--prove", "--report", "report.json", code=20)
    report = json.loads((box.root / "report.json").read_text())
    logs = {name: log.length for name, log in Expectation(box).logs.items()}
    need(report["delete"] == [key] and {row["cluster"]: row["key_log"] for row in report["covers"]} == logs and report["read"]["snapshots"] > 0, f"{report}")


@scenario
def a_second_project_file_on_the_same_keyring(stage):
    """A copied project file with a repository of its own does not know what the first one's snapshots need: the keyring does."""
    box = stage.sandbox(Cluster("a", SHORT))
    box.write("a", "f", "kept")
    box.backup("a", "--keep", "10 years")
    [key] = box.keys
    first = box.clusters["a"].id
    other = stage.clone(box, "other")
    cluster = other.clusters["a"]
    cluster.repository, cluster.id = "./repositories/fresh", None
    shutil.rmtree(other.root / "repositories" / "a")
    shutil.rmtree(other.root / other.home)
    # A project file is copied, and the keyring is the very same file.
    (other.root / "keyring.json").unlink()
    other.write_project()
    text = other.project_file.read_text().replace("./keyring.json", str(box.root / "keyring.json"))
    other.project_file.write_text(text)
    other.run("init", code=0)
    new = other.run("keys", "create", "second", code=0).out.strip()
    other.run("keys", "rotate", "--to", new, code=0)
    for words in (("keys", "check", key), ("keys", "check", "--prove", key), ("keys", "delete", key)):
        said = other.run(*words, code=21)
        need(first in said.text and "gone:" in said.text, f"it does not say what it misses: {said}")
    need(other.run("keys", "check", "--json", code=21).json()["together"] == [], "FALSE SAFE: it can go, says the list")
    need(box.check(key)["verdict"] == "blocked", "the first file's own answer")
