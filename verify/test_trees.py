"""The data trees beside /home that 3.5 has copied: all there, as they were written down, or newer."""

from __future__ import annotations

from typing import Any

from irekae.model.findings import Finding
from irekae.site.site import Site, Tree
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server

SHOWN = 10


@needs("data_trees")
@item("3.5", "production")
@part_of("trees")
def test_a_data_tree_is_whole(server: Server, site: Site, tree: Tree, check: Record) -> None:
    """A data tree holds what was copied, as it was or newer, and all of it belongs to somebody.

    データツリーが揃い, 持ち主が正しい
    """
    answer, began = server.data_trees.result()
    found = answer[tree.path]
    check.saw(began.heard(f"files below {tree.path}", told(found), f"on {server.name}"))
    remedy = f"3.5 again as long as its time has not passed; then from the other host's {tree.path}, file by file"
    check.expect(
        found["there"] and (found["files"] > 0 or found["recorded"] in (None, 0)),
        "files in the tree",
        found["files"] if found["there"] else f"no folder {tree.path}",
        cause="3.5 was not done, or a file system is not mounted there",
        remedy=remedy,
    )
    check.expect(
        not found["strangers"],
        "no owner without a name",
        "; ".join(found["strangers"][:SHOWN]) or "none",
        cause="rsync with --numeric-ids, or an account was removed since",
        remedy=f"chown what is named below {tree.path}, after looking at the other host's owners",
    )
    _as_recorded(tree.path, found, site, check, remedy)


def _as_recorded(path: str, found: dict[str, Any], site: Site, check: Record, remedy: str) -> None:
    """What 4.1 wrote down; before a swap there is nothing of that."""
    if found["recorded"] is None:
        check.expect(True, "what a copy wrote down", "no copy has written anything down here")
        return
    wrong = [*(f"{name} is gone" for name in found["gone"]), *found["other"]]
    check.expect(
        not wrong,
        f"{found['looked_at']} files as they were copied, or newer",
        "; ".join(wrong[:SHOWN]) or f"all of them, {found['used']} changed since",
        cause="somebody has put an older copy there, or has removed a folder of the tree",
        remedy=remedy,
    )
    check.expect(
        not found["rights"],
        "owners and modes as they were copied",
        "; ".join(found["rights"][:SHOWN]) or "as they were",
        cause="somebody has changed them, or has put files back without them",
        remedy=f"chown and chmod what is named below {path}; how it was stands behind it",
    )
    lost = found["recorded"] - found["files"]
    most = max(site.survey.lost_files, found["recorded"] // 10)
    check.expect(
        lost <= most,
        f"{found['recorded']} files, or at most {most} fewer by use",
        found["files"],
        cause="a part of the tree was removed since the copy",
        remedy=remedy,
    )
    check.differs(*_changed(path, found["removed"], found["emptied"]))


def _changed(path: str, removed: list[str], emptied: list[str]) -> list[Finding]:
    """Folders directly in the tree that went with all that lay in them, and files that hold nothing any more: whether
    they were done with, or a service empties its own, a person knows."""
    told: dict[str, Any] = {"role": "production"}
    told["remedy"] = f"take it from the other host's {path}; `fab explain ID --why` where it is right"
    return [
        *Finding.of_each(
            dict.fromkeys(removed, "removed since"), subject=f"folder of {path}", was="there, and copied", **told
        ),
        *Finding.of_each(
            dict.fromkeys(emptied, "0 bytes"), subject=f"file below {path}", was="a file that is not empty", **told
        ),
    ]


def told(found: dict[str, Any]) -> str:
    """What was seen, in a line."""
    words = [f"{found['files']} files", f"written down: {found['recorded']}", f"looked at: {found['looked_at']}"]
    words += [
        f"{name}: {'; '.join(found[name][:SHOWN]) or 'none'}"
        for name in ("gone", "removed", "other", "rights", "emptied", "strangers")
    ]
    return ", ".join(words)
