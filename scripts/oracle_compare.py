"""Holds `holdfast debug oracle --lines` against oracle.py, field by field. Usage: see scripts/oracle-test."""

import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import time

import oracle
from oracle_cases import Generator

BATCH = 250
SHOWN = 5
WORKED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../testdata/oracle/worked-cases.json")
DAY = {"fn": "ticks", "every": "day", "at": "18:00", "zone": "UTC", "after": "2027-01-01T00:00:00Z", "upto": "2027-01-02T00:00:00Z"}
SNAPSHOT = {"id": "s1", "time": "2027-05-01T18:00:00Z"}
PROJECT = {"fn": "project", "now": "2027-06-01T18:00:00Z", "snapshots": [SNAPSHOT]}
# Lines that are no cases; the last ones are no JSON.
DAMAGED = [json.dumps(it) for it in [
    [], 7, None, {}, {"fn": None}, {"fn": "nothing"}, {"fn": "due", "now": "yesterday", "runs": []}, {"fn": "check"}, {"fn": "which", "clusters": 7},
    PROJECT | {"now": "2027-02-30T18:00:00Z"}, PROJECT | {"snapshots": [{"id": "s1"}]}, PROJECT | {"snapshots": [SNAPSHOT, SNAPSHOT]},
    PROJECT | {"horizon_days": 10**18}, PROJECT | {"now": 7}, {"fn": "expiry", "time": "2027-06-01T18:00:00Z", "items": ["3 hours"], "policy": {}},
    DAY | {"at": "25:00"}, DAY | {"zone": "Nowhere/Else"}, DAY | {"every": "month on 31"}]] + ["", "no JSON", "[1", '{"fn": "ticks"', "\\u0000", "1e999"]


def theirs(binary, cases):
    """The binary's answers, one for each case; a missing line is an answer of its own."""
    text = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([binary, "debug", "oracle", "--lines"], input=text, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    found = [json.loads(line) for line in lines[:len(cases)]]
    return found + [{"no answer": f"exit {done.returncode}: {done.stderr[-200:]}"}] * (len(cases) - len(found))


def ours(case):
    try:
        return oracle.answer(case)
    except oracle.Malformed as error:
        return {"error": str(error)}


def difference(one, two, path=""):
    """The path at which two answers differ first, or None. Members have no order; lists have. Errors are alike, whatever they say."""
    if isinstance(one, dict) and isinstance(two, dict):
        if "error" in one and "error" in two:
            return None
        for key in sorted(one.keys() | two.keys()):
            if key not in one or key not in two:
                return f"{path}.{key}"
            found = difference(one[key], two[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return next((found for n, pair in enumerate(zip(one, two)) if (found := difference(*pair, f"{path}[{n}]"))), None)
    return None if type(one) is type(two) and one == two else path or "."


def smaller(value):
    """The same value with one part left out, every way there is; large parts first."""
    if isinstance(value, dict):
        for key in value:
            yield {it: value[it] for it in value if it != key}
        for key in value:
            for part in smaller(value[key]):
                yield value | {key: part}
    elif isinstance(value, list):
        for n in range(len(value)):
            yield value[:n] + value[n + 1:]
        for n in range(len(value)):
            for part in smaller(value[n]):
                yield value[:n] + [part] + value[n + 1:]


def differing(binary, cases):
    """The first of these cases at which the two still differ, or None. What is no case any more differs in nothing."""
    for case, two in zip(cases, theirs(binary, cases)):
        try:
            one = ours(case)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if "error" not in one and "error" not in two and difference(one, two) is not None:
            return case
    return None


def shrunk(binary, case, seconds=20):
    """The smallest case that still differs, as far as leaving parts out one at a time leads within the time."""
    until = time.monotonic() + seconds
    parts = smaller(case)
    while time.monotonic() < until and (batch := [it for it in itertools.islice(parts, 100) if "fn" in it]):
        found = differing(binary, batch)
        if found is not None:
            case, parts = found, smaller(found)
    return case


def compare(job):
    """[(case, ours, theirs)] of one batch, where they differ."""
    binary, seed, count = job
    generator = Generator(seed)
    cases = [generator.case() for _ in range(count)]
    return [(case, one, two) for case, two in zip(cases, theirs(binary, cases)) if difference(one := ours(case), two) is not None]


def show(case, one, two, names=("ours  ", "theirs")):
    print(f"--- at {difference(one, two)}")
    print("case  ", json.dumps(case))
    print(names[0], json.dumps(one))
    print(names[1], json.dumps(two), flush=True)


def show_shrunk(binary, case):
    small = shrunk(binary, case)
    show(small, ours(small), theirs(binary, [small])[0])


def worked(binary):
    """How many worked cases there are, and how many of their answers, ours and the binary's, are not as expected."""
    with open(WORKED) as file:
        table = json.load(file)
    failures = 0
    for it, found in zip(table, theirs(binary, [it["case"] for it in table])):
        for name, answer in (("ours  ", ours(it["case"])), ("theirs", found)):
            if difference(it["expected"], answer) is not None:
                failures += 1
                print(f"worked case {it['number']}, {it['what']}")
                show(it["case"], it["expected"], answer, ("worked", name))
    return 2 * len(table), failures


def damaged_lines(binary):
    """Whether a line that is no case costs the others nothing: each still gets its own answer."""
    text = "".join(f"{line}\n{json.dumps(DAY)}\n" for line in DAMAGED)
    done = subprocess.run([binary, "debug", "oracle", "--lines"], input=text, capture_output=True, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    problems = sum(answer != ours(DAY) for answer in found[1::2]) + sum("error" not in answer for answer in found[::2])
    problems += abs(len(found) - 2 * len(DAMAGED))
    if problems:
        print(f"--- {problems} of {2 * len(DAMAGED)} answers to lines that are no cases, and to those between, are wrong: {done.stdout[-400:]}")
    return 1, min(1, problems)


def main(binary, count=3000, seed=1):
    count, seed = int(count), str(seed)
    cases, failures = (sum(it) for it in zip(worked(binary), damaged_lines(binary)))
    jobs = [(binary, f"{seed}/{start}", min(BATCH, count - start)) for start in range(0, count, BATCH)]
    with multiprocessing.Pool(min(len(os.sched_getaffinity(0)), len(jobs)) or 1) as pool:
        for found in pool.imap_unordered(compare, jobs):
            for case, _, _ in found:
                failures += 1
                if failures <= SHOWN:
                    show_shrunk(binary, case)
    cases += count
    print(f"{cases - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
