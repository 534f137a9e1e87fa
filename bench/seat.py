"""What the other tools need of the lab's seat: its key, and who may answer at which address."""

import os
import subprocess
import time
from pathlib import Path

ADDRESSES = {"production": "198.51.100.21", "standby": "198.51.100.22"}
NAMES = {"production": "ika", "standby": "tako"}
USER = "hayashi"
LIMIT = 60  # seconds for both machines to answer at their new addresses


def folder() -> Path:
    """Where the seat keeps its files."""
    return Path(os.environ["IREKAE_INVENTORY"]).parent


def key() -> Path:
    """The operator's."""
    return folder() / "id_ed25519"


def host_keys() -> dict[str, list[str]]:
    """The keys that each machine shows, by the address that it has before the swap."""
    found: dict[str, list[str]] = {address: [] for address in ADDRESSES.values()}
    for line in (folder() / "known_hosts").read_text().splitlines():
        address, _, shown = line.partition(" ")
        found.get(address, []).append(shown)
    return found


def either(path: Path) -> Path:
    """Write a known_hosts in which either machine may answer at either address: they change places."""
    shown = [each for keys in host_keys().values() for each in keys]
    return _written(path, dict.fromkeys(ADDRESSES.values(), shown))


def before_and_after(path: Path) -> tuple[Path, Path]:
    """Write two known_hosts: as it is before the machines have changed places, and behind that."""
    keys, (one, other) = host_keys(), ADDRESSES.values()
    return (
        _written(path.with_suffix(".before"), keys),
        _written(path.with_suffix(".after"), {one: keys[other], other: keys[one]}),
    )


def _written(path: Path, keys: dict[str, list[str]]) -> Path:
    path.write_text("".join(f"{address} {shown}\n" for address, all_ in keys.items() for shown in all_))
    return path


def wait_for_names(known: Path) -> None:
    """Until each machine answers at the address that the other had, with the name that goes with it.

    Raises:
        TimeoutError: one of them does not.
    """
    end = time.monotonic() + LIMIT
    for role, address in ADDRESSES.items():
        options = ["-q", "-i", str(key()), "-o", f"UserKnownHostsFile={known}", "-o", "ConnectTimeout=2"]
        argv = ["ssh", *options, f"{USER}@{address}", f"grep -qx {NAMES[role]} /etc/hostname"]
        while subprocess.run(argv, check=False).returncode:
            if time.monotonic() > end:
                raise TimeoutError(f"no {NAMES[role]} at {address} after {LIMIT} s")
            time.sleep(0.1)
