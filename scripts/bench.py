"""Holdfast, restic and Borg on the same trees in turn: see scripts/bench."""
import argparse
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import bench_resume
from bench_corpora import ALL
from bench_tools import Borg, Holdfast, Limits, Restic, files_of, run, stored_bytes

ROOT = pathlib.Path(os.environ["HOLDFAST_BENCH"])
CHANGED = 100  # every so manieth file is another before a restore over the tree


class Figures:
    """All that was measured: by corpus, work and program the costs of each round, and what the repositories took."""

    def __init__(self):
        self.costs, self.stored, self.repeated = {}, {}, {}

    def add(self, corpus, work, program, cost):
        self.costs.setdefault((corpus, work), {}).setdefault(program, []).append(cost)
        print(f"{corpus:12} {work:22} {program:10} {cost.wall:8.2f} s  user {cost.user:7.2f}  system {cost.system:6.2f}  {(cost.peak or 0) >> 20:5} MiB",
              file=sys.stderr, flush=True)

    def add_stored(self, corpus, work, program, byte_count):
        self.stored.setdefault((corpus, work), {}).setdefault(program, []).append(byte_count)

    def add_repeated(self, corpus, work, program, share):
        self.repeated.setdefault((corpus, work), {}).setdefault(program, []).append(share)

    def median(self, corpus, work, program, field):
        """None where it was not measured, or not in every round."""
        values = [getattr(cost, field) for cost in self.costs.get((corpus, work), {}).get(program, [])]
        return statistics.median(values) if values and None not in values else None

    def markdown(self):
        lines = ["| corpus | work | program | seconds | against holdfast | user | system | peak, MiB | stored, MiB | done twice |",
                 "|---|---|---|---|---|---|---|---|---|---|"]
        for (corpus, work), programs in self.costs.items():
            ours = self.median(corpus, work, "holdfast", "wall")
            for program in programs:
                wall, user, system, peak = (self.median(corpus, work, program, field) for field in ("wall", "user", "system", "peak"))
                stored = self.stored.get((corpus, work), {}).get(program)
                repeated = self.repeated.get((corpus, work), {}).get(program)
                cells = [corpus, work, program, f"{wall:.2f}", f"{wall / ours:.2f}" if ours else "", f"{user:.2f}", f"{system:.2f}", f"{peak / 2**20:.0f}" if peak else "",
                         f"{statistics.median(stored) / 2**20:.1f}" if stored else "",
                         f"{statistics.median(repeated):.1%}" if repeated else ""]
                lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"


def fresh(name, number, program):
    """A directory that nothing was ever in, for what is written."""
    return ROOT / "work" / f"{name}-{number}-{program}"


def remove_work():
    """After all rounds of a corpus, or where the next would not fit. ext4 looks through the inodes that were freed in the last minute, one by one, before it gives out the next:
    whoever came sooner would pay for it."""
    shutil.rmtree(ROOT / "work", ignore_errors=True)
    (ROOT / "work").mkdir()
    os.sync()
    time.sleep(61)


def has_room(rounds):
    """Whether the disk holds one round more, to judge by those that were made."""
    return shutil.disk_usage(ROOT).free > 1.5 * stored_bytes(ROOT / "work") / rounds


def warm(tree):
    """Before each program: Borg has what it read dropped from the page cache, and whoever came next would read from the disk."""
    run(["bash", "-c", f"find '{tree}' -type f -size -1073741824c -exec cat {{}} + > /dev/null"])


def turn(tools, number):
    """Who begins changes from round to round."""
    return tools[number % len(tools):] + tools[:number % len(tools)]


def change_some(target):
    """Every hundredth file has another byte at its end, and another time."""
    files = sorted(path for size, path in files_of(target) if size)
    for path in files[::CHANGED]:
        os.chmod(path, os.stat(path).st_mode | 0o200)
        with open(path, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))


def compare(tree, target):
    """A benchmark of programs that do not do their work is none."""
    restored = pathlib.Path(f"{target}{tree}")
    if subprocess.run(["diff", "-r", "--no-dereference", tree, restored], stdout=subprocess.DEVNULL).returncode != 0:
        raise SystemExit(f"bench: {restored} is not {tree}")


def measure(corpus, tools, number, figures):
    corpus.reset()
    if corpus.is_compared:
        measure_programs(corpus, tools, number, figures)
    if corpus.is_interrupted:
        measure_interrupted(corpus, [tool for tool in tools if tool.name != "borg"], number, figures)


def measure_interrupted(corpus, tools, number, figures):
    for tool in turn(tools, number):
        def place(use):
            return fresh(corpus.name, number, f"{tool.name}-{use}")
        warm(corpus.tree)
        compare(corpus.tree, bench_resume.measure(corpus, tool, place, figures))


def measure_programs(corpus, tools, number, figures):
    name, tree = corpus.name, corpus.tree
    warm(tree)
    figures.add(name, "first", "zstd -3 -T2", Limits.zstd(tree)) if name != "sparse" else None
    for tool in tools:
        tool.begin(fresh(name, number, f"{tool.name}-repository"), tree, corpus.is_database)
    for work_name in ("first", "unchanged"):
        for tool in turn(tools, number):
            warm(tree)
            figures.add(name, work_name, tool.name, tool.backup())
            figures.add_stored(name, work_name, tool.name, tool.stored())
    figures.add(name, "unchanged", "stat walk", Limits.walk(tree))
    if corpus.changes:
        corpus.change()
        for tool in turn(tools, number):
            before = tool.stored()
            warm(tree)
            figures.add(name, "changed", tool.name, tool.backup())
            figures.add_stored(name, "changed", tool.name, tool.stored() - before)
    if name == "sparse":
        return
    figures.add(name, "restore", "cp -a", Limits.copy(tree, fresh(name, number, "cp")))
    for tool in turn(tools, number):
        target = fresh(name, number, tool.name)
        figures.add(name, "restore", tool.name, tool.restore(target))
        compare(tree, target)
        if name in ("toolchain", "small-files") and tool.name != "borg":
            for overwrite in ("if-changed", "always"):
                change_some(f"{target}{tree}")
                figures.add(name, f"restore over, {overwrite}", tool.name, tool.restore(target, overwrite))
                compare(tree, target)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="corpora, with commas between: " + ", ".join(corpus.name for corpus in ALL))
    parser.add_argument("--markdown", help="write the table there as well")
    options = parser.parse_args()
    chosen = [corpus(ROOT / "corpora") for corpus in ALL if not options.only or corpus.name in options.only.split(",")]
    (ROOT / "corpora").mkdir(parents=True, exist_ok=True)
    remove_work()
    tools = [Holdfast(), Restic(), Borg()]
    figures = Figures()
    for corpus in chosen:
        corpus.make()
        kept = 0
        for number in range(options.rounds):
            measure(corpus, tools, number, figures)
            kept += 1
            if not has_room(kept):
                remove_work()
                kept = 0
        remove_work()
    table = figures.markdown()
    versions = ", ".join(subprocess.run(words, capture_output=True, text=True).stdout.splitlines()[0] for words in
                         ([os.environ["HOLDFAST"], "version"], [os.environ["RESTIC"], "version"], ["borg", "--version"]))
    table += f"\n{versions}; {os.cpu_count()} cores, {platform.machine()}, {time.strftime('%Y-%m-%d')}; medians of {options.rounds} rounds.\n"
    print(table)
    if options.markdown:
        pathlib.Path(options.markdown).write_text(table)


main()
