"""Text looked for below trees."""

from __future__ import annotations

from pathlib import Path

from irekae.host.agent import search


def test_search_finds_text_below_trees_and_follows_no_link(planted: Path) -> None:
    tree = planted.parent
    (tree / "conf").mkdir()
    (tree / "conf" / "caf\udce9").write_bytes(b"host IKA here\n")
    (tree / "conf" / "binary").write_bytes(b"ika\0")
    (tree / "conf" / "skipped").mkdir()
    (tree / "conf" / "skipped" / "file").write_bytes(b"ika\n")
    (tree / "secret" / "shadow").write_bytes(b"ika\n")
    found = search.op_grep([f"{tree}/conf", str(planted), f"{tree}/none"], [f"{tree}/conf/skipped"], ["ika", "$(x)"])
    assert [line["path"] for line in found] == [f"{tree}/conf/caf\udce9"]
    assert list(search.each_path(str(planted))) == ["file", "way"]
    assert list(search.each_path(str(tree), ["/conf", "/sec*"])) == ["home", "home/file", "home/way"]
