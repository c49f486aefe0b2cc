#!/usr/bin/env python3
"""A second implementation of the decision functions of docs/RETENTION.md, written from that page alone.

It does the literal thing, slowly, so that a reader can hold it against the page section by section; `scripts/oracle-test`
holds it against `holdfast debug oracle`. Times are UTC seconds inside, `2027-01-01T18:00:00Z` outside.

    scripts/oracle.py < cases.jsonl        one case a line, one answer a line (section 6)

Where the page leaves room, it is read like this:
- What is left out and what is null are the same, and mean the default of 1.4; but a cluster without `keylog` cannot be read.
- Of a cluster that cannot be read the configuration alone counts (recovery CMKs), as an unreadable snapshot's envelopes count for nothing.
- A key log's line is the state in which its record leaves the CMK; a CMK is what its last line says, in the order of `n`. Active is the
  last that became so, while it is. A CMK that any log calls announced, scheduled or deleted covers nothing.
- `deleted` of a CMK is what its key manager says; only the guard asks the cluster's key log.
- What is held is not purged, so in the trash, too, it goes never.
- Of two snapshots of one time the one with the greater id is the newer, and one that the schedule takes then is newer than both.
- `within` counts back from the newest of those that are counted: of all, then of the good ones.
- A prune that stops at its limit is looked for now alone; one that stops at the last of a group, at every moment.
- `keepset` and `project` do not look at `readable`, of snapshots and of pins: check leaves out what it cannot read. `project` does not look at `pins`.
- Equally frequent items (two weekdays) come in the order of the policy.
"""

import calendar
import functools
import json
import sys
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace
from zoneinfo import ZoneInfo

HOUR, DAY, WEEK = 3600, 86400, 604800
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Malformed(Exception):
    """A case that is none: the answer is an error object, never a verdict."""


# --- times and durations (1.1, "Expiry arithmetic is UTC"; 1.4) ---


@functools.lru_cache(maxsize=65536)
def parse_time(text):
    return int((datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) - EPOCH).total_seconds())


@functools.lru_cache(maxsize=65536)
def utc(seconds):
    return EPOCH + timedelta(seconds=seconds)


@functools.lru_cache(maxsize=65536)
def format_time(seconds):
    return None if seconds is None else utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def optional_time(text):
    return None if text is None else parse_time(text)


@functools.lru_cache(maxsize=65536)
def add(seconds, duration, sign=1):
    """`seconds` plus (or minus) `7 days`: day = 24 h, week = 168 h; months and years keep the day of month, clamped to its end."""
    count, unit = duration.split()
    count = sign * int(count)
    unit = unit.rstrip("s")
    fixed = {"hour": HOUR, "day": DAY, "week": WEEK}
    if unit in fixed:
        return seconds + count * fixed[unit]
    at = utc(seconds)
    months = at.year * 12 + at.month - 1 + count * {"month": 1, "year": 12}[unit]
    year, month = months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return int((at.replace(year=year, month=month, day=min(at.day, last)) - EPOCH).total_seconds())


# --- local time (1.1, "DST") ---


@functools.lru_cache(maxsize=None)
def zone_named(name):
    return ZoneInfo(name)


@functools.lru_cache(maxsize=1 << 18)
def local(seconds, zone):
    return utc(seconds).astimezone(zone_named(zone))


