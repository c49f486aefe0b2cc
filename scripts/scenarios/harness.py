"""Scenarios as named functions, run over several processes; and what they all want to know of an answer."""
import concurrent.futures, inspect, os, pathlib, random, shutil, tempfile, time, traceback

from sandbox import Sandbox, Wrong

SCENARIOS = []


def scenario(function=None, *, seeds=1, long_seeds=None):
    """Marks a function as a scenario; its docstring is the sentence. One with `seeds` is run with that many."""
    def mark(function):
        SCENARIOS.append((function, seeds, long_seeds or seeds))
        return function
    return mark(function) if function else mark


class Stage:
    """Where a scenario makes its sandboxes; they go when it is over."""

    def __init__(self, binary, root, seed):
        self.binary, self.root, self.seed, self.random = binary, root, seed, random.Random(seed)
        self.made = []

    def sandbox(self, *clusters, name="main", **options):
        box = Sandbox(self.binary, self.root / name, clusters, **options)
        self.made.append(box)
        return box

    def clone(self, box, name="copy"):
        copy = box.clone(name)
        self.made.append(copy)
        return copy

    def close(self):
        for box in self.made:
            box.remove()


def _run(index, seed, binary, keep):
    function = SCENARIOS[index][0]
    root = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-scenario-"))
    stage = Stage(binary, root, seed)
    began, failure = time.monotonic(), None
    try:
        arguments = [stage] if len(inspect.signature(function).parameters) == 1 else [stage, seed]
        function(*arguments)
    except Wrong as wrong:
        place = traceback.extract_tb(wrong.__traceback__)
        calls = [f"{os.path.basename(call.filename)}:{call.lineno}" for call in place if "scenarios" in call.filename]
        failure = f"{' > '.join(calls)}\n{wrong}"
    except Exception:
        failure = traceback.format_exc()
    finally:
        if failure and keep:
            failure += f"\nkept: {root}"
            for box in stage.made:
                box.close()
        else:
            stage.close()
            shutil.rmtree(root, ignore_errors=True)
    return index, seed, failure, time.monotonic() - began


def _title(index, seed, is_long):
    function, seeds, long_seeds = SCENARIOS[index]
    sentence = " ".join(function.__doc__.split()).rstrip(".")
    return f"{function.__name__}: {sentence}" + (f" (seed {seed})" if (long_seeds if is_long else seeds) > 1 else "")


def run_all(binary, *, chosen=(), is_long=False, jobs=2, keep=False, first_seed=1):
    """Runs the scenarios; answers how many failed."""
    work = []
    for index, (function, seeds, long_seeds) in enumerate(SCENARIOS):
        if not chosen or any(word in function.__name__ for word in chosen):
            work += [(index, seed) for seed in range(first_seed, first_seed + (long_seeds if is_long else seeds))]
    if not work:
        raise SystemExit(f"scenario-test: no scenario is called so: {' '.join(chosen)}")
    passed = failed = 0
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        # Those that take long first, so that no process waits for them at the end.
        runs = [pool.submit(_run, index, seed, binary, keep) for index, seed in work]
        for run in concurrent.futures.as_completed(runs):
            index, seed, failure, seconds = run.result()
            passed, failed = passed + (not failure), failed + bool(failure)
            print(f"{'FAILED' if failure else 'ok'}  {_title(index, seed, is_long)}  [{seconds:.1f} s]", flush=True)
            if failure:
                print("".join(f"    {line}\n" for line in failure.splitlines()), flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed
