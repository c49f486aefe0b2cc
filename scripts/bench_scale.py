"""What a million files, and 100,000 snapshots with a million packs, take: see scripts/bench-scale."""
import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from bench_tools import Holdfast, Restic, run

ROOT = pathlib.Path(os.environ["HOLDFAST_BENCH"]) / "scale"
UNTIL = "2027-06-01"  # the day of the newest generated snapshot


def megabytes(byte_count):
    """Empty where it could not be told."""
    return f"{byte_count / 1e6:.0f}" if byte_count else ""


class Figures:
    """By work and program the cheapest of its rounds: others may be at work on the machine."""

    def __init__(self):
        self.best = {}

    def add(self, work, program, cost):
        known = self.best.get((work, program))
        if known is None or cost.user + cost.system < known.user + known.system:
            self.best[work, program] = cost
        print(f"{work:44} {program:9} {cost.wall:8.2f} s  user {cost.user:7.2f}  system {cost.system:6.2f}  {megabytes(cost.peak):>5} MB",
              file=sys.stderr, flush=True)

    def markdown(self):
        lines = ["| work | program | seconds | user | system | peak, MB |", "|---|---|---|---|---|---|"]
        for (work, program), cost in self.best.items():
            lines.append(f"| {work} | {program} | {cost.wall:.2f} | {cost.user:.2f} | {cost.system:.2f} | {megabytes(cost.peak)} |")
        return "\n".join(lines) + "\n"


def make_tree(tree, folders, files):
    """Tiny files, each with a line of its own in it. A tree that is there is taken as it is."""
    if tree.exists():
        return
    draft = tree.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    for folder in range(folders):
        place = draft / f"d{folder:03}"
        place.mkdir(parents=True)
        for number in range(files):
            file = os.open(f"{place}/f{number:03}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            os.write(file, b"%d/%d\n" % (folder, number))
            os.close(file)
    draft.rename(tree)


def measure_files(options, figures):
    tree = ROOT / "tree"
    make_tree(tree, options.folders, 1_000)
    work, count = ROOT / "files", options.folders * 1_000
    shutil.rmtree(work, ignore_errors=True)
    holdfast, restic = Holdfast(), Restic()
    for tool in (holdfast, restic):
        tool.begin(work / tool.name, tree, False)
        figures.add(f"first backup of {count:,} files", tool.name, tool.backup())
    middle = f"{tree}/d{options.folders // 2:03}"
    for number in range(options.rounds):
        for tool in (holdfast, restic):
            figures.add("unchanged backup", tool.name, tool.backup())
        figures.add("find with every file's stat", "find", run(["find", tree, "-printf", "%s %T@ %C@ %i %m\n"]))
        figures.add("ls of a directory", "holdfast", holdfast.call("ls", f"latest:{middle}"))
        figures.add("find over all of it", "holdfast", holdfast.call("find", "f777.txt", "--snapshot", "latest"))
        target = work / f"restored-{number}"
        figures.add("restore of one file", "holdfast", holdfast.call("restore", f"latest:{middle}/f500.txt", "--target", target))
        if (target / "f500.txt").read_bytes() != pathlib.Path(f"{middle}/f500.txt").read_bytes():
            raise SystemExit(f"bench-scale: {target}/f500.txt is not what was backed up")


def measure_packs(options, figures):
    place, state = ROOT / "packs", ROOT / "packs-state"
    if not place.exists():
        draft = place.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        subprocess.run([sys.executable, pathlib.Path(__file__).parent / "generate_repository.py", draft, "--snapshots", str(options.snapshots),
                        "--packs", "50", "--until", UNTIL], check=True, stdout=sys.stderr)
        draft.rename(place)
    shutil.rmtree(state, ignore_errors=True)
    environment = {"XDG_STATE_HOME": str(state / "state"), "XDG_CACHE_HOME": str(state / "cache")}

    def call(*words):
        return run([os.environ["HOLDFAST"], "-q", "-p", place / "holdfast.yaml", "--time", f"{UNTIL}T18:00:00Z", *words], environment)

    figures.add(f"snapshots, {options.snapshots:,}, for the first time", "holdfast", call("snapshots"))
    for _ in range(options.rounds):
        for words in (("snapshots",), ("prune", "--dry-run"), ("check",), ("stats",), ("keys", "list")):
            figures.add(" ".join(words), "holdfast", call(*words))


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench-scale")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("files", "packs"))
    parser.add_argument("--folders", type=int, default=1_000, help="of 1,000 files each")
    parser.add_argument("--snapshots", type=int, default=100_000, help="of 50 packs each, 10 of them their own")
    parser.add_argument("--markdown", help="write the table there as well")
    options = parser.parse_args()
    ROOT.mkdir(exist_ok=True)
    figures = Figures()
    for name, measure in (("files", measure_files), ("packs", measure_packs)):
        if options.only in (None, name):
            measure(options, figures)
    versions = ", ".join(subprocess.run(words, capture_output=True, text=True).stdout.splitlines()[0] for words in
                         ([os.environ["HOLDFAST"], "version"], [os.environ["RESTIC"], "version"]))
    table = figures.markdown()
    table += f"\n{versions}; {os.cpu_count()} cores, {platform.machine()}, {time.strftime('%Y-%m-%d')}; the cheapest of {options.rounds} rounds.\n"
    print(table)
    if options.markdown:
        pathlib.Path(options.markdown).write_text(table)


main()
