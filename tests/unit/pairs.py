"""The pairs that this project has examples of: the site of 2011, one with little, the lab's pair of today."""

from __future__ import annotations

import tempfile
import tomllib
from functools import cache
from pathlib import Path

from irekae.site.inventory import Inventory, load_inventory
from irekae.site.site import Site, load_site

ROOT = Path(__file__).parents[2]
PLACES = {
    "2011": ROOT,
    "mars": Path(__file__).parent / "mars",
    "today": ROOT / "lab" / "profiles" / "today",
}


@cache
def pair(name: str) -> tuple[Inventory, Site]:
    """hosts.ini and site.toml of a pair."""
    place = PLACES[name]
    if (place / "hosts.ini").exists():
        inventory = load_inventory(place / "hosts.ini")
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "hosts.ini"
            path.write_text(_hosts(place / "profile.toml"))
            inventory = load_inventory(path)
    return inventory, load_site(inventory, place / "site.toml")


def _hosts(profile: Path) -> str:
    """hosts.ini as the lab writes it of a profile's machines."""
    lines = []
    for one in tomllib.loads(profile.read_text())["machines"]:
        ipv6 = f" ipv6={one['ipv6']}" if "ipv6" in one else ""
        lines += [f"[{one['group']}]", f"{one['name']} ansible_host={one['address']} fqdn={one['fqdn']}{ipv6}"]
    return "\n".join(lines) + "\n"
