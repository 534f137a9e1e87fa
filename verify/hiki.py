"""Hiki's pages, written through its own edit form (9.5)."""

from __future__ import annotations

import urllib.parse
from typing import Any

from irekae.model.results import Evidence
from verify.finding import Finding
from verify.http_client import Answer, Form, ask, forms

REMEDY = "9.5: Hiki's data_path must be writable for the web server; its own settings, the web server's error log"


class HikiPage:
    """One page of a Hiki, asked by the server's address.

    Attributes:
        evidence: every exchange so far.
    """

    def __init__(self, address: str, url: str, page: str) -> None:
        """Nothing is asked yet."""
        self.address = address
        self.url = url
        self.page = page
        self.evidence: list[Evidence] = []
        # Hiki takes a form only in the session in which it gave it.
        self._cookies: dict[str, str] = {}

    def read(self) -> Answer:
        """The page as readers see it."""
        return self._ask(self.address_of_page)

    @property
    def address_of_page(self) -> str:
        """The url of the page as readers see it."""
        return f"{self.url}?{urllib.parse.quote(self.page)}"

    @property
    def question(self) -> dict[str, Any]:
        """The same for far/public.py, in the session that `leave` ends: Hiki begins one for each new reader."""
        cookies = dict(self._cookies)
        return {"kind": "page", "address": self.address, "url": self.address_of_page, "own": [], "cookies": cookies}

    def write(self, text: str) -> Answer:
        """Save `text` as the page; an empty text removes it.

        Raises:
            Finding: the wiki shows no form to edit it with.
        """
        editor = self._ask(f"{self.url}?c=edit;p={urllib.parse.quote(self.page)}")
        form = _edit_form(editor)
        if form is None:
            raise Finding(
                f"a form to edit the page {self.page}", editor.told(), "Hiki doesn't run, or is frozen", REMEDY
            )
        # The browser sends the button that was pressed and none of the others.
        pressed = {name: value for name, value in form.fields.items() if name not in ("preview", "edit_form_button")}
        pressed.setdefault("save", "save")
        return self._ask(urllib.parse.urljoin(self.url, form.action or "./"), {**pressed, "contents": text})

    def leave(self) -> None:
        """End the session that Hiki began for the form: else its file stays until an hour's visitors have gone."""
        if self._cookies:
            self._ask(f"{self.url}?c=logout")

    def _ask(self, url: str, form: dict[str, str] | None = None) -> Answer:
        answer = ask(self.address, url, form, cookies=self._cookies)
        self.evidence.append(answer.evidence)
        return answer


def _edit_form(answer: Answer) -> Form | None:
    return next((form for form in forms(answer.text) if "contents" in form.fields and "md5hex" in form.fields), None)
