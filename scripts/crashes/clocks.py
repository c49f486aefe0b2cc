"""The clock is wrong by hours or years, from the start of a run or from any moment of it; then it is set right."""
import dataclasses, random

from box import DAY
from faults import explains_itself
from holdfast_driver import need
from shim import Fault

OFFSETS = {"an hour back": -3600, "a year back": -365 * DAY, "five years back": -5 * 365 * DAY, "an hour forward": 3600, "two days forward": 2 * DAY,
           "a year forward": 365 * DAY, "twenty years forward": 20 * 365 * DAY}


@dataclasses.dataclass(frozen=True)
class Jump:
    """`call`: from which call on; 0: from the start."""
    offset: str
    call: int

    def __str__(self):
        return f"the clock {self.offset} from call {self.call} on"


def trials(trial, is_all):
    jumps = []
    for offset in OFFSETS:
        draw = random.Random(f"{trial.case.name} {offset}")
        calls = range(trial.calls["any"] + 1) if is_all else (0, draw.randint(1, max(1, trial.calls["any"])))
        jumps += [Jump(offset, call) for call in calls]
    return jumps


def run(trial, jump):
    box = trial.box
    words = trial.begin()
    clock = box.clock + OFFSETS[jump.offset]
    fault = Fault("any", jump.call, "clock") if jump.call else None
    result = box.attempt(words, fault, clock=clock)
    if result.code:
        explains_itself(result)
    box.acknowledge(result.out)
    if OFFSETS[jump.offset] > 0:
        _allow(box, jump)
    # What was condemned by that clock is not purged by it.
    box.run_at(clock, "prune", "--yes", code=None if not box.is_made else 0)
    box.judge(alerts=True)
    again = box.attempt(words)
    need(again.code is not None, f"{again}")
    if again.code not in trial.case.again:
        explains_itself(again)
    box.acknowledge(again.out)
    box.judge(alerts=True)


def _allow(box, jump):
    """What had been decided by the right clock comes to its date by the wrong one: no other clock is here."""
    if jump.call:
        box.may_go |= {row["id"] for row in box.rows() if row["state"] == "trash"} if box.is_made else set()
    for states in box.cmks.values():
        if "pending_deletion" in states:
            states.add("deleted")
