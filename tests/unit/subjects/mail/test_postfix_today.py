"""7.2 gives production another main.cf in no way that nobody has said: phase 0 tells what would change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from irekae.model.items import Item, On, find_item, item
from irekae.site.mail import Postfix
from irekae.site.site import needed
from irekae.subjects.mail import system_of
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import PostfixCase

OWN = "ika-itpass.scitec.kobe-u.ac.jp"
HEALTHY = {
    "myhostname": OWN,
    "mydestination": "$myhostname, itpass.x, localhost.$mydomain, , localhost",
    "virtual_mailbox_domains": "virtual.x",
    "virtual_alias_domains": "",
}
ASKED: list[list[str]] = []


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    item("0.2", "", "Obstacles", on=On.PAIR)(lambda swap: None)
    ASKED.clear()


def found(
    swap: Swap,
    ika: FarEnd,
    main_cf: dict[str, str],
    given: dict[str, str] | None = None,
    standby: dict[str, str] | None = None,
    within: Sequence[tuple[str, str]] = (),
) -> list[str]:
    """The obstacles of production with that main.cf; given: [mail.production]; within: tables and what is in them."""
    case = PostfixCase(swap)
    mail = needed(case.swap.site.mail)
    assert isinstance(mail, Postfix)
    roles = {"production": mail.production if given is None else given, "standby": standby or {}}
    case.swap.site = replace(case.swap.site, mail=replace(mail, **roles))
    case.lay_out(ika)
    ika.put("/etc/postfix/main.cf", "".join(f"{name} = {value}\n" for name, value in main_cf.items()))
    answers = case.commands(ika)

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] != "postmap":
            return answers(argv, stdin)
        ASKED.append([*argv])
        return (0, "x\n") if (argv[-1], argv[-2]) in within else (1, "")

    ika.commands = answer
    view = case.swap.for_pair(find_item("0.2"))
    return [str(one) for one in system_of(case.swap.site).obstacles(view.production)]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"mydestination": f"localhost itpass.X,\t{OWN.upper()} localhost.localdomain localdomain"},
        {"myorigin": "/etc/mailname"},
        {"myorigin": OWN.upper()},
        {"inet_interfaces": "ALL"},
        {"relay_domains": "$mydestination"},
        {"virtual_alias_maps": "hash:/etc/postfix/virtual", "virtual_alias_domains": "$virtual_alias_maps"},
        {"virtual_alias_maps": "proxy:mysql:/etc/postfix/va.cf", "virtual_alias_domains": "$virtual_alias_maps"},
        {"myhostname": "ika-itpass", "mydestination": f"{OWN}, itpass.x"},
    ],
)
def test_what_means_the_same_is_no_obstacle(swap: Swap, ika: FarEnd, more: dict[str, str]) -> None:
    ika.put("/etc/mailname", f"{OWN}\n")
    ika.put("/etc/postfix/virtual", "# aliases\njohn.doe  asada\ninfo@itpass.x asada\nitpass.x none\n")
    assert found(swap, ika, {**HEALTHY, **more}) == []


def test_a_name_that_main_cf_leaves_out_is_the_hosts_own(swap: Swap, ika: FarEnd) -> None:
    main_cf = {**HEALTHY, "mydestination": f"{OWN} itpass.x"}
    del main_cf["myhostname"]
    assert found(swap, ika, main_cf) == []


@pytest.mark.parametrize("table", ["mysql:/etc/postfix/vd.cf", "proxy:mysql:/etc/postfix/vd.cf", "/etc/postfix/vd"])
def test_domains_in_a_table_are_neither_lost_nor_made_local(swap: Swap, ika: FarEnd, table: str) -> None:
    """Else every mailbox there bounces behind the point of no return."""
    ika.put("/etc/postfix/vd", "virtual.x\n")
    direct = table.removeprefix("proxy:")
    main_cf = {**HEALTHY, "virtual_mailbox_domains": table}
    told = found(swap, ika, main_cf, {}, within=[(direct, "virtual.x")])
    assert len(told) == 2
    assert f'write `virtual_mailbox_domains = "{table}"` into [mail.production]' in told[1]
    wanted = f"{OWN}, itpass.x, localhost.scitec.x, localhost"
    assert f'write `mydestination = "{wanted}"`' in told[0]
    given = {"virtual_mailbox_domains": table}
    assert len(found(swap, ika, main_cf, given, within=[(direct, "virtual.x")])) == 1
    assert found(swap, ika, main_cf, {**given, "mydestination": wanted}, within=[(direct, "virtual.x")]) == []
    assert all("proxy:" not in word for argv in ASKED for word in argv), "proxymap answers nobody while postfix rests"


@pytest.mark.parametrize("text", ["virtual.x -\ninfo@virtual.x asada\n", "Other.x -\ninfo@other.x asada\n"])
def test_domains_among_the_aliases_are_not_lost(swap: Swap, ika: FarEnd, text: str) -> None:
    """virtual_alias_domains is $virtual_alias_maps where main.cf leaves it out."""
    table = "hash:/etc/postfix/virtual"
    ika.put("/etc/postfix/virtual", text)
    main_cf = {**HEALTHY, "virtual_mailbox_domains": "", "virtual_alias_maps": table}
    del main_cf["virtual_alias_domains"]
    told = found(swap, ika, main_cf, {}, within=[(table, "virtual.x")])
    assert any(f'write `virtual_alias_domains = "{table}"`' in line for line in told)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"myhostname": "mail.itpass.x", "mydestination": OWN + " itpass.x"}, 'myhostname = "mail.itpass.x"'),
        ({"myorigin": "/etc/mailname"}, 'myorigin = "itpass.x"'),
        ({"inet_interfaces": "loopback-only"}, 'inet_interfaces = "loopback-only"'),
        ({"relay_domains": "hash:/etc/postfix/relay"}, 'relay_domains = "hash:/etc/postfix/relay"'),
        ({"mydestination": "itpass.x", "relay_domains": OWN}, f'relay_domains = "{OWN}"'),
    ],
)
def test_what_7_2_would_change_is_told_with_the_line_that_keeps_it(
    swap: Swap, ika: FarEnd, more: dict[str, str], line: str
) -> None:
    ika.put("/etc/mailname", "itpass.x\n")
    told = found(swap, ika, {**HEALTHY, **more})
    assert [f"write `{line}` into [mail.production]" in one for one in told] == [True]
    name, _, value = line.partition(" = ")
    given = {"virtual_mailbox_domains": "virtual.x", name: value.strip('"')}
    assert found(swap, ika, {**HEALTHY, **more}, given) == []


def test_what_ends_postfix_where_it_is_empty_is_told(swap: Swap, ika: FarEnd) -> None:
    given = {"virtual_mailbox_domains": "virtual.x", "smtpd_helo_required": "", "relayhost": ""}
    told = found(swap, ika, HEALTHY, given, {"message_size_limit": "", "myhostname": "", "relayhost": ""})
    assert [line.partition(":")[0] for line in told] == [
        "[mail.production] smtpd_helo_required of site.toml is empty, and postfix wants yes or no there",
        "[mail.standby] message_size_limit of site.toml is empty, and postfix wants a number or a time there",
        "[mail.standby] myhostname of site.toml is empty, and postfix wants the name of a host there",
    ]
