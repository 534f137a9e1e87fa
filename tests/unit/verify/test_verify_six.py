"""Services over IPv6: what counts as an answer."""

from __future__ import annotations

import base64
from typing import Any

from verify.dns_client import Reply
from verify.evidence import start
from verify.six import Service, addresses, trouble

PAGE = Service("www.example.org", url="https://www.example.org/", contains="Welcome")
ADDRESS = "2001:db8::10"


def page(status: int, text: str) -> dict[str, Any]:
    return {"status": status, "headers": {}, "body": base64.b64encode(text.encode()).decode()}


def test_a_page_is_the_one_that_was_asked_for() -> None:
    asked = PAGE.at(ADDRESS)
    assert trouble(page(200, "<p>Welcome</p>"), asked) == ""
    assert trouble(page(200, "<p>It works!</p>"), asked) == "a page without 'Welcome'"
    assert trouble(page(404, "Welcome"), asked) == "status 404"


def test_a_port_greets_or_takes_the_call() -> None:
    smtp, imaps = Service("mail.example.org", port=25).at(ADDRESS), Service("mail.example.org", port=993).at(ADDRESS)
    assert (smtp["kind"], imaps["kind"]) == ("words", "call")
    assert trouble({"said": "220 mail.example.org ESMTP"}, smtp) == trouble({"connected": True}, imaps) == ""
    assert trouble({"said": "554 no"}, smtp) == "it says '554 no'"
    assert trouble({"problem": "refused"}, imaps) == "refused"


def test_whoever_is_asked_is_waited_for_once() -> None:
    asked: list[str] = []
    began = start()

    def asking(name: str) -> Reply:
        asked.append(name)
        answers = {"www.example.org": ("AAAA 2001:db8::10",), "example.org": ()}
        if name not in answers:
            return Reply("", False, False, (), began.heard(name, "no answer"), "no answer")
        return Reply("NOERROR", False, True, answers[name], began.heard(name, "an answer"))

    assert addresses(asking, ["www.example.org", "example.org"])[0] == {"www.example.org": ["2001:db8::10"]}
    assert addresses(asking, ["gone.example.org", "example.org"])[0] is None
    assert asked == ["www.example.org", "example.org", "gone.example.org"]
