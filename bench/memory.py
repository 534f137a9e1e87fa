"""How much memory irekae takes: the peaks of its processes at the seat and on the lab's hosts, all on this machine."""

import contextlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.1  # seconds between two looks
AGENT = b"import sys;i=sys.stdin.buffer"  # of the command line by which an agent is started


class Peaks:
    """The largest resident sets that were seen, in MiB, while the block lasts.

    Attributes:
        seat: of a command of `fab`.
        hosts: of an agent on a host.
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.seat = self.hosts = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """No more looks."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError, ValueError):
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    if words[:2] == [b"python3", b"-IS"] and AGENT in b"".join(words):
                        self.hosts = max(self.hosts, _peak(process))
                    elif any(word.endswith(b"/bin/fab") for word in words[:2]):
                        self.seat = max(self.seat, _peak(process))


def _peak(process: Path) -> float:
    status = (process / "status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
