"""Questions about many files asked together, ahead of whoever asks them one by one."""

import json
from collections.abc import Sequence
from typing import Any

from irekae.host.memory import Request
from irekae.host.remote import Link


class Ahead:
    """A connection on which some questions have been answered already; anything else is asked now.

    Each answer is given once: whoever asks again wants to know what is there by then. What changes files goes in the
    order in which it is asked, in one round trip at the end.

    Args:
        link: the connection.
        questions: asked at once; they change nothing.
    """

    def __init__(self, link: Link, questions: Sequence[Request]) -> None:
        """Ask them."""
        self._link = link
        answers = link.ask_all(questions)
        self._answers = {_key(*question): answer for question, answer in zip(questions, answers, strict=True)}
        self._later: list[Request] = []

    def ask(self, op: str, **arguments: Any) -> Any:
        """What was answered, or is answered now; a `restore` answers nothing, and waits for `settle`."""
        key = _key(op, arguments)
        if key in self._answers:
            return self._answers.pop(key)
        if op == "restore":
            self._later.append((op, arguments))
            return None
        self.settle()
        return self._link.ask(op, **arguments)

    def ask_all(self, requests: Sequence[Request]) -> list[Any]:
        """As of the connection, behind what waits."""
        self.settle()
        return self._link.ask_all(requests)

    def settle(self) -> None:
        """Carry out what waits.

        Raises:
            HostError: one of them failed; none behind it is carried out.
        """
        waiting, self._later = self._later, []
        self._link.ask_all(waiting)


def _key(op: str, arguments: dict[str, Any]) -> str:
    return json.dumps([op, arguments], sort_keys=True)
