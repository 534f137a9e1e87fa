"""`fab init`: a first hosts.ini and site.toml, by looking at both hosts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

from irekae import subjects
from irekae.cli import session
from irekae.cli.named_pair import Named
from irekae.host.remote import Link
from irekae.model import seat_files
from irekae.model.errors import SwapError, wrong_use
from irekae.model.printing import show
from irekae.site import first_trust
from irekae.site.filling import fill, placeholders, read_toml
from irekae.site.inventory import Inventory, inventory_path, load_inventory
from irekae.site.machines import Pins, load_pins, pins_path, save_pins
from irekae.site.marks import MARK, marked

STATE = "/var/lib/irekae"  # where a host would remember a swap; there is none yet


def init(
    c: Any, production: str = "", standby: str = "", user: str = "", known_hosts: str = "", out: str = ".",
    yes: bool = False,
) -> None:  # fmt: skip
    """Write a first hosts.ini and site.toml by looking at both hosts; nothing is changed on them, no file replaced."""
    session.for_both(c, "init")
    named = Named(out, production, standby, user, known_hosts)
    folder = named.folder
    paths = {name: folder / name for name in ("hosts.ini", "site.toml")}
    if all(path.exists() for path in paths.values()):
        raise wrong_use(f"{folder} has a hosts.ini and a site.toml already", hint="--out FOLDER names another folder")
    inventory = _pair(named)
    _want_fitting(paths["site.toml"], inventory, named)
    if named.a_pair or known_hosts or not _pinned(inventory):
        instead = f"is the address right? {named.but(known_hosts='')} shows the fingerprints to compare"
        pins = first_trust.compared(inventory, _path(known_hosts), yes, instead)
    else:
        pins = load_pins(inventory)
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
    if inventory.other_secrets and inventory.other_secrets.exists():
        show(
            f"{inventory.other_secrets} was read; from here on {written.secrets} is: put the passwords there (mode 600)"
        )
    _next(folder, paths["site.toml"])


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _pair(named: Named) -> Inventory:
    """The pair that is looked at: of the hosts.ini that is there, else of the command line, else of this seat.

    Raises:
        SwapError: none is named, what is named is wrong, or another than the one that is there (exit status 2).
    """
    there, own = named.folder / "hosts.ini", inventory_path().absolute()
    if there.exists():
        found = load_inventory(there)
        if named.a_pair:
            named.want_same(found)
        return found
    if named.a_pair:
        return _given(named)
    found_own = load_inventory(own) if own.exists() else None
    if found_own and (named.known_hosts or _pinned(found_own)):
        return found_own
    detail = f"{own} has one, no machine of which is pinned here: nothing was connected to" if found_own else ""
    raise wrong_use("no pair is named", detail, named.but())


def _pinned(inventory: Inventory) -> bool:
    return inventory.known_hosts is not None or pins_path(inventory).exists()


def _given(named: Named) -> Inventory:
    """The pair as the command line names it."""
    found, here = named.inventory(), Path("secrets.toml").absolute()
    # There is no such pair yet: whoever follows the manual has his password in the folder in which he stands.
    own = found.secrets.exists() or (named.folder.is_dir() and not here.exists())
    return found if own else replace(found, other_secrets=here)


def _want_fitting(path: Path, inventory: Inventory, named: Named) -> None:
    """A site.toml that is there already, and stays, must speak of these hosts.

    Raises:
        SwapError: it speaks of others, or cannot be read (exit status 2).
    """
    if not path.exists():
        return
    raw = read_toml(path, f"mend it; or {named.but(out='FOLDER')} writes elsewhere")
    try:
        fill(raw, placeholders(inventory), path)
    except SwapError as error:
        what = f"{path} is there already, and speaks of other hosts"
        hint = f"name the hosts as it does; or, for another pair, {named.but(out='FOLDER')} writes elsewhere"
        raise wrong_use(what, "\n".join([error.what, error.detail]), hint) from None


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
