"""`fab --pairs FILE phaseN`: the same command on many pairs side by side.

Each pair is a process of its own, with its own gates, journal, log and verdict. What is asked for is asked once.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.journal import operator
from irekae.model.language import in_language
from irekae.model.legible import legible
from irekae.model.printing import ask, is_attended, show
from irekae.model.printing.log import Log
from irekae.model.secrecy import blanked
from irekae.report.columns import pad, width
from irekae.site.inventory import Inventory, load_inventory

AT_ONCE = 10  # pairs
COMMAND = (
    sys.executable,
    "-m",
    "fabric",
    "-r",
    str(Path(__file__).parents[2]),
)  # `fab`, with the fabfile of this clone
HELP = "a file with the hosts.ini of each pair, one a line, its site.toml beside it: the command is carried out on all"
# The worst stands last: nobody knows what became of a pair that was begun.
WORST = (Status.DONE, Status.REFUSED, Status.WRONG_USE, Status.FAILED, Status.INCOMPLETE)
OUTCOMES = {0: "done", 1: "FAILED", 2: "wrong use", 3: "refused, nothing changed", 4: "incomplete or unknown"}
# What is about one pair's machines or findings, or lasts until Ctrl-C.
OF_ONE = ("begin", "board", "completion", "done", "explain", "trust", "unlock", "waive")


@dataclass
class Pair:
    """One pair and what became of it.

    Attributes:
        inventory: its hosts.ini.
        status: the exit status, None as long as it is not known; negative: of a signal.
        seconds: that it took.
        following: the next step, as its command said it.
    """

    inventory: Inventory
    status: int | None = None
    seconds: float = 0.0
    following: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its names, and where its hosts.ini lies."""
        return f"{', '.join(entry.name for entry in self.inventory.pair)} ({self.inventory.folder})"

    @property
    def outcome(self) -> str:
        """What became of it, for people."""
        return "not begun" if self.status is None else OUTCOMES.get(self.status, f"ended with status {self.status}")


def pairs_in(file: Path) -> list[Pair]:
    """The pairs that a file lists: a hosts.ini on each line, `#` begins a comment; paths from the file's own folder.

    Raises:
        SwapError: a file cannot be read, nothing is listed, or a machine would be in two pairs (exit status 2).
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise wrong_use(f"{file} cannot be read", str(error), "--pairs FILE: the hosts.ini of each pair") from None
    named = [line.partition("#")[0].strip() for line in lines]
    pairs = [Pair(load_inventory(file.absolute().parent / name)) for name in named if name]
    if not pairs:
        raise wrong_use(f"{file} lists no pair", hint="one hosts.ini on each line")
    taken: dict[str, Pair] = {}
    for pair in pairs:
        for entry in pair.inventory.pair:
            at = f"{entry.address}:{entry.port}"
            if at in taken:
                raise wrong_use(f"{at} is in two pairs", f"{taken[at].name}\n{pair.name}", f"correct {file}")
            taken[at] = pair
    return pairs


def without_pairs(words: Sequence[str]) -> list[str]:
    """The command line without `--pairs FILE`."""
    left, others = [], iter(words)
    for word in others:
        if word == "--pairs":
            next(others, None)
        elif not word.startswith("--pairs="):
            left.append(word)
    return left


def run_on(pairs: Sequence[Pair], words: Sequence[str], asks: bool) -> Status:
    """Carry a command out on all pairs, AT_ONCE of them side by side; the worst of their exit statuses.

    Args:
        pairs: the pairs.
        words: the command line behind `fab`, without --pairs.
        asks: may the command ask for a word before it begins.

    Raises:
        SwapError: nobody confirmed what is asked for (exit status 3).
    """
    words = _confirmed(pairs, words) if asks else list(words)
    argv = [*COMMAND, *words]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tries = [pool.submit(_carry_out, pair, argv, words) for pair in pairs]
        _until_all_ended(pairs, [one.result for one in tries])
    show(table(pairs))
    statuses = [pair.status for pair in pairs]
    known = [Status(one) if one in OUTCOMES else Status.INCOMPLETE for one in statuses]
    return max(known, key=WORST.index)


def _confirmed(pairs: Sequence[Pair], words: Sequence[str]) -> list[str]:
    """The command line with the operator's word for all pairs, where somebody is there to give it."""
    if "--yes" in words or "--plan" in words or not is_attended():
        return list(words)  # a command that nobody has confirmed refuses by itself
    show("\n".join([f"`fab {' '.join(words)}` on {len(pairs)} pairs:", *(f"  {pair.name}" for pair in pairs)]))
    if ask("What it asks for is confirmed for all of them by: yes") != "yes":
        raise SwapError("nothing was begun: nobody has confirmed it", hint="type yes, or --yes", status=Status.REFUSED)
    return [*words, "--yes"]


def _until_all_ended(pairs: Sequence[Pair], ends: Sequence[Callable[[], None]]) -> None:
    """Wait for all; each Ctrl-C reaches every pair's command once, as it would a single one."""
    waiting = list(ends)
    while waiting:
        try:
            while waiting:
                waiting[0]()
                waiting.pop(0)
        except KeyboardInterrupt:
            _interrupt(pairs)


_INTERRUPTED = -int(signal.SIGINT)
# Who begins, and who is interrupted before his turn, is decided by one at a time: one that ends gives its turn away.
_TURN = Lock()


def _interrupt(pairs: Sequence[Pair]) -> None:
    with _TURN:
        for pair in pairs:
            pair.following = pair.following or "`fab status`"
            if pair.process is None:
                pair.status = pair.status if pair.status is not None else _INTERRUPTED
            elif pair.process.poll() is None:
                pair.process.send_signal(signal.SIGINT)


def _carry_out(pair: Pair, argv: Sequence[str], words: Sequence[str]) -> None:
    """Run the command on one pair; what it prints goes into the pair's log."""
    began, folder = time.monotonic(), pair.inventory.folder
    own = {"IREKAE_INVENTORY": str(pair.inventory.path), "IREKAE_SITE": str(folder / "site.toml")}
    log = Log(pair.inventory.state, f"fab {' '.join(words)} pairs", operator())
    begins = in_language("next: x").removesuffix("x")
    with _TURN:
        if pair.status is not None:
            return  # interrupted before its turn
        # In a session of its own: Ctrl-C is handed on, once, and not given twice by the terminal.
        pair.process = subprocess.Popen(
            argv, cwd=folder, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="backslashreplace", start_new_session=True,
        )  # fmt: skip
    with pair.process as process:
        assert process.stdout is not None
        for line in process.stdout:
            log.keep(legible(blanked(line.rstrip("\n"))))
            if line.strip().startswith(begins):
                pair.following = line.strip().removeprefix(begins)
    pair.status, pair.seconds = process.returncode, time.monotonic() - began
    show(f"{pair.name}: {pair.outcome}, {pair.seconds:.1f} s; log: {log.path or 'none'}")


def table(pairs: Sequence[Pair]) -> str:
    """The pairs with outcome, seconds and next step."""
    rows = [tuple(map(in_language, ("the pair", "its outcome", "seconds", "next step")))]
    rows += [(pair.name, in_language(pair.outcome), f"{pair.seconds:.1f}", pair.following) for pair in pairs]
    widths = [max(width(row[column]) for row in rows) for column in range(3)]
    lines = [[pad(cell, columns) for cell, columns in zip(row, widths, strict=False)] + [row[3]] for row in rows]
    return "\n".join("  ".join(line).rstrip() for line in lines)
