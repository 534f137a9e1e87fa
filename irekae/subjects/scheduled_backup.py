"""The scheduled backup that 1.5 held back."""

from irekae.host.host import Host
from irekae.swap.swap import Swap

HELD = 0  # the mode that 1.5 gives


def give_back(host: Host, swap: Swap) -> None:
    """Give the scheduled scripts the mode that they had before 1.5, on the machine on which it was taken.

    One to which somebody has given another mode since keeps that.
    """
    for entry in list(host.record.entries):
        if entry.get("event") != "change" or entry.get("item") != "1.5":
            continue
        for path, state in entry["undo"].get("kept", {}).items():
            if not state or path not in swap.site.phase1.files:
                continue
            if host.exists(path) and host.mode_of(path) not in (HELD, state["mode"]):
                host.say(f"{path} keeps the mode {host.mode_of(path):04o} that somebody has given it since")
            elif host.set_mode(path, state["mode"]):
                host.say(f"{path} has its mode {state['mode']:04o} again")
