"""Hiki can be written to (9.5)."""

from __future__ import annotations

import contextlib
import secrets

from irekae.site.site import Site, needed
from verify.causes import stands_on
from verify.finding import Finding
from verify.hiki import REMEDY, HikiPage
from verify.marks import item, part_of
from verify.record import Record
from verify.world import Server, World

LINES = range(200)
"""Of the page that is written: more than fit into one packet."""


@part_of("web.hiki")
@stands_on("web")
@item("9.5", "production")
def test_hiki_can_be_written_to(world: World, server: Server, site: Site, check: Record) -> None:
    """A page of the wiki is written, read back and removed.

    Hiki に書き込める
    """
    hiki = needed(needed(site.web).hiki)
    page = HikiPage(server.entry.address, hiki.url, hiki.page)
    token = f"irekae-check-{secrets.token_hex(6)}"
    try:
        _written_and_read(world, page, token, check)
        gone = page.write("")
        check.expect(
            gone.status == 200, "the page is removed", gone.told(), remedy=REMEDY, cause="Hiki cannot remove its pages"
        )
        after = page.read()
        check.expect(
            token not in after.text,
            "the page is gone",
            f"{after.told()}, with the text" if token in after.text else "gone",
            cause="Hiki says that it has removed the page, and has not",
            remedy="remove it by hand; see Hiki's data_path",
        )
    except Finding:
        with contextlib.suppress(Finding):
            page.write("")
        raise
    finally:
        page.leave()
        check.saw(*page.evidence)


def _written_and_read(world: World, page: HikiPage, token: str, check: Record) -> None:
    before = page.read()
    check.expect(
        before.status == 200,
        "the wiki shows",
        before.told(),
        cause="Hiki, or its area in the web server's configuration",
        remedy=REMEDY,
    )
    check.expect(
        token not in before.text,
        "a text that isn't there yet",
        "not there",
        cause="a run that was interrupted has left its page",
        remedy="remove the page [web.hiki] page by hand",
    )
    saved = page.write("\n".join(["! irekae", *[f"line {number:03} of a long page" for number in LINES], f"{token}\n"]))
    check.expect(saved.status == 200, "the page is saved", saved.told(), cause="Hiki cannot write", remedy=REMEDY)
    read = page.read()
    found = "the text" if token in read.text else f"{read.told()}, without the text"
    cause = "Hiki cannot write its pages"
    if read.problem:
        cause = "a page longer than one packet doesn't come through: a packet rule, or an MTU on the way"
    check.expect(token in read.text, "the text that was saved, all of it", found, cause=cause, remedy=REMEDY)
    if world.outside:
        view = world.from_outside({f"page {page.address_of_page}": page.question})
        shown = view.page(page.address_of_page)
        check.saw(shown.evidence)
        found = "the text" if token in shown.text else f"{shown.told()}, without the text"
        cause = "others are shut out, or a page longer than one packet doesn't come through to them"
        remedy = (
            f"on {world.inventory.production.name}: iptables -S; nft list ruleset; ip link (mtu); Hiki's access rules"
        )
        check.expect(token in shown.text, f"the page for {world.outside.name} too", found, cause=cause, remedy=remedy)
