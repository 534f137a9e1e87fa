"""`fab init`: a first hosts.ini and site.toml, by looking at both hosts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

from irekae import subjects
from irekae.cli import session
from irekae.host.remote import Link
from irekae.model import seat_files
from irekae.model.errors import wrong_use
from irekae.model.printing import show
from irekae.site import first_trust
from irekae.site.inventory import Inventory, inventory_of, load_inventory
from irekae.site.machines import Pins, load_pins, save_pins
from irekae.site.marks import MARK, marked

STATE = "/var/lib/irekae"  # where a host would remember a swap; there is none yet


def init(
    c: Any, production: str = "", standby: str = "", user: str = "", known_hosts: str = "", out: str = ".",
    yes: bool = False,
) -> None:  # fmt: skip
    """Write a first hosts.ini and site.toml by looking at both hosts; nothing is changed on them, no file replaced."""
    session.for_both(c, "init")
    folder = Path(out).absolute()
    paths = {name: folder / name for name in ("hosts.ini", "site.toml")}
    if all(path.exists() for path in paths.values()):
        raise wrong_use(f"{folder} has a hosts.ini and a site.toml already", hint="--out FOLDER names another folder")
    given = bool(production or standby)
    inventory = _given(folder, production, standby, user) if given else load_inventory()
    pins = first_trust.compared(inventory, _path(known_hosts), yes) if given or known_hosts else load_pins(inventory)
    eyes = _eyes(inventory, pins)
    try:
        texts = subjects.both_files(inventory, *eyes, paths)
    finally:
        for one in eyes:
            one.link.close()
    for name, path in paths.items():
        _write(path, texts[name])
    written = Inventory(paths["hosts.ini"], inventory.hosts)
    if not (written.state / "machines.json").exists():
        save_pins(written, pins)
    if inventory.other_secrets:
        show(
            f"{inventory.other_secrets} was read; from here on {written.secrets} is: put the passwords there (mode 600)"
        )
    _next(folder, paths["site.toml"])


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _given(folder: Path, production: str, standby: str, user: str) -> Inventory:
    """The pair as the command line names it."""
    lines = []
    for role, text in (("production", production), ("standby", standby)):
        name, equals, where = text.partition("=")
        if not equals:
            raise wrong_use(f"--{role} {text!r} names no host and address", hint=f"--{role} NAME=ADDRESS[:PORT]")
        address, colon, port = where.partition(":")
        at = f" ansible_port={port}" if colon else ""
        # Its full name is asked of the host itself.
        lines += [f"[{role}]", f"{name} ansible_host={address}{at} fqdn={name}.invalid"]
    found = inventory_of(
        folder / "hosts.ini", "\n".join([*lines, "[all:vars]", *([f"ansible_user={user}"] if user else [])])
    )
    here = Path("secrets.toml").absolute()
    # There is no such pair yet: whoever follows the manual has his password in the folder in which he stands.
    return found if found.secrets.exists() or not here.exists() else replace(found, other_secrets=here)


def _eyes(inventory: Inventory, pins: Pins) -> tuple[subjects.Eyes, subjects.Eyes]:
    """Both hosts, connected side by side.

    Raises:
        SwapError: one cannot be reached, or a stranger answers.
    """
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(Link, inventory, entry, pins, STATE) for entry in inventory.pair]
    errors = [error for one in tries if (error := one.exception())]
    if errors:
        for one in tries:
            if one.exception() is None:
                one.result().close()
        raise errors[0]
    production, standby = (subjects.Eyes(one.result()) for one in tries)
    return production, standby


def _write(path: Path, text: str) -> None:
    if path.exists():
        show(f"{path} is there already: it is left as it is")
        return
    seat_files.write(path, text.encode())
    show(f"written: {path}")


def _next(folder: Path, site: Path) -> None:
    """What is to be done now: the marked lines, and with which command they are taken."""
    for name in ("hosts.ini", "site.toml"):
        for number, text in marked(folder / name):
            show(f"  {name}:{number}: {text}")
    if marked(site):
        show(f"decide the lines with {MARK.removeprefix('# ')}, take the marks away, and read the rest: it was guessed")
    pair = f"IREKAE_INVENTORY={quote(str(folder / 'hosts.ini'))} IREKAE_SITE={quote(str(site))} "
    there = "" if folder == Path.cwd() else pair
    show(f"then: {there}fab phase0")
