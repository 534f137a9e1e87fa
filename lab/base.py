"""What goes into the machines' layers: from the bottom up.

system (mmdebstrap), base (base.sh, common/), identity (identity.sh), role (bare.sh, server/, the machine's own).
"""

import hashlib
import os
import secrets
import subprocess
from pathlib import Path

from lab.layer import CAPTIVE, LAYER_SH, Layer, build, locked
from lab.layout import CACHE, IMAGE, MACHINES, RESOLVER, LabError, Machine
from lab.shell import say

SUITE = "bookworm"
SERVERS = ("a", "b")


def layers(machine: Machine) -> list[Layer]:
    """The machine's layers, topmost first."""
    system = Layer("system", _digest(SUITE, *packages()), _debootstrap)
    base = _base_layer(system)
    identity = _identity_layer(machine, [base, system])
    return [_role_layer(machine, [identity, base, system]), identity, base, system]


def ensure_shared() -> None:
    """Build the layers that all machines share, where they are missing; the machines' own can then be built at once."""
    for layer in reversed(layers(MACHINES[0])[2:]):
        layer.ensure()


def ensure_layers(machine: Machine) -> list[Path]:
    """The machine's layers, topmost first; what is missing is built from the bottom up."""
    return [layer.ensure() for layer in reversed(layers(machine))][::-1]


def packages() -> list[str]:
    """The packages of packages.txt, comments left out."""
    lines = (IMAGE / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def image_secrets() -> dict[str, str]:
    """Passwords that the image and the seat must agree on; made up once per cache."""
    kept = {}
    with locked("secrets"):
        for name in ("sudo", "pop", "gate"):
            file = CACHE / f"secret-{name}"
            if not (file.exists() and file.read_text()):
                file.touch(mode=0o600)
                file.write_text(secrets.token_hex(10))
            kept[name] = file.read_text()
    return kept


def _debootstrap(folder: Path) -> None:
    command = [*CAPTIVE, "mmdebstrap", "--mode=root", "--variant=minbase", f"--include={','.join(packages())}"]
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


def _base_layer(system: Layer) -> Layer:
    steps = ["run:base.sh", *(["tree:common"] if (IMAGE / "common").is_dir() else [])]
    passwords = _passwords()
    key = _digest(system.key, LAYER_SH.read_text(), *_contents("base.sh", "lib.sh", "common"), *passwords.values())
    return Layer("base", key, lambda folder: build(folder, [system.path], steps, passwords))


def _identity_layer(machine: Machine, below: list[Layer]) -> Layer:
    # Nothing of the layers below goes into the key: a machine keeps its identity whatever becomes of its system.
    paths = [layer.path for layer in below]
    environment = {"LAB_NAME": machine.name}
    key = _digest(machine.key, *_contents("identity.sh"))
    return Layer(f"id-{machine.key}", key, lambda folder: build(folder, paths, ["run:identity.sh"], environment))


def _role_layer(machine: Machine, below: list[Layer]) -> Layer:
    roles = ["server", machine.key] if machine.key in SERVERS else [machine.key]
    steps = ["run:bare.sh"]
    for role in roles:
        if (IMAGE / role / "tree").is_dir():
            steps.append(f"tree:{role}/tree")
        if (IMAGE / role / "provision.sh").exists():
            steps.append(f"run:{role}/provision.sh {_arguments(machine)}")
    environment = {
        "LAB_MACHINE": machine.key,
        "LAB_NAME": machine.name,
        "LAB_ADDRESS": machine.address,
        "LAB_FQDN": machine.fqdn,
        "LAB_MORE_ADDRESSES": " ".join(machine.more_addresses),
        "LAB_RESOLVER": RESOLVER,
        **_passwords(),
    }
    parts = _contents("bare.sh", "lib.sh", *roles)
    key = _digest(*(layer.key for layer in below), *steps, *environment.values(), *parts)
    paths = [layer.path for layer in below]
    return Layer(machine.key, key, lambda folder: build(folder, paths, steps, environment))


def _arguments(machine: Machine) -> str:
    """A provision.sh's arguments: its own name, address and full name; a server's then those of the other one."""
    others = [other for other in MACHINES if machine.key in SERVERS and other.key in SERVERS and other != machine]
    return " ".join(f"{m.name} {m.address} {m.fqdn}" for m in (machine, *others))


def _passwords() -> dict[str, str]:
    return {f"LAB_{name.upper()}_PASSWORD": password for name, password in image_secrets().items()}


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


def _contents(*names: str) -> list[str]:
    """Path, kind and digest of everything in lab/image that is called, or lies below, one of `names`."""
    found = []
    tops = [IMAGE / name for name in names if (IMAGE / name).exists()]
    for path in (path for top in tops for path in sorted([top, *top.rglob("*")])):
        if path.is_symlink():
            what = f"link {path.readlink()}"
        elif path.is_dir():
            what = "folder"
        else:
            what = f"{os.access(path, os.X_OK)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        found.append(f"{path.relative_to(IMAGE)} {what}")
    return found
