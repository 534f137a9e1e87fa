"""What is carried over as a whole must be small enough for that (0.2)."""

from __future__ import annotations

from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.host.agent.words import LARGEST
from irekae.model.items import find_item
from irekae.site.site import Tree
from irekae.subjects.preflight import large
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def sparse(far: FarEnd, path: str, size: int) -> None:
    far.put(path, "From kato@ika Thu Jan  1 00:00:00 2026\n\nx\n")
    with far.path(path).open("r+b") as file:
        file.truncate(size)


def test_a_mailbox_or_a_job_too_large_to_be_carried_is_told_before_the_swap(swap: Swap, ika: FarEnd) -> None:
    crontab = f"{swap.site.copy.crontabs}/asada"
    for path in ("/var/mail/kato", crontab):
        sparse(ika, path, LARGEST + 1)
    sparse(ika, "/var/mail/ueno", LARGEST)
    found = list(large.files(swap.for_pair(find_item("0.2"))))
    assert [(one.where, one.what) for one in found] == [
        ("ika", f"{path} has 90 MiB, more than the 90 that a single file may have")
        for path in ("/var/mail/kato", crontab)
    ]
    mailbox, job = (one.remedy for one in found)
    assert mailbox.startswith(
        'site.toml: [[trees]] path = "/var/mail", and rsync copies them all; or have its user move'
    )
    assert "[[trees]]" not in job


def test_with_its_folder_a_tree_a_mailbox_may_have_any_size(swap: Swap, ika: FarEnd) -> None:
    sparse(ika, "/var/mail/kato", LARGEST + 1)
    swap.site = replace(swap.site, trees=[Tree("/var/mail")])
    assert list(large.files(swap.for_pair(find_item("0.2")))) == []
