"""Half a year of `holdfast run`, over three clusters with policies of three kinds, with a rotation every sixty days."""
import calendar, datetime

import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, instant, need, stamp

DATED = "{items: [{every: day, keep: 7 days}, {every: saturday, keep: 4 weeks}, {every: month on last, keep: 3 months}], grace: 7 days}"
COUNTED = "{items: [{every: day}], keep_rules: {last: 3, weekly: 3, monthly: 2}, grace: 2 days}"
ENDING = "{items: [{every: sunday, keep: 5 weeks}], grace: 3 days}"
KEEPS = {"day": (0, 7), "saturday": (0, 28), "month on last": (3, 0), "sunday": (0, 35)}


def later(moment, months, count):
    """Months keep the day, clamped to the month's end; days are 24 hours."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day) + days(count)


def stamped(moment, items):
    """The expiry and the label of a snapshot that serves these items, the most frequent first."""
    dates = [(later(moment, *KEEPS[item]), number, item) for number, item in enumerate(items)]
    return max(dates)[0], max(dates)[2]


class Life:
    def __init__(self, stage):
        self.stage, self.random = stage, stage.random
        self.box = stage.sandbox(Cluster("a", DATED), Cluster("b", COUNTED), Cluster("c", ENDING), now="2055-01-01T18:00:00Z")
        self.active = self.box.keys[0]
        self.taken = {}  # snapshot: (time, CMK, items)

    def tick(self):
        box = self.box
        for name in box.clusters:
            box.write(name, f"file-{self.random.randint(0, 9)}", f"{stamp(box.now)} {self.random.random()}\n" * self.random.randint(1, 90))
        tick = box.tick(code=0)
        for cluster in tick["clusters"]:
            due = {row["source"]: row["items"] for row in cluster["due"]}
            need(set(due) == {row["source"] for row in cluster["taken"]}, f"due and not taken, or the reverse: {cluster}")
            for row in cluster["taken"]:
                self.taken[row["snapshot"]] = (box.now, self.active, due[row["source"]])

    def hold_books(self):
        """What the binary lists must be what was taken, as it was taken."""
        rows = self.box.snapshots()
        for row in rows:
            moment, cmk, items = self.taken[row["id"]]
            need(row["time"] == stamp(moment) and row["cmks"] == [cmk], f"taken {moment} under {cmk}, and listed as {row}")
            if row["cluster"] == "b":
                need(row["expires"] is None, f"counted, and dated: {row}")
            else:
                expires, label = stamped(moment, items)
                need((row["expires"], row["label"]) == (stamp(expires), label), f"{expires} {label} was expected of {row}")
        for row in self.random.sample(rows, min(2, len(rows))):
            why = self.box.restores(row["id"])
            need(not why, f"{row['id']} is listed as {row['state']} and does not come back: {why}")


@scenario
def half_a_year(stage):
    """Ticks over six months, rotations, backups that end: the books agree, every date is kept, no safe answer loses a snapshot."""
    life, box = Life(stage), None
    box = life.box
    begun, next_truth = box.now, box.now + days(12)
    next_rotation, seen = begun + days(60), set()
    while box.now < begun + days(182):
        life.tick()
        life.hold_books()
        answer = Expectation(box).hold_against(box, stage.random)
        seen |= {(said["when"] or {}).get("kind", said["verdict"]) for said in answer["keys"].values()}
        if box.now >= next_truth:
            confirm(stage, box, answer)
            next_truth += days(25)
        if box.now >= next_rotation:
            life.active = box.rotate()
            next_rotation += days(60)
        if box.now >= begun + days(90) and box.clusters["c"].backup == "on":
            box.clusters["c"].backup = "off"
            box.write_project()
        box.now += datetime.timedelta(hours=stage.random.randint(40, 190))
    need({"waiting", "exact", "projected", "safe_for_good"} <= seen, f"it was to meet every kind of answer, and met {seen}")


def confirm(stage, box, answer):
    """One key of each kind is put to the test."""
    if answer["together"]:
        truth.goes_safely(stage, box, answer["together"])
    for kind, prove, patience in (("exact", truth.date_is_exact, 400), ("projected", truth.date_is_right_if_backups_run, 9)):
        keys = sorted(key for key, said in answer["keys"].items() if (said["when"] or {}).get("kind") == kind)
        keys = [key for key in keys if instant(answer["keys"][key]["when"]["date"]) <= box.now + days(patience)]
        if keys:
            prove(stage, box, keys[0], box.check(keys[0], code=20))
