"""A pair of other names: nothing that is told of it, in either language, names another site's hosts and services."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

import tasks
from docs.make_catalogue import held
from irekae.cli.listing import rows
from irekae.model.items import ITEMS, keep_parts
from irekae.model.language import LANGS, Lang
from irekae.procedure.people import who
from irekae.report.decisions import decisions
from irekae.report.steps import By, by_hand, filled, on_both, steps, values_of
from irekae.report.troubles import troubles
from irekae.report.words import ITEMS as PROVED
from irekae.report.words import PHASES
from irekae.subjects.network.managers import MANAGERS
from tests.unit.pairs import pair
from tests.unit.report.by_hand_on import NETWORKD, SYSTEMD_ITSELF, USUALLY

# Names of the site of 2011: its hosts, accounts, domains, and what it alone has. `hiki` and `gate` are subjects.
NAMES = r"ika|tako|dennou|kobe|ITPASS\w*|itpadmin|scitec|epalab\w*|chikuwa\w*|popcheck|ikasumi"
OF_2011 = re.compile(rf"(?<![A-Za-z0-9])({NAMES})(?![A-Za-z0-9])", re.IGNORECASE)
SYSVINIT = re.compile(r"init\.d|update-rc\.d|insserv|/rc\?|/rc2")
SYSTEMD = re.compile(r"systemctl|journalctl|networkctl")
FOREIGN = re.compile(
    r"\b(qmail\S*|tcpserver|gate|bind|named|apache2|openbsd-inetd|inetd|popauth|APOP|ezmlm|rcpthosts|locals)\b"
)


def told(name: str, lang: Lang, by: By) -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text: of items, phases, the manual, the report, what comes next."""
    inventory, site = pair(name)
    keep_parts(site.has)
    values = values_of(inventory, site, "20261127", by)
    own_words = steps(site.mail.system) if site.mail else steps()
    for command, line in rows(tasks.PHASES, {}):
        yield command, line.partition(" / ")[(lang == "ja" and 2) or 0]
    for number, item in ITEMS.items():
        step = own_words[number]
        said = (step.check_ja, step.remedy_ja) if lang == "ja" else (step.check, step.remedy)
        for text in (*by_hand(step, lang), *said):
            yield number, "\n".join(filled(text, values))
        yield number, item.ja if lang == "ja" else item.en
        yield from ((number, note) for note in decisions(number, lang, site.has))
        if number in PROVED:
            yield number, getattr(PROVED[number], lang)
    for phase in range(12):
        yield f"phase {phase}", who(phase, inventory.production.name, inventory.standby.name)
        yield f"phase {phase}", getattr(PHASES[phase], lang)
    yield from (("what to do", f"{seen}: {do}") for seen, do in troubles(lang))


def found(name: str, lang: Lang, by: By, unwanted: re.Pattern[str]) -> list[str]:
    return [f"{where}: {text}" for where, text in told(name, lang, by) if unwanted.search(text)]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["mars", "today"])
def test_nothing_of_another_site_is_named(name: str, lang: Lang) -> None:
    assert found(name, lang, NETWORKD, OF_2011) == []


def test_no_service_that_a_site_lacks_is_named() -> None:
    assert found("mars", "en", USUALLY, FOREIGN) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["mars", "today"])
def test_under_systemd_nothing_of_sysvinit_is_named(name: str, lang: Lang) -> None:
    assert found(name, lang, NETWORKD, SYSVINIT) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["2011", "mars", "today"])
def test_under_sysvinit_nothing_of_systemd_is_named(name: str, lang: Lang) -> None:
    timers = pair(name)[1].phase1.timers  # only systemd has such
    assert [text for text in found(name, lang, USUALLY, SYSTEMD) if not any(timer in text for timer in timers)] == []


def test_no_text_of_the_catalogue_names_a_site() -> None:
    texts = [str(text) for message in held() if message.id for text in (message.id, message.string)]
    assert [text for text in texts if OF_2011.search(text)] == []


def test_by_hand_each_network_manager_has_its_own_command() -> None:
    inventory, site = pair("mars")
    said = {
        values_of(inventory, site, "20261127", By(SYSTEMD_ITSELF, one.by_hand("eth0", SYSTEMD_ITSELF), ""))[
            "restart_network"
        ]
        for one in MANAGERS
    }
    assert len(said) == len(MANAGERS)
    assert "systemctl restart networking" in said


def test_hosts_of_two_kinds_are_told_apart_where_an_item_acts_on_both() -> None:
    other = NETWORKD._replace(network="nmcli connection reload", holders=NETWORKD.holders.replace("eth0", "ens3"))
    inventory, site = pair("mars")
    values = values_of(inventory, site, "20261127", on_both(NETWORKD, other, ["mars", "venus"]))
    lines = [line for number in ("6.1", "6.3") for text in steps()[number].hand for line in filled(text, values)]
    assert [line.partition("    # ")[::2] for line in lines if "    # " in line] == [
        (NETWORKD.network, "mars"),
        (other.network, "venus"),
        (NETWORKD.holders, "mars"),
        (other.holders, "venus"),
    ]
    assert on_both(NETWORKD, NETWORKD, ["mars", "venus"]) == NETWORKD


def test_the_mail_log_is_that_of_the_sites_own_mail_service() -> None:
    inventory, site = pair("today")
    mail = site.services[site.its_mail.service]
    others = replace(site, services={**site.services, site.its_mail.service: replace(mail, init="exim4")})
    assert values_of(inventory, others, "20261127", NETWORKD)["mail_log"] == "`journalctl -u exim4`"


@pytest.mark.parametrize(
    ("number", "by", "line"),
    [
        ("1.3", USUALLY, "service nginx stop"),
        ("1.4", USUALLY, "update-rc.d nginx disable"),
        ("1.4", NETWORKD, "systemctl disable nginx"),
        ("6.1", NETWORKD, "networkctl reload; networkctl reconfigure eth0"),
    ],
)
def test_what_is_done_by_hand_names_the_sites_own_services(number: str, by: By, line: str) -> None:
    assert (number, line) in list(told("mars", "en", by))
