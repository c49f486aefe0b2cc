"""Lives in which something stays away, and comes back. Each docstring is the sentence that the life holds."""
import datetime, os

import fault_kinds as faults
from fault_drive import begun, go_on, life, told, until
from fault_kinds import refusal
from holdfast_driver import need

USES = {"Encrypt", "Decrypt", "GenerateDataKey"}


# The first of these wait for what takes long.

@life("moto")
def uploads_silent(life):
    """What is stored without an answer is looked for: of a pack and of a manifest there is one in the end."""
    begun(life)
    for call in ("PUT pack", "PUT manifest"):
        life.s3.add(faults.silence, {call})
    life.backup()
    life.settle()


@life("moto")
def store_drips(life):
    """An answer that comes by drops is given up long before it would be whole, and asked for again."""
    begun(life)
    for call in ("list", "GET manifest"):
        life.s3.add(faults.drip(0.5), {call})
    life.restore(life.newest)
    life.settle()


@life("moto")
def keys_drip(life):
    """An answer of KMS that never ends is given up."""
    begun(life)
    life.kms.add(faults.drip(0.5), {"Decrypt"}, times=None)
    told(life.restore(life.newest, code=13), "did not answer in time")
    life.settle()


@life("moto")
def keys_endless(life):
    """So is one that says no length."""
    begun(life)
    life.kms.add(faults.endless(0.5), {"Encrypt"}, times=None)
    told(life.backup(code=13), "did not answer in time")
    life.settle()


def bear_without_keys(life, code, *words):
    """Without KMS no snapshot starts and none opens; what needs no key goes on; nothing is called safe."""
    before = life.listed()
    new = life.create_cmk()
    told(life.backup(code=code), *words)
    told(life.restore(life.newest, code=code), *words)
    told(life.run("keys", "rotate", "--to", new, code=code), *words)
    proof = life.run("keys", "check", "--prove", life.cmks[0], code=21 if code == 13 else 22)
    need("denied" in proof.out or code == 13, f"what is denied is not named: {proof}")
    life.run("prune", "--yes")
    life.run("check")
    need(life.json("unlock")["open"] == [], "a snapshot that could not start is open")
    need(life.listed() == before, "something came or went without KMS")


