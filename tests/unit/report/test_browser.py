"""Looks at the reports in headless Chromium, where there is one."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import tasks
from irekae.host.record import PlannedChange
from irekae.model.items import ITEMS
from irekae.model.language import LANGS, Lang
from irekae.report import html as report
from irekae.report import offline_manual
from irekae.report.manual import render_manual
from irekae.swap.swap import Swap
from tests.unit.report.by_hand_on import USUALLY
from tests.unit.report.sample import sample
from tests.unit.report.test_manual import ROWS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = (320, 390, 768, 1280)

MEASURE = """
<script>
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    const sticksOut = e => e.getBoundingClientRect().right > root.clientWidth + 1;
    const named = e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40);
    return {name: frame.id, width: root.clientWidth, scroll: root.scrollWidth, height: root.scrollHeight,
            out: [...page.body.querySelectorAll("*")].filter(sticksOut).map(named).slice(0, 5)};
  });
  document.body.replaceChildren(Object.assign(document.createElement("output"), {textContent: JSON.stringify(found)}));
});
</script>
"""

assert tasks  # declares the items

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs chromium")]


def framed(name: str, width: int, page: str) -> str:
    return f'<iframe id="{name}" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(page)}"></iframe>'


def dom(folder: Path, page: str) -> str:
    """Return what Chromium makes of `page`, as text, after its script has run."""
    (folder / "page.html").write_text(page)
    assert CHROMIUM
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [*command, "--dump-dom", (folder / "page.html").as_uri()], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    frames = "".join(
        framed(f"{lang}-{broken}-{width}", width, report.render(sample(broken), lang))
        for lang in LANGS
        for broken in (True, False)
        for width in WIDTHS
    )
    frames += "".join(framed(f"manual-{width}", width, render_manual(ROWS, "ja")) for width in WIDTHS)
    shown = dom(tmp_path_factory.mktemp("browser"), f"<!doctype html><meta charset=utf-8>{frames}{MEASURE}")
    found = re.search("<output>(.*)</output>", shown, re.DOTALL)
    assert found, shown[-2000:]
    return json.loads(html.unescape(found.group(1)))


def test_every_page_was_drawn(measured: list[Any]) -> None:
    assert len(measured) == (len(LANGS) * 2 + 1) * len(WIDTHS)
    assert all(page["height"] > 900 for page in measured)


def test_no_page_is_wider_than_its_window(measured: list[Any]) -> None:
    assert [page for page in measured if page["scroll"] > page["width"]] == []


def test_nothing_on_a_page_sticks_out_to_the_right(measured: list[Any]) -> None:
    assert [page for page in measured if page["out"]] == []


def test_the_measuring_sees_an_overflow(tmp_path: Path) -> None:
    wide = framed("wide", 390, "<!doctype html><body><div style='width:600px'>wide</div>")
    shown = dom(tmp_path, f"<!doctype html>{wide}{MEASURE}")
    assert '"scroll":60' in html.unescape(shown)


def printed(folder: Path, page: str) -> int:
    """Return how many pages of A4 Chromium prints of `page`."""
    (folder / "page.html").write_text(page)
    assert CHROMIUM
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}", (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return len(re.findall(rb"/Type\s*/Page\b", (folder / "page.pdf").read_bytes()))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("broken", [True, False])
def test_a_report_is_printed_on_three_pages(tmp_path: Path, lang: Lang, broken: bool) -> None:
    assert 2 <= printed(tmp_path, report.render(sample(broken), lang)) <= 3


def test_what_is_unfolded_is_printed_too(tmp_path: Path) -> None:
    unfolded = report.render(sample()).replace("<details ", "<details open ")
    assert printed(tmp_path, unfolded) > 5


@pytest.mark.parametrize("lang", LANGS)
def test_a_manual_of_all_items_is_printed_on_some_twelve_pages(swap: Swap, tmp_path: Path, lang: Lang) -> None:
    plan = [
        PlannedChange(item.number, host, f"copy /etc/file-{count} to /etc/file-{count}.20261126")
        for item in ITEMS.values()
        for host in ("ika", "tako")
        for count in range(20)
        if 1 <= item.phase <= 8
    ]
    rows = [offline_manual._row(swap, item, plan, lang, USUALLY) for item in ITEMS.values()]
    assert 6 <= printed(tmp_path, render_manual(rows, lang, "ITPASS")) <= 14
