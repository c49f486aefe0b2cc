"""System calls that fail: at any of them, once or from then on."""
import errno, json

from holdfast_driver import need
from shim import Fault

FOR_EVER = 10**6
FULL, BROKEN, INTERRUPTED, CLOSED = errno.ENOSPC, errno.EIO, errno.EINTR, errno.EROFS
# A sector that is read past the page cache and cannot be; what a file system finds corrupt by itself.
SECTOR, CORRUPT = errno.ENODATA, errno.EUCLEAN
ERRORS = {
    "open": (BROKEN, CORRUPT, INTERRUPTED), "read": (BROKEN, SECTOR, INTERRUPTED), "stat": (BROKEN, CORRUPT), "create": (FULL, BROKEN, INTERRUPTED, CLOSED),
    "write": (FULL, BROKEN, INTERRUPTED), "truncate": (FULL, BROKEN, INTERRUPTED), "allocate": (FULL, BROKEN, INTERRUPTED),
    "sync": (FULL, BROKEN, CLOSED, INTERRUPTED), "link": (FULL, BROKEN, CLOSED), "rename": (FULL, BROKEN, CLOSED), "unlink": (BROKEN, CLOSED),
    "mkdir": (FULL, BROKEN, CLOSED), "rmdir": (BROKEN, CLOSED), "symlink": (FULL, BROKEN, CLOSED), "mode": (BROKEN, CLOSED), "other": (BROKEN, CLOSED),
    "stdout": (FULL, BROKEN, INTERRUPTED),
}
# What of an answer tells of what failed.
FINDINGS = ("errors", "failures", "unknowns", "unproven", "blockers", "alerts", "stopped")
# SQLite does not make these again, and no local file system lets them be interrupted.
SLOW = ("sync", "truncate", "allocate")


def trials(trial, is_all):
    faults = []
    for kind, codes in ERRORS.items():
        for number in range(1, trial.calls[kind] + 1):
            for code in codes:
                faults.append(Fault(kind, number, code))
                if code != INTERRUPTED:
                    faults.append(Fault(kind, number, code, FOR_EVER))
    return faults


def run(trial, fault):
    words = trial.begin()
    result = trial.box.attempt(words, fault)
    if result.code == 0:
        trial.box.acknowledge(result.out)
        trial.hold_against_wanted()
        return
    # A repair that met an error ends as it would without: with 15, since there is damage.
    need(result.code == trial.case.code or fault.act != INTERRUPTED or fault.kind in SLOW, f"an interrupted call was not made again: {result}")
    explains_itself(result, is_mute=fault.kind == "stdout", is_full=fault.act == FULL and fault.count == FOR_EVER)
    trial.settle(result)


def explains_itself(result, is_mute=False, is_full=False):
    """One line on standard error that says what happened, to which object, and what to do; and unless `is_mute` the same as JSON. Where the
    answer itself says what failed, that names its objects."""
    findings = [finding for answer in _documents(result) for name in FINDINGS for finding in answer.get(name) or []]
    if findings:
        need(all(any(finding.get(name) for name in ("object", "path", "item", "id", "subject")) for finding in findings), f"an error names no object: {result}")
        return
    lines = [line for line in result.err.splitlines() if line.startswith("holdfast: ")]
    need(any(line.count(": ") >= 3 for line in lines), f"what happened, to which object, and what to do? {result}")
    if is_mute:
        return
    errors = [document for document in _documents(result) if document.get("message_type") == "exit_error"]
    need(any(error["object"] and error["code"] == result.code for error in errors), f"it names no object: {result}")
    # Why SQLite cannot make its journal, it does not say.
    need(not is_full or result.code == 16 or "unable to open database file" in result.err, f"where there is no room the exit code is 16: {result}")


def _documents(result):
    """What was printed as JSON, up to the first line that is none."""
    documents = []
    for line in result.lines:
        try:
            document = json.loads(line)
        except ValueError:
            break
        documents.append(document if isinstance(document, dict) else {})
    return documents
