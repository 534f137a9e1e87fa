"""qmail's control files hold what 7.1 and 7.2 write."""

from __future__ import annotations

from irekae.site.site import Qmail, Site, needed
from verify.mail_words import words_of
from verify.marks import item, part_of
from verify.parsing import control_lines
from verify.record import Record
from verify.selection import Role
from verify.world import Server


def _qmail(site: Site) -> Qmail:
    return needed(site.qmail)


def _control(server: Server, site: Site, name: str, check: Record) -> list[str]:
    """Entries of one of qmail's control files; none where there is no such file."""
    file, seen = server.read(f"{_qmail(site).control}/{name}")
    check.saw(seen)
    return control_lines(file.get("text", ""))


@part_of("qmail")
@item("7.2", "production")
@item("7.1", "standby")
def test_qmail_s_domains(server: Server, role: Role, site: Site, check: Record) -> None:
    """qmail's locals and rcpthosts hold what the manual says, one a line.

    locals と rcpthosts が手順書どおりである
    """
    words = words_of(server)
    wanted = server.world.declared.domains_of(role)
    for name in ("locals", "rcpthosts"):
        found = sorted({line.lower() for line in _control(server, site, name, check)})
        check.expect(
            found == wanted,
            f"{name}: {' '.join(wanted)}",
            " ".join(found) or "nothing",
            remedy=words.control,
            cause="7.1, 7.2 were not done on this host, or were undone",
        )


@part_of("qmail")
@item("7.2", "production")
def test_qmail_s_own_name(server: Server, site: Site, check: Record) -> None:
    """qmail's defaulthost and me hold production's full name, and qmail-showctl reads them so.

    defaulthost と me が手順書どおりである
    """
    words = words_of(server)
    own_name = server.world.declared.own_name(server.world.inventory)
    for name in ("defaulthost", "me"):
        found = " ".join(_control(server, site, name, check))
        check.expect(
            found == own_name,
            f"{name}: {own_name}",
            found or "nothing",
            remedy=words.control,
            cause="5.1, 7.2 were not done on this host, or were undone",
        )
    shown = server.host.run("%s/qmail-showctl", _qmail(site).bin).stdout
    check.saw(*server.said())
    own = f"My name is {own_name}."
    told = next((line for line in shown.splitlines() if "My name is" in line), "nothing of it")
    check.expect(
        own in shown, f"qmail-showctl: {own}", told, remedy=words.control, cause="qmail reads another control folder"
    )
