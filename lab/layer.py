"""Layers of a root file system: made by steps in namespaces of their own, kept under a hash of all that goes in."""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.layout import CACHE
from lab.profile import SHARED
from lab.shell import say, step

LAYER_SH = Path(__file__).parent / "layer.sh"
KEPT_UNUSED = 3 * 86400
# A builder must not outlive the command that started it, nor leave a mount or a process behind.
CAPTIVE = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


@dataclass(frozen=True)
class Layer:
    """A layer by what it is of (`kind`), the hash of what goes into it (`key`), and how it is made."""

    kind: str
    key: str
    make: Callable[[Path], None]

    @property
    def path(self) -> Path:
        """Where it is, or will be, kept."""
        return CACHE / f"{self.kind}-{self.key}"

    def ensure(self) -> Path:
        """The kept layer; made first where it is missing: in a folder of its own, and renamed when whole."""
        if _is_kept(self.path):
            os.utime(self.path)
            return self.path
        # One at a time of a kind: another lab may be building the same.
        with locked(f"layer-{self.kind}", f"another `lab` that builds layer {self.kind}"):
            if _is_kept(self.path):
                return self.path
            _drop_spoilt(self.path)
            folder = CACHE / f".building-{self.kind}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            with step(f"building layer {self.kind}"):
                self.make(folder)
            (folder / "upper").rename(self.path)
            shutil.rmtree(folder)
            _drop_unused(self.kind)
        return self.path


def _is_kept(path: Path) -> bool:
    """Is the layer there, and can be entered by everybody on a host: one made under a strict umask cannot."""
    tops = [top for top in (path, path / "etc", path / "usr") if top.is_dir()]
    return bool(tops) and all(top.stat().st_mode & 0o055 == 0o055 for top in tops)


def _drop_spoilt(path: Path) -> None:
    if str(path) in Path("/proc/mounts").read_text():
        raise LabError(f"{path} cannot be entered by everybody, and a lab stands on it", "lab down there, then again")
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def locked(name: str, awaited: str = "") -> Iterator[None]:
    """Only one `lab` on this machine at a time holds `name`; say what is `awaited` when another one has it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if awaited:
                say(f"waiting for {awaited} …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _drop_unused(kind: str) -> None:
    """Remove the kind's layers that no host stands on and that no `lab` has asked for in three days."""
    mounts = Path("/proc/mounts").read_text()
    for path in CACHE.glob(f"{kind}-*"):
        if str(path) not in mounts and time.time() - path.stat().st_mtime > KEPT_UNUSED:
            shutil.rmtree(path)


def build(
    folder: Path, image: Path, below: Sequence[Path], steps: Sequence[str], environment: Mapping[str, str]
) -> None:
    """Run layer.sh's `steps` over the layers `below`; the result is `folder`/upper. No step reaches a network."""
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name).chmod(0o755)
    command = [*CAPTIVE, "--net", "--ipc", "--uts", "sh", "-eu", str(LAYER_SH), ":".join(map(str, below))]
    command += [*(str(folder / name) for name in ("upper", "work", "root")), f"{SHARED}:{image}", *steps]
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root", **environment}
    log = folder / "log"
    with log.open("w") as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=clean, check=False
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise LabError(f"a step of {folder.name} failed (all of its output: {log})", tail)
