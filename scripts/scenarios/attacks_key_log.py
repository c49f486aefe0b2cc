"""Attacks on the key log, and older copies of a store put back."""
import shutil

from attacks import Field, judge
from expectation import Expectation
from harness import scenario
from sandbox import days, need
from store import Store


def truncated(count):
    """An attack that takes away the last records."""
    def attack(field, store):
        store.truncate_key_log(len(store.key_records()) - count)
    attack.__name__ = f"the last {count} records of the key log are gone"
    return attack


def emptied(field, store):
    store.truncate_key_log(0)


def removed(field, store):
    shutil.rmtree(store.path / "keys")


def with_a_gap(field, store):
    (store.path / "keys" / "2").unlink()


def with_garbage(field, store):
    (store.path / "keys" / "2").write_bytes(b"garbage")


@scenario
def a_shortened_key_log(stage):
    """A key log that lost its end is an alarm to the machine that saw it, and frees no CMK for any; one with a gap is unknown."""
    field = Field(stage)
    for count in (1, 2):
        judge(field, truncated(count), remembered={20}, fresh={20})
        copy = field.attack(truncated(count), "home")
        said = copy.check(field.retired)
        need(not said["complete"] and "key log" in said["unknowns"][0]["why"], f"the witness does not see it: {said}")
        copy.remove()
    for attack in (emptied, removed, with_a_gap, with_garbage):
        judge(field, attack, remembered={21}, fresh={21})


def forged(kind, **members):
    """An attack that appends a record to the key log, rightly chained."""
    def attack(field, store):
        given = {name: getattr(field, value) if isinstance(value, str) and hasattr(field, value) else value for name, value in members.items()}
        store.append_key_record(kind, **given)
    attack.__name__ = f"a forged record {kind} {members}"
    return attack


def deletion_forged_to_the_end(field, store):
    """An announcement of the retired CMK with its approval, as if all had been proven"""
    store.append_key_record("announce", id="a" * 32, home=store.id, cmks=[field.retired])
    store.append_key_record("approve", id="a" * 32)


@scenario
def forged_key_records(stage):
    """Records that activate, retire, schedule, delete or approve what nobody decided free no CMK that a snapshot needs, and a
    CMK that they name is never used."""
    field = Field(stage)
    evil = "aws-kms:arn:aws:kms:us-east-1:666666666666:key/evil"
    for attack in (forged("activate", cmk="unknown"), forged("activate", cmk=evil), forged("activate", cmk="retired"), forged("retire", cmk="active"),
                   forged("deleted", cmk="retired"), forged("deleted", cmk="active"), forged("cancelled", cmk="active"),
                   forged("scheduled", cmk="retired", date="2055-02-01T00:00:00Z"), forged("withdraw", id="b" * 32), forged("frobnicate", cmk="retired"),
                   forged("roster", repositories=["b" * 32])):
        judge(field, attack, remembered={20}, fresh={20}, names=[field.first[:8]])
    for home in ("home", "fresh"):
        copy = field.attack(deletion_forged_to_the_end, home)
        need(copy.check(field.retired, "--prove")["code"] == 20, "FALSE SAFE: a forged approval counts")
        result = copy.run("keys", "delete", field.retired)
        need(result.code == 1 and "cancel-deletion" in result.err, f"it does not say what to do: {result}")
        need(Expectation(copy).state(field.retired) == "enabled", "FALSE SAFE: a forged approval was carried out")
        copy.remove()
    copy = field.attack(forged("activate", cmk=evil), "fresh")
    result = copy.run("backup", "--cluster", "a", "--node", "n1", "--source", "data", "data/a")
    need(result.code == 14 and "evil" in result.err, f"an attacker's CMK is used, or not named: {result}")


@scenario
def a_forked_key_log(stage):
    """A record that was replaced, with every later one chained anew, is an alarm to the machine that saw the log before."""
    field = Field(stage)

    def replacing(kind):
        def attack(field, store):
            records = store.key_records()
            for record in records:
                if record["kind"] == kind:
                    record["kind"] = "barrier"
                    for name in ("cmk", "repositories"):
                        record.pop(name, None)
            store.write_key_log(records)
        return attack
    for kind in ("retire", "roster"):
        judge(field, replacing(kind), remembered={20}, fresh={20})
        copy = field.attack(replacing(kind), "home")
        answer = copy.check(field.active)
        need(not answer["complete"], "the witness does not see it")
        copy.remove()


def store_put_back(field, store):
    store.put_back(field.older)


def key_log_put_back(field, store):
    shutil.rmtree(store.path / "keys")
    shutil.copytree(field.older / "keys", store.path / "keys")


def snapshots_put_back(field, store):
    shutil.rmtree(store.path / "snapshots")
    shutil.copytree(field.older / "snapshots", store.path / "snapshots")


@scenario
def an_older_copy_put_back(stage):
    """An older copy of the store, of its key log or of its snapshots alone is an alarm to the machine that has seen more; prune
    and delete touch nothing of what is missed."""
    field = Field(stage)
    for attack in (store_put_back, key_log_put_back, snapshots_put_back):
        judge(field, attack, remembered={20}, fresh={20})
        copy = field.attack(attack, "home")
        for key in (field.retired, field.active):
            need(not copy.check(key)["complete"], "the witness does not see it")
        need(copy.run("status").code == 6 and copy.run("check", "--cluster", "a").code == 15, "neither status nor check tells")
        copy.remove()
    # The active CMK of today was not known yet in the older copy: under it there are snapshots that were hidden.
    copy = field.attack(store_put_back, "home")
    copy.now += days(1)
    later = copy.new_key()
    need(copy.run("keys", "rotate", "--to", later).code in (0, 15), "a rotation crashes on an older copy")
    need(copy.check(field.active, "--prove")["code"] in (20, 21), "FALSE SAFE: hidden snapshots need it")
    need(copy.run("keys", "delete", field.active).code != 0, "FALSE SAFE: hidden snapshots need it")


@scenario
def accepted_by_hand(stage):
    """What `check --accept` was told is right is no alarm any more, and only that."""
    field = Field(stage)
    copy = field.attack(lambda field, store: shutil.rmtree(store.folder(field.first)), "home")
    need(copy.check(field.retired, "--prove")["code"] == 21, "FALSE SAFE: it is missing")
    said = copy.run("check", "--cluster", "a", code=15)
    need(f"holdfast check --accept {field.first}" in said.text, f"it does not say how to accept it: {said}")
    copy.run("check", "--accept", field.first, "--cluster", "a", code=(0, 15))
    need(copy.check(field.retired, "--prove")["code"] == 0, "accepted, and still in the way")
    (copy.store("a") / "snapshots" / field.second).rename(copy.root / "hidden")
    need(copy.check(field.retired, "--prove")["code"] == 21, "FALSE SAFE: another one is missing, which nobody accepted")
