"""File systems that are really full, or really read-only: the repository's, that of the local state, that of the project, that of a target."""
import dataclasses, os, shutil, subprocess, sys

from box import copy
from faults import explains_itself

PLACES = ["repository", "home", "target", "."]
ROOMS = (0, 8, 64, 500, 2500)  # KiB
ENOUGH = "size=512m"
MARK = "HOLDFAST_CRASH_MOUNTS"


@dataclasses.dataclass(frozen=True)
class Mount:
    """`room`: KiB that are left; None: read-only."""
    place: str
    room: int | None

    def __str__(self):
        return f"{self.place} " + ("read-only" if self.room is None else f"with {self.room} KiB left")


def enter_namespace():
    """Begins this program again where it may mount what nobody else sees. False where that is not permitted."""
    if MARK in os.environ:
        return True
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    probe = subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    if probe.returncode:
        return False
    os.environ[MARK] = "yes"
    os.execvp(unshare[0], [*unshare, "--propagation", "private", sys.executable, *sys.argv])


def trials(trial, is_all):
    return [Mount(place, room) for place in PLACES for room in (None, *ROOMS) if place != "target" or trial.case.name.startswith("restore")]


def run(trial, mount):
    box = trial.box
    words = trial.begin()
    place = box.root / mount.place
    if not place.exists():
        place.mkdir(mode=0o700, parents=True)
    try:
        _cover(place, mount.room)
        result = box.attempt(words)
        if mount.room is None:
            _mount("-o", "remount,bind,rw", place)
        else:
            _mount("-o", f"remount,{ENOUGH}", place)
        if result.code:
            explains_itself(result, is_full=mount.room is not None)
        trial.settle(result)
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True)


def _cover(place, room):
    if room is None:
        _mount("--bind", place, place)
        _mount("-o", "remount,bind,ro", place)
        return
    inside = place.with_name(place.name + "-inside")
    copy(place, inside)
    mode = place.stat().st_mode & 0o7777
    _mount("-t", "tmpfs", "-o", f"{ENOUGH},mode={mode:o}", "tmpfs", place)
    subprocess.run(["cp", "-a", f"{inside}/.", str(place)], check=True)
    shutil.rmtree(inside)
    status = os.statvfs(place)
    used = (status.f_blocks - status.f_bfree) * status.f_frsize // 1024
    _mount("-o", f"remount,size={used + room + 4}k", place)


def _mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)
