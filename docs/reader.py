#!/usr/bin/env python3
"""An independent reader of Holdfast repositories, written from FORMAT.md alone.

reader.py --repository DIR [--id HEX] [--keyring FILE [--passphrase-file F] --project NAME] [--cluster NAME] COMMAND
  list                one JSON line a snapshot, from clear headers and records; needs no key
  verify [ID…]        sums, chains, packs; with a keyring every chunk is opened and hashed again
  ls ID               one JSON line an entry
  restore ID TARGET   writes everything under TARGET
ID: a snapshot's id, 8 or more of its first digits, or `latest` of all that can be read. --id: the repository's id, where holdfast.json is
not to be trusted or not to be read. Exit codes: 0 done, 1 failed, 15 damaged or tampered data.
Needs `cryptography` and `zstandard`.
"""
import argparse, base64, errno, functools, hashlib, hmac, json, os, stat, sys
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MIB = 1 << 20
KINDS = {1: "file", 2: "dir", 3: "symlink", 4: "fifo", 6: "chardev", 7: "dev"}
KNOWN = set("start cluster node source time started finished expires lock items label tags base barrier key_log bytes files incomplete "
            "envelopes tool critical".split())


class Bad(Exception):
    """Data that is not what it must be, with the object's name in front."""


MALFORMED = (LookupError, TypeError, ValueError)


def told(error):
    return str(error) if isinstance(error, (Bad, OSError)) else f"malformed data: {error!r}"


def need(condition, message):
    if not condition:
        raise Bad(message)


sha256 = lambda data: hashlib.sha256(data).digest()
mac = lambda key, data: hmac.digest(key, data, "sha256")
expand = lambda key, info: mac(key, info + b"\x01")  # HKDF-Expand to 32 bytes is one block
derive = lambda key, salt, info: expand(mac(salt, key), info)


def unseal(key, nonce, frame, clear, message):
    try:
        return AESGCM(key).decrypt(nonce.to_bytes(12, "big"), frame, clear)
    except InvalidTag:
        raise Bad(message) from None


def parse_json(data, what):
    def members(pairs):
        need(len({name for name, _ in pairs}) == len(pairs), f"{what}: a member twice")
        return dict(pairs)

    def refuse(text):
        raise Bad(f"{what}: not a whole number: {text}")

    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates
    except (ValueError, RecursionError) as error:
        raise Bad(f"{what}: {error}") from None
    need(isinstance(value, dict), f"{what}: not an object")
    return value


def unbase64(text, count):
    data = base64.b64decode(text, validate=True)
    need(len(data) == count and base64.b64encode(data).decode() == text, f"not {count} bytes of base64")
    return data


def varint(data, at):
    value = shift = 0
    while True:
        need(at < len(data) and shift < 64, "a number that does not end")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            need((byte or not shift) and value < 1 << 64, "a number that is not minimal")
            return value, at
        shift += 7


