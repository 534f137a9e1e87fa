"""Mail over TLS from another computer: fetched, submitted, certificates; and what each check must not let pass."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.site.serving import Pop
from tests.unit.small_servers import HERE, server
from tests.unit.verify.arrived import letter
from tests.unit.verify.tls_servers import NAME, SECRET, USER, Authority, imap, pop3, serving, submission
from verify import test_mailbox
from verify.evidence import start
from verify.far import access, submit
from verify.finding import Finding
from verify.letters import Letter
from verify.once import Once
from verify.record import Record
from verify.relaying import is_closed

MARK, TOKEN = "irekae-1", "irekae-1-007x"
Serve = Callable[..., int]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.pem))
    return found


@pytest.fixture
def serve(authority: Authority) -> Iterator[Serve]:
    """Start a server for the time of the test; its port."""
    with ExitStack() as stack:

        def started(talk: Any, covered: bool = True, context: ssl.SSLContext | None = None) -> int:
            answer = serving(context or authority.context(), covered, talk)
            return stack.enter_context(server(answer))

        yield started


def fetched(ports: dict[str, int], tokens: list[str], deadline: float = 0.0) -> dict[str, Any]:
    return access.main(
        {"server": HERE, "name": NAME, "user": USER, "password": SECRET, "protocols": list(ports), "ports": ports,
         "mark": MARK, "tokens": tokens, "probe": TOKEN, "deadline": deadline}
    )  # fmt: skip


def test_each_protocol_finds_the_message_and_it_is_removed_in_the_end(serve: Serve) -> None:
    box = [letter(), "Subject: a user's own\n\nhe quotes irekae-1\n"]
    ports = {
        "imaps": serve(imap(box)), "imap": serve(imap(box), covered=False),
        "pop3s": serve(pop3(box)), "pop3": serve(pop3(box), covered=False),
    }  # fmt: skip
    answer = fetched(ports, [TOKEN])
    assert answer["seen"] == {TOKEN: True}
    assert answer["in"]
    for protocol, state in answer["each"].items():
        assert (state["in"], state["there"], state["wrong_refused"]) == (True, True, True), protocol
        assert SECRET not in "\n".join(state["said"])
    assert len(box) == 1, "what is not ours stays"


def test_a_message_that_has_not_come_is_missing(serve: Serve) -> None:
    answer = fetched({"imaps": serve(imap([]))}, [TOKEN])
    assert (answer["missing"], answer["in"], answer["each"]["imaps"]["there"]) == ([TOKEN], True, False)


@pytest.mark.parametrize("talk", [imap, pop3])
def test_a_server_that_lets_anybody_in_is_told(serve: Serve, talk: Callable[..., Any]) -> None:
    protocol = "imaps" if talk is imap else "pop3s"
    assert not fetched({protocol: serve(talk([], lambda words: True))}, [])["each"][protocol]["wrong_refused"]


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("talk", [imap, pop3])
def test_a_server_that_would_take_passwords_in_the_clear_is_told(
    serve: Serve, talk: Callable[..., Any], plain: bool
) -> None:
    protocol = "imap" if talk is imap else "pop3"
    assert fetched({protocol: serve(talk([], plain=plain), covered=False)}, [])["each"][protocol]["plain"] is plain


def test_no_password_goes_to_a_server_with_another_certificate(serve: Serve, authority: Authority) -> None:
    heard: list[str] = []

    def lets_in(words: str) -> bool:
        heard.append(words)
        return True

    port = serve(imap([], lets_in), context=authority.context("www.example.org"))
    state = fetched({"imaps": port}, [])["each"]["imaps"]
    assert (state["connected"], state["in"], state["wrong_refused"]) == (True, False, False)
    assert "Hostname mismatch" in state["problem"]
    assert heard == []


def test_a_port_where_nobody_listens_is_told() -> None:
    state = fetched({"imaps": 1}, [])["each"]["imaps"]
    assert (state["connected"], state["in"]) == (False, False)


@pytest.mark.parametrize("talk", [lambda held: held.say("* OK"), lambda held: held.say("* OK", "a1 NO")])
def test_a_server_that_hangs_up_or_has_no_tls_ends_the_look(serve: Serve, talk: Any) -> None:
    state = fetched({"imap": serve(talk, covered=False)}, [])["each"]["imap"]
    assert not state["in"]
    assert state["problem"]


def submitted(ports: dict[str, int]) -> dict[str, Any]:
    tries = [{"id": one, "protocol": one, "from": "a@x", "to": "b@x", "data": "Subject: x\n\n.dot"} for one in ports]
    request = {"server": HERE, "name": NAME, "user": USER, "password": SECRET, "ports": ports, "tries": tries}
    found: dict[str, Any] = submit.main({**request, "helo": "here.x", "elsewhere": "c@far.x"})["submitted"]
    return found


def test_a_user_submits_and_a_stranger_does_not(serve: Serve) -> None:
    taken: list[str] = []
    ports = {"submission": serve(submission(taken), covered=False), "submissions": serve(submission(taken))}
    for protocol, state in submitted(ports).items():
        found = {key: state[key] for key in ("connected", "plain", "anonymous", "wrong", "right", "sent")}
        assert found == {
            "connected": True, "plain": False, "anonymous": 554, "wrong": 535, "right": 235, "sent": 250,
        }, protocol  # fmt: skip
        assert SECRET not in "\n".join(state["said"])
    assert taken == ["Subject: x\n\n..dot"] * 2


BAD_SUBMISSION = {
    "an open relay": ({"relays": True}, "elsewhere is refused to strangers"),
    "passwords in the clear": ({"plain": True}, "no AUTH before TLS"),
    "any password": ({"anybody": True}, "a wrong password is refused"),
}


def judged(check: Callable[..., None], **arguments: Any) -> Record:
    record = Record("9.10", "mars", "x.", "ｘ")
    check(check=record, **arguments)
    return record


def world(**parts: Any) -> Any:
    """What the checks ask, answered already."""
    mailing = SimpleNamespace(
        fetched=Once(lambda: {"each": parts.get("each", {})}),
        submitted=Once(lambda: parts.get("submitted", {})),
        submissions={"submission": Letter("x", TOKEN, "a@x", "b@x", "b@x")},
        has_come=lambda letter: (parts.get("come", True), [start().heard("x", "y")]),
    )
    certificates = Once(lambda: (parts.get("certificates", {}), start().heard("x", "y")))
    return SimpleNamespace(
        mailing=mailing, outside="outside", credentials=SimpleNamespace(pop=SECRET), certificates=certificates
    )


MAIL = SimpleNamespace(system="postfix", service="postfix")
SITE: Any = SimpleNamespace(pop=Pop(USER), mail=MAIL, its_mail=MAIL, services={})
HOST: Any = SimpleNamespace(name="mars", world=SimpleNamespace(site=SITE), facts=SimpleNamespace(systemd=True))


def with_evidence(state: dict[str, Any]) -> dict[str, Any]:
    return {**state, "evidence": start().heard("x", "y")}


@pytest.mark.parametrize("name", [*BAD_SUBMISSION, ""])
def test_the_check_of_submission_fails_for(serve: Serve, name: str) -> None:
    settings, said = BAD_SUBMISSION.get(name, ({}, ""))
    ports = {"submission": serve(submission([], **settings), covered=False)}
    states = {key: with_evidence(state) for key, state in submitted(ports).items()}
    asked = {"world": world(submitted=states), "server": HOST, "site": SITE, "submission": "submission"}
    if not name:
        assert judged(test_mailbox.test_mail_is_submitted_by_login, **asked).expected
        return
    with pytest.raises(Finding, match=said):
        judged(test_mailbox.test_mail_is_submitted_by_login, **asked)


def test_the_check_of_submission_fails_for_mail_that_is_taken_and_does_not_arrive(serve: Serve) -> None:
    ports = {"submission": serve(submission([]), covered=False)}
    states = {key: with_evidence(state) for key, state in submitted(ports).items()}
    asked = {"world": world(submitted=states, come=False), "server": HOST, "site": SITE, "submission": "submission"}
    with pytest.raises(Finding, match="delivered to the mailbox"):
        judged(test_mailbox.test_mail_is_submitted_by_login, **asked)


GOOD = {"connected": True, "in": True, "wrong_refused": True, "there": True, "problem": "", "plain": False}


@pytest.mark.parametrize("key", ["connected", "in", "wrong_refused", "there", "plain", ""])
def test_the_check_of_a_mailbox_wants_all_of_it(key: str) -> None:
    each = {"imaps": with_evidence({**GOOD, **({key: key == "plain"} if key else {})})}
    asked = {"world": world(each=each), "server": HOST, "site": SITE, "access": "imaps"}
    if not key:
        assert len(judged(test_mailbox.test_mailbox_opens_to_its_user_alone, **asked).expected) == 5
        return
    with pytest.raises(Finding):
        judged(test_mailbox.test_mailbox_opens_to_its_user_alone, **asked)


@pytest.mark.parametrize(
    ("said", "connected", "closed"),
    [
        ("no connection: [Errno 111] Connection refused", False, True),
        ("no connection: timed out", False, False),
        ("no connection: [Errno 113] No route to host", False, False),
        ("< 220 refused nothing", True, False),
    ],
)
def test_only_a_host_that_says_so_has_closed_its_port(said: str, connected: bool, closed: bool) -> None:
    assert is_closed({"said": [said], "connected": connected}) is closed


def test_at_a_second_address_a_stranger_alone_tries_to_send(serve: Serve) -> None:
    taken: list[str] = []
    port = serve(submission(taken), covered=False)
    one = {"id": "x at y", "protocol": "submission", "from": "a@x", "server": HERE}
    request = {"server": "192.0.2.99", "name": NAME, "user": USER, "password": SECRET, "ports": {"submission": port}}
    state = submit.main({**request, "tries": [one], "helo": "here.x", "elsewhere": "c@far.x"})["submitted"]["x at y"]
    assert (state["connected"], state["anonymous"] // 100, state["wrong"], state["right"]) == (True, 5, 0, 0)
    assert taken == []


@pytest.mark.parametrize("open_", [True, False])
def test_the_check_of_submission_fails_for_strangers_who_send_by_ipv6(serve: Serve, open_: bool) -> None:
    states = submitted({"submission": serve(submission([]), covered=False)})
    six = {**states["submission"], "anonymous": 250 if open_ else 554}
    told = {key: with_evidence(state) for key, state in {**states, "submission at 2001:db8::1": six}.items()}
    asked = {"world": world(submitted=told), "server": HOST, "site": SITE, "submission": "submission"}
    if not open_:
        assert judged(test_mailbox.test_mail_is_submitted_by_login, **asked).expected
        return
    with pytest.raises(Finding, match="a recipient elsewhere is refused"):
        judged(test_mailbox.test_mail_is_submitted_by_login, **asked)
