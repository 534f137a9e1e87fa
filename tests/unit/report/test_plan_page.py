"""The plan's page: whole, in both languages, safe to open, and as wide as its window (in headless Chromium)."""

from __future__ import annotations

import html
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.record import OfFile, PlannedChange
from irekae.model.language import LANGS, Lang
from irekae.report.plan_page import kind, render_plan, write_page
from irekae.swap.swap import Swap
from tests.unit.report.test_browser import CHROMIUM, MEASURE, WIDTHS, dom, framed
from tests.unit.report.test_html import Page

HOSTILE = '+</span><script>alert("x")</script>\x1b[2J' + "long" * 200
HOSTS = ("--- /etc/hosts", "+++ /etc/hosts", "@@ -1,2 +1,2 @@", "-198.51.100.21 ika", "+198.51.100.22 ika", HOSTILE)
PROGRAM = tuple(f"+line {number}" for number in range(700))
CHANGES = [
    PlannedChange("7.1", "ika", "edit /var/qmail/control/me", ("-a", "+b"), file=OfFile("/var/qmail/control/me", 9)),
    PlannedChange("1.3", "ika", "stop apache2", ("$ systemctl stop apache2",)),
    PlannedChange("5.3", "tako", "edit /etc/hosts", HOSTS, file=OfFile("/etc/hosts", 99, "dns")),
    PlannedChange("5.3", "ika", "copy /etc/hosts to /etc/hosts.20261126", file=OfFile("/etc/hosts", 90, "dns")),
    PlannedChange("5.3", "ika", "edit /etc/hosts", HOSTS, file=OfFile("/etc/hosts", 99, "dns")),
    PlannedChange("5.1", "ika", "edit /etc/hosts", ("-x", "+y"), file=OfFile("/etc/hosts", 99, "dns")),
    PlannedChange("5.1", "ika", "edit /etc/motd", ("-x", "+y"), file=OfFile("/etc/motd", 9)),
    PlannedChange("5.3", "ika", "create /var/lib/irekae/exchange/watchdog.py", PROGRAM,
                  file=OfFile("/var/lib/irekae/exchange/watchdog.py", 12345, own="the watchdog")),
    PlannedChange("7.2", "tako", "/etc/x is missing on tako", ("next: mend it",), refused=True),
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_files_come_first_by_host_and_path_and_nothing_is_left_out(lang: Lang) -> None:
    page = Page(render_plan(CHANGES, lang, "ITPASS", "2026-11-26T09:00:00+09:00", "2026-11-26T13:00:00+09:00"))
    assert [name for name in page.ids if name.startswith(("refused", "host-", "file-", "steps", "own"))] == [
        "refused", "host-1", "file-0", "file-1", "host-2", "file-2", "host-3", "file-3", "steps", "own",
    ]  # fmt: skip
    assert [link for link in page.links if link[1:] not in page.ids] == []
    for change in CHANGES:
        assert change.what in page.text
    for line in (*HOSTS[:-1], PROGRAM[0], PROGRAM[-1], "12,345", "ITPASS"):
        assert line in page.text
    order = [page.text.rindex(word) for word in ("edit /etc/motd", "control/me", "stop apache2", "the watchdog")]
    assert order == sorted(order)


def test_what_comes_from_a_host_is_text() -> None:
    page = Page(render_plan(CHANGES, "en"))
    assert page.tags["script"] == 0
    assert "\x1b" not in page.text
    assert '<script>alert("x")</script>\\x1b[2J' in page.text


def test_it_reaches_for_nothing() -> None:
    page = Page(render_plan(CHANGES, "ja"))
    assert all(value.startswith("#") for key, value in page.attributes if key in ("href", "src"))
    assert page.tags["link"] == page.tags["img"] == 0


def test_only_a_hosts_own_diffs_are_unfolded() -> None:
    text = render_plan(CHANGES, "en")
    assert text.count("<details open>") == 5
    assert text.count('<details class="own">') == 1


@pytest.mark.parametrize(
    ("line", "said"), [("+++ /etc/hosts", "name"), ("+a", "add"), ("-a", "del"), ("@@ -1 +1 @@", "hunk"), (" a", "")]
)
def test_lines_of_a_diff_are_told_apart(line: str, said: str) -> None:
    assert kind(line) == said


@pytest.mark.parametrize(("publish", "mode"), [(False, 0o600), (True, 0o644)])
def test_it_is_the_operators_own_unless_it_is_published(swap: Swap, tmp_path: Path, publish: bool, mode: int) -> None:
    view = swap.as_plan()
    view.plan += CHANGES
    path = write_page(view, tmp_path / "plan.html", "en", publish)
    assert stat.S_IMODE(path.stat().st_mode) == mode


# --- in a browser ---


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    frames = "".join(
        framed(f"{lang}-{width}", width, render_plan(CHANGES, lang, "ITPASS")) for lang in LANGS for width in WIDTHS
    )
    shown = dom(tmp_path_factory.mktemp("browser"), f"<!doctype html><meta charset=utf-8>{frames}{MEASURE}")
    found = re.search("<output>(.*)</output>", shown, re.DOTALL)
    assert found, shown[-2000:]
    return json.loads(html.unescape(found.group(1)))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
def test_no_page_is_wider_than_its_window(measured: list[Any]) -> None:
    assert len(measured) == len(LANGS) * len(WIDTHS)
    assert all(page["height"] > 900 for page in measured)
    assert [page for page in measured if page["scroll"] > page["width"] or page["out"]] == []


LOOK = """
<script>
addEventListener("load", () => {
  const page = document.querySelector("iframe").contentDocument;
  const of = (name, key) => getComputedStyle(page.querySelector(name))[key];
  const own = page.querySelector("details.own pre").checkVisibility({contentVisibilityAuto: true});
  const found = {add: of("pre.diff .add", "color"), del: of("pre.diff .del", "color"), own,
                 file: page.querySelector(".file pre").checkVisibility({contentVisibilityAuto: true})};
  document.body.replaceChildren(Object.assign(document.createElement("output"), {textContent: JSON.stringify(found)}));
});
</script>
"""


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
def test_a_diff_is_coloured_and_our_own_files_are_folded(tmp_path: Path) -> None:
    frame = framed("plan", 1280, render_plan(CHANGES, "en"))
    shown = dom(tmp_path, f"<!doctype html><meta charset=utf-8>{frame}{LOOK}")
    match = re.search("<output>(.*)</output>", shown, re.DOTALL)
    assert match, shown[-2000:]
    found = json.loads(html.unescape(match[1]))
    assert found["add"] != found["del"]
    assert (found["file"], found["own"]) == (True, False)
