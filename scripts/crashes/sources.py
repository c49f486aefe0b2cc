"""What is backed up cannot be read: any call on a source fails, once or from then on. What the snapshot lacks it names; all else is right."""
import errno

from box import manifest_of
from faults import FOR_EVER, explains_itself
from holdfast_driver import need
from shim import Fault, Shim

ERRORS = {"open": (errno.EIO, errno.EACCES, errno.ENOENT, errno.EINTR), "read": (errno.EIO, errno.EINTR), "stat": (errno.EIO, errno.ENOENT)}


def trials(trial, is_all):
    if not trial.case.name.startswith("backup"):
        return []
    calls = _calls(trial)
    return [Fault(kind, number, code, count) for kind, codes in ERRORS.items() for number in range(1, calls[kind] + 1)
            for code in codes for count in (1, FOR_EVER) if (code, count) != (errno.EINTR, FOR_EVER)]


def run(trial, fault):
    words, box = trial.begin(), trial.box
    with _watching_sources(box) as shim:
        result = box.attempt(words, fault)
        need(shim.fired, f"nothing failed: {fault}")
    if result.code == 0:
        trial.settle(result)
        return
    need(fault.act != errno.EINTR, f"an interrupted call was not made again: {result}")
    explains_itself(result)
    if result.code == 3:
        _holds_all_else(box, result)
    again = box.attempt(trial.case.words(box))
    need(again.code == 0, f"run again, it fails: {again}\nafter {result}")
    box.acknowledge(again.out)
    box.judge()


def _holds_all_else(box, result):
    """An earlier version never stands for a file that could not be read, and nothing is missing that is not named."""
    summary = result.json()
    named = [error["path"] for error in summary["errors"]]
    box.names[summary["snapshot_id"]] = "in part"
    if _is_named(box.source, named) and not _has_source(box, summary["snapshot_id"]):
        box.contents[summary["snapshot_id"]] = None
        return
    wanted = {path: entry for path, entry in manifest_of(box.source).items() if not _is_named(box.source / path, named)}
    box.comes_back(summary["snapshot_id"], wanted, leaving_out=lambda path: _is_named(box.source / path, named))
    box.contents[summary["snapshot_id"]] = manifest_of(box.out)


def _has_source(box, snapshot):
    """Not where the source itself could not be looked at: a restore of it says so."""
    result = box.attempt(["-q", "restore", f"{snapshot}:{box.source}", "--target", box.out])
    need(result.code == 0 or result.code == 1 and "no such path in the snapshot" in result.err, f"nothing was restored: {result}")
    return result.code == 0


def _is_named(path, named):
    return any(str(path) == name or str(path).startswith(name.rstrip("/") + "/") for name in named)


def _calls(trial):
    words = trial.begin()
    with _watching_sources(trial.box) as shim:
        result = trial.box.attempt(words)
        need(result.code == 0, f"watched, it fails: {result}")
        return shim.calls


class _watching_sources:
    """Calls on the sources count, and not those on the project."""

    def __init__(self, box):
        self.box, self.usual = box, box.shim

    def __enter__(self):
        self.box.shim = Shim(self.usual.library, self.box.source, self.box.place / "report-of-sources")
        return self.box.shim

    def __exit__(self, *_):
        self.box.shim = self.usual