def tick(life, day, code=0):
    """One `holdfast run`, so many days from now."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=day)
    return life.run("run", "--node", "n1", "--time", then.strftime("%Y-%m-%dT19:00:00Z"), code=code)


@life("moto")
def keys_denied(life):
    """A CMK whose use is denied starts no snapshot, opens none, and nothing goes by count rules; allowed again, all goes on."""
    begun(life, "{items: [{every: day}], keep_rules: {last: 1}, grace: 0 days}")
    tick(life, 1)
    life.kms.add(refusal(400, "AccessDeniedException"), USES, times=None)
    bear_without_keys(life, 14, "aws-kms:arn:", "denied")
    before = life.listed()
    for day in (2, 3):
        told(tick(life, day, code=14), life.cmks[1], "denied")
        need(life.listed() == before, "a tick without access took a snapshot, or gave one up")
    life.kms.add(refusal(400, "AccessDeniedException"), times=None)
    said = tick(life, 4, code=14)
    need(f"CRITICAL: access to {life.cmks[1]} is denied" in said.out, f"no alert: {said}")
    need(life.listed() == before, "a tick without any access took a snapshot, or gave one up")
    life.clear()
    tick(life, 5)
    after = life.listed()
    need(len(set(after) - set(before)) == 1 and len(set(before) - set(after)) == 1, f"access is back, and its count rule is not kept: {after}")
    go_on(life, exactly=False)


@life("moto")
def keys_silent(life):
    """A Region without connections, or that throttles or fails without end, is silence: exit 13 and 21, in bounded time, and no conclusion."""
    begun(life)
    life.kms.refuse()
    bear_without_keys(life, 13, "unreachable")
    life.kms.accept()
    for status, code in ((400, "ThrottlingException"), (500, "KMSInternalException"), (400, "ExpiredTokenException")):
        life.kms.add(refusal(status, code), times=None)
        bear_without_keys(life, 13, code)
        life.clear()
    go_on(life)


def bear_without_store(life, *words):
    """Without the store nothing is done, and nothing is called safe. All at once: each waits as long as it is patient."""
    new = life.create_cmk()
    commands = (("backup", "--node", "n1", "--source", "data", "data"), ("restore", life.newest, "--target", life.root / "out"), ("snapshots",),
                ("check",), ("prune", "--yes"), ("forget", life.newest), ("keys", "rotate", "--to", new))
    processes = [life.start(*command) for command in commands]
    checks = [life.start("keys", "check", *prove, life.cmks[0]) for prove in ((), ("--prove",))]
    for process in processes:
        told(life.finish(process, code=1), *words)
    for process in checks:
        life.finish(process, code=21)


@life("moto")
def store_refused(life):
    """A store that takes no connection: exit 1, and 21 of CMKs."""
    begun(life)
    life.s3.refuse()
    bear_without_store(life, "the store does not answer", f"s3://backups/{life.prefix}")
    life.s3.accept()
    go_on(life)


@life("moto")
def store_throttled_for_ever(life):
    """Throttling without end is given up, with a message."""
    begun(life)
    life.s3.add(refusal(503, "SlowDown"), times=None)
    bear_without_store(life, "SlowDown", f"s3://backups/{life.prefix}")
    go_on(life)


@life("moto")
def store_deaf(life):
    """A store from which everything can be read and at which nothing arrives: what is not heard is not sent for ever."""
    begun(life)
    life.s3.add(faults.lost_request, lambda call: call.method == "PUT", times=None)
    told(life.backup(code=1), "snapshots/")
    told(life.run("keys", "rotate", "--to", life.create_cmk(), code=1), "keys/")
    told(life.run("forget", life.newest, code=1), f"snapshots/{life.newest}")
    go_on(life)


@life("moto")
def store_denied(life):
    """A bucket whose use is denied is named, with the right that is missing."""
    begun(life)
    life.s3.add(refusal(403, "AccessDenied"), times=None)
    bear_without_store(life, "denied", "s3:", f"backups/{life.prefix}")
    go_on(life)


@life("moto", "ceph")
def store_lost_at_the_end(life):
    """A store that breaks off for good after it took the manifest: the snapshot is there, and taken up."""
    begun(life)
    life.clear()
    life.s3.add(faults.lost_answer, {"PUT manifest"})
    life.s3.add(faults.lost_request, lambda _: "PUT manifest" in life.s3.calls, times=None)
    life.backup(code=1)
    life.clear()
    need(len(life.listed()) == 3, "the manifest that was taken is not there")
    life.backup()
    life.settle(exactly=False)


@life("moto", "ceph")
def region_out_in_the_middle(life):
    """A snapshot in progress survives the outage of its Region once its key is wrapped."""
    begun(life)
    pipe = life.root / "pipe"
    os.mkfifo(pipe)
    text = "".join(str(life.random.random()) for _ in range(200_000))
    life.clear()
    backup = life.start("backup", "--node", "n1", "--source", "stream", "--stdin-filename", "d", "--json", "--from-command", "--", "cat", pipe)
    with open(pipe, "w") as stream:
        stream.write(text[:len(text) // 2])
        stream.flush()
        until(lambda: "PUT start" in life.s3.calls, "the start of a snapshot")
        life.kms.refuse()
        life.sts.refuse()
        stream.write(text[len(text) // 2:])
    snapshot = life.finish(backup).json()["snapshot_id"]
    life.restore(life.newest, code=(1, 13))
    life.kms.accept()
    life.sts.accept()
    need(life.run("dump", f"{snapshot}:d").out == text, "the stream came back as something else")
    life.settle(exactly=False)
