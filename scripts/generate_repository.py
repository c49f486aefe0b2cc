#!/usr/bin/env python3
"""Makes a project with as many snapshots, packs and CMKs as one likes, and no data: for measuring what does not grow with data.

generate_repository.py DIRECTORY [--snapshots N] [--packs N [--new-packs N]] [--cmks N] [--nodes N] [--days N] [--until DATE] [--seed N]

DIRECTORY gets holdfast.yaml, keyring.json (without a passphrase) and a repository of the format in docs/FORMAT.md. Everything is real: the
key log rotates from CMK to CMK, each snapshot has an envelope that opens under the CMK that was active then, manifests open to their last
frame, and record chains and sums are right; only, no source has a file. Snapshots are of the default policy's items, the older the fewer, and a few
are held, in the trash, without an expiry, or have a second envelope. With --packs each snapshot of a node has the one before it as its base,
refers to so many packs, and owns --new-packs of them; a pack is a file of the right name and length with nothing in it (it takes an inode and
no block), which is all that keyless commands look at, but for `check --read-data`. Needs `cryptography`.
"""
import argparse, base64, hashlib, hmac, json, os, random, sys
from datetime import datetime, timedelta, timezone
from multiprocessing import Pool
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PROJECT, CLUSTER, SOURCE = "generated", "fleet", "data"
KEEP = {"6 hours": 7, "day": 7, "saturday": 28, "month on last": 365, "year in december": 365}

