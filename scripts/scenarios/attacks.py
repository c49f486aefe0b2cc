"""Attacks on the answer by whoever can write to the store: envelopes, headers, manifests, logs and packs.

Each is tried on a machine that remembers the store (its witness) and on one that has never seen it. On the first no attack is
ever answered with exit 0. On the second, `--prove` gives 0 only where the attack has made the snapshot cease to exist for
Holdfast altogether (docs/SECURITY.md, "Not promised"): what is hidden from a machine that never saw it, it cannot miss.
"""
import base64, json, os, shutil

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, need
from store import Store, seal, sha256

JUNK = base64.b64encode(b"j" * 80).decode()


class Field:
    """What is attacked: a cluster `a` with a snapshot that only a retired CMK opens, and newer ones under the active CMK."""

    def __init__(self, stage):
        self.stage = stage
        box = self.box = stage.sandbox(Cluster("a", "{grace: 1 days}"), Cluster("b", "{grace: 1 days}"))
        box.write("a", "f", "one")
        self.first = box.backup("a", "--keep", "2 years")
        box.backup("b", "--keep", "1 days")
        self.older = box.root / "older"
        Store(box.store("a")).copy_to(self.older)
        box.now += days(1)
        self.retired, self.active = box.keys[0], box.rotate()
        box.write("a", "f", "two")
        self.second = box.backup("a", "--keep", "2 years")
        box.backup("b", "--keep", "2 years")
        for _ in range(2):
            box.now += days(3)
            box.prune()
        self.unknown = self.retired[:-32] + "9" * 32
        need(box.check(self.retired, code=20)["when"]["kind"] == "exact", "the field is not as it must be")

    def attack(self, what, home):
        """A copy with the attack done, seen from a machine with a memory (`home`) or without (`fresh`)."""
        copy = self.stage.clone(self.box, "attacked")
        copy.home = home
        what(self, Store(copy.store("a")))
        return copy


def judge(field, what, *, remembered, fresh, names=()):
    """Every way to ask must answer as it should; `remembered` and `fresh` are the exit codes of `keys check --prove` that are right."""
    name = " ".join((what.__doc__ or what.__name__).split())
    for home, codes in (("home", remembered), ("fresh", fresh)):
        copy = field.attack(what, home)
        proven = copy.run("keys", "check", "--prove", field.retired)
        place = f"{name} ({home}): {proven}"
        need(proven.code in codes, f"exit {proven.code} where one of {codes} was expected; {place}")
        need(home == "fresh" or proven.code != 0, f"FALSE SAFE: {place}")
        plain = copy.check(field.retired)
        need(plain["code"] in (20, 21, 22), f"{plain['code']} without --prove; {place}")
        need(home == "fresh" or plain["code"] != 22 or proven.code in (20, 21, 22), place)
        if home == "home":
            need(field.retired not in copy.check()["together"] or proven.code == 22, f"it can go together: {place}")
        _says_enough(field, proven, names, place)
        deleted = copy.run("keys", "delete", field.retired)
        need((deleted.code == 0) == (proven.code == 0), f"delete ends with {deleted.code}: {deleted}; {place}")
        if deleted.code == 0:
            _is_lost_anyway(field, copy, place)
        copy.remove()


def _says_enough(field, result, names, place):
    """An answer that is no yes names what is wrong and something to do."""
    if result.code == 0:
        return
    need(any(word in result.text for word in (field.first[:8], field.second[:8], "keys/", "repository", *names)), f"no object is named: {place}")
    need(any(word in result.text for word in ("holdfast ", "To go on:", "needed until")), f"nothing to do is named: {place}")
    need(all(word in result.text for word in names), f"{names} are not all named: {place}")


def _is_lost_anyway(field, copy, place):
    """Where it said yes, the snapshot exists for no command, CMK or not; and what does exist comes back without that CMK."""
    listed = {row["id"] for row in copy.snapshots("a")} & set(copy.contents)
    copy.run("keys", "cancel-deletion", field.retired, code=0)
    need(copy.restores(field.first), f"FALSE SAFE: it comes back with the CMK that may go; {place}")
    copy.run("debug", "keyring", "destroy", field.retired, code=0)
    for snapshot in listed - {field.first}:
        need(not copy.restores(snapshot), f"FALSE SAFE: {snapshot} is lost; {place}")


# Envelopes

def later_envelope_of_junk(field, store):
    """A later envelope record names the active CMK, with junk in it"""
    store.append_envelope(field.first, field.active, JUNK)


def later_envelope_of_another(field, store):
    """A later envelope record has another snapshot's wrapped key"""
    store.append_envelope(field.first, field.active, store.manifest(field.second).header["envelopes"][0]["wrapped"])


