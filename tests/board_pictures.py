"""Makes docs/board-1280.png and docs/board-390.png: `python -m tests.board_pictures [--recorded]`.

With --recorded the state is what the hosts of this seat answer just now (`lab run python -m tests.board_pictures
--recorded`); without it an example. The captions in both READMEs say which it was.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from irekae.board.looking import Looking
from irekae.board.state import Board
from irekae.cli import session
from irekae.site.inventory import load_inventory
from tests.chromium import Chromium
from tests.unit.board.example import example
from tests.unit.board.served import served

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTHS = (1280, 390)  # CSS pixels


def recorded() -> Board:
    """The board of this moment."""
    looking = Looking(load_inventory(), partial(session.connected, some=True), session.forget)
    try:
        return looking.look()
    finally:
        looking.close()


def main() -> None:
    """Write both pictures. Durations stand still: they are of the moment of the state."""
    with served(recorded() if "--recorded" in sys.argv else example()) as site, Chromium(scripts=False) as browser:
        for width in WIDTHS:
            browser.resize(width)
            browser.open(site.address)
            browser.picture(DOCS / f"board-{width}.png")


if __name__ == "__main__":
    main()