def fields(data):
    """(number, value) of each field: an integer, or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        need(tag & 7 in (0, 2), f"wire type {tag & 7}")
        need(0 < tag >> 3 < 64, f"field {tag >> 3}, which only a later version knows")
        value, at = varint(data, at)
        if tag & 7:
            need(value <= len(data) - at, "bytes that end early")
            value, at = data[at:at + value], at + value
        yield tag >> 3, value


def message(data, known, repeated=(), ascending=False):
    """Fields by number, up to `known`; whether one above may repeat only a later version knows."""
    found, last = {number: [] for number in repeated}, 0
    for number, value in fields(data):
        need(not ascending or number > last or (number == last and (number in repeated or number > known)), "fields out of order")
        last = number
        if number in repeated:
            found[number].append(value)
        elif number <= known:
            need(number not in found, f"field {number} twice")
            found[number] = value
    return found


def refs(data):
    at = 0
    while at < len(data):
        ref = []
        for _ in range(7):
            value, at = varint(data, at)
            ref.append(value)
        need(at + 32 <= len(data), "a ref that ends early")
        hole, pack, offset, stored, plain, start, take = ref
        need(0 < stored <= plain <= 8 * MIB and offset >= 8 and start + (take or plain) <= plain, "a ref beyond its limits")
        yield hole, pack, offset, stored, plain, start, take or plain, bytes(data[at:at + 32])
        at += 32


class Keyring:
    def __init__(self, path, passphrase_file, project):
        data = open(path, "rb").read(4 * MIB)
        data = data.removesuffix(b"\n")
        doc = parse_json(data, path)
        cut = data.rfind(b',"mac":"')
        need(doc.get("format") == 1 and cut == len(data) - 54, f"{path}: not a keyring of format 1")
        kdf, self.id, self.path, self.project = doc["kdf"], bytes.fromhex(doc["keyring"]), path, project
        root = unbase64(kdf["salt"], 32)
        if kdf["name"] == "scrypt":
            need(kdf["n"] <= MIB and kdf["r"] == 8 and kdf["p"] <= 4, f"{path}: scrypt parameters beyond the limits")
            need(passphrase_file, f"{path}: needs --passphrase-file")
            secret = open(passphrase_file, "rb").read().removesuffix(b"\n")
            root = hashlib.scrypt(secret, salt=root, n=kdf["n"], r=8, p=kdf["p"], maxmem=1100 * MIB, dklen=32)
        else:
            need(kdf["name"] == "none", f"{path}: unknown kdf {kdf['name']}")
        check, mac_key, self.seal_key = (expand(root, b"holdfast/1 keyring-" + use + self.id) for use in (b"check", b"mac", b"key"))
        need(hmac.compare_digest(check, unbase64(doc["check"], 32)), f"{path}: the passphrase is wrong")
        need(hmac.compare_digest(mac(mac_key, data[:cut] + b"}"), unbase64(doc["mac"], 32)), f"{path}: altered")
        self.keys = {f"local:{doc['keyring']}/{key['id']}": key for key in doc["keys"]}

    def unwrap(self, envelope, context):
        key = self.keys.get(envelope["cmk"])
        need(key, f"{envelope['cmk']} is not in the keyring")
        need("sealed" in key, f"{envelope['cmk']} was destroyed")
        need(key["state"] == "enabled", f"{envelope['cmk']} is {key['state']}")
        name = bytes.fromhex(key["id"])
        cmk = unseal(derive(self.seal_key, unbase64(key["salt"], 32), name), 0, unbase64(key["sealed"], 48),
                     self.id + name + key["created"].encode(), f"{envelope['cmk']}: altered")
        wrapped = unbase64(envelope["wrapped"], 80)
        clear = b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for pair in sorted(context.items()) for text in pair)
        return unseal(derive(cmk, wrapped[:32], b"holdfast/1 wrap"), 0, wrapped[32:], clear, "an envelope of another context, or altered")


class Manifest:
    """The clear part; `open` adds what the key gives."""

    def __init__(self, data, repository, snapshot):
        need(len(data) >= 184 and data[:8] == b"HOLDFAST" and data[9:10] == b"M", "not a manifest")
        need(data[8] == 1 and data[10:12] == b"\0\0", "of a newer format: unknown")
        u32 = lambda at: int.from_bytes(data[at:at + 4], "big")
        size, count = u32(12), u32(16)
        need(size <= MIB and count <= 1 << 22 and len(data) >= 184 + size, "sizes beyond the limits")
        owners, at = u32(116 + size), 120 + size
        self.clear = at + 16 * owners + 44 * count
        need(owners <= MIB and len(data) >= self.clear + 64, "sizes beyond the limits, or truncated")
        need(data[20:36] == repository, "of another repository")
        need(data[36:52] == snapshot, "of another snapshot")
        self.data, self.snapshot, self.sum = data, snapshot, data[-32:]
        self.sound = sha256(data[:-32]) == self.sum
        owner = [data[at + 16 * n:at + 16 * n + 16] for n in range(owners)]
        rows = [data[n:n + 44] for n in range(at + 16 * owners, self.clear, 44)]
        index = [int.from_bytes(row[32:36], "big") for row in rows]
        need(all(a < b for a, b in zip(owner, owner[1:])) and all(a[:32] < b[:32] for a, b in zip(rows, rows[1:]))
             and set(index) == set(range(owners)), "PACK_TABLE_ORDER")
        self.packs = [(row[:32], owner[n], int.from_bytes(row[36:], "big")) for row, n in zip(rows, index)]
        self.header = parse_json(data[116:116 + size], "header")
        need(KNOWN.issuperset(self.header.get("critical", [])), "of a newer format: unknown")

    def open(self, key):
        data, note = self.data, "" if self.sound else " (and the object is damaged)"
        prk = mac(data[52:84], key)
        commit, mac_key, body_key = (
            expand(prk, b"holdfast/1 " + use + b"\0M" + data[20:52]) for use in (b"commit", b"header", b"body"))
        need(hmac.compare_digest(commit, data[84:116]), "COMMITMENT: the key does not belong to this manifest" + note)
        need(hmac.compare_digest(mac(mac_key, data[:self.clear]), data[self.clear:self.clear + 32]), "HEADER_TAMPERED" + note)
        sealed = data[self.clear + 32:-32]
        body, frames = [], [sealed[n:n + 65552] for n in range(0, max(1, len(sealed)), 65552)]
        for n, frame in enumerate(frames):
            last = n == len(frames) - 1
            try:
                body.append(unseal(body_key, n << 8 | last, frame, None, ""))
            except (Bad, ValueError):
                try:
                    unseal(body_key, n << 8 | (not last), frame, None, "")
                except (Bad, ValueError):
                    raise Bad(f"BODY_TAMPERED frame {n}{note}") from None
                raise Bad(("BODY_TRUNCATED" if last else "BODY_EXTENDED") + note) from None
        need(len(frames) == 1 or body[-1], "BODY_TRUNCATED" + note)
        need(self.sound, "damaged: the sum is wrong")
        body = b"".join(body)
        need(len(body) >= 36 * len(self.packs), "a body without its pack keys")
        numbers = [body[36 * n:36 * n + 36] for n in range(len(self.packs))]
        self.keys = {int.from_bytes(row[:4], "big"): (pack, row[4:]) for row, pack in zip(numbers, self.packs)}
        need(len(self.keys) == len(self.packs), "a pack number twice")
        top = message(body[36 * len(self.packs):], 6)
        lineage, self.source = message(top[1], 10), message(top[3], 6, repeated=(2, 4))
        need(lineage.get(9) == 1, "an unknown codec")
        self.hash_key, self.parent = lineage[2], message(top[2], 2) if 2 in top else None
        return self


class Repository:
    def __init__(self, path, id=None, keyring=None, cluster=None):
        self.path, self.keyring, self.cluster, self.faults = path, keyring, cluster, []
        self.id = id or bytes.fromhex(parse_json(self.read("holdfast.json"), "holdfast.json")["repository"])
        self.chunk = functools.lru_cache(maxsize=32)(self.open_chunk)

    def read(self, name):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def names(self, folder):
        try:
            return sorted(name for name in os.listdir(os.path.join(self.path, folder)) if not name.startswith("."))
        except FileNotFoundError:
            return []

    def log(self, folder, snapshot=None):
        """The records of a log as (number, record or Manifest); chained."""
        numbers, prev = sorted(int(name) for name in self.names(folder)), None
        for place, n in enumerate(numbers):
            name = f"{folder}/{n}"
            need(n == place, f"{folder}/{place}: missing")
            data = self.read(name)
            try:
                if snapshot and n == 1 and data[:1] == b"H":
                    item = Manifest(data, self.id, snapshot)
                    need(item.header["start"] == prev, "of another start record")
                    prev = item.sum.hex()
                else:
                    need(len(data) <= 65536, "too long")
                    item = parse_json(data, "record")
                    need(item.get("format") == 1, "of a newer format: unknown")
                    need(data[-73:] == b'"sum":"%s"}' % hashlib.sha256(data[:-73]).hexdigest().encode(), "the sum is wrong")
                    need(not snapshot or {"start": n == 0, "aborted": n == 1}.get(item["kind"], n > 1), "a kind out of its place")
                    need(item["n"] == n and item["prev"] == prev, "the chain is broken")
                    need(item["repository"] == self.id.hex() and item.get("snapshot") == (snapshot and snapshot.hex()), "of another log")
                    prev = hashlib.sha256(data).hexdigest()
            except Bad as error:
                raise Bad(f"{name}: {error}") from None
            yield n, item

    def snapshot(self, name):
        """The manifest and later records of a snapshot that exists; None where it does not."""
        log = [item for _, item in self.log(f"snapshots/{name}", bytes.fromhex(name))] if "0" in self.names(f"snapshots/{name}") else []
        if len(log) < 2 or not isinstance(log[1], Manifest) or any(item["kind"] == "deleting" for item in log[2:]):
            return None
        return log[1], log[2:]

    def views(self):
        """What `list` says of each snapshot, by time. One that cannot be read is among the faults, and keeps nothing of the others back."""
        found = []
        for name in self.names("snapshots"):
            try:
                pair = self.snapshot(name)
                if pair:
                    found.append(view(*pair))
            except (Bad, OSError, *MALFORMED) as error:
                self.faults.append(f"snapshot {name[:8]} passed over: {told(error)}")
        return sorted(found, key=lambda item: (item["time"], item["id"]))

    def find(self, text):
        if text == "latest":
            live = [item["id"] for item in self.views() if item["state"] == "live"]
            need(live, "there is no snapshot")
            return self.open(live[-1])
        names = [name for name in self.names("snapshots") if len(text) >= 8 and name.startswith(text)]
        need(len(names) == 1, f"{text}: {len(names)} snapshots have this id")
        return self.open(names[0])

    def open(self, name):
        pair = self.snapshot(name)
        need(pair, f"snapshots/{name}: there is no such snapshot, or not any more")
        manifest, records = pair
        header, faults = manifest.header, []
        need(self.cluster in (None, header["cluster"]), f"snapshots/{name}/1: of cluster {header['cluster']}")
        need(self.keyring, "needs --keyring and --project")
        context = {"holdfast:v": "1", "holdfast:project": self.keyring.project, "holdfast:cluster": header["cluster"],
                   "holdfast:repository": self.id.hex(), "holdfast:snapshot": name, "holdfast:node": header["node"],
                   "holdfast:kind": "manifest"}
        for envelope in header["envelopes"] + [item for item in records if item["kind"] == "envelope"]:
            try:
                key = self.keyring.unwrap(envelope, context)
            except Bad as error:
                faults.append(str(error))
                continue
            try:
                return manifest.open(key)
            except Bad as error:
                raise Bad(f"snapshots/{name}/1: {error}") from None
        raise Bad(f"snapshots/{name}/1: no envelope opens: {'; '.join(faults)}")

    def open_chunk(self, pack, key, hash_key, domain, offset, stored, plain, h):
        name = f"packs/{pack[1].hex()}/{pack[0].hex()}"
        with open(os.path.join(self.path, name), "rb") as file:
            frame = os.pread(file.fileno(), stored + 16, offset)
        need(len(frame) == stored + 16, f"{name}: ends before {offset + stored + 16}")
        data = unseal(mac(key, b"chunk" + h), offset, frame, None, f"{name}: the chunk at {offset} was tampered with")
        if stored != plain:
            try:
                data = zstandard.ZstdDecompressor().stream_reader(data).read(plain + 1)
            except zstandard.ZstdError as error:
                raise Bad(f"{name}: the chunk at {offset}: {error}") from None
        need(len(data) == plain, f"{name}: the chunk at {offset} has another length")
        need(mac(hash_key, domain + data) == h, f"{name}: the chunk at {offset} is another one")
        return data

    def fetch(self, manifest, ref, domain):
        _, number, offset, stored, plain, start, take, h = ref
        need(number in manifest.keys, f"snapshots/{manifest.snapshot.hex()}/1: there is no pack {number}")
        pack, key = manifest.keys[number]
        need(offset + stored + 16 <= pack[2], f"a chunk beyond the end of pack {pack[0].hex()}")
        return self.chunk(pack, key, manifest.hash_key, domain, offset, stored, plain, h)[start:start + take]

    def whole(self, manifest, data, domain):
        return b"".join(self.fetch(manifest, ref, domain) for ref in refs(data))

    def entries(self, manifest):
        last = None
        for item in (message(item, 2) for item in manifest.source[4]):
            data, at = self.whole(manifest, item[2], b"L"), 0
            first = item.get(1, b"")
            while at < len(data):
                size, at = varint(data, at)
                need(size <= 4 * MIB and size <= len(data) - at, "an entry beyond the limits")
                entry, at = message(data[at:at + size], 21, repeated=(13,), ascending=True), at + size
                path = entry.setdefault(1, b"")
                parts = path.split(b"/") if path else []
                need(entry.get(2) in KINDS and not (17 in entry and 21 in entry), "an entry without a known type, or with two kinds of refs")
                need(len(path) <= 65536 and b"\0" not in path and not {b"", b".", b".."} & set(parts), "LISTING_ORDER: a path that no file has")
                need(last is None or last < parts, "LISTING_ORDER")
                need(first in (None, path), "LISTING_ORDER: a chunk that begins with another path than the index says")
                first, last = None, parts
                yield entry, parts

    def runs(self, manifest, entry):
        """(offset, bytes) of a file's data; the rest of its size is holes."""
        at, size = 0, entry.get(10, 0)
        lists = [entry.get(17, b"")] if 21 not in entry else (self.fetch(manifest, ref, b"R") for ref in refs(entry[21]))
        for packed in lists:
            for ref in refs(packed):
                at += ref[0]
                need(at + ref[6] <= size, f"{entry[1]!r}: more data than its size")
                yield at, self.fetch(manifest, ref, b"D")
                at += ref[6]

    def page_map(self, manifest, entry):
        """(first page, hashes) of each chunk of a file's page map; nothing but a writer and `verify` wants them."""
        page, shape = 0, None
        for ref in refs(entry.get(20, b"")):
            data = self.fetch(manifest, ref, b"M")
            need(len(data) > 8 and len(data) % 16 == 8 and shape in (None, data[:8]), f"{entry[1]!r}: a page map of another form")
            shape = data[:8]
            size, count = (int.from_bytes(shape[at:at + 4], "big") for at in (0, 4))
            need(512 <= size <= MIB and (len(data) - 8) // 16 <= count <= 1 << 18, f"{entry[1]!r}: a page map beyond its limits")
            page += ref[0]
            need(page * size < entry.get(10, 0), f"{entry[1]!r}: a page map of more than the file")
            yield page, size, [data[at:at + 16] for at in range(8, len(data), 16)]
            page += count

    def check_pages(self, manifest, entry):
        """Whether the file's pages have the hashes that its page map says."""
        hashes = {page + n: (size, h) for page, size, some in self.page_map(manifest, entry) for n, h in enumerate(some) if h != bytes(16)}
        if not hashes:
            return
        size, page, start, held = next(iter(hashes.values()))[0], None, None, b""
        for at, data in self.runs(manifest, entry):
            while data:
                if page != at // size or start + len(held) != at:
                    page, start, held = at // size, at, b""
                part = data[:(page + 1) * size - at]
                held, data, at = held + part, data[len(part):], at + len(part)
                if page in hashes and start == page * size and at == min((page + 1) * size, entry[10]):
                    found = mac(manifest.hash_key, b"P" + held)[:16]
                    need(found == hashes.pop(page)[1], f"{entry[1]!r}: page {page} is not what its map says")
        need(not hashes, f"{entry[1]!r}: its page map tells of pages that it has not")

    def xattrs(self, manifest, entry):
        for item in (message(item, 3) for item in entry[13]):
            yield item[1], self.whole(manifest, item[3], b"X") if 3 in item else item.get(2, b"")


def view(manifest, records):
    """What `list` says of one snapshot: the clear header, and what later records made of it."""
    h, state, holds = manifest.header, "live", set()
    expires, locked = h["expires"], h["lock"]["until"] if h.get("lock") else None
    for item in records:
        match item["kind"]:
            case "condemned":
                state = "trash"
            case "undeleted":
                state, expires = "live", item.get("until") or expires
                holds |= {item["hold"]} if item.get("hold") else set()
            case "hold":
                holds.add(item["name"])
            case "release":
                holds.discard(item["name"])
            case "expiry":
                expires = item["expires"]
            case "locked":
                locked = max(locked or "", item["until"])
    name = manifest.snapshot.hex()
    return {"id": name, "short_id": name[:8], "time": h["time"], "cluster": h["cluster"], "node": h["node"], "sources": [h["source"]],
            "tags": h["tags"], "label": h["label"], "expires": expires, "locked_until": locked, "holds": sorted(holds), "state": state,
            "cmks": [envelope["cmk"] for envelope in h["envelopes"]], "base": h["base"], "bytes_read": h["bytes"]["read"],
            "bytes_stored": h["bytes"]["stored"], "files": h["files"]}


def verify(repository, chosen):
    faults, packs, done = [], {}, {"snapshots": 0, "packs": 0, "chunks": 0}

    def attempt(action):
        try:
            return action()
        except (Bad, OSError, *MALFORMED) as error:
            faults.append(told(error))

    def opened(name):
        manifest = repository.open(name)
        parent = manifest.parent and repository.snapshot(manifest.parent[1].hex())
        need((manifest.parent or {1: b""})[1].hex() == (manifest.header["base"] or ""), f"snapshots/{name}/1: header and body name another base")
        need(not parent or sha256(parent[0].data[:parent[0].clear]) == manifest.parent[2], f"snapshots/{name}/1: its base was another manifest")
        for entry, _ in repository.entries(manifest):
            attempt(lambda: [None for _ in repository.runs(manifest, entry)] + [None for _ in repository.xattrs(manifest, entry)])
            attempt(lambda: repository.check_pages(manifest, entry))

    attempt(lambda: list(repository.log("keys")))
    for name in repository.names("snapshots"):
        if chosen and not any(name.startswith(text) for text in chosen):
            continue
        pair = attempt(lambda: repository.snapshot(name))
        if not pair:
            continue
        done["snapshots"] += 1
        if not pair[0].sound:
            faults.append(f"snapshots/{name}/1: damaged: the sum is wrong")
        packs.update((f"packs/{owner.hex()}/{pack.hex()}", (pack, size)) for pack, owner, size in pair[0].packs)
        if repository.keyring:
            attempt(lambda: opened(name))
    for name, (pack, size) in sorted(packs.items()):
        data = attempt(lambda: repository.read(name))
        if data is not None and (len(data) != size or sha256(data) != pack or data[:8] != b"HFPACK\0\1"):
            faults.append(f"{name}: damaged")
    done["packs"], done["chunks"] = len(packs), repository.chunk.cache_info().misses
    print(json.dumps({"errors": faults, "checked": done}))
    return 15 if faults else 0


def ls(repository, text):
    manifest = repository.find(text)
    for entry, parts in repository.entries(manifest):
        path = b"/" + entry[1]
        line = {"name": (parts or [b"/"])[-1].decode("utf-8", "replace"), "type": KINDS[entry[2]], "path": path.decode("utf-8", "replace")}
        if path != line["path"].encode():
            line["path_b64"] = base64.b64encode(path).decode()
        print(json.dumps(line | {"size": entry.get(10, 0), "mode": entry.get(3, 0), "mtime_ns": zigzag(entry.get(6, 0)),
                                 "uid": entry.get(4, 0), "gid": entry.get(5, 0), "nlink": entry.get(16, 0)}, ensure_ascii=False))
    return 0


def zigzag(value):
    return value >> 1 ^ -(value & 1)


class Target:
    """Writes under one directory; opens every component without following links."""

    def __init__(self, path, repository, manifest):
        os.makedirs(path, exist_ok=True)
        self.root = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        self.repository, self.manifest, self.links = repository, manifest, {}
        self.skipped, self.faults = 0, []

    def folder(self, parts):
        fd = os.dup(self.root)
        for part in parts:
            try:
                os.mkdir(part, 0o700, dir_fd=fd)
            except FileExistsError:
                pass
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
            os.close(fd)
            fd = inner
        return fd

    def write(self, entry, parts):
        fd, name, kind = self.folder(parts[:-1]), parts[-1], entry[2]
        try:
            if kind == 2:
                os.close(self.folder(parts))
                return
            try:
                os.unlink(name, dir_fd=fd)
            except FileNotFoundError:
                pass
            # Device, inode, type, mtime, ctime and size: an inode may have become another file's by the second name, or have changed.
            file_state = tuple(entry.get(n, 0) for n in (9, 8, 2, 6, 7, 10))
            if entry.get(16, 0) > 1 and file_state in self.links:
                first = self.links[file_state]
                source = self.folder(first[:-1])
                os.link(first[-1], name, src_dir_fd=source, dst_dir_fd=fd, follow_symlinks=False)
                os.close(source)
                return
            if entry.get(16, 0) > 1:
                self.links[file_state] = parts
            if kind == 1:
                file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=fd)
                for at, data in self.repository.runs(self.manifest, entry):
                    while data:
                        count = os.pwrite(file, data, at)
                        data, at = data[count:], at + count
                os.ftruncate(file, entry.get(10, 0))
                os.close(file)
            elif kind == 3:
                os.symlink(entry[11], name, dir_fd=fd)
            elif kind == 4:
                os.mkfifo(name, 0o600, dir_fd=fd)
            elif os.geteuid() == 0:
                os.mknod(name, 0o600 | (stat.S_IFCHR if kind == 6 else stat.S_IFBLK), entry.get(12, 0), dir_fd=fd)
            else:
                self.skipped += 1
                return
            self.dress(entry, fd, name)
        finally:
            os.close(fd)

    def dress(self, entry, fd, name):
        """Owner, extended attributes, mode and times, in the order in which none undoes another."""
        if os.geteuid() == 0:
            os.chown(name, entry.get(4, 0), entry.get(5, 0), dir_fd=fd, follow_symlinks=False)
        for attribute, value in self.repository.xattrs(self.manifest, entry):
            try:
                os.setxattr(b"/proc/self/fd/%d/%s" % (fd, name), attribute, value, follow_symlinks=False)
            except OSError as error:
                if error.errno == errno.EPERM and os.geteuid() != 0:
                    self.skipped += 1  # trusted and security attributes are root's to set
                else:
                    self.faults.append(f"/{os.fsdecode(entry[1])}: {os.fsdecode(attribute)}: {error.strerror}")
        if entry[2] != 3:
            os.chmod(name, entry.get(3, 0), dir_fd=fd)
        time = zigzag(entry.get(6, 0))
        os.utime(name, ns=(time, time), dir_fd=fd, follow_symlinks=False)


