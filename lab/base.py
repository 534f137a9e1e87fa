"""What goes into the machines' layers of a profile: from the bottom up.

system (mmdebstrap), base (base.sh, common/), identity (identity.sh), role (bare.sh, server/, the machine's own).
"""

import hashlib
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

from lab.errors import LabError
from lab.layer import CAPTIVE, LAYER_SH, Layer, build, locked
from lab.layout import CACHE
from lab.profile import SHARED, Machine, Profile
from lab.shell import say


def layers(profile: Profile, machine: Machine) -> list[Layer]:
    """The machine's layers, topmost first."""
    wanted = packages(profile)
    system = _layer(profile, "system", _digest(profile.suite, *wanted), lambda folder: _debootstrap(profile, folder))
    base = _base_layer(profile, system)
    identity = _identity_layer(profile, machine, [base, system])
    return [_role_layer(profile, machine, [identity, base, system]), identity, base, system]


def ensure_shared(profile: Profile) -> None:
    """Build the layers that all machines share, where they are missing; the machines' own can then be built at once."""
    for layer in reversed(layers(profile, profile.machines[0])[2:]):
        layer.ensure()


def ensure_layers(profile: Profile, machine: Machine) -> list[Path]:
    """The machine's layers, topmost first; what is missing is built from the bottom up."""
    return [layer.ensure() for layer in reversed(layers(profile, machine))][::-1]


def packages(profile: Profile) -> list[str]:
    """The packages of packages.txt, comments left out."""
    lines = (profile.image / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def image_secrets(profile: Profile) -> dict[str, str]:
    """Passwords that the image and the seat must agree on; made up once per cache."""
    kept = {}
    with locked("secrets"):
        for name in profile.secrets:
            file = CACHE / f"secret-{name}"
            if not (file.exists() and file.read_text()):
                file.touch(mode=0o600)
                file.write_text(secrets.token_hex(10))
            kept[name] = file.read_text()
    return kept


def _layer(profile: Profile, kind: str, key: str, make: Callable[[Path], None]) -> Layer:
    """A layer whose kind carries the profile's name: no profile touches another's."""
    return Layer(f"{profile.name}-{kind}", key, make)


def _debootstrap(profile: Profile, folder: Path) -> None:
    command = [*CAPTIVE, "mmdebstrap", "--mode=root", "--variant=minbase"]
    command += [f"--include={','.join(packages(profile))}"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{what}/*" for what in ("man", "info", "locale")]
    command += [profile.suite, str(folder / "upper")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in process.stderr or ():
        lines.append(line)
        if line.startswith("I: "):
            say(f"  Debian: {line[3:].strip()}")
    if process.wait() != 0:
        raise LabError("mmdebstrap could not build the base system", "".join(lines[-20:]))


def _base_layer(profile: Profile, system: Layer) -> Layer:
    steps = ["run:base.sh", *(["tree:common"] if (profile.image / "common").is_dir() else [])]
    passwords = _passwords(profile)
    parts = _contents(profile, "base.sh", "systemd.sh", "operators.sh", "lib.sh", "common")
    key = _digest(system.key, LAYER_SH.read_text(), *parts, *passwords.values())
    return _layer(profile, "base", key, lambda folder: build(folder, profile.image, [system.path], steps, passwords))


def _identity_layer(profile: Profile, machine: Machine, below: list[Layer]) -> Layer:
    # Nothing of the layers below goes into the key: a machine keeps its identity whatever becomes of its system.
    paths = [layer.path for layer in below]
    environment = {"LAB_NAME": machine.name}
    key = _digest(machine.key, *_contents(profile, "identity.sh"))
    steps = ["run:identity.sh"]
    return _layer(
        profile, f"id-{machine.key}", key, lambda folder: build(folder, profile.image, paths, steps, environment)
    )


def _role_layer(profile: Profile, machine: Machine, below: list[Layer]) -> Layer:
    steps = ["run:bare.sh"]
    for role in machine.roles:
        if (profile.image / role / "tree").is_dir():
            steps.append(f"tree:{role}/tree")
        if (profile.image / role / "provision.sh").exists():
            steps.append(f"run:{role}/provision.sh {_arguments(profile, machine)}")
    environment = {
        "LAB_MACHINE": machine.key,
        "LAB_NAME": machine.name,
        "LAB_ADDRESS": machine.address,
        "LAB_IPV6": machine.ipv6,
        "LAB_FQDN": machine.fqdn,
        "LAB_MORE_ADDRESSES": machine.third,
        "LAB_RESOLVER": profile.resolver[1],
        **_passwords(profile),
    }
    parts = _contents(profile, "bare.sh", "lib.sh", "accounts.sh", "certificates.sh", *machine.roles)
    key = _digest(*(layer.key for layer in below), *steps, *environment.values(), *parts)
    paths = [layer.path for layer in below]
    return _layer(profile, machine.key, key, lambda folder: build(folder, profile.image, paths, steps, environment))


def _arguments(profile: Profile, machine: Machine) -> str:
    """A provision.sh's arguments: its own name, address, full name; one of the pair's then those of the other one."""
    others = [other for other in profile.pair if machine in profile.pair and other != machine]
    return " ".join(f"{m.name} {m.address} {m.fqdn}" for m in (machine, *others))


def _passwords(profile: Profile) -> dict[str, str]:
    return {f"LAB_{name.upper()}_PASSWORD": password for name, password in image_secrets(profile).items()}


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


def _contents(profile: Profile, *names: str) -> list[str]:
    """Path, kind and digest of everything in the image that is called, or lies below, one of `names`."""
    found = []
    tops = [(image, image / name) for image in (SHARED, profile.image) for name in names if (image / name).exists()]
    for image, path in ((image, path) for image, top in tops for path in sorted([top, *top.rglob("*")])):
        if path.is_symlink():
            what = f"link {path.readlink()}"
        elif path.is_dir():
            what = "folder"
        else:
            what = f"{os.access(path, os.X_OK)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        found.append(f"{path.relative_to(image)} {what}")
    return found
