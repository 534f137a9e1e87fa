"""The layers that the hosts' root file systems are made of, built once and kept.

system (mmdebstrap) → base (base.sh, common/) → role (bare.sh, server/, the role's own). Each is kept under a hash of
everything that goes into it, so a layer is built when something below or in it has changed, and only then.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.layout import CACHE, IMAGE, MACHINES, RESOLVER, LabError, Machine
from lab.shell import say, step

SUITE = "bookworm"
SERVERS = ("a", "b")
_LAYER_SH = Path(__file__).parent / "layer.sh"


def layers(machine: Machine) -> list[Path]:
    """The machine's layers, topmost first; whatever is missing is built."""
    system = _system_layer()
    base = _base_layer(system)
    return [_role_layer(machine, [base, system]), base, system]


def packages() -> list[str]:
    """The packages of packages.txt, comments left out."""
    lines = (IMAGE / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def image_secrets() -> dict[str, str]:
    """Passwords that the image and the seat must agree on; made up once per cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = {}
    with _locked(CACHE / ".secrets.lock"):
        for name in ("sudo", "pop", "gate"):
            file = CACHE / f"secret-{name}"
            if not file.exists():
                file.touch(mode=0o600)
                file.write_text(secrets.token_hex(10))
            kept[name] = file.read_text()
    return kept


def _system_layer() -> Path:
    key = _digest(SUITE, *packages())
    return _kept("system", key, _debootstrap)


def _debootstrap(folder: Path) -> None:
    command = ["mmdebstrap", "--mode=root", "--variant=minbase", f"--include={','.join(packages())}"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{what}/*" for what in ("man", "info", "locale")]
    command += [SUITE, str(folder / "upper")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in process.stderr or ():
        lines.append(line)
        if line.startswith("I: "):
            say(f"  Debian: {line[3:].strip()}")
    if process.wait() != 0:
        raise LabError("mmdebstrap could not build the base system", "".join(lines[-20:]))


def _base_layer(system: Path) -> Path:
    common = IMAGE / "common"
    steps = [f"tree:{common}"] if common.is_dir() else []
    passwords = image_secrets()
    key = _digest(system.name, *_contents("base.sh"), *_contents("lib.sh"), *_contents("common"), *passwords.values())
    environment = _passwords(passwords)
    return _kept("base", key, lambda folder: build(folder, [system], ["run:base.sh", *steps], environment))


def _role_layer(machine: Machine, below: list[Path]) -> Path:
    steps = ["run:bare.sh"]
    parts = [*_contents("bare.sh"), *_contents("lib.sh")]
    other = next((m for m in MACHINES if m.key in SERVERS and m.key != machine.key), machine)
    arguments = f"{machine.name} {machine.address} {machine.fqdn} {other.name} {other.address} {other.fqdn}"
    for role in (["server"] if machine.key in SERVERS else []) + [machine.key]:
        parts += _contents(role)
        if (IMAGE / role / "tree").is_dir():
            steps.append(f"tree:{IMAGE / role / 'tree'}")
        if (IMAGE / role / "provision.sh").exists():
            steps.append(f"run:{role}/provision.sh {arguments}")
    environment = {
        "LAB_MACHINE": machine.key,
        "LAB_NAME": machine.name,
        "LAB_ADDRESS": machine.address,
        "LAB_FQDN": machine.fqdn,
        "LAB_MORE_ADDRESSES": " ".join(machine.more_addresses),
        "LAB_RESOLVER": RESOLVER,
        **_passwords(image_secrets()),
    }
    key = _digest(below[0].name, *steps, *environment.values(), *parts)
    return _kept(machine.key, key, lambda folder: build(folder, below, steps, environment))


def _passwords(passwords: dict[str, str]) -> dict[str, str]:
    return {f"LAB_{name.upper()}_PASSWORD": password for name, password in passwords.items()}


def _digest(*parts: str) -> str:
    digest = hashlib.sha256(_LAYER_SH.read_bytes())
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


def _contents(name: str) -> list[str]:
    """Path, kind and digest of everything below lab/image/`name`."""
    top = IMAGE / name
    if not top.exists():
        return []
    found = []
    for path in sorted([top, *top.rglob("*")]):
        if path.is_symlink():
            what = f"link {path.readlink()}"
        elif path.is_dir():
            what = "folder"
        else:
            what = f"{os.access(path, os.X_OK)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        found.append(f"{path.relative_to(IMAGE)} {what}")
    return found


def _kept(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The cached layer, made by `make` in a folder of its own and renamed when whole."""
    CACHE.mkdir(parents=True, exist_ok=True)
    final = CACHE / f"{kind}-{key}"
    if final.exists():
        os.utime(final)
        return final
    # One at a time per layer: another lab may be building the same.
    with _locked(CACHE / f".{kind}.lock"):
        if final.exists():
            return final
        folder = CACHE / f".building-{kind}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with step(f"building layer {kind}"):
            make(folder)
            (folder / "upper").rename(final)
        shutil.rmtree(folder)
    return final


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(folder: Path, below: list[Path], steps: list[str], environment: dict[str, str]) -> None:
    """Run layer.sh's `steps` over the layers `below`; the result is `folder`/upper.

    Mount, process and network namespaces of its own: when it ends, however that is, no mount and no process stays,
    and no step reaches a network.
    """
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--uts"]
    command += ["sh", "-eu", str(_LAYER_SH), ":".join(map(str, below))]
    command += [*(str(folder / name) for name in ("upper", "work", "root")), str(IMAGE), *steps]
    log = folder / "log"
    with log.open("w") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root", **environment},
            check=False,
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise LabError(f"a step of {folder.name} failed (all of its output: {log})", tail)
