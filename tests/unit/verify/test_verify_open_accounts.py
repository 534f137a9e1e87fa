"""An account that is open on the old machine and shut on the new one is told; one that was shut before is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from irekae.site.inventory import load_inventory
from irekae.site.site import Site, load_site
from verify.test_open_accounts import differing, goes_over, states

PROJECT = Path(__file__).resolve().parents[3]
PASSWD = "dave:x:1001:1001:Dave:/home/dave:/bin/bash\n"
SHADOW = "dave:$6$x:19000:0:99999:7:::\n"
TODAY = 20000


@pytest.mark.parametrize(
    ("passwd", "shadow", "found"),
    [
        (PASSWD, SHADOW, []),
        (PASSWD.replace("bash", "zsh"), SHADOW.replace("$6$x", "$6$y"), []),  # another shell, another password
        (PASSWD.replace("/bin/bash", "/usr/sbin/nologin"), SHADOW, ["its shell is /usr/sbin/nologin"]),
        (PASSWD, SHADOW.replace(":::", "::1:"), ["it has expired"]),
        (PASSWD, SHADOW.replace(":::", f"::{TODAY + 1}:"), []),
        (PASSWD, SHADOW.replace("$6$x", "!$6$x"), ["its password is locked"]),
        (PASSWD.replace("/home/dave", "/nonexistent"), SHADOW, ["/nonexistent"]),
    ],
)
def test_what_shuts_an_account_is_told(passwd: str, shadow: str, found: list[str]) -> None:
    was, now = states(PASSWD, SHADOW, TODAY), states(passwd, shadow, TODAY)
    assert [one.found for one in differing("dave", was["dave"], now["dave"], "/home/")] == found
    shut = (1001, "/nonexistent", "it has expired")
    assert list(differing("dave", shut, now["dave"], "/home/")) == []


def test_where_the_standbys_line_may_count_nothing_is_said() -> None:
    site: Site = load_site(load_inventory(PROJECT / "hosts.ini"), PROJECT / "site.toml")
    by_rule = replace(site, accounts=replace(site.accounts, expired="target", decided={"judy": "source"}))
    assert goes_over("dave", site)
    assert not goes_over("dave", by_rule)
    assert goes_over("judy", by_rule)
