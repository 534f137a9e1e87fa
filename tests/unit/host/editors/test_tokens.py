from __future__ import annotations

import pytest

from irekae.host.editors import HostNames
from irekae.host.editors.tokens import host_tokens, mentions, respelled
from tests.unit.host.editors.pair import TAKO

FQDN = TAKO.fqdn

HOSTS = [
    "tako",
    "tako-itpass",
    FQDN,
    f"{FQDN}.",
    "tako.",
    "Tako",
    "TAKO",
    "(tako)",
    "tako:/export",
    "tako,",
    "tako's",
    "'tako'",
    "takoは",
    "日本tako",
    "root@tako",
    "root\\@tako",
    f"https://{FQDN}/gate/",
    f"https://{FQDN}:443/gate/",
    "http://tako",
    "http://user@tako/",
    "tako::module",
    "198.51.100.22",
    "198.51.100.22/24",
    "198.51.100.22:25",
    "[198.51.100.22]",
    "\x1b[1mtako\x1b[0m",
    "\x1b$B$3$l$O\x1b(Btako\x1b$B$G$9\x1b(B",
]
OTHERS = [
    "takoyaki",
    "ikatako",
    "tako2",
    "tako.bak",
    "tako-old",
    "tako_old",
    "my-tako",
    "www.tako",
    "tako-itpass.example.org",
    f"www.{FQDN}",
    f".{FQDN}",
    "/home/tako",
    "tako/data",
    "file:///tako/x",
    "~tako",
    "$tako",
    "%tako",
    "&tako",
    "@tako",
    "${tako}",
    "tako(1)",
    "tako@example.org",
    "tako\\@example.org",
    "tAko",
    "198.51.100.221",
    "1198.51.100.22",
    "198.51.100.22.5",
    "198.51.100.22/x",
    "\x1b$Btako\x1b(B",
]
LISTED = [
    word
    for word in OTHERS
    if word not in ("takoyaki", "ikatako", "tako2", "198.51.100.221", "1198.51.100.22", OTHERS[-1])
]


@pytest.mark.parametrize("text", HOSTS)
def test_a_host_name_is_found_wherever_a_host_may_stand(text: str) -> None:
    assert len(host_tokens(text, TAKO)) == 1
    assert len(host_tokens(f"a {text} b", TAKO)) == 1


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_contains_the_name_is_not_a_host(text: str) -> None:
    assert host_tokens(text, TAKO) == []
    assert host_tokens(f"a {text} b", TAKO) == []


@pytest.mark.parametrize("text", LISTED)
def test_what_contains_the_name_as_a_word_is_mentioned(text: str) -> None:
    words = {word for _, _, word in mentions(text, TAKO.forms)}
    assert len(words) == 1
    assert words.pop() in text


@pytest.mark.parametrize(
    "text", ["takoyaki", "ikatako", "tako2", "198.51.100.221", "1198.51.100.22", "\x1b$Btako\x1b(B"]
)
def test_what_is_another_word_is_not_mentioned(text: str) -> None:
    assert list(mentions(text, TAKO.forms)) == []


def test_a_mention_comes_with_what_it_hangs_together_with() -> None:
    text = "see https://tako/~tako/, mail tako@example.org; ls /home/tako"
    words = [word for _, _, word in mentions(text, TAKO.forms)]
    assert words == ["https://tako/~tako/", "https://tako/~tako/", "tako@example.org", "/home/tako"]


def test_the_longest_form_is_found() -> None:
    assert [token.form for token in host_tokens(f"{FQDN} tako-itpass tako", TAKO)] == [FQDN, "tako-itpass", "tako"]


def test_a_span_ends_like_a_word() -> None:
    assert [token.start for token in host_tokens("x/tako/y", TAKO, 2, 6)] == [2]


@pytest.mark.parametrize(
    ("word", "new"),
    [("tako", "ika"), ("TAKO", "IKA"), ("Tako", "Ika"), ("tAko", None), ("TAko", None)],
)
def test_a_name_is_spelled_like_the_one_it_replaces(word: str, new: str | None) -> None:
    assert respelled(word, "tako", "ika") == new


def test_names_are_read_off_the_full_name() -> None:
    assert HostNames.of("tako", f"{FQDN}.", "198.51.100.22") == TAKO
    assert TAKO.label == "tako-itpass"
    assert TAKO.forms == (FQDN, "tako-itpass", "tako", "198.51.100.22")