@functools.lru_cache(maxsize=1 << 18)
def instant(day, at, zone):
    """When it is `at` on that local day. In a gap: the gap's end. Twice: the first."""
    hour, minute = map(int, at.split(":"))
    wall = datetime(day.year, day.month, day.day, hour, minute)

    def reading(fold):
        return int((wall.replace(tzinfo=zone_named(zone), fold=fold).astimezone(timezone.utc) - EPOCH).total_seconds())

    first = reading(0)
    if local(first, zone).replace(tzinfo=None) == wall:
        return first
    before, after = sorted((reading(0), reading(1)))  # the gap's end lies in (before, after]
    offset = local(after, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if local(middle, zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


# --- schedule items (1.1) ---

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [name.lower() for name in calendar.month_name[1:]]
HOURLY = {"hour": 1, "2 hours": 2, "4 hours": 4, "6 hours": 6, "8 hours": 8, "12 hours": 12}


def rank(every):
    """How seldom: the greater, the less frequent. Two weekdays, two days of a month, two months are equally frequent."""
    if every in HOURLY:
        return HOURLY[every]
    if every == "day":
        return 24
    if every in WEEKDAYS:
        return 168
    if every.startswith("month on "):
        return 1000
    if every.startswith("year in "):
        return 10000
    raise Malformed(f"no such schedule: {every}")


def runs_on(every, day):
    if every in HOURLY or every == "day":
        return True
    if every in WEEKDAYS:
        return day.weekday() == WEEKDAYS.index(every)
    if every == "month on last":
        return day.day == calendar.monthrange(day.year, day.month)[1]
    if every.startswith("month on "):
        return day.day == int(every.removeprefix("month on "))
    return day.day == 1 and day.month == 1 + MONTHS.index(every.removeprefix("year in "))


@functools.lru_cache(maxsize=4096)
def ticks(every, at, zone, after, upto):
    """The instants in (after, upto]."""
    rank(every)
    found = set()
    day = local(after, zone).date() - timedelta(days=2)
    last = local(upto, zone).date() + timedelta(days=2)
    while day <= last:
        if runs_on(every, day):
            start = instant(day, at, zone)
            if every in HOURLY:
                end = instant(day + timedelta(days=1), at, zone)
                found.update(range(start, end, HOURLY[every] * HOUR))
            else:
                found.add(start)
        day += timedelta(days=1)
    return sorted(t for t in found if after < t <= upto)


def next_tick(every, at, zone, after):
    for days in (3, 40, 400, 800):
        found = ticks(every, at, zone, after, after + days * DAY)
        if found:
            return found[0]


# --- the policy and the snapshots as data, with what is left out filled in (1.4, 6) ---

ATLAS = [
    {"every": "6 hours", "keep": "7 days"}, {"every": "day", "keep": "7 days"}, {"every": "saturday", "keep": "4 weeks"},
    {"every": "month on last", "keep": "12 months"}, {"every": "year in december", "keep": "1 years"},
]


def given(data, field, default):
    """A field's value; left out and null are the same."""
    value = (data or {}).get(field)
    return default if value is None else value


def read_policy(data):
    items = given(data, "items", ATLAS)
    return SimpleNamespace(
        at=given(data, "at", "18:00"), zone=given(data, "zone", "UTC"), on=given(data, "backup", True) in (True, "on"),
        keep_min=given(data, "keep_min", 1), min_keep=given(data, "min_keep", None), grace=given(data, "grace", "7 days"),
        items=[SimpleNamespace(every=item["every"], keep=item.get("keep")) for item in items], rules=given(data, "rules", None),
        promised=given(data, "keep_min_promised", 0), sources=given(data, "sources", None))


def read_snapshot(data):
    tombstone = data.get("tombstone")
    return SimpleNamespace(
        id=data["id"], group=given(data, "group", ""), time=parse_time(data["time"]), expires=optional_time(data.get("expires")),
        edited=given(data, "edited", False), items=given(data, "items", []), tags=given(data, "tags", []), holds=given(data, "holds", []),
        bad=given(data, "bad", False), salvaged=given(data, "salvaged", False), envelopes=given(data, "envelopes", []), trash=tombstone is not None,
        locked_until=parse_time(data["locked_until"]) if given(data, "locked_until", None) else None,
        purge_after=parse_time(tombstone["purge_after"]) if tombstone else None, readable=given(data, "readable", True),
        why=given(data, "why", None))


def read_snapshots(data):
    return [read_snapshot(it) for it in given(data, "snapshots", [])]


# --- due (1.1, "Missed runs"; 2) ---


def due(policy, runs, now):
    nothing = {"due": False, "items": [], "missed": 0, "next": None}
    if not policy.on or not policy.items:
        return nothing
    items = sorted((item.every for item in policy.items), key=rank)  # stable: equally frequent ones as the policy has them
    upcoming = min(next_tick(every, policy.at, policy.zone, now) for every in items)
    runs = [(time, names) for time, names in runs if time <= now and names]  # not the future's, nor those on demand
    if not runs:
        return {"due": True, "items": items[:1], "missed": 0, "next": upcoming}
    newest = max(time for time, _ in runs)
    wanted, served = [], set()
    for every in items:
        own = [time for time, names in runs if every in names]
        passed = ticks(every, policy.at, policy.zone, max(max(own) if own else newest, now - 3660 * DAY), now)
        if passed:
            wanted.append(every)
            served.update(passed)
    return {"due": bool(wanted), "items": wanted, "missed": max(0, len(served) - 1), "next": upcoming}


# --- expiry, restamp (1.1 "Overlap", 1.2 "Policy change" and "Compliance"; 2) ---


def expiry(time, items, policy, own_keep=None):
    """(expires or None, label)"""
    if own_keep is not None:
        expires, label = add(time, own_keep), "on-demand"
    else:
        keeps = {item.every: item.keep for item in policy.items if item.keep is not None}
        dated = [every for every in items if every in keeps]
        if dated:
            label = max(dated, key=lambda every: (add(time, keeps[every]), rank(every)))
            expires = add(time, keeps[label])
        else:
            expires, label = None, max(items, key=rank, default=None)
    if expires is not None and policy.min_keep is not None:
        expires = max(expires, add(time, policy.min_keep))
    return expires, label


def restamp(snapshot, policy, compliance):
    if snapshot.edited or not snapshot.items:
        return snapshot.expires
    keeps = {item.every: item.keep for item in policy.items if item.keep is not None}
    dates = [add(snapshot.time, keeps[every]) for every in snapshot.items if every in keeps]
    if not dates:
        return snapshot.expires
    if compliance:  # an expiry may only move later, and none at all is the latest
        return None if snapshot.expires is None else max(snapshot.expires, max(dates))
    return max(dates)


# --- keepSet (1.2, 1.3, 2) ---

BUCKETS = ["hourly", "daily", "weekly", "monthly", "yearly"]
REASONS = (["hold", "base", "future", "expiry", "no-rule", "last"] + BUCKETS + ["within"] + ["within_" + it for it in BUCKETS]
           + ["tags", "guard"])


@functools.lru_cache(maxsize=1 << 18)
def bucket(kind, seconds, zone):
    at = local(seconds, zone)
    if kind == "weekly":
        return at.isocalendar()[:2]
    return (at.year, at.month, at.day, at.hour)[:{"hourly": 4, "daily": 3, "monthly": 2, "yearly": 1}[kind]]


def newest_first(snapshots):
    return sorted(snapshots, key=lambda it: (it.time, not it.salvaged, it.id), reverse=True)


def newest_of_buckets(kind, snapshots, zone):
    seen, found = set(), []
    for it in newest_first(snapshots):
        key = bucket(kind, it.time, zone)
        if key not in seen:
            seen.add(key)
            found.append(it)
    return found


def has_tags(snapshot, rules):
    return any(set(wanted) <= set(snapshot.tags) for wanted in given(rules, "tags", []))


def apply_rules(counted, rules, zone):
    """[(reason, snapshot)] of the count rules over one group (1.3)."""
    found = [("last", it) for it in newest_first(counted)[:given(rules, "last", 0)]]
    for kind in BUCKETS:
        found += [(kind, it) for it in newest_of_buckets(kind, counted, zone)[:given(rules, kind, 0)]]
    for rule in ["within"] + ["within_" + kind for kind in BUCKETS]:
        if counted and given(rules, rule, None) is not None:
            edge = add(max(it.time for it in counted), rules[rule], -1)
            inside = [it for it in counted if it.time > edge]
            if rule != "within":
                inside = newest_of_buckets(rule.removeprefix("within_"), inside, zone)
            found += [(rule, it) for it in inside]
    return found + [("tags", it) for it in counted if has_tags(it, rules)]


def is_good(snapshot, now, deleted):
    return (not snapshot.trash and snapshot.time <= now and not snapshot.bad
            and any(cmk not in deleted for cmk in snapshot.envelopes))


def keep_set(snapshots, policy, now, bases, deleted):
    """{id: reasons in order}; an empty list = condemned. What is in the trash is left out."""
    live = [it for it in snapshots if not it.trash]
    reasons = {it.id: set() for it in live}
    groups = {}
    for it in live:
        groups.setdefault(it.group, []).append(it)
        if it.holds:
            reasons[it.id].add("hold")
        if it.id in bases:
            reasons[it.id].add("base")
        if it.time > now:
            reasons[it.id].add("future")
        if it.expires is not None and it.expires > now:
            reasons[it.id].add("expiry")
        if it.expires is None and policy.rules is None:
            reasons[it.id].add("no-rule")
    for group in groups.values():
        good = [it for it in group if is_good(it, now, deleted)]
        if policy.rules is not None:
            counted = [it for it in group if it.expires is None and it.time <= now]
            good_counted = [it for it in good if it.expires is None]
            pushing = [it for it in counted if not (it.salvaged and it.bad)]
            for line in (counted, good_counted, pushing):
                for reason, it in apply_rules(line, policy.rules, policy.zone):
                    reasons[it.id].add(reason)
        for it in newest_first(good)[:policy.keep_min if policy.on else policy.promised]:
            reasons[it.id].add("guard")
    return {id: sorted(found, key=REASONS.index) for id, found in reasons.items()}


# --- project (2) ---


def is_restorable(snapshot, deleted):
    return any(cmk not in deleted for cmk in snapshot.envelopes)


def ending_groups(there, kept, policy, deleted):
    """The groups of which a prune would condemn the last that a restore could take anything from (1.2): it asks first."""
    if not policy.on:
        return set()
    restorable = [it for it in there if is_restorable(it, deleted)]
    return {it.group for it in restorable} - {it.group for it in restorable if kept[it.id]}


def goes_too_far(live, kept, now):
    """Whether a prune now stops at its limit (1.2): over three of a group, and over a fifth, before their date."""
    for group in {it.group for it in live}:
        members = [it for it in live if it.group == group]
        early = [it for it in members if not kept[it.id] and (it.expires is None or it.expires > now)]
        if len(early) > 3 and 5 * len(early) > len(members):
            return True
    return False


def condemnations(snapshots, coming, policy, now, end, deleted):
    """When each snapshot is condemned first: {id: t}, and the ids of those that wait for a word by then. `coming` are the new ones,
    each there from its time on."""
    every = snapshots + coming
    moments = {now} | {it.expires for it in every if it.expires is not None} | {it.time for it in every}
    coming = sorted(coming, key=lambda it: it.time)
    undecided = {it.id for it in snapshots if not it.holds and not (it.expires is None and policy.rules is None)}
    there, found, waiting, next_coming = list(snapshots), {}, set(), 0
    for t in sorted(t for t in moments if now <= t <= end):
        if not undecided:
            break
        while next_coming < len(coming) and coming[next_coming].time <= t:
            there.append(coming[next_coming])
            next_coming += 1
        kept = keep_set(there, policy, t, set(), deleted)
        ending = ending_groups(there, kept, policy, deleted)
        waiting = {it.id for it in there if not kept[it.id] and it.group in ending}
        for it in there:
            if not kept[it.id] and it.id not in waiting:
                found[it.id] = t
                undecided.discard(it.id)
        there = [it for it in there if kept[it.id] or it.id in waiting]
    return found, waiting


def is_scheduled(group, policy):
    return policy.on and bool(policy.items) and (policy.sources is None or group in policy.sources)


def coming_snapshots(groups, policy, now, end):
    """One good snapshot per group that the schedule takes at every instant of it in (now, end]."""
    groups = {it for it in groups if is_scheduled(it, policy)}
    instants = {}
    for item in policy.items:
        for t in ticks(item.every, policy.at, policy.zone, now, end):
            instants.setdefault(t, []).append(item.every)
    return [SimpleNamespace(id=f"~{t}~{group}", group=group, time=t, expires=expiry(t, items, policy)[0], items=items, tags=[], holds=[],
                            bad=False, salvaged=False, envelopes=["~"], trash=False, readable=True)
            for t, items in instants.items() for group in groups]


def project(snapshots, policy, now, horizon_days, deleted):
    """{id: (goes, certainty, why)}"""
    live = [it for it in snapshots if not it.trash]
    end = now + horizon_days * DAY
    reasons_now = keep_set(live, policy, now, set(), deleted)
    reasons_promised = keep_set(live, SimpleNamespace(**{**vars(policy), "on": False}), now, set(), deleted)
    is_stopped = goes_too_far(live, reasons_now, now)
    without, _ = condemnations(live, [], policy, now, end, deleted)
    coming = coming_snapshots({it.group for it in live}, policy, now, end)
    with_new, ending = condemnations(live, coming, policy, now, end, deleted)

    def answer(it):
        if it.holds:  # in the trash, too: what is held is not purged (PROTOCOL.md, section 3, "Pruner", 5)
            return None, "never", "hold"
        if is_stopped and (it.purge_after <= now if it.trash else not reasons_now[it.id]):
            return None, "waiting", "confirm"  # nothing at all is done until somebody says --yes
        if it.trash:
            return max(it.purge_after, now), "exact", "trash"
        if it.id in ending:
            return None, "waiting", "confirm"
        guarded = "guard" in reasons_now[it.id]
        if it.id in with_new:
            t = with_new[it.id]
            why = "rules" if it.expires is None else "guard" if guarded else "expiry"
            return add(t, policy.grace), "exact" if without.get(it.id) == t else "projected", why
        if it.expires is not None and it.expires > end and not guarded and it.time <= now:
            return add(it.expires, policy.grace), "exact", "expiry"
        if it.expires is None and policy.rules is None:
            return None, "never", "no-rule"
        if it.expires is None and has_tags(it, policy.rules):
            return None, "never", "tags"
        if is_scheduled(it.group, policy):
            return None, "never", "beyond-horizon"
        return None, "never", "promised" if "guard" in reasons_promised[it.id] else "no-new-snapshots"

    def not_before_the_lock(it):  # section 7
        goes, certainty, why = answer(it)
        locked = getattr(it, "locked_until", None)
        return (locked, certainty, "lock") if goes is not None and locked is not None and locked > goes else (goes, certainty, why)

    return {it.id: not_before_the_lock(it) for it in snapshots}


# --- check (3.1, 3.2) ---

RETIRED = {"retired", "announced", "scheduled", "deleted"}
ON_ITS_WAY_OUT = {"announced", "scheduled", "deleted"}


class Case:
    """`case(now, keys, clusters, gone)`; projections are made once per cluster, since they do not depend on D."""

    def __init__(self, data):
        self.now = parse_time(data["now"])
        self.horizon = given(data, "horizon_days", 3660)
        self.keys = given(data, "keys", {})
        self.gone = set(given(data, "gone", []))
        self.clusters = [self.read_cluster(it) for it in given(data, "clusters", [])]
        self.readable = [it for it in self.clusters if it.reachable]
        self.out = {cmk for it in self.readable for cmk, state in it.states.items() if state in ON_ITS_WAY_OUT}

    def read_cluster(self, data):
        log = sorted((it for it in given(data, "keylog", [])), key=lambda it: it["n"])
        states, active = {}, None
        for record in log:
            if record.get("cmk") is not None and record.get("state") is not None:
                states[record["cmk"]] = record["state"]
                if record["state"] == "active":
                    active = record["cmk"]
        if active is not None and states[active] != "active":
            active = None
        cluster = SimpleNamespace(
            name=data["name"], repo=given(data, "repo", None), reachable=given(data, "reachable", True) and data.get("keylog") is not None, why=given(data, "why", None),
            skew=given(data, "clock_skew", 0), policy=read_policy(data.get("policy")), snapshots=read_snapshots(data),
            pins=given(data, "pins", []), log=log, states=states, active=active, recovery=given(data, "recovery", []),
            roster={repo for record in log for repo in given(record, "roster", [])})
        # An unreadable snapshot counts in no projection.
        cluster.dates = functools.cache(lambda: project(
            [it for it in cluster.snapshots if it.readable], cluster.policy, self.now, self.horizon,
            {cmk for cmk, state in states.items() if state == "deleted"}))
        return cluster

    def state(self, cmk):
        return given(self.keys.get(cmk), "state", "unreachable")

    @functools.cache
    def family(self, cmk):
        """The members of a multi-Region key, by a name that they share or as a list; else the key alone."""
        family = given(self.keys.get(cmk), "family", None)
        if family is None:
            return frozenset([cmk])
        if isinstance(family, list):
            return frozenset([cmk, *family])
        return frozenset([cmk]) | {it for it in self.keys if given(self.keys[it], "family", None) == family}

    def known(self):
        found = set(self.keys)
        for it in self.clusters:
            found |= set(it.states) | set(it.recovery) | {cmk for snapshot in it.snapshots for cmk in snapshot.envelopes}
        return found

    def in_use(self, cmk):
        return any(cmk in it.recovery for it in self.clusters) or any(cmk == it.active for it in self.readable)


def blocker(cluster, type, id, keys, goes, certainty, why):
    return {"cluster": cluster.name, "type": type, "id": id, "keys": sorted(keys), "goes": format_time(goes), "certainty": certainty, "why": why}


def judge_snapshot(case, cluster, snapshot, chosen):
    """(finding, why) of one manifest that exists (3.2, 4): the finding is a kind of list, or None where it is not touched."""
    if not snapshot.readable:
        return "unknown", snapshot.why or "unreadable"
    if not snapshot.envelopes:
        return "unknown", "no-envelope"
    openers = frozenset().union(*(case.family(cmk) for cmk in snapshot.envelopes))
    lost = all(case.state(cmk) == "deleted" for cmk in openers)
    rest = openers - chosen - case.out
    if not openers & chosen:
        return ("lost" if lost else None), None
    if any(case.state(cmk) == "enabled" for cmk in rest):
        return None, None
    if any(case.state(cmk) == "unreachable" for cmk in rest):
        return "unknown", "key-state"
    if any(case.state(cmk) != "deleted" for cmk in openers & chosen):
        return "needs", openers & chosen
    return ("lost" if lost else None), None


def check(case, delete):
    chosen = frozenset(delete)
    blockers, unknowns, lost = [], [], []
    configured = {it.repo for it in case.clusters}
    for repo in set().union(*(it.roster for it in case.readable)) - configured - case.gone:
        unknowns.append({"cluster": None, "type": "repository", "id": repo, "why": "not-configured"})
    for cluster in case.clusters:
        for cmk in chosen & set(cluster.recovery):
            blockers.append(blocker(cluster, "recovery", cmk, [cmk], None, "waiting", "unconfigure"))
        if not cluster.reachable:
            unknowns.append({"cluster": cluster.name, "type": "repository", "id": cluster.repo, "why": cluster.why or "unreachable"})
            continue
        if cluster.active in chosen:
            blockers.append(blocker(cluster, "active", cluster.active, [cluster.active], None, "waiting", "rotate"))
        for pin in cluster.pins:
            position = given(pin, "position", None)
            if not given(pin, "readable", True) or position is None:
                unknowns.append({"cluster": cluster.name, "type": "pin", "id": pin["id"], "why": "unreadable"})
                continue
            retired = {it.get("cmk") for it in cluster.log if it["n"] <= position and it.get("state") in RETIRED}
            possible = chosen & (set(cluster.states) - retired)
            if possible:
                blockers.append(blocker(cluster, "pin", pin["id"], possible, None, "waiting", "in-progress"))
        for snapshot in cluster.snapshots:
            finding, detail = judge_snapshot(case, cluster, snapshot, chosen)
            if finding == "unknown":
                unknowns.append({"cluster": cluster.name, "type": "snapshot", "id": snapshot.id, "why": detail})
            elif finding == "lost":
                lost.append({"cluster": cluster.name, "id": snapshot.id})
            elif finding == "needs":
                blockers.append(blocker(cluster, "trash" if snapshot.trash else "snapshot", snapshot.id, detail, *cluster.dates()[snapshot.id]))

    def order(it):
        return (it["cluster"] is not None, it["cluster"] or "", it.get("type", ""), it["id"] or "")

    blockers.sort(key=order), unknowns.sort(key=order), lost.sort(key=order)
    retired_everywhere = all(it.states.get(cmk) in RETIRED for it in case.clusters for cmk in chosen)
    verdict = "blocked" if blockers else "unknown" if unknowns else "safe_for_good" if retired_everywhere else "safe_now"
    return {"delete": sorted(chosen), "verdict": verdict, "when": when(case, blockers, unknowns), "complete": not unknowns,
            "blockers": blockers, "unknowns": unknowns, "lost": lost}


def when(case, blockers, unknowns):
    if not blockers:
        return None
    certainties = {it["certainty"] for it in blockers}
    date = max((it["goes"] for it in blockers if it["goes"] is not None), default=None)
    skewed = any(abs(it.skew) > 300 for it in case.clusters)
    kind = ("never" if "never" in certainties else "waiting" if "waiting" in certainties else "not_before" if unknowns
            else "projected" if "projected" in certainties or skewed else "exact")
    return {"kind": kind, "date": date}


# --- which (3.3) ---


def which(case):
    keys, safe = {}, []
    for cmk in sorted(case.known()):
        if case.state(cmk) == "deleted":
            continue
        alone = check(case, [cmk])
        keys[cmk] = {"in_use": case.in_use(cmk), "verdict": alone["verdict"], "when": alone["when"], "complete": alone["complete"],
                     "blockers": len(alone["blockers"])}
        if alone["verdict"].startswith("safe"):
            safe.append(cmk)
    together = []
    for cmk in safe:
        if check(case, together + [cmk])["verdict"].startswith("safe"):
            together.append(cmk)
    conflicts = {}
    for it in check(case, safe)["blockers"]:
        conflicts.setdefault(tuple(it["keys"]), []).append(it["id"])
    return {"keys": keys, "together": together,
            "conflicts": [{"keep_one_of": list(keys), "snapshots": sorted(ids)} for keys, ids in sorted(conflicts.items())]}


# --- section 6: one JSON case, one JSON answer ---


def answer(case):
    fn = case["fn"]
    if fn == "ticks":
        found = ticks(case["every"], given(case, "at", "18:00"), given(case, "zone", "UTC"), parse_time(case["after"]), parse_time(case["upto"]))
        return [format_time(t) for t in found]
    if fn == "due":
        runs = [(parse_time(it["time"]), given(it, "items", [])) for it in given(case, "runs", [])]
        found = due(read_policy(case.get("policy")), runs, parse_time(case["now"]))
        return found | {"next": format_time(found["next"])}
    if fn == "expiry":
        expires, label = expiry(parse_time(case["time"]), given(case, "items", []), read_policy(case.get("policy")), case.get("own_keep"))
        return {"expires": format_time(expires), "label": label}
    if fn == "restamp":
        return {"expires": format_time(restamp(read_snapshot(case["snapshot"]), read_policy(case.get("policy")), given(case, "compliance", False)))}
    if fn in ("keepset", "project"):
        snapshots, policy, now = read_snapshots(case), read_policy(case.get("policy")), parse_time(case["now"])
        deleted = set(given(case, "deleted_keys", []))
        if fn == "keepset":
            bases = {it.get("base") for it in given(case, "pins", [])}
            found = keep_set(snapshots, policy, now, bases, deleted)
            return {id: {"keep": bool(reasons), "reasons": reasons} for id, reasons in found.items()}
        found = project(snapshots, policy, now, given(case, "horizon_days", 3660), deleted)
        return {id: {"goes": format_time(goes), "certainty": certainty, "why": why} for id, (goes, certainty, why) in found.items()}
    if fn == "check":
        return check(Case(case), case["delete"])  # that a URI is known is the command's to ask (exit 64), not the function's
    if fn == "which":
        return which(Case(case))
    raise Malformed(f"no such function: {fn}")


def main():
    for line in sys.stdin:
        try:
            print(json.dumps(answer(json.loads(line))))
        except (Malformed, KeyError, ValueError) as error:
            print(json.dumps({"error": str(error)}))


if __name__ == "__main__":
    main()