def restore(repository, text, path):
    manifest, folders = repository.find(text), []
    target = Target(path, repository, manifest)
    for entry, parts in repository.entries(manifest):
        if not parts:
            continue  # the root's own metadata is not the target's
        target.write(entry, parts)
        if entry[2] == 2:
            folders.append((entry, parts))
    for entry, parts in reversed(folders):
        fd = target.folder(parts[:-1])
        target.dress(entry, fd, parts[-1])
        os.close(fd)
    if target.skipped:
        print(f"reader.py: {target.skipped} devices or extended attributes are only root's to make", file=sys.stderr)
    for fault in target.faults:
        print(f"reader.py: {fault}", file=sys.stderr)
    return 1 if target.faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--id", type=bytes.fromhex)
    for option in ("repository", "keyring", "passphrase-file", "project", "cluster"):
        parser.add_argument("--" + option, required=option == "repository")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("verify").add_argument("snapshots", metavar="ID", nargs="*")
    commands.add_parser("ls").add_argument("snapshot", metavar="ID")
    last = commands.add_parser("restore")
    last.add_argument("snapshot", metavar="ID")
    last.add_argument("target")
    options = parser.parse_args()
    if options.keyring and not options.project:
        parser.error("--keyring needs --project")
    faults, code = [], 15
    try:
        keyring = options.keyring and Keyring(options.keyring, options.passphrase_file, options.project)
        repository = Repository(options.repository, options.id, keyring, options.cluster)
        faults = repository.faults
        code = run(repository, options)
    except BrokenPipeError:
        sys.stdout = None
        return 1
    except (Bad, *MALFORMED) as error:
        faults.append(told(error))
    except OSError as error:
        print(f"reader.py: {error}", file=sys.stderr)
        code = 1
    for fault in faults:
        print(f"reader.py: {fault}", file=sys.stderr)
    return 15 if faults else code


def run(repository, options):
    if options.command == "list":
        for item in repository.views():
            print(json.dumps(item, ensure_ascii=False))
        return 0
    if options.command == "verify":
        return verify(repository, options.snapshots)
    return ls(repository, options.snapshot) if options.command == "ls" else restore(repository, options.snapshot, options.target)


if __name__ == "__main__":
    sys.exit(main())
