"""The scheduled backup that 1.5 held back."""

from irekae.host.host import Host
from irekae.swap.swap import Swap


def give_back(host: Host, swap: Swap) -> None:
    """Give the scheduled scripts the mode that they had before 1.5, on the machine on which it was taken."""
    for entry in list(host.record.entries):
        if entry.get("event") != "change" or entry.get("item") != "1.5":
            continue
        for path, state in entry["undo"].get("kept", {}).items():
            if state and path in swap.site.phase1.scheduled and host.set_mode(path, state["mode"]):
                host.say(f"{path} has its mode {state['mode']:04o} again")
