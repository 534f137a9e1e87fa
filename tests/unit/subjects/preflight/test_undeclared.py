"""What stays behind is an obstacle until site.toml says what is to become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from irekae.site.mail import MailingList, Postfix
from irekae.site.site import Tree, TreeLeft
from irekae.subjects.preflight import undeclared
from irekae.swap.swap import Swap
from tests.unit.small_procedure import for_copy


@pytest.fixture
def obstacles(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> Callable[[Swap], list[str]]:
    def answer(covered: Sequence[str], files: Sequence[str]) -> list[list[str]]:
        return [[path, f"{path}/file"] for path in ("/srv", "/opt/wiki") if path not in covered]

    monkeypatch.setattr(swap.links["ika"], "_undeclared", answer, raising=False)
    return lambda pair: [str(obstacle) for obstacle in undeclared.data(pair)]


def test_data_of_nobody_s_is_an_obstacle_with_both_ways_out(swap: Swap, obstacles: Callable[[Swap], list[str]]) -> None:
    srv, opt = obstacles(for_copy(swap))
    assert srv.startswith("ika: /srv stays behind: no part of site.toml holds it, for example /srv/file")
    assert '[[trees]] path = "/srv"' in srv
    assert '[[trees_left]] path = "/srv", why = "…"' in srv
    assert "/opt/wiki" in opt


def test_what_is_copied_or_left_on_purpose_is_none_and_the_reason_is_told(
    swap: Swap, obstacles: Callable[[Swap], list[str]]
) -> None:
    left = TreeLeft("/opt/wiki", "installed anew on each machine")
    swap.site = replace(swap.site, trees=[Tree("/srv")], trees_left=[left])
    pair = for_copy(swap)
    assert obstacles(pair) == []
    assert pair.production.record.notes == ["/opt/wiki stays on this machine: installed anew on each machine"]


def test_mailbox_files_are_declared_as_files_and_a_list_s_folder_by_its_tree_alone(
    swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Postfix(
        domains=["example.org"],
        maildir="Maildir",
        mailboxes=("/var/mail/*", "/srv/vmail/*/Maildir/"),
        lists=[MailingList("team@example.org", [], folder="/var/spool/mlmmj/team")],
    )
    swap.site = replace(swap.site, mail=mail, trees=[Tree("/srv/vmail")])
    asked: dict[str, Sequence[str]] = {}
    monkeypatch.setattr(swap.links["ika"], "_undeclared", lambda **named: asked.update(named) or [], raising=False)
    assert [*undeclared.data(for_copy(swap))] == []
    assert asked["files"] == ["/var/mail/*"]
    assert "/srv/vmail" in asked["covered"]
    assert not {"/var/mail/*", "/var/spool/mlmmj/team"} & {*asked["covered"]}
