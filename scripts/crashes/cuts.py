"""The power fails at any moment of a run: what was not synced by then is there, or not, or in part."""
import copy, dataclasses, itertools, random, shutil

from disk import Disk, Loss
from holdfast_driver import Result, need
from shim import recorded


@dataclasses.dataclass(frozen=True)
class Cut:
    """After `number` calls of one recorded run."""
    number: int
    data: str
    names: str
    seed: int
    has_fsync: bool = True

    def __str__(self):
        fsync = "" if self.has_fsync else ", without any fsync"
        return f"power cut after call {self.number}, unsynced data: {self.data}, unsynced names: {self.names}, seed {self.seed}{fsync}"


def trials(trial, is_all, has_fsync=True):
    _record(trial)
    losses = list(itertools.product(Loss.DATA, Loss.NAMES))
    cuts = []
    for number in range(len(trial.recording) + 1):
        draw = random.Random(f"{trial.case.name} {number}")
        chosen = losses if is_all else [draw.choice(losses)]
        cuts += [Cut(number, data, names, draw.randrange(10**6), has_fsync) for data, names in chosen]
    return cuts


def _record(trial):
    """One run from the state before, and that state as a disk sees it."""
    box = trial.box
    words = trial.begin()
    disk = Disk(box.root)
    log = box.place / "log"
    trial.ended = box.attempt(words, log=log)
    need(trial.ended.code == trial.case.code, f"while it was recorded: {trial.ended}")
    trial.disk, trial.recording = disk, recorded(log)
    log.unlink()


def run(trial, cut):
    box = trial.box
    trial.begin()
    disk = copy.deepcopy(trial.disk)
    said = b""
    for call in trial.recording[:cut.number]:
        disk.do(call, cut.has_fsync)
        said += call.data if call.kind == "stdout" else b""
    shutil.rmtree(box.root)
    disk.write_out(box.root, Loss(cut.data, cut.names, random.Random(cut.seed)))
    # It has ended as it should, whatever its exit code is then.
    code = 0 if cut.number == len(trial.recording) else None
    trial.settle(Result([str(cut)], code, said.decode(), ""))
