"""The operator's seat: inventory, keys, secrets: everything that `lab run` gives to a command."""

import os
import shutil
import sys
from pathlib import Path

from lab.base import image_secrets
from lab.layout import Lab
from lab.network import resolver_files
from lab.shell import run

# Operators that the seat's key lets in on every host; the second one's sudo asks for a password.
OPERATOR, ASKED = "hayashi", "mori"

_INVENTORY = """\
# The lab's hosts, as the operator's seat sees them; written by `lab up`.

{groups}[resolvers]
{resolver[0]} ansible_host={resolver[1]}

[all:vars]
ansible_port=22
ansible_user={operator}
ansible_ssh_private_key_file={seat}/id_ed25519
known_hosts={seat}/known_hosts
"""

# As `ip netns exec` does it, but that the lab's mounts stay shared: `lab reset` within `lab run` is seen outside too.
_SIT_DOWN = """
for name in resolv.conf hosts; do
    mount --make-private "$(findmnt --noheadings --output TARGET --target "/etc/$name")"
    mount --bind "$1/$name" "/etc/$name"
done
shift
exec "$@"
"""


def public_key(lab: Lab) -> str:
    """The seat's public key; the pair is made when it isn't there."""
    lab.seat.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = lab.seat / "id_ed25519"
    if not key.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"seat of {lab.name}", "-f", str(key))
    return key.with_suffix(".pub").read_text().strip()


def furnish(lab: Lab) -> None:
    """Write inventory, known_hosts and secrets."""
    public_key(lab)
    (lab.seat / "hosts.ini").write_text(_inventory(lab))
    (lab.seat / "known_hosts").write_text("".join(_host_keys(lab)))
    passwords = image_secrets(lab.profile)
    template = (lab.profile.folder / "secrets.toml").read_text(encoding="utf-8")
    _write_private(lab.seat / "secrets.toml", template.format(**passwords))
    _write_private(lab.seat / f"{ASKED}-password", passwords["sudo"] + "\n")


def _inventory(lab: Lab) -> str:
    groups = "".join(f"[{machine.group}]\n{machine.line}\n\n" for machine in lab.profile.machines)
    return _INVENTORY.format(groups=groups, resolver=lab.profile.resolver, seat=lab.seat, operator=OPERATOR)


def _host_keys(lab: Lab) -> list[str]:
    """The machines' true keys, read from their images, under the addresses that they have before the swap."""
    lines = []
    for machine in lab.profile.machines:
        for file in sorted((lab.host(machine).rootfs / "etc/ssh").glob("ssh_host_*_key.pub")):
            kind, key = file.read_text().split()[:2]
            lines.append(f"{machine.address} {kind} {key}\n")
    return lines


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def forget_run(lab: Lab) -> None:
    """Drop what irekae remembers of a run at the seat."""
    shutil.rmtree(lab.seat / ".irekae", ignore_errors=True)


def command_line(lab: Lab, command: list[str]) -> tuple[list[str], dict[str, str]]:
    """`command` as run at the seat, and its environment."""
    project = Path(__file__).resolve().parents[1]
    folders = [str(project / ".venv/bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "/usr/bin:/bin")]
    environment = {
        **os.environ,
        "PATH": ":".join([*folders, "/usr/sbin", "/sbin"]),
        "IREKAE_INVENTORY": str(lab.seat / "hosts.ini"),
        "LAB": lab.name,
    }
    if lab.profile.site:
        environment.setdefault("IREKAE_SITE", str(lab.profile.site))
    apart = ["unshare", "--mount", "--propagation", "unchanged", "--", "sh", "-eu", "-c", _SIT_DOWN, "lab"]
    return lab.inside(*apart, str(resolver_files(lab)), *command), environment
