"""The data trees alone, at the seat of a lab: `lab run python seat_trees.py copy|settle|look|back`.

copy opens the door and carries 3.5 out without the phases before it; settle is 4.1 of the trees, look the last look
before 6.1, back a rollback of all that.
"""

import sys

import tasks  # noqa: F401 (declares the items)
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.procedure.rollback import rollback
from irekae.procedure.runner import run_item
from irekae.subjects.last_look import changed_below
from irekae.subjects.trees.arrived import settled, write_down
from irekae.subjects.trees.copy_key import install_keys
from irekae.swap import gates
from irekae.swap.begin import begin
from irekae.swap.swap import Swap


def copy(swap: Swap) -> None:
    gates.require = lambda *_: None  # the phases before are left out
    if swap.run is None:
        begin(swap.for_pair(find_item("0.2")))
        swap.connect()
    for number in ("2.2", "2.1", "3.5"):
        run_item(swap, find_item(number))


def settle(swap: Swap) -> None:
    view = swap.for_pair(find_item("4.1"))
    install_keys(view)
    for tree in view.site.trees:
        print(f"{tree.path} goes on changing: {sorted(settled(view, tree))}")
    write_down(view)


def look(swap: Swap) -> None:
    view = swap.for_pair(find_item("6.1"))
    for tree in view.site.trees:
        for _, line in changed_below(view, tree):
            print(f"changed: {line}")


def back(swap: Swap) -> None:
    rollback(swap, 2)


def main() -> int:
    swap = Swap.load()
    swap.yes = True
    try:
        swap.connect()
        {"copy": copy, "settle": settle, "look": look, "back": back}[sys.argv[1]](swap)
    except SwapError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        return int(error.status)
    finally:
        swap.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
