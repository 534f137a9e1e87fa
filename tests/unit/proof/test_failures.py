"""What `fab phase9` says of checks that failed."""

from __future__ import annotations

from irekae.model.results import Check
from irekae.proof import failures


def failed(name: str, item: str = "9.4", follows: str = "", remedy: str = "") -> Check:
    return Check(
        id=name, item=item, host="ika", title=name, outcome="failed", expected="200", found="refused",
        at="2012-11-09T13:00:00+09:00", took=0.1, follows=follows, remedy=remedy,
    )  # fmt: skip


def test_each_failure_says_what_was_expected_and_found_and_the_remedy() -> None:
    assert list(failures.told([failed("page", remedy="look into httpd.conf")])) == [
        "9.4 ika: page",
        "  expected: 200",
        "  found: refused",
        "  remedy: look into httpd.conf",
    ]


def test_one_cause_is_told_once_with_what_follows_from_it() -> None:
    root = failed("apache2 runs", "9.1")
    others = [failed(f"page {n}", follows=root.id) for n in range(3)]
    lines = list(failures.told([root, *others, failed("wiki", "9.5", root.id)]))
    assert lines == [
        "9.1 ika: apache2 runs",
        "  expected: 200",
        "  found: refused",
        "  4 more follow from it: 9.4 ika (3), 9.5 ika",
    ]


def test_what_follows_from_a_check_that_has_not_failed_stands_alone() -> None:
    assert [line for line in failures.told([failed("page", follows="elsewhere")]) if "page" in line] == [
        "9.4 ika: page"
    ]
