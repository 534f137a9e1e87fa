"""How many checks are made, said as they are made: for `fab phase9`, which shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest


class Progress:
    """A plugin that counts.

    Args:
        tell: shows a line to whoever waits.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.total = self.made = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """So many there will be."""
        self.total = len(session.items)

    def pytest_runtest_logfinish(self) -> None:
        """One more is made."""
        self.made += 1
        self.tell(f"checked: {self.made} of {self.total}")
