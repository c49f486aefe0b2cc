"""These trials can fail: on a machine whose fsync does nothing they see the loss of whatever a command has acknowledged."""
import cuts
from holdfast_driver import Wrong, need

# Nobody is promised anything that these change.
WITHOUT_PROMISE = ("init", "restore-fresh", "restore-over", "prune", "catalog-rebuild", "check", "status", "drill", "unlock")


def trials(trial, is_all):
    if trial.case.name in WITHOUT_PROMISE:
        return []
    return [cut for cut in cuts.trials(trial, is_all=True, has_fsync=False) if cut.number == len(trial.recording) and cut.names == "none"]


def run(trial, cut):
    try:
        cuts.run(trial, cut)
    except Wrong:
        return
    need(False, "no fsync has any effect, and nobody notices")
