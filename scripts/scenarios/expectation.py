"""What the answer must be, from the bytes of the stores, the keyring and the project file alone; nothing here asks the binary.

The rules are those of docs/RETENTION.md, section 3.2, written down a second time: a log is folded, openers are counted, and a
set of CMKs is blocked, unknown, safe now, or safe for good.
"""
import itertools, json

from sandbox import need
from store import Store


class KeyLog:
    """What the records of one key log mean together."""

    def __init__(self, records):
        self.active, self.retired, self.roster, self.length = None, {}, set(), len(records)
        announced, withdrawn, gone = {}, set(), set()
        self.known = set()
        for n, record in enumerate(records):
            kind, cmk = record["kind"], record.get("cmk")
            self.known |= {cmk} - {None} | set(record.get("cmks", []))
            if kind == "activate" and cmk not in self.retired:
                self.active = cmk
            elif kind == "retire" and cmk != self.active:
                self.retired.setdefault(cmk, n)
            elif kind == "roster":
                self.roster |= set(record["repositories"])
            elif kind == "announce":
                announced.setdefault(record["id"], record["cmks"])
            elif kind == "withdraw":
                withdrawn.add(record["id"])
            elif kind in ("scheduled", "cancelled", "deleted"):
                gone.add(cmk)
        self.leaving = gone | set(itertools.chain(*(cmks for id, cmks in announced.items() if id not in withdrawn)))

    def may_commit(self, cmk, position):
        return cmk in self.known and (cmk not in self.retired or position < self.retired[cmk])


class Expectation:
    def __init__(self, box):
        self.box = box
        keyring = json.loads((box.root / "keyring.json").read_text())
        self.states = {f"local:{keyring['keyring']}/{key['id']}": key.get("state", "deleted") for key in keyring["keys"]}
        self.unreadable, self.logs, self.snapshots, self.open = set(), {}, [], []
        for name, cluster in box.clusters.items():
            if (box.store(name) / "holdfast.json").exists():
                self._read(name, Store(box.store(name)))
            else:
                self.unreadable.add(name)
        roster = set().union(*(log.roster for log in self.logs.values()))
        self.unconfigured = roster - {cluster.id for cluster in box.clusters.values()} - set(box.gone)
        self.leaving = set().union(*(log.leaving for log in self.logs.values()))

    def _read(self, name, store):
        self.logs[name] = KeyLog(store.key_records())
        for folder in (store.path / "snapshots").glob("*"):
            numbers = sorted(int(path.name) for path in folder.iterdir())
            if 0 not in numbers:
                continue
            later = [json.loads((folder / str(n)).read_text()) for n in numbers if n > 1]
            if numbers == [0]:
                self.open.append((name, folder.name, store.start(folder.name)["key_log"]))
            elif (folder / "1").read_bytes()[:1] == b"H" and not any(record["kind"] == "deleting" for record in later):
                envelopes = store.manifest(folder.name).header["envelopes"]
                envelopes = envelopes + [record for record in later if record["kind"] == "envelope"]
                self.snapshots.append((name, folder.name, frozenset(envelope["cmk"] for envelope in envelopes)))

    def state(self, cmk):
        return self.states.get(cmk, "deleted")

    def needing(self, keys):
        """The snapshots that can be opened by nothing that stays."""
        keys = set(keys)
        return {snapshot for _, snapshot, openers in self.snapshots
                if openers & keys and not any(self.state(cmk) == "enabled" for cmk in openers - keys - self.leaving)
                and any(self.state(cmk) != "deleted" for cmk in openers & keys)}

    def verdict(self, keys):
        keys = set(keys)
        used = {log.active for log in self.logs.values()} | set(self.box.recovery)
        pinned = any(self.logs[name].may_commit(cmk, position) for name, _, position in self.open for cmk in keys)
        if keys & used or pinned or self.needing(keys):
            return "blocked"
        if self.unreadable or self.unconfigured:
            return "unknown"
        retired = all(key in log.retired or key in log.leaving for key in keys for log in self.logs.values())
        return "safe_for_good" if retired else "safe_now"

    @property
    def safe(self):
        return {"safe_for_good", "safe_now"}

    # Against the binary

    def hold_against(self, box, random=None):
        """Every CMK's answer, the pairs' and what can go together must be what is expected here."""
        code = 21 if self.unreadable or self.unconfigured else 0
        answer = box.check(code=code)
        for key, said in answer["keys"].items():
            need(said["verdict"] == self.verdict([key]), f"{key}: {said['verdict']}, and {self.verdict([key])} was expected")
        known = set().union(*(log.known for log in self.logs.values())) | set(self.states)
        living = {key for key in known if self.state(key) != "deleted"}
        need(set(answer["keys"]) >= living, f"not asked about: {living - set(answer['keys'])}")
        together = answer["together"]
        if together:
            need(self.verdict(together) in self.safe, f"together {together}: {self.verdict(together)} was expected")
        alone = {key for key, said in answer["keys"].items() if said["verdict"] in self.safe}
        for key in alone - set(together):
            need(self.verdict(together + [key]) not in self.safe, f"{key} could have gone with {together}")
        for conflict in answer["conflicts"]:
            need(set(conflict["snapshots"]) <= self.needing(conflict["keep_one_of"]), f"no conflict is {conflict}")
        if random and len(living) > 1:
            pair = random.sample(sorted(living), 2)
            said = box.check(*pair)
            need(said["verdict"] == self.verdict(pair), f"{pair}: {said['verdict']}, and {self.verdict(pair)} was expected")
            blocking = {row["id"] for row in said["blockers"] if row["type"] in ("snapshot", "trash")}
            need(blocking == self.needing(pair), f"{pair}: {blocking} block, and {self.needing(pair)} were expected to")
            need(said["code"] == {"blocked": 20, "unknown": 21}.get(said["verdict"], 22), f"exit {said['code']} for {said['verdict']}")
        return answer
