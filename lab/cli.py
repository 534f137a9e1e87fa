"""The command `lab`."""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lab import container, network, seat, snapshot, world
from lab.errors import LabError
from lab.layer import locked
from lab.layout import Lab, current_lab, wanted_site
from lab.profile import Machine, load
from lab.stream import legible

MOST_DELAY = 2000  # milliseconds
NEEDED = {"lxc-start": "lxc", "mmdebstrap": "mmdebstrap", "ip": "iproute2", "ssh-keygen": "openssh-client"}


def main() -> int:
    """Entry point. Exit status: 0 done, 1 failed, 2 wrong use; `run` and `console`: that of the command."""
    options = _parser().parse_args()
    # What is made here becomes hosts, and layers that other labs stand on: their modes are not the caller's business.
    options.umask = os.umask(0o022)
    try:
        return int(options.act(current_lab(), options) or 0)
    except LabError as error:
        # A hint may hold what a host said.
        print(legible(f"lab: {error}"), file=sys.stderr)
        if error.hint:
            print(legible(f"  {error.hint}"), file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print("lab: interrupted; `lab up` goes on, `lab down` cleans up", file=sys.stderr, flush=True)
        # At once, without waiting for steps under way: what builds a layer dies with this process.
        os._exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab",
        description="The rehearsal hosts: a pair, production (a) and standby (b), and its neighbours. "
        "HOST is a machine, or a name: whichever machine bears it just now. LAB=NAME picks one of several labs.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, act: Callable[..., int | None], text: str, *arguments: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        for argument in arguments:
            made.add_argument(argument)
        made.set_defaults(act=act)
        return made

    up = command("up", _up, "build what is missing and boot all hosts")
    up.add_argument("--site", metavar="NAME", default=wanted_site(), help="the pair (default: the environment's SITE)")
    up.add_argument("--overlay", action="append", default=[], metavar="HOST=DIR", help="lay a tree over a machine")
    command("down", _down, "remove everything but the cache")
    reset = command("reset", _reset, "back to the state before the swap")
    command("status", _status, "which machine bears which name and address (exit status 1: not up)")
    run = command("run", _run, "run a command at the operator's seat")
    run.add_argument("command", nargs=argparse.REMAINDER)
    console = command("console", _console, "root on a host, not through ssh", "host")
    console.add_argument("command", nargs=argparse.REMAINDER)
    command("snapshot", _snapshot, "keep the disks of all hosts, as a power cut would leave them", "name")
    restore = command("restore", _restore, "boot all hosts from a snapshot", "name")
    for some in (reset, restore):
        some.add_argument("hosts", nargs="*", metavar="HOST", help="these alone (default: all)")
    power = command("power", _power, "power switch of a host: off is a power cut", "host")
    power.add_argument("switch", choices=["on", "off", "cycle"])
    command("cut", _cut, "pull a network cable: of a host, or the seat's", "host")
    command("mend", _mend, "put a network cable back", "host")
    delay = command("delay", _delay, "let each round trip between the seat and the hosts take longer (0: no more)")
    delay.add_argument("milliseconds", type=int, choices=range(MOST_DELAY + 1), metavar="MS")
    fill = command("fill", _fill, "let a host's disk be full", "host")
    fill.add_argument("--leave", type=int, default=0, metavar="KIB", help="so much stays free")
    command("drain", _drain, "give a full disk its space back", "host")
    return parser


def _require_root() -> None:
    if os.geteuid() != 0:
        raise LabError("the lab needs root", f"sudo {' '.join(sys.argv)}", 2)


def _require_tools() -> None:
    missing = sorted({package for tool, package in NEEDED.items() if not shutil.which(tool)})
    if missing:
        hint = f"make setup, or: apt-get install --no-install-recommends {' '.join(missing)}"
        raise LabError(f"missing on this machine: {', '.join(missing)}", hint, 2)


@contextmanager
def _alone(lab: Lab) -> Iterator[None]:
    """Nobody else changes this lab meanwhile."""
    _require_root()
    _require_tools()
    with locked(f"lab-{lab.name}", f"another command on the lab {lab.name}"):
        yield


def _up(lab: Lab, options: argparse.Namespace) -> None:
    lab = _of_site(lab, options.site)
    overlays: dict[str, list[Path]] = {}
    for word in options.overlay:
        name, _, folder = word.partition("=")
        keys = [machine.key for machine in lab.profile.machines if name in (machine.key, machine.name)]
        if not keys or not Path(folder).is_dir():
            raise LabError(
                f"--overlay {word}: not HOST=FOLDER",
                f"hosts: {lab.profile.keys}",
                2,
            )
        overlays.setdefault(keys[0], []).append(Path(folder).resolve())
    with _alone(lab):
        world.up(lab, overlays)
    _status(lab, options)


def _of_site(lab: Lab, site: str) -> Lab:
    """The lab as one of that pair; what an interrupted `lab up` has left of another pair is removed."""
    wanted = replace(lab, profile=load(site) if site else lab.profile)
    if wanted == lab:
        return lab
    if world.is_made(lab):
        raise LabError(f"the lab {lab.name} is up, of site {lab.profile.name}", "lab down, or LAB=another", 2)
    _down(lab, argparse.Namespace())
    return wanted


def _down(lab: Lab, _options: argparse.Namespace) -> None:
    with _alone(lab):
        world.down(lab)


def _reset(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        world.require_made(lab)
        world.reset(lab, [world.find(lab, name) for name in options.hosts] or world.hosts(lab))


def _status(lab: Lab, _options: argparse.Namespace) -> int:
    _require_root()
    print("\n".join(world.status(lab)))
    return 0 if world.is_made(lab) else 1


def _command(options: argparse.Namespace) -> list[str]:
    words: list[str] = options.command
    return words[1:] if words[:1] == ["--"] else words


def _run(lab: Lab, options: argparse.Namespace) -> None:
    _require_root()
    world.require_made(lab)
    words = _command(options)
    if not words:
        raise LabError("lab run: no command", "lab run CMD…", 2)
    command, environment = seat.command_line(lab, words)
    os.umask(options.umask)  # the operator's own
    os.execvpe(command[0], command, environment)


def _console(lab: Lab, options: argparse.Namespace) -> int:
    _require_root()
    host = world.find(lab, options.host)
    if not container.is_on(host):
        raise LabError(f"{options.host} is off", f"lab power {options.host} on", 2)
    return container.console(host, _command(options) or ["/bin/bash", "-l"])


def _snapshot(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        snapshot.take(lab, options.name)


def _restore(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        world.require_made(lab)
        snapshot.restore(lab, options.name, [world.find(lab, name) for name in options.hosts] or world.hosts(lab))


def _power(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        host = world.find(lab, options.host)
        if options.switch in ("off", "cycle"):
            container.switch_off(host)
        if options.switch in ("on", "cycle") and not container.is_on(host):
            world.boot([host])


def _cable(lab: Lab, name: str) -> Machine | None:
    world.require_made(lab)
    return None if name == "seat" else world.find(lab, name).machine


def _cut(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        network.cut(lab, _cable(lab, options.host))


def _mend(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        network.mend(lab, _cable(lab, options.host))


def _delay(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        world.require_made(lab)
        network.delay(lab, options.milliseconds)


def _fill(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        container.fill(world.find(lab, options.host), options.leave)


def _drain(lab: Lab, options: argparse.Namespace) -> None:
    with _alone(lab):
        container.drain(world.find(lab, options.host))


if __name__ == "__main__":
    sys.exit(main())