sha256 = lambda data: hashlib.sha256(data).digest()
mac = lambda key, data: hmac.digest(key, data, "sha256")
expand = lambda key, info: mac(key, info + b"\x01")
derive = lambda key, salt, info: expand(mac(salt, key), info)
base64_of = lambda data: base64.b64encode(data).decode()
text_of = lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ")
compact = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number, value):
    """One field of a protobuf-wire message; zero and nothing are left out."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


def record(kind, repository, n, prev, at, members, snapshot=None):
    head = {"format": 1, "kind": kind, "repository": repository.hex()}
    if snapshot:
        head["snapshot"] = snapshot.hex()
    head |= {"n": n, "prev": prev.hex() if prev else None, "at": text_of(at), "by": "generator"}
    data = compact(head | members)[:-1] + b","
    return data + b'"sum":"%s"}' % hashlib.sha256(data).hexdigest().encode()


def write(path, data, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)


class Keyring:
    """A local keyring without a passphrase (docs/FORMAT.md, local keyring)."""

    def __init__(self, count, created, chance):
        self.id, self.salt, self.created = chance.randbytes(16), chance.randbytes(32), created
        self.ids = [chance.randbytes(16) for _ in range(count)]
        self.secrets = [chance.randbytes(32) for _ in range(count)]
        self.uris = [f"local:{self.id.hex()}/{key.hex()}" for key in self.ids]

    def document(self, chance):
        check, mac_key, seal_key = (expand(self.salt, b"holdfast/1 keyring-" + use + self.id) for use in (b"check", b"mac", b"key"))
        keys = []
        for number, (key, secret) in enumerate(zip(self.ids, self.secrets)):
            salt, created = chance.randbytes(32), text_of(self.created)
            sealed = AESGCM(derive(seal_key, salt, key)).encrypt(bytes(12), secret, self.id + key + created.encode())
            keys.append({"id": key.hex(), "label": f"key {number}", "project": PROJECT, "created": created, "state": "enabled",
                         "destroy_after": None, "salt": base64_of(salt), "sealed": base64_of(sealed)})
        document = {"format": 1, "keyring": self.id.hex(), "generation": 1, "seen": created,
                    "kdf": {"name": "none", "salt": base64_of(self.salt)}, "check": base64_of(check), "keys": keys}
        data = compact(document)
        return data[:-1] + b',"mac":"%s"}' % base64_of(mac(mac_key, data)).encode()

    def wrap(self, number, key, context, salt):
        clear = b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for pair in sorted(context.items()) for text in pair)
        return salt + AESGCM(derive(self.secrets[number], salt, b"holdfast/1 wrap")).encrypt(bytes(12), key, clear)


class Pack:
    """A pack as a manifest names it. Packs compare by id, as tables are sorted."""

    def __init__(self, number, owner, chance):
        self.number, self.owner, self.id, self.key = number, owner, chance.randbytes(32), chance.randbytes(32)
        self.size = chance.randrange(12 << 20, 20 << 20) >> 16 << 16

    def __lt__(self, other):
        return self.id < other.id


def pack_table(packs):
    """`packs` ascending."""
    owners = sorted({pack.owner for pack in packs})
    index = {owner: number.to_bytes(4, "big") for number, owner in enumerate(owners)}
    rows = (pack.id + index[pack.owner] + pack.size.to_bytes(8, "big") for pack in packs)
    return len(owners).to_bytes(4, "big") + b"".join(owners) + b"".join(rows)


def manifest(repository, snapshot, header, packs, next_number, key, chance):
    """A manifest whose source has no entry."""
    salt, lineage = chance.randbytes(32), chance.randbytes(16)
    ids = repository + snapshot
    commit, header_key, body_key = (expand(mac(salt, key), b"holdfast/1 " + use + b"\0M" + ids) for use in (b"commit", b"header", b"body"))
    cutting = b"".join(field(number, value) for number, value in ((5, 1), (6, 256 << 10), (7, 1 << 20), (8, 4 << 20), (9, 1)))
    body = b"".join(pack.number.to_bytes(4, "big") + pack.key for pack in packs)
    body += field(1, field(1, lineage) + field(2, chance.randbytes(32)) + field(3, chance.randbytes(32)) + cutting + field(10, next_number))
    body += field(3, field(1, SOURCE.encode()) + field(2, b"srv/data") + field(3, 1))
    clear_header = compact(header)
    counts = len(clear_header).to_bytes(4, "big") + len(packs).to_bytes(4, "big")
    clear = b"HOLDFAST\x01M\0\0" + counts + ids + salt + commit + clear_header + pack_table(packs)
    pieces = [body[start:start + 65536] for start in range(0, len(body), 65536)]
    nonces = (n.to_bytes(11, "big") + (b"\x01" if n == len(pieces) - 1 else b"\0") for n in range(len(pieces)))
    sealed = b"".join(AESGCM(body_key).encrypt(nonce, piece, None) for nonce, piece in zip(nonces, pieces))
    data = clear + mac(header_key, clear) + sealed
    return data + sha256(data)


class Plan:
    """When snapshots are taken, of which node and items, and under which CMK."""

    def __init__(self, options):
        self.options = options
        self.until = datetime.fromisoformat(options.until).replace(tzinfo=timezone.utc) + timedelta(hours=18)
        self.start = self.until - timedelta(days=options.days)
        chance = random.Random(options.seed)
        self.repository = chance.randbytes(16)
        self.keyring = Keyring(options.cmks, self.start, chance)
        self.turn = timedelta(days=options.days) / options.cmks

    def active(self, time):
        return min(int((time - self.start) / self.turn), self.options.cmks - 1)

    def items(self, index, time, is_recent):
        """The rarer an item the longer its snapshots live: old ones are of months and years."""
        if is_recent:
            return ["6 hours", "day"] if time.hour == 18 else ["6 hours"]
        return ["month on last"] if index % 5 else ["year in december"]

    def snapshots(self, node, chance):
        """Those of one node, ascending by time."""
        options, taken = self.options, []
        for index in range(node, options.snapshots, options.nodes):
            is_recent = index % 10 == 0
            span = timedelta(days=7) if is_recent else self.until - self.start
            taken.append((self.until - timedelta(seconds=int(chance.random() * span.total_seconds())), index, is_recent))
        for time, index, is_recent in sorted(taken):
            items = self.items(index, time, is_recent)
            keep = max(KEEP[item] for item in items)
            # Most of a long history lives on because it was given long dates.
            expires = max(time + timedelta(days=keep), self.until + timedelta(days=chance.randrange(1, 3000)))
            yield index, time, items, None if index % 97 == 0 else expires


class Chain:
    """The packs of one node's snapshots: each takes over what it needs of its base's, and adds its own."""

    def __init__(self, options):
        self.options, self.base, self.packs, self.next_number = options, None, [], 0

    def append(self, snapshot, chance):
        """The packs that `snapshot` owns; its base is the one before it."""
        count = min(self.options.packs, self.options.new_packs if self.packs else self.options.packs)
        own = [Pack(self.next_number + n, snapshot, chance) for n in range(count)]
        self.next_number += count
        self.packs = sorted(chance.sample(self.packs, min(len(self.packs), self.options.packs - count)) + own)
        return own


def write_node(arguments):
    options, node = arguments
    plan, chain, chance = Plan(options), Chain(options), random.Random(f"{options.seed}/{node}")
    for index, time, items, expires in plan.snapshots(node, chance):
        write_snapshot(plan, chain, index, chance, time, items, expires)


def write_packs(plan, snapshot, packs):
    folder = os.path.join(plan.options.directory, "repository/packs", snapshot.hex())
    os.mkdir(folder, 0o700)
    for pack in packs:
        file = os.open(f"{folder}/{pack.id.hex()}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.truncate(file, pack.size)
        os.close(file)


def write_snapshot(plan, chain, index, chance, time, items, expires):
    repository, keyring, snapshot, key = plan.repository, plan.keyring, chance.randbytes(16), chance.randbytes(32)
    node, active = f"node{index % plan.options.nodes}", plan.active(time)
    own, base = chain.append(snapshot, chance), chain.base.hex() if chain.base else None
    context = {"holdfast:v": "1", "holdfast:project": PROJECT, "holdfast:cluster": CLUSTER, "holdfast:repository": repository.hex(),
               "holdfast:snapshot": snapshot.hex(), "holdfast:node": node, "holdfast:kind": "manifest"}
    position = 1 + 2 * active
    start = record("start", repository, 0, None, time,
                   {"cluster": CLUSTER, "node": node, "source": SOURCE, "base": base, "key_log": position}, snapshot)
    numbers = [active] + ([chance.randrange(plan.options.cmks)] if index % 50 == 0 else [])
    envelopes = [{"cmk": keyring.uris[number], "version": None, "access": None,
                  "wrapped": base64_of(keyring.wrap(number, key, context, chance.randbytes(32))), "created": text_of(time),
                  "request_id": None} for number in dict.fromkeys(numbers)]
    header = {"start": sha256(start).hex(), "cluster": CLUSTER, "node": node, "source": SOURCE, "time": text_of(time),
              "started": text_of(time), "finished": text_of(time), "expires": text_of(expires) if expires else None, "items": items,
              "label": items[-1], "tags": [], "base": base, "barrier": None, "key_log": position,
              "bytes": {"read": 0, "new": 0, "stored": sum(pack.size for pack in own)}, "files": 0, "incomplete": 0, "envelopes": envelopes,
              "tool": "generator/1", "critical": []}
    folder = os.path.join(plan.options.directory, "repository/snapshots", snapshot.hex())
    os.mkdir(folder, 0o700)
    data = manifest(repository, snapshot, header, chain.packs, chain.next_number, key, chance)
    write(f"{folder}/0", start)
    if own:
        write_packs(plan, snapshot, own)
        chain.base = snapshot
    write(f"{folder}/1", data)
    later = {"hold": {"name": "case-7"}} if index % 1000 == 1 else {}
    if index % 500 == 2:
        # Some have been in the trash for their time.
        later = {"condemned": {"rule": "expiry", "purge_after": text_of(plan.until + timedelta(days=chance.randrange(-3, 4)))}}
    for kind, members in later.items():
        write(f"{folder}/2", record(kind, repository, 2, data[-32:], plan.until - timedelta(days=10), members, snapshot))


def write_key_log(plan):
    prev, n = None, 0
    events = [("roster", plan.start, {"repositories": [plan.repository.hex()]})]
    for number, uri in enumerate(plan.keyring.uris):
        events.append(("activate", plan.start + plan.turn * number, {"cmk": uri}))
        if number:
            events.append(("retire", plan.start + plan.turn * number, {"cmk": plan.keyring.uris[number - 1]}))
    for n, (kind, at, members) in enumerate(events):
        data = record(kind, plan.repository, n, prev, at, members)
        write(os.path.join(plan.options.directory, f"repository/keys/{n}"), data)
        prev = sha256(data)


def write_project(plan):
    nodes = "".join(f"      node{n}: {{sources: {{{SOURCE}: {{paths: [/srv/data]}}}}}}\n" for n in range(plan.options.nodes))
    write(os.path.join(plan.options.directory, "holdfast.yaml"), f"""project: {PROJECT}
