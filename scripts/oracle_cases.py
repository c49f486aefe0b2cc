"""Random cases for the decision functions of docs/RETENTION.md, in the JSON of its section 6. The same seed gives the same cases."""

import random

from oracle import DAY, HOUR, HOURLY, MONTHS, WEEKDAYS, add, format_time, given, instant, local, parse_time, read_policy, ticks

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca",
         "Pacific/Apia", "Pacific/Chatham", "America/St_Johns", "Europe/Dublin"]
CLOCK = ["18:00", "18:00", "18:00", "00:00", "02:00", "02:30", "02:15", "01:30", "03:00", "23:59", "12:00", "00:30", "01:00"]
# Round numbers, month ends, leap days, ISO week 53, both DST nights of several zones, a day that Samoa never had, and times past 2037.
NOWS = ["2027-06-01T18:00:00Z"] * 6 + [
    "2027-01-01T18:00:00Z", "2026-12-31T18:00:00Z", "2027-01-03T23:30:00Z", "2027-01-04T00:00:00Z", "2027-02-28T18:00:00Z", "2028-02-29T18:00:00Z",
    "2028-03-01T00:00:00Z", "2027-03-28T01:00:00Z", "2027-03-28T12:00:00Z", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-11-07T06:00:00Z",
    "2027-03-14T07:00:00Z", "2027-04-03T15:00:00Z", "2027-10-02T15:30:00Z", "2027-02-07T02:00:00Z", "2027-03-14T02:00:00Z", "2011-12-30T10:00:00Z",
    "2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z", "2027-12-31T23:59:59Z", "2032-02-29T12:00:00Z", "2038-03-28T01:00:00Z", "2027-07-31T18:00:00Z",
    "2030-05-31T06:00:00Z", "2020-12-31T18:00:00Z", "2026-12-28T00:00:00Z"]
DAYS_OF_MONTH = [1, 2, 15, 27, 28, "last", "last"]
EVERY = (list(HOURLY) + ["day"] * 3 + WEEKDAYS + [f"month on {it}" for it in DAYS_OF_MONTH] + [f"year in {it}" for it in MONTHS])
SELDOM = ["day", "saturday", "monday", "month on last", "month on 1", "month on 28", "year in december", "year in february"]
KEEPS = ["1 hours", "6 hours", "1 day", "1 days", "2 days", "3 days", "7 days", "1 weeks", "28 days", "4 weeks", "30 days", "1 months", "2 months", "12 months",
         "1 years", "3 years"]
TAGS = ["a", "b", "c", "audit"]
STATES = ["disabled", "pending_deletion", "pending_replica_deletion", "pending_import", "creating",
          "unavailable", "denied", "destroyed", "deleted", "unreachable"]
