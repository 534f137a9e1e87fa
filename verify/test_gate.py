"""gate registers and changes (9.6)."""

from __future__ import annotations

import secrets

from irekae.site.site import Site, needed
from verify.causes import stands_on
from verify.gate import GateForm, entry, said
from verify.http_client import forms
from verify.marks import item, part_of
from verify.record import Record
from verify.world import Server

REMEDY = "9.6: /etc/gate/gate.conf, and whether gate's database is writable for the web server"


@part_of("web.gate")
@stands_on("web")
@item("9.6", "production")
def test_gate_registers_and_changes(server: Server, site: Site, check: Record) -> None:
    """An account is registered, changed and withdrawn through gate's form.

    gate で登録と変更ができる
    """
    password = server.world.credentials.gate
    if not password:
        check.not_made("secrets.toml has no [gate] password")
    form = needed(needed(site.web).gate)
    gate = GateForm(server.entry.address, form.url, form.login, password)
    try:
        shown = gate.form()
        fields = {name for form in forms(shown.text) for name in form.fields}
        check.expect(
            shown.status == 200 and {"login", "name"} <= fields,
            "gate's form",
            shown.told(),
            remedy=REMEDY,
            cause="gate, or its area in the web server's configuration, or another page in its place",
        )
        gate.withdraw()  # what an interrupted run left
        _registered_and_changed(gate, server.entry.name, check)
    finally:
        gate.withdraw()
        check.saw(*gate.evidence)
    gone = gate.show()
    check.expect(
        not entry(gone),
        "the account is withdrawn",
        f"gate says {said(gone)!r}",
        remedy=f"remove {gate.login} from gate by hand",
        cause="gate keeps what it was to forget",
    )


def _registered_and_changed(gate: GateForm, host: str, check: Record) -> None:
    first, second = (f"irekae {secrets.token_hex(4)}" for _ in range(2))
    registered = gate.register(first)
    cause = "gate's database cannot be written, or is another's"
    check.expect(registered.status == 200, "registration is taken", said(registered), cause=cause, remedy=REMEDY)
    known = entry(gate.show())
    check.expect(known.get("name") == first, f"the account with the name {first!r}", known, cause=cause, remedy=REMEDY)
    where = known.get("host", host)
    check.expect(where == host, f"registered on {host}", where, cause="$hostname in gate.conf", remedy="5.1: gate.conf")
    changed = gate.change(second)
    check.expect(changed.status == 200, "the change is taken", said(changed), cause=cause, remedy=REMEDY)
    known = entry(gate.show())
    check.expect(
        known.get("name") == second, f"the account with the name {second!r}", known, cause=cause, remedy=REMEDY
    )
