"""gate's form: registration of an account, its change and its withdrawal (9.6)."""

from __future__ import annotations

import html
import re

from irekae.model.results import Evidence
from verify.http_client import Answer, ask


class GateForm:
    """The form at a url, asked by the server's address. Field names are gate's own.

    Attributes:
        evidence: every exchange so far; the password in it must be blanked.
    """

    def __init__(self, address: str, url: str, login: str, password: str) -> None:
        """Nothing is asked yet."""
        self.address = address
        self.url = url
        self.login = login
        self.evidence: list[Evidence] = []
        self._password = password

    def form(self) -> Answer:
        """The empty form."""
        answer = ask(self.address, self.url)
        self.evidence.append(answer.evidence)
        return answer

    def register(self, name: str) -> Answer:
        """Ask for an account."""
        return self._send("register", name=name)

    def change(self, name: str) -> Answer:
        """Give the account another display name."""
        return self._send("change", name=name)

    def show(self) -> Answer:
        """What gate knows of the account."""
        return self._send("show")

    def withdraw(self) -> Answer:
        """Take the registration back."""
        return self._send("withdraw")

    def _send(self, action: str, **fields: str) -> Answer:
        form = {"action": action, "login": self.login, "password": self._password, **fields}
        answer = ask(self.address, self.url, form)
        self.evidence.append(answer.evidence)
        return answer


def said(answer: Answer) -> str:
    """gate's own words in its answer, or how the request ended."""
    words = re.search(r'<p class="answer">(.*?)</p>', answer.text, re.DOTALL)
    return html.unescape(words[1]) if words else answer.told()


def entry(answer: Answer) -> dict[str, str]:
    """The rows of the table that gate shows of an account; nothing where it shows none."""
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", answer.text, re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in rows}
