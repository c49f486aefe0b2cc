"""A repository's bytes as an attacker with write access to the store has them: every sum and chain is made right again, so that
nothing but a key or a memory can tell (docs/FORMAT.md, sections 2 and 5)."""
import hashlib, json, pathlib, shutil

sha256 = lambda data: hashlib.sha256(data).hexdigest()


def seal(members):
    """A record's bytes, closed by its sum."""
    members = {name: value for name, value in members.items() if name != "sum"}
    clear = json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()[:-1] + b","
    return clear + b'"sum":"%s"}' % sha256(clear).encode()


class Manifest:
    """The container of a manifest, taken apart; its header can be changed, and its MAC is not made right, since nobody can."""

    def __init__(self, data):
        size = int.from_bytes(data[12:16], "big")
        self.front, self.header, self.rest = data[:116], json.loads(data[116:116 + size]), data[116 + size:-32]

    @property
    def bytes(self):
        header = json.dumps(self.header, separators=(",", ":"), ensure_ascii=False).encode()
        front = self.front[:12] + len(header).to_bytes(4, "big") + self.front[16:]
        clear = front + header + self.rest
        return clear + hashlib.sha256(clear).digest()


class Store:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.id = json.loads((self.path / "holdfast.json").read_text())["repository"]

    # The key log

    def key_records(self):
        folder = self.path / "keys"
        return [json.loads((folder / str(n)).read_text()) for n in range(len(list(folder.iterdir())))]

    def write_key_log(self, records):
        """Writes a whole key log, each record chained to the one before."""
        folder, prev = self.path / "keys", None
        for old in folder.iterdir():
            old.unlink()
        for n, record in enumerate(records):
            data = seal(record | {"n": n, "prev": prev})
            (folder / str(n)).write_bytes(data)
            prev = sha256(data)

    def append_key_record(self, kind, at="2055-01-01T00:00:00Z", **members):
        records = self.key_records()
        frame = {"format": 1, "kind": kind, "repository": self.id, "n": 0, "prev": None, "at": at, "by": "vm"}
        self.write_key_log(records + [frame | members])

    def truncate_key_log(self, length):
        for path in (self.path / "keys").iterdir():
            if int(path.name) >= length:
                path.unlink()

    # The snapshot logs

    def folder(self, snapshot):
        return self.path / "snapshots" / snapshot

    def length(self, snapshot):
        return len(list(self.folder(snapshot).iterdir()))

    def manifest(self, snapshot):
        return Manifest((self.folder(snapshot) / "1").read_bytes())

    def write_manifest(self, snapshot, manifest):
        (self.folder(snapshot) / "1").write_bytes(manifest.bytes)
        self.chain(snapshot)

    def start(self, snapshot):
        return json.loads((self.folder(snapshot) / "0").read_text())

    def write_start(self, snapshot, **changes):
        """Changes the start record, and makes the manifest's header name it as it is now."""
        data = seal(self.start(snapshot) | changes)
        (self.folder(snapshot) / "0").write_bytes(data)
        if (self.folder(snapshot) / "1").exists():
            manifest = self.manifest(snapshot)
            manifest.header["start"] = sha256(data)
            self.write_manifest(snapshot, manifest)

    def last_digest(self, snapshot, n):
        data = (self.folder(snapshot) / str(n)).read_bytes()
        return data[-32:].hex() if n == 1 and data[:1] == b"H" else sha256(data)

    def chain(self, snapshot):
        """Chains the records after the manifest to it anew."""
        for n in range(2, self.length(snapshot)):
            path = self.folder(snapshot) / str(n)
            path.write_bytes(seal(json.loads(path.read_text()) | {"prev": self.last_digest(snapshot, n - 1)}))

    def append_record(self, snapshot, kind, at="2055-01-01T00:00:00Z", **members):
        n = self.length(snapshot)
        frame = {"format": 1, "kind": kind, "repository": self.id, "snapshot": snapshot, "n": n, "prev": self.last_digest(snapshot, n - 1),
                 "at": at, "by": "vm"}
        (self.folder(snapshot) / str(n)).write_bytes(seal(frame | members))

    def append_envelope(self, snapshot, cmk, wrapped):
        self.append_record(snapshot, "envelope", cmk=cmk, version=None, access=None, wrapped=wrapped, created="2055-01-01T00:00:00Z",
                           request_id=None)

    # Older copies

    def copy_to(self, path):
        shutil.copytree(self.path, path, symlinks=True)

    def put_back(self, path):
        shutil.rmtree(self.path)
        shutil.copytree(path, self.path, symlinks=True)
