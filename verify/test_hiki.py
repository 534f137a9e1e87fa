"""Hiki can be written to (9.5)."""

from __future__ import annotations

import contextlib
import secrets

from irekae.site.site import Site
from verify.finding import Finding
from verify.hiki import REMEDY, HikiPage
from verify.record import Record
from verify.selection import item
from verify.world import Server


@item("9.5", "production")
def test_hiki_can_be_written_to(server: Server, site: Site, check: Record) -> None:
    """A page of the wiki is written, read back and removed.

    Hiki に書き込める
    """
    server.must_answer()
    page = HikiPage(server.entry.address, site.web.hiki.url, site.web.hiki.page)
    token = f"irekae-check-{secrets.token_hex(6)}"
    try:
        _written_and_read(page, token, check)
        gone = page.write("")
        check.expect(gone.status == 200, "the page is removed", gone.told(), remedy=REMEDY)
        after = page.read()
        check.expect(
            token not in after.text,
            "the page is gone",
            f"{after.told()}, with the text" if token in after.text else "gone",
        )
    except Finding:
        with contextlib.suppress(Finding):
            page.write("")
        raise
    finally:
        page.leave()
        check.saw(*page.evidence)


def _written_and_read(page: HikiPage, token: str, check: Record) -> None:
    before = page.read()
    check.expect(
        before.status == 200, "the wiki shows", before.told(), cause="Hiki or its area in httpd.conf", remedy=REMEDY
    )
    check.expect(token not in before.text, "a text that isn't there yet", "not there")
    saved = page.write(f"! irekae\n{token}\n")
    check.expect(saved.status == 200, "the page is saved", saved.told(), cause="Hiki cannot write", remedy=REMEDY)
    read = page.read()
    found = "the text" if token in read.text else f"{read.told()}, without the text"
    check.expect(
        token in read.text, "the text that was saved", found, cause="Hiki cannot write its pages", remedy=REMEDY
    )