LOG_STATES = ["active", "retired", "announced", "scheduled", "deleted"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def one(self, values):
        return self.random.choice(values)

    def some(self, values, most):
        values = list(values)
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def thinned(self, data, defaults):
        """The same with some fields left out, or null, where that means their default."""
        for field, default in defaults.items():
            if data.get(field, default) == default and self.chance(0.3):
                data.pop(field, None)
                if self.chance(0.3):
                    data[field] = None
        return data

    # --- policies ---

    def now(self):
        return parse_time(self.one(NOWS)) + self.one([0] * 8 + [-1, 1, HOUR, 37 * HOUR, self.random.randint(0, 400 * DAY)])

    def items(self, choices, keep):
        found, hours = [], 0
        for every in dict.fromkeys(self.one(choices) for _ in range(self.one([0, 1, 1, 1, 2, 2, 3, 4]))):
            hours += every in HOURLY
            if every in HOURLY and hours > 1:
                continue
            found.append({"every": every, "keep": self.one(KEEPS)} if keep else {"every": every, "keep": None} if self.chance(0.5) else {"every": every})
        return found

    def rules(self):
        names = ["last", "hourly", "daily", "weekly", "monthly", "yearly"]
        withins = ["within", "within_hourly", "within_daily", "within_weekly", "within_monthly", "within_yearly"]
        rules = {name: self.one([0, 1, 1, 2, 3, 5]) for name in self.some(names, self.one([1, 2, 6]))}
        rules |= {name: self.one(KEEPS + ["3 days", "5 days", "1 months"]) for name in self.some(withins, self.one([0, 0, 1, 2, 6]))}
        if self.chance(0.2):
            rules["tags"] = [self.random.sample(TAGS, self.one([1, 1, 2])) for _ in range(self.one([1, 1, 2]))]
        if not rules:
            rules = {"last": self.one([1, 2])}
        if self.chance(0.05):
            rules[self.one([it for it in names + withins if it not in rules] or ["last"])] = None
        return rules

    def policy(self, choices=EVERY):
        counted = self.chance(0.4)
        policy = {
            "at": self.one(CLOCK), "zone": self.one(["UTC"] * 5 + ZONES), "backup": self.one(["on"] * 4 + ["off"]),
            "keep_min": self.one([1, 1, 1, 2, 3]), "min_keep": self.one([None, None, None, "2 days", "14 days", "1 months"]),
            "grace": self.one(["7 days", "7 days", "7 days", "0 days", "1 days", "36 hours", "1 months"]),
            "items": self.items(choices, keep=not counted), "rules": self.rules() if counted else None,
            "keep_min_promised": self.one([0, 0, 0, 0, 1, 2]), "sources": self.one([None] * 5 + [["g"], ["g", "shop/db1/data"], ["elsewhere"], []])}
        if self.chance(0.03):  # neither dated nor counted
            policy |= {"items": self.items(choices, keep=False), "rules": None}
        if self.chance(0.04):  # both
            policy |= {"items": self.items(choices, keep=True) + [it for it in self.items(["saturday", "monday"], keep=False)], "rules": self.rules()}
            policy["items"] = list({it["every"]: it for it in policy["items"]}.values())
        if self.chance(0.3):
            policy["backup"] = policy["backup"] == "on"
        if policy["backup"] is True:
            self.thinned(policy, {"backup": True})
        return self.thinned(policy, {"at": "18:00", "zone": "UTC", "keep_min": 1, "min_keep": None, "grace": "7 days", "rules": None,
                                     "keep_min_promised": 0, "sources": None})

    # --- snapshots ---

    def moment(self, now, policy, used):
        """A time near now: on the schedule's minute, at an edge, a tie with another, now and then in the future."""
        read = read_policy(policy)
        how = self.random.random()
        if used and how < 0.15:
            return self.one(used)
        if how < 0.5:
            day = local(now, read.zone).date().toordinal() + self.one([-1, -2, -3, -7, -8, -14, -30, -31, -60, -90, -365, -366, 0, 0, 1, 5])
            return instant(type(local(now, read.zone).date()).fromordinal(day), read.at, read.zone)
        if how < 0.6:
            return now + self.one([0, -1, 1, -HOUR, -DAY, DAY, 30 * DAY, 3 * HOUR, 4000 * DAY])
        if how < 0.75:
            return add(now, self.one(KEEPS), -1) + self.one([0, 0, 1, -1])
        return now - self.random.randint(0, self.one([2, 10, 60, 500]) * DAY) // 900 * 900

    def snapshot(self, id, now, policy, end, cmks, used):
        read = read_policy(policy)
        time = self.moment(now, policy, used)
        used.append(time)
        items = self.some([it.every for it in read.items] + ["day", "saturday"], 2)
        items = list(dict.fromkeys(items)) if self.chance(0.85) else []
        expires = self.one([time + 7 * DAY, add(time, self.one(KEEPS)), now, now + 1, now - 1, now + self.random.randint(-20, 60) * DAY, end, end + 1, end - 1])
        if self.chance(0.7 if read.rules is not None else 0.1):
            expires = None
        at = now - self.random.randint(0, 10) * DAY
        snapshot = {
            "id": id, "group": self.one(["g", "g", "g", "h", "shop/db1/data"]), "time": format_time(time), "expires": format_time(expires),
            "edited": self.chance(0.1), "items": items, "tags": self.some(TAGS, 3) if self.chance(0.3) else [],
            "holds": self.one([["case-7"], ["case-7", "case-8"]]) if self.chance(0.07) else [], "bad": self.chance(0.12), "salvaged": self.chance(0.15),
            "envelopes": self.some(cmks, self.one([1, 2, 2, 3])) or ([] if self.chance(0.2) else [self.one(cmks)]), "tombstone": None,
            "readable": True, "why": None}
        if self.chance(0.12):
            snapshot["tombstone"] = {"at": format_time(at), "purge_after": format_time(self.one([at + 7 * DAY, now, now - 1, now + 3 * DAY]))}
        if self.chance(0.2):
            snapshot["locked_until"] = format_time(self.one([expires or now, add(now, self.one(KEEPS)), now + self.random.randint(-5, 400) * DAY, end, end + DAY]))
        return self.thinned(snapshot, {"expires": None, "locked_until": None, "edited": False, "items": [], "tags": [], "holds": [], "bad": False, "salvaged": False, "envelopes": [],
                                       "tombstone": None, "readable": True, "why": None})

    def snapshots(self, now, policy, end, cmks, most):
        used = []
        ids = [f"s{n}" for n in range(20)] if self.chance(0.5) else [f"{self.random.getrandbits(32):08x}" for _ in range(20)]
        return [self.snapshot(ids[n], now, policy, end, cmks, used) for n in range(self.random.randint(0, most))]

    def horizon(self, policy):
        """(horizon_days or None for the default, in days)"""
        items = read_policy(policy).items
        if all(it.every in SELDOM and it.every != "day" for it in items) and self.chance(0.3):
            return None, 3660
        if self.chance(0.01) and all(it.every not in HOURLY for it in items):
            return None, 3660
        days = self.one([0, 1, 2, 7, 14, 20, 20, 30, 30, 60] if any(it.every in HOURLY for it in items) else [1, 7, 30, 30, 60, 60, 100, 400])
        return days, days

    def clamped(self):
        """Where clamped months let the edge of `within` step back: runs every few hours, over the end of a short month."""
        start = parse_time(self.one(["2027-02-26T18:00:00Z", "2028-02-27T06:00:00Z", "2027-04-28T00:00:00Z"]))
        rules = {self.one(["within", "within_hourly", "within_daily"]): self.one(["1 month", "12 months", "1 years"])}
        rules |= {rule: self.one([20, 29, 30, 31, 33, 90, 110, 130]) for rule in self.some(["last", "hourly", "daily", "weekly"], 2)}
        snapshots = [{"id": f"s{n:02}", "group": "g", "time": format_time(start + self.random.randint(0, 80) * HOUR), "envelopes": ["K1"]}
                     for n in range(self.random.randint(1, 8))]
        items = [{"every": self.one(["4 hours", "6 hours", "8 hours"])}]
        return {"fn": "project", "now": format_time(start + self.random.randint(3, 7) * DAY), "policy": {"items": items, "rules": rules},
                "snapshots": snapshots, "horizon_days": 45}

    def retention(self, fn):
        if fn == "project" and self.chance(0.02):
            return self.clamped()
        policy = self.policy(SELDOM if self.chance(0.4) else EVERY)
        now = self.now()
        horizon, days = self.horizon(policy)
        cmks = ["K1", "K2", "K3"]
        snapshots = self.snapshots(now, policy, now + days * DAY, cmks, self.one([3, 6, 12]))
        ids = [it["id"] for it in snapshots] + ["elsewhere"]
        pins = [{"id": f"p{n}", "base": self.one(ids + [None]), "position": n, "readable": self.chance(0.9)} for n in range(self.one([0, 0, 1, 2]))]
        if self.chance(0.05) and snapshots:
            self.one(snapshots).update(readable=False, why=self.one([None, "newer format"]))
        case = {"fn": fn, "now": format_time(now), "policy": policy, "snapshots": snapshots, "pins": pins, "deleted_keys": self.some(cmks, 2)}
        return self.thinned(case | ({} if horizon is None else {"horizon_days": horizon}), {"pins": [], "deleted_keys": []})

    # --- due, ticks, expiry, restamp ---

    def ticks(self):
        every = self.one(EVERY)
        after = self.now() - self.random.randint(0, 5) * DAY - self.one([0, 0, 1, HOUR])
        span = self.one([1, 3, 10]) if every in HOURLY else self.one([3, 40, 400]) if every == "day" else self.one([40, 800, 3000])
        case = {"fn": "ticks", "every": every, "at": self.one(CLOCK), "zone": self.one(ZONES), "after": format_time(after),
                "upto": format_time(after + span * DAY + self.one([0, 1, 1800]))}
        found = ticks(every, case["at"], case["zone"], after, after + span * DAY)
        if found and self.chance(0.3):
            case[self.one(["after", "upto"])] = format_time(self.one(found))
        return case

    def due(self):
        policy, now = self.policy(), self.now()
        read = read_policy(policy)
        items = [it.every for it in read.items]
        runs, used = [], []
        for _ in range(self.one([0, 1, 1, 2, 3, 6])):
            time = self.moment(now, policy, used)
            if self.chance(0.3) and items:
                passed = ticks(self.one(items), read.at, read.zone, now - 40 * DAY, now)
                time = self.one(passed) if passed else time
            used.append(time)
            runs.append({"time": format_time(time), "items": self.some(items + ["day", "saturday"], 3) if self.chance(0.9) else []})
            if self.chance(0.1):
                runs.append(dict(runs[-1]))
        for _ in range(self.one([0, 0, 1, 2])):  # by hand, of late: on demand they hold no item back
            used.append(now - self.one([0, 1, HOUR, self.random.randint(0, 40) * DAY // 9]))
            runs.append({"time": format_time(used[-1]), "items": []})
        if used and self.chance(0.1):
            now = max(used)
        for run in runs:
            run["items"] = list(dict.fromkeys(run["items"]))
        return {"fn": "due", "policy": policy, "runs": runs, "now": format_time(now)}

    def expiry(self):
        policy = self.policy()
        items = [it.every for it in read_policy(policy).items]
        chosen = list(dict.fromkeys(self.some(items + ["day", "saturday", "monday"], 4))) or ["day"]
        case = {"fn": "expiry", "time": format_time(self.now()), "items": chosen, "own_keep": self.one([None, None, None] + KEEPS), "policy": policy}
        if case["own_keep"] is not None and self.chance(0.5):
            case["items"] = []
        return self.thinned(case, {"own_keep": None})

    def restamp(self):
        policy, now = self.policy(), self.now()
        snapshot = self.snapshot("s1", now, policy, now + 30 * DAY, ["K1"], [])
        return self.thinned({"fn": "restamp", "snapshot": snapshot, "policy": policy, "compliance": self.chance(0.4)}, {"compliance": False})

    # --- check, which ---

    def keylog(self, cmks, repos):
        """Mostly what a life of rotations writes; now and then anything at all."""
        log = []

        def append(cmk, state, roster=()):
            record = {"n": len(log), "cmk": cmk, "state": state, "roster": list(roster)}
            log.append(self.thinned(record, {"cmk": None, "state": None, "roster": []}))

        if self.chance(0.8):
            append(None, None, repos)
        if self.chance(0.2):
            for _ in range(self.random.randint(0, 8)):
                append(self.one(cmks), self.one(LOG_STATES), [self.one(repos + ["r-other"])] if self.chance(0.1) else ())
        else:
            order = self.random.sample(cmks, self.random.randint(1, min(4, len(cmks))))
            for n, cmk in enumerate(order):
                append(cmk, "active")
                if n and self.chance(0.85):
                    append(order[n - 1], "retired")
                    for state in LOG_STATES[2:2 + self.one([0, 0, 0, 1, 2, 3])]:
                        append(order[n - 1], state)
                    if self.chance(0.1):
                        append(order[n - 1], "retired")  # withdrawn
            for cmk in cmks:
                if cmk not in order and self.chance(0.5):
                    append(cmk, self.one(["retired", "retired", "retired", "announced"]))
            if self.chance(0.1):
                append(None, None, [self.one(repos), self.one(["r-gone", "r-other"])])
        if self.chance(0.1):
            self.random.shuffle(log)
        return log

    def keys(self, cmks):
        calm = self.chance(0.5)
        keys = {}
        for cmk in cmks:
            state = "enabled" if self.chance(0.9 if calm else 0.5) else self.one(STATES)
            keys[cmk] = {"state": state, "family": None}
            if state == "unreachable" and self.chance(0.5):
                keys[cmk] = self.one([None, {"state": None, "family": None}, {}])
            elif self.chance(0.3):
                del keys[cmk]["family"]
        for _ in range(self.one([0, 0, 0, 1, 2])):
            members = self.random.sample(cmks, min(len(cmks), self.one([2, 2, 3])))
            family = self.one([members, f"mrk-{members[0]}"])
            for cmk in members:
                keys[cmk] = (keys[cmk] or {}) | {"family": list(family) if isinstance(family, list) else family}
        for cmk in list(keys):
            if self.chance(0.04):
                del keys[cmk]
        return keys

    def cluster(self, n, now, end, choices, cmks, repos):
        policy = self.policy(choices)
        log = self.keylog(cmks, repos)
        stranger = ["K-stranger"] if self.chance(0.1) else []
        snapshots = self.snapshots(now, policy, end, cmks + stranger, self.one([2, 4, 8]))
        for it in snapshots:
            if self.chance(0.03):
                it.update(readable=False, why=self.one([None, "newer format"]))
        pins = []
        for it in range(self.one([0, 0, 0, 0, 1, 2])):
            pin = {"id": f"p{it}", "base": self.one([None, "elsewhere"] + [it["id"] for it in snapshots]), "position": self.random.randint(0, max(len(log), 1)),
                   "readable": not self.chance(0.15)}
            pins.append(self.thinned(pin, {"base": None, "readable": True}))
        reachable = not self.chance(0.05)
        cluster = {
            "name": f"c{n}", "repo": repos[n], "reachable": reachable, "why": self.one([None, "timeout"]) if not reachable else None,
            "clock_skew": self.one([0] * 12 + [10, 299, 300, 301, -300, -301, 1200]), "policy": policy, "snapshots": snapshots, "pins": pins, "keylog": log,
            "recovery": [self.one(cmks)] if self.chance(0.15) else []}
        return self.thinned(cluster, {"reachable": True, "why": None, "clock_skew": 0, "snapshots": [], "pins": [], "keylog": [], "recovery": []})

    def deletion(self, fn):
        now = self.now()
        cmks = self.one([["K1", "K2", "K3"], ["K1", "K2", "K3", "K4", "K5"], ["aws-kms:arn:aws:kms:eu-west-1:1:key/b", "aws-kms:arn:aws:kms:us-east-1:1:key/a",
                                                                               "local:3f2a/k1", "local:3f2a/k2"]])
        long = self.chance(0.15)
        days = 3660 if long else self.one([7, 30, 30, 60])
        count = self.one([0, 1, 1, 1, 2, 2, 3, 4])
        repos = [f"r{n}" for n in range(max(count, 1))]
        roster = repos + (["r-gone"] if self.chance(0.05) else []) + (["r-other"] if self.chance(0.05) else [])
        clusters = [self.cluster(n, now, now + days * DAY, SELDOM[1:] if long else SELDOM if self.chance(0.7) else EVERY, cmks, roster) for n in range(count)]
        case = {"fn": fn, "now": format_time(now), "keys": self.keys(cmks), "clusters": clusters, "gone": self.one([[], [], ["r-gone"], ["r-gone", "r-other"], ["r0"]])}
        if not long:
            case["horizon_days"] = days
        if fn == "check":
            case["delete"] = self.random.sample(cmks, self.random.randint(1, min(4, len(cmks)))) if self.chance(0.97) else []
        return self.thinned(case, {"gone": [], "keys": {}})

    def calm(self, fn):
        """A project that is well looked after, where little stands in the way: all that is left is who covers whom, and until when."""
        case = self.deletion(fn)
        case["now"] = NOWS[0]
        now = parse_time(NOWS[0])
        cmks = ["K1", "K2", "K3", "K4", "K5"]
        case["keys"] = {cmk: {"state": self.one(["enabled"] * 8 + STATES), "family": None} for cmk in cmks}
        if self.chance(0.3):
            members = self.random.sample(cmks, 2)
            for cmk in members:
                case["keys"][cmk]["family"] = self.one(["mrk", members])
        lines = [(None, None)]
        for old, new in zip(cmks, cmks[1:]):
            lines += [(old, "active"), (new, "active"), (old, "retired")]
        leaving = self.one(cmks[:4])
        lines += [(leaving, state) for state in self.one([[], [], [], ["announced"], ["announced", "scheduled"], ["announced", "retired"],
                                                          ["announced", "scheduled", "deleted"]])]
        clusters = []
        for n in range(self.one([1, 1, 2])):
            cluster = self.cluster(n, now, now + 30 * DAY, SELDOM, cmks, ["r0", "r1"]) | {"reachable": True, "why": None, "recovery": [], "pins": []}
            own = [it for it in lines if it[1] != "retired" or not self.chance(0.05)]
            cluster["keylog"] = [{"n": at, "cmk": cmk, "state": state, "roster": ["r0"] if at == 0 else []} for at, (cmk, state) in enumerate(own)]
            if self.chance(0.3):
                cluster["pins"] = [{"id": "p0", "base": None, "position": self.random.randint(0, len(own)), "readable": True}]
            for it in given(cluster, "snapshots", []):
                it |= {"readable": True, "holds": [], "envelopes": self.random.sample(cmks, self.one([1, 2, 2, 3]))}
            clusters.append(cluster)
        return case | {"clusters": clusters, "horizon_days": 30} | ({"delete": self.random.sample(cmks, self.one([1, 1, 2, 3]))} if fn == "check" else {})

    def case(self):
        fn = self.one(["due", "ticks", "expiry", "restamp", "keepset", "keepset", "project", "project", "project", "check", "check", "check", "which"])
        if fn in ("keepset", "project"):
            return self.retention(fn)
        if fn in ("check", "which"):
            return self.calm(fn) if self.chance(0.4) else self.deletion(fn)
        return getattr(self, fn)()
