"""Phase 6 alone, at the seat of a lab: `lab run python seat_exchange.py prepare|exchange|revert [--pause POINT]`.

prepare writes the files of 5.1 and 5.3 without the phases before them. At POINT (arm, go, prepare or confirm, with the
old name of the host that would be told: `go-tako`; `told-go-tako` behind it; or `done`) it prints PAUSED and waits for
a line.
"""

import sys
from typing import Any

import tasks  # noqa: F401 (declares the items)
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.procedure.runner import run_item
from irekae.subjects.network import coordinator, transaction
from irekae.subjects.network.coordinator import Coordinator
from irekae.subjects.network.transaction import revert_network
from irekae.swap import gates
from irekae.swap.begin import begin
from irekae.swap.swap import Swap


def pause(point: str) -> None:
    if sys.argv[3:4] == [point]:
        print(f"PAUSED {point}", flush=True)
        sys.stdin.readline()


def with_pauses() -> None:
    ask, run = Coordinator.ask, coordinator.run  # type: ignore[attr-defined]

    def pausing_ask(self: Coordinator, host: Any, word: str) -> Any:
        pause(f"{word}-{host.entry.name}")
        answer = ask(self, host, word)
        pause(f"told-{word}-{host.entry.name}")
        return answer

    def pausing_run(link: Any, argv: Any, *rest: Any, **more: Any) -> Any:
        if argv[-1] == "arm":
            pause(f"arm-{link.machine.first_name}")
        return run(link, argv, *rest, **more)

    Coordinator.ask, coordinator.run = pausing_ask, pausing_run  # type: ignore[method-assign,attr-defined]


def prepare(swap: Swap) -> None:
    begin(swap.for_pair(find_item("0.2")))
    for number in ("5.1", "5.3"):
        for role in find_item(number).roles:
            find_item(number).act(swap.host(find_item(number), role), swap)


def cross(swap: Swap) -> None:
    with_pauses()
    # The phases before were left out, and the copy with them.
    gates.require = lambda *_: None
    transaction.want_at_rest = lambda _: None  # type: ignore[attr-defined,assignment]
    transaction.carry_late = lambda _: None  # type: ignore[attr-defined,assignment]
    swap.yes = True
    transaction.want_nothing_written = lambda _: None  # type: ignore[attr-defined,assignment]
    run_item(swap, find_item("6.1"))
    pause("done")
    run_item(swap, find_item("6.3"))


def main() -> int:
    swap = Swap.load()
    try:
        swap.connect()
        {"prepare": prepare, "exchange": cross, "revert": revert_network}[sys.argv[1]](swap)
    except SwapError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        return int(error.status)
    finally:
        swap.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
