"""The pair of the editors' tests."""

from __future__ import annotations

from datetime import date

from irekae.host.editors import EDITORS, Edited, Exchange, HostNames

IKA = HostNames.of("ika", "ika-itpass.scitec.kobe-u.ac.jp", "198.51.100.21")
TAKO = HostNames.of("tako", "tako-itpass.scitec.kobe-u.ac.jp", "198.51.100.22")
TODAY = date(2012, 11, 9)
TO_IKA = Exchange(old=TAKO, new=IKA, today=TODAY)
"""On the machine that was tako."""
TO_TAKO = Exchange(old=IKA, new=TAKO, today=TODAY)
"""On the machine that was ika."""


def edit(editor: str, text: str, exchange: Exchange = TO_IKA) -> str:
    """The new text alone."""
    return EDITORS[editor](text.encode(), exchange).text.decode()


def words_left(edited: Edited) -> list[str]:
    """What a person is shown, without the lines."""
    return [leftover.word for leftover in edited.left]
