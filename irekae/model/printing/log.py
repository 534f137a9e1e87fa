"""What was printed is kept at the seat with its times, one file a command: `.irekae/logs/`, for the operator alone."""

import contextlib
import os
import re
import threading
from datetime import datetime
from pathlib import Path

from irekae.model import seat_files
from irekae.model.errors import SwapError
from irekae.model.legible import legible
from irekae.model.secrecy import blanked

FOLDER = "logs"
LARGEST = 8 << 20  # bytes of one log
MOST, MOST_BYTES = 400, 256 << 20  # logs, and bytes of all of them: the oldest go
_NAME = re.compile(r"\d{8}-\d{6}-.*\.log")


class Log:
    """The log of one command; nothing that goes wrong with it stops the command.

    Args:
        state: the seat's own folder, `.irekae`; nothing is made before something is kept.
        typed: the command line.
        who: user and seat.
    """

    def __init__(self, state: Path, typed: str, who: str) -> None:
        """Nothing is kept yet."""
        self.folder = state / FOLDER
        self.typed = legible(blanked(typed))
        self.who = who
        self.path: Path | None = None
        self._lock = threading.Lock()
        self._day = ""
        self._bytes = 0

    def keep(self, text: str) -> str:
        """Keep a text that is legible already, with the time before each line; why it cannot be, said once."""
        now = datetime.now().astimezone()
        with self._lock:
            if self._bytes > LARGEST:
                return ""
            try:
                self._begin(now)
                self._write("".join(f"{now:%H:%M:%S} {line}\n" for line in text.split("\n")))
                if self._bytes > LARGEST:
                    self._write("# more was said: this log has its largest size\n")
            except SwapError as error:
                self._bytes = LARGEST + 1
                return f"{error.what}: {error.detail}"
        return ""

    def _begin(self, now: datetime) -> None:
        if self.path is None:
            _forget_oldest(self.folder)
            named = "-".join(word for word in self.typed.split()[1:] if re.fullmatch(r"[A-Za-z][\w.-]*", word))[:40]
            self.path = self.folder / f"{now:%Y%m%d-%H%M%S}-{named}-{os.getpid()}.log"
            self._write(f"# {self.typed}\n# {self.who}\n")
        if (day := f"{now:%Y-%m-%d, %Z (%z)}") != self._day:
            self._day = day
            self._write(f"# {day}\n")

    def _write(self, text: str) -> None:
        assert self.path is not None
        data = text.encode("utf-8", "backslashreplace")
        seat_files.append(self.path, data)
        self._bytes += len(data)


def logs(state: Path) -> list[Path]:
    """The logs of this seat, oldest first."""
    with contextlib.suppress(OSError):
        return sorted(path for path in (state / FOLDER).iterdir() if _NAME.fullmatch(path.name))
    return []


def _forget_oldest(folder: Path) -> None:
    """Remove what is too much of them: where a folder cannot be read, or a file is gone meanwhile, nothing."""
    room, kept = MOST_BYTES, 1
    for path in reversed(logs(folder.parent)):
        with contextlib.suppress(OSError):
            room -= path.stat().st_size
            kept += 1
            if kept > MOST or room < 0:
                path.unlink()