def header(change):
    """An attack that changes the header of the first snapshot's manifest, and its sum."""
    def attack(field, store):
        manifest = store.manifest(field.first)
        change(field, manifest.header)
        store.write_manifest(field.first, manifest)
    attack.__name__ = f"a header with {change.__name__.replace('_', ' ')}"
    return attack


def one_envelope_more(field, header):
    header["envelopes"].append(header["envelopes"][0] | {"cmk": field.active})


def its_envelope_renamed(field, header):
    header["envelopes"][0]["cmk"] = field.active


def an_envelope_of_a_cmk_that_nobody_has(field, header):
    header["envelopes"][0]["cmk"] = field.unknown


def no_envelopes(field, header):
    header["envelopes"] = []


def an_earlier_expiry(field, header):
    header["expires"] = "2055-01-02T00:00:00Z"


def another_cluster(field, header):
    header["cluster"] = "z"


@scenario
def forged_envelopes(stage):
    """Envelopes that were added, renamed or taken from elsewhere, in records or in the header, never make a CMK safe."""
    field = Field(stage)
    for attack in (later_envelope_of_junk, later_envelope_of_another):
        judge(field, attack, remembered={20}, fresh={20}, names=[field.first[:8]])
    # A machine that remembers may answer from what it knew of the manifest, or say that it is another one.
    for change in (one_envelope_more, its_envelope_renamed):
        judge(field, header(change), remembered={20, 21}, fresh={22}, names=[field.first[:8]])
    judge(field, header(no_envelopes), remembered={20, 21}, fresh={21}, names=[field.first[:8]])
    # A CMK that the keyring does not know may be of a later copy of it: what it opens is never taken for lost.
    judge(field, header(an_envelope_of_a_cmk_that_nobody_has), remembered={20, 21}, fresh={22})


@scenario
def edited_headers(stage):
    """Edited headers, with the sum made right again, never make a CMK safe: the MAC tells under --prove, the witness before."""
    field = Field(stage)
    for change in (an_earlier_expiry, another_cluster):
        judge(field, header(change), remembered={20}, fresh={20}, names=[field.first[:8]])
        other = field.attack(header(change), "home")
        need(not other.check(field.retired)["complete"], "the witness does not see it")
        other.remove()

    def newer(n, value):
        def attack(field, store):
            path = store.folder(field.first) / "1"
            data = bytearray(path.read_bytes())
            data[n] = value
            path.write_bytes(bytes(data[:-32]) + bytes.fromhex(sha256(data[:-32])))
        return attack
    for place, value in ((8, 2), (11, 1), (9, ord("C")), (0, ord("X"))):
        judge(field, newer(place, value), remembered={20, 21}, fresh={21}, names=[field.first[:8]])


# What is there, hidden

def manifest_removed(field, store):
    (store.folder(field.first) / "1").unlink()


def manifest_replaced_by_aborted(field, store):
    (store.folder(field.first) / "1").unlink()
    store.append_record(field.first, "aborted", reason="it never was")


def whole_log_removed(field, store):
    shutil.rmtree(store.folder(field.first))


def every_log_removed(field, store):
    for folder in (store.path / "snapshots").iterdir():
        shutil.rmtree(folder)


def start_record_removed(field, store):
    (store.folder(field.first) / "0").unlink()


def said_to_be_deleting(field, store):
    store.append_record(field.first, "deleting")


def manifest_in_a_directory(field, store):
    path = store.folder(field.first) / "1"
    path.rename(store.path / "away")
    path.mkdir()


def start_record_a_fifo(field, store):
    (store.folder(field.first) / "0").unlink()
    os.mkfifo(store.folder(field.first) / "0")


def log_a_dangling_link(field, store):
    shutil.rmtree(store.folder(field.first))
    store.folder(field.first).symlink_to("nowhere")


@scenario
def hidden_manifests(stage):
    """A manifest, start record or whole log that was taken away is missed by the machine that saw it; what is left half there is
    missed by all."""
    field = Field(stage)
    judge(field, manifest_removed, remembered={20}, fresh={20})
    for attack in (manifest_replaced_by_aborted, whole_log_removed, said_to_be_deleting):
        judge(field, attack, remembered={21}, fresh={0}, names=[])
    for attack in (start_record_removed, manifest_in_a_directory, start_record_a_fifo, log_a_dangling_link):
        judge(field, attack, remembered={21}, fresh={21}, names=[field.first[:8]])
    judge(field, every_log_removed, remembered={21}, fresh={21})


@scenario
def hidden_while_held(stage):
    """What a hold keeps past its date is not due: hidden, it is missed by the machine that saw it held."""
    field = Field(stage)
    field.box.run("hold", "add", "case-7", field.first, "--cluster", "a", code=0)
    field.box.now += days(800)
    field.box.prune()
    need(field.box.check(field.retired, code=20)["when"]["kind"] == "never", "it is held, and has a date")
    judge(field, whole_log_removed, remembered={21}, fresh={0})


