"""Text in columns, for terminals in which a Japanese character takes two."""

from __future__ import annotations

from irekae.model.legible import legible


def width(text: str) -> int:
    """Return how many terminal columns `text` takes: two for wide characters, none for combining ones."""
    if text.isascii() and text.isprintable():
        return len(text)
    import wcwidth  # its tables are read only where there is Japanese

    return wcwidth.width(text, control_codes="ignore")


def pad(text: str, columns: int) -> str:
    """Return `text` filled up with blanks to `columns`; longer text is returned as it is."""
    return text + " " * max(0, columns - width(text))


def cut(text: str, columns: int) -> str:
    """Return `text` on one line in at most `columns`, ending in ``…`` where something was left out."""
    text = " ".join(legible(text).split())
    if width(text) <= columns:
        return text
    import wcwidth

    kept = ""
    for cluster in wcwidth.iter_graphemes(text):
        # Of the whole: a spacing mark takes a column only behind the letter that it belongs to.
        if width(f"{kept}{cluster}…") > columns:
            break
        kept += cluster
    return kept + "…" if columns > 0 else ""
