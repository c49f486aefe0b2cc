"""A writer is suspended (SIGSTOP) at any call, for longer than the stale time; a prune on another host gives it up; and it wakes."""
import os, signal, subprocess

from box import DAY
from faults import explains_itself
from holdfast_driver import TIME_LIMIT, Result, Wrong, need
from shim import Fault


def trials(trial, is_all):
    if not trial.case.name.startswith("backup"):
        return []
    return [Fault("any", number, "stop") for number in range(1, trial.calls["any"] + 1)]


def run(trial, fault):
    box = trial.box
    words = trial.begin()
    earlier = set(box.open_snapshots())
    process = box.launch(box.command(*words), fault, stdin=subprocess.DEVNULL)
    try:
        event = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        begun = box.open_snapshots() if event.si_code == os.CLD_STOPPED else []
        if event.si_code == os.CLD_STOPPED:
            box.elsewhere("prune", "--yes", clock=2 * DAY)
            need(not set(begun) & set(box.open_snapshots()), f"a writer that was silent for two days is not given up: {begun}")
            os.kill(process.pid, signal.SIGCONT)
        out, err = process.communicate(timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        raise Wrong("it hung after it woke") from None
    finally:
        if process.poll() is None:
            box.kill(process)
    result = Result(process.args[1:], process.returncode, out.decode(), err.decode())
    # What an earlier writer left may have been given up before this one took it up.
    codes = (17,) if set(begun) - earlier else (0, 17)
    need(result.code in codes, f"exit {result.code}, and it had begun {begun}: {result}")
    if result.code == 17:
        explains_itself(result)
    trial.settle(result)