@scenario
def asked_about_a_later_time(stage):
    """Asking what will be makes no machine forget: what is hidden meanwhile is missed, though it will be due by then."""
    for question in (("snapshots",), ("status",), ("check",), ("keys", "audit"), ("keys", "check")):
        field = Field(stage)
        copy = field.attack(whole_log_removed, "home")
        now, copy.now = copy.now, copy.now + days(800)
        copy.run(*question)
        copy.now = now
        need(copy.check(field.retired, "--prove")["code"] == 21, f"FALSE SAFE: hidden, and forgotten after {question} about later")
        copy.remove()
        field.box.remove()


@scenario
def a_manifest_of_any_size(stage):
    """A manifest that claims more than any may have is named as unreadable by everybody, and stops no alert from being told."""
    field = Field(stage)
    with open(field.box.store("a") / "snapshots" / field.first / "1", "r+b") as file:
        file.truncate(200 << 30)
    for command, code in ((("keys", "check", field.retired), (20, 21)), (("keys", "audit"), (6,)), (("check", "--cluster", "a"), (15,))):
        result = field.box.run(*command)
        need(result.code in code and field.first[:8] in result.text, f"{result}")


@scenario
def an_old_keyring_put_back(stage):
    """Under an old copy of the keyring, later CMKs are silent and not gone: nothing of theirs is called lost, safe or deleted."""
    box = stage.sandbox(Cluster("a"))
    box.write("a", "f", "one")
    box.backup("a", "--keep", "1 years")
    old = (box.root / "keyring.json").read_bytes()
    for _ in range(2):
        box.now += days(1)
        box.rotate()
        box.backup("a", "--keep", "1 years")
    newer = (box.root / "keyring.json").read_bytes()
    middle = box.keys[1]
    box.check(code=0)
    (box.root / "keyring.json").write_bytes(old)
    said = box.run("keys", "check", middle, code=(20, 21))
    need("older copy" in said.text and "--accept keyring" in said.text, f"it does not say that the keyring is old: {said}")
    box.home = "another"
    need(box.check(middle, "--prove")["code"] in (20, 21), "FALSE SAFE: a CMK that the old keyring does not know")
    need("lost" not in box.run("keys", "audit").out, "what an old keyring does not know is called lost")
    need(box.run("keys", "delete", middle).code not in (0, 22), "it can be deleted")
    need(not Expectation(box).leaving, "an announcement was left standing")
    # A CMK that was destroyed since then would still be there to cover another: who has seen the newer file does not count it.
    box.home = "home"
    (box.root / "keyring.json").write_bytes(newer)
    first = box.keys[0]
    box.run("keys", "rewrap", "--from", middle, "--to", box.keys[2], code=0)
    box.run("keys", "rewrap", "--from", first, "--to", box.keys[2], code=0)
    cover = (box.root / "keyring.json").read_bytes()
    need(box.check(first, "--prove", code=0)["verdict"] == "safe_for_good", "rewrapped, and still needed")
    box.run("debug", "keyring", "destroy", box.keys[2], code=0)
    need(box.check(first)["code"] == 20, "the cover is gone")
    (box.root / "keyring.json").write_bytes(cover)
    need(box.check(first, "--prove")["code"] == 21, "FALSE SAFE: covered by a CMK that was destroyed")
    box.run("check", "--accept", "keyring", code=0)
    need(box.check(first, "--prove", code=0)["verdict"] == "safe_for_good", "accepted, and still refused")


@scenario
def a_machine_that_only_asks(stage):
    """A machine that has only ever asked about keys remembers what it was shown, and misses what is hidden from it later."""
    for question in (("keys", "check"), ("keys", "check", "--prove", "KEY"), ("keys", "audit"), ("keys", "delete", "KEY")):
        field = Field(stage)
        field.box.home = "office"
        field.box.run(*(field.retired if word == "KEY" else word for word in question), code=(0, 20))
        copy = field.attack(whole_log_removed, "office")
        need(copy.check(field.retired, "--prove")["code"] == 21, f"FALSE SAFE: it was shown the snapshot when asked {question}")
        copy.remove()
        field.box.remove()


def written(name, data):
    """An attack that writes these bytes as a record of the first snapshot's log."""
    def attack(field, store):
        (store.folder(field.first) / name).write_bytes(data)
    attack.__name__ = f"record {name} is {data[:20]!r}"
    return attack


def unknown_kind(field, store):
    store.append_record(field.first, "frobnicated", how="much")


def newer_record(field, store):
    store.append_record(field.first, "hold", name="x")
    path = store.folder(field.first) / "2"
    path.write_bytes(seal(json.loads(path.read_text()) | {"format": 2}))


def manifests_swapped(field, store):
    one, two = store.folder(field.first) / "1", store.folder(field.second) / "1"
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)


def logs_swapped(field, store):
    store.folder(field.first).rename(store.folder("swap"))
    store.folder(field.second).rename(store.folder(field.first))
    store.folder("swap").rename(store.folder(field.second))


def renamed_copy_of_another(field, store):
    """The second snapshot's log, with the first one's id written into it"""
    manifest = store.manifest(field.second)
    manifest.front = manifest.front[:36] + bytes.fromhex(field.first) + manifest.front[52:]
    start = seal(store.start(field.second) | {"snapshot": field.first})
    (store.folder(field.first) / "0").write_bytes(start)
    manifest.header["start"] = sha256(start)
    (store.folder(field.first) / "1").write_bytes(manifest.bytes)


@scenario
def damaged_logs(stage):
    """Garbage, gaps, unknown kinds and swapped manifests are unknown to everybody, and never absent."""
    field = Field(stage)
    for attack in (written("0", b"garbage"), written("1", b""), written("1", b"HOLDFAST"), written("2", b"x"), written("999999999", b"x"),
                   unknown_kind, newer_record, manifests_swapped, logs_swapped):
        judge(field, attack, remembered={21}, fresh={21}, names=[field.first[:8]])
    judge(field, renamed_copy_of_another, remembered={21}, fresh={22}, names=[field.first[:8]])


# Packs

def packs_gone(field, store):
    shutil.rmtree(store.path / "packs" / field.second)


def a_pack_truncated(field, store):
    pack = min((store.path / "packs" / field.second).iterdir())
    pack.write_bytes(pack.read_bytes()[:-1])


def a_pack_longer(field, store):
    pack = max((store.path / "packs" / field.second).iterdir())
    pack.write_bytes(pack.read_bytes() + b"x")


@scenario
def packs_that_are_not_there(stage):
    """A CMK that nothing needs is not proven to be so while a pack of any snapshot is missing, shorter or longer."""
    field = Field(stage)
    field.box.run("forget", field.first, "--cluster", "a", code=0)
    field.box.now += days(3)
    field.box.prune()
    need(field.box.check(field.retired, "--prove")["code"] == 0, "nothing needs it, and it is not proven")
    for attack in (packs_gone, a_pack_truncated, a_pack_longer):
        judge(field, attack, remembered={22}, fresh={22}, names=["packs/", "holdfast check --read-data --cluster a"])


# A snapshot in progress

@scenario
def edited_start_records(stage):
    """A snapshot in progress of which the start record is garbage is unknown; one that claims to be older blocks all the more."""
    field = Field(stage)
    box = field.box
    child = box.start("backup", "--cluster", "a", "--node", "n9", "--from-command", "--", "sh", "-c", "echo x; exec sleep 1000")
    opened = box.wait_for_open("a")
    box.kill(child)
    box.run("forget", field.first, "--cluster", "a", code=0)
    need(box.check(field.retired)["code"] == 20, "it is in the trash")

    def garbage(field, store):
        (store.folder(opened) / "0").write_bytes(b"{}")

    def claims_to_be_older(field, store):
        store.write_start(opened, key_log=0)
    for attack, code in ((garbage, 20), (claims_to_be_older, 20)):
        judge(field, attack, remembered={code}, fresh={code}, names=[opened[:8]])


@scenario
def a_start_record_moved_forward(stage):
    """A start record that is made to say that its writer has read a retirement can free the retired CMK early, since nobody else knows;
    but no snapshot comes of it that needs that CMK, and nothing that exists is lost."""
    box = stage.sandbox(Cluster("a", "{grace: 1 days}"))
    box.write("a", "f", "one")
    pipe = box.root / "fifo"
    os.mkfifo(pipe)
    child = box.start("backup", "--cluster", "a", "--node", "n9", "--source", "stream", "--from-command", "--", "cat", pipe)
    opened = box.wait_for_open("a")
    retired, active = box.keys[0], box.rotate()
    kept = box.backup("a")
    need(box.check(retired)["code"] == 20, "a snapshot in progress may need it")
    store = Store(box.store("a"))
    store.write_start(opened, key_log=len(store.key_records()) - 1)
    need(box.check(retired, "--prove")["code"] == 0, "who else could know?")
    box.run("keys", "delete", retired, code=0)
    box.run("debug", "keyring", "destroy", retired, code=0)
    pipe.write_text("the rest")
    child.wait(timeout=30)
    need(not box.restores(kept), "what exists is lost")
    manifest = store.folder(opened) / "1"
    if manifest.exists() and manifest.read_bytes()[:1] == b"H":
        need([envelope["cmk"] for envelope in store.manifest(opened).header["envelopes"]] == [active], "FALSE SAFE: committed under the retired CMK")
        need(box.check(active)["complete"] is False, "a manifest of another start record is read as if nothing were wrong")
