"""What an answer claims is done, on a copy of everything: keys are deleted and destroyed, dates are waited for."""
import datetime

from expectation import Expectation
from sandbox import days, instant, minutes, need, stamp


def broken(box):
    """What cannot be read back: each object that a whole reading of all packs, with keys, finds fault with."""
    found = {}
    for name in box.clusters:
        result = box.run("check", "--read-data", "--cluster", name, "--json", code=(0, 14, 15))
        document = next(document for document in reversed(result.documents()) if document["message_type"] == "summary")
        found |= {(name, error["object"]): error["message"] for error in document["errors"]}
        need(document["opened"], f"it looked without keys: {result}")
    return found


def goes_safely(stage, box, keys, sample=2):
    """Deletes the keys on a copy, destroys them at once, and has every snapshot read back as before."""
    copy = stage.clone(box, "without")
    before = broken(copy)
    # What no log has named yet may be pinned by a snapshot in progress, once its announcement names it.
    if copy.run("keys", "delete", *keys, code=(0, 20) if Expectation(copy).open else 0).code:
        return copy.remove()
    for key in keys:
        copy.run("debug", "keyring", "destroy", key, code=0)
    after = {place: message for place, message in broken(copy).items() if place not in before}
    need(not after, f"FALSE SAFE: without {keys} these are lost: {after}")
    known = [snapshot for _, snapshot, _ in Expectation(copy).snapshots if snapshot in copy.contents]
    for snapshot in stage.random.sample(sorted(known), min(sample, len(known))):
        cluster = copy.contents[snapshot][0]
        if (cluster, f"snapshots/{snapshot}/1") in before:
            continue
        why = copy.restores(snapshot)
        if "trash" in why:
            copy.run("undelete", snapshot, "--hold", "look", "--cluster", cluster, code=0)
            why = copy.restores(snapshot)
        need(not why, f"FALSE SAFE: without {keys}: {why}")
    copy.remove()


def stays_refused(stage, box, key):
    """Neither delete nor disable touches a key that is needed, and nothing of the attempt is left standing."""
    copy = stage.clone(box, "refused")
    before = Expectation(copy)
    verdict = before.verdict([key])
    code = {"blocked": 20, "unknown": (21, 1, 10)}[verdict]
    copy.run("keys", "delete", key, code=code)
    copy.run("keys", "disable", key, code=code)
    after = Expectation(copy)
    need(after.states == before.states, f"refused, and yet the keyring is another: {before.states} {after.states}")
    need(after.leaving == before.leaving, f"refused, and yet announced: {after.leaving - before.leaving}")
    copy.remove()


def date_is_exact(stage, box, key, answer):
    """A minute before the date the key is blocked, prunes being on time; at the date it is clear, and proven so."""
    date = instant(answer["when"]["date"])
    need(answer["when"]["kind"] == "exact" and date >= box.now, f"not an exact date: {answer['when']}")
    copy = stage.clone(box, "later")
    blocking = {row["id"] for row in answer["blockers"]}
    expiries = {instant(row["expires"]) for row in box.snapshots() if row["id"] in blocking and row["expires"]}
    leaving = {instant(row["goes"]) for row in answer["blockers"]}
    for moment in sorted(moment for moment in expiries | leaving | {box.now} if box.now <= moment < date):
        copy.now = moment
        copy.prune()
    if date - minutes(1) > box.now:
        copy.now = date - minutes(1)
        copy.prune()
        early = copy.check(key)
        need(early["code"] == 20, f"{key} was to be free at {stamp(date)}, and a minute before is {early}")
        need(early["when"] == answer["when"], f"{key}: the date moved from {answer['when']} to {early['when']}")
    copy.now = date
    copy.prune()
    late = copy.check(key, "--prove")
    need(late["verdict"] in ("safe_for_good", "safe_now"), f"{key} was to be free at {stamp(date)}, and is {late}")
    need(late["code"] == (0 if late["verdict"] == "safe_for_good" else 22), f"exit {late['code']} for {late}")
    copy.remove()


def date_is_right_if_backups_run(stage, box, key, answer, limit=80):
    """Backups and prunes run as scheduled until the projected date: a minute before the key is blocked, then it is clear."""
    date = instant(answer["when"]["date"])
    copy = stage.clone(box, "projected")
    for _ in range(limit):
        planned = [instant(cluster["next"]) for cluster in copy.tick("--dry-run")["clusters"] if cluster["next"]]
        events = [instant(row["expires"]) for row in copy.snapshots() if row["expires"]]
        events += [instant(row["goes"]) for row in copy.check(key)["blockers"] if row["goes"]]
        coming = [moment for moment in planned + events if copy.now < moment < date]
        if not coming:
            break
        copy.now = min(coming)
        copy.write("a" if "a" in copy.clusters else next(iter(copy.clusters)), "tick", stamp(copy.now))
        copy.tick()
    else:
        copy.remove()
        return False
    copy.now = date - minutes(1)
    copy.tick()
    need(copy.check(key)["code"] == 20, f"{key} was projected for {stamp(date)}, and is free a minute before")
    copy.now = date
    copy.tick()
    late = copy.check(key)
    need(late["code"] == 22, f"{key} was projected for {stamp(date)}, and is {late}")
    copy.remove()
    return True