cmks: ["local:{plan.keyring.id.hex()}/*"]
key_managers:
  local: {{keyring: ./keyring.json}}
clusters:
  {CLUSTER}:
    repository: ./repository
    id: {plan.repository.hex()}
    backup: on
    policy: {{}}
    nodes:
{nodes}""".encode(), 0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--snapshots", type=int, default=100_000)
    parser.add_argument("--packs", type=int, default=0, help="how many packs a snapshot refers to")
    parser.add_argument("--new-packs", type=int, default=10, help="how many of them are its own")
    parser.add_argument("--cmks", type=int, default=1_000)
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--days", type=int, default=3_650, help="how far back the first CMK became active")
    parser.add_argument("--until", default="2027-06-01", help="the day of the newest snapshot; ask with --time that day")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    plan = Plan(options)
    for folder in ("repository", "repository/keys", "repository/packs", "repository/snapshots", "repository/tmp"):
        os.makedirs(os.path.join(options.directory, folder), 0o700)
    write(os.path.join(options.directory, "keyring.json"), plan.keyring.document(random.Random(options.seed)))
    description = {"format": 1, "repository": plan.repository.hex(), "created": text_of(plan.start)}
    write(os.path.join(options.directory, "repository/holdfast.json"), compact(description))
    write_key_log(plan)
    write_project(plan)
    with Pool() as pool:
        pool.map(write_node, [(options, node) for node in range(options.nodes)], chunksize=1)
    print(f"{options.snapshots} snapshots under {options.cmks} CMKs; newest {text_of(plan.until)}")


if __name__ == "__main__":
    main()
