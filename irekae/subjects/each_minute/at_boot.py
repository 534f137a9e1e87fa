"""Units of irekae's own that a boot starts: a drop-in of the boot's target names them (systemd.unit(5), `Wants=`).

Not `systemctl enable`: a drop-in is one file, complete when it is removed, by whomever.
"""

from __future__ import annotations

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.subjects.each_minute.texts import FOLDER, TARGET, drop_in, drop_in_text


def pull(host: Host, name: str, units: tuple[str, ...], why: str) -> None:
    """Have each boot start the units; systemd has to read its files anew afterwards.

    Args:
        host: on which their files lie.
        name: of the drop-in.
        units: their full names.
        why: what it is for.
    """
    if not host.exists(FOLDER):
        host.record.change(f"create {FOLDER}", {"kind": "remove", "path": FOLDER})
        host.record.ground.change("make_folder", path=FOLDER, mode=0o755, uid=0, gid=0)
    host.put(drop_in(name), drop_in_text(units), 0o644, own=why)


def let_go(host: Host, name: str, why: str) -> None:
    """Take the drop-in away, and the folder with the last one in it, also of a call that was ended in between."""
    host.remove(drop_in(name), why)
    if host.exists(FOLDER) and not host.names(FOLDER):
        host.record.change(f"remove {FOLDER}", Back(["mkdir", "-p", "-m", "0755", FOLDER], HARMLESS).entry())
        host.record.ground.change("remove_empty", path=FOLDER)


def lacks(host: Host, units: tuple[str, ...]) -> list[str]:
    """Those of the units that no boot would start, by systemd's own word."""
    wanted = host.query("systemctl", "show", "--property=Wants", TARGET).text.strip().removeprefix("Wants=").split()
    return [unit for unit in units if unit not in wanted]
