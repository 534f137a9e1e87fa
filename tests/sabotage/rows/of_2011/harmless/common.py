"""Words that the harmless variations share."""

from __future__ import annotations

from tests.sabotage.row import Row

ACCOUNT_FILES = tuple(
    f"/etc/{name}{end}" for name in ("passwd", "shadow", "group", "gshadow", "subuid", "subgid") for end in ("", "-")
)


def harmless(name: str, what: str, do: str, *keeps: str, undo: str = "", host: str = "ika", **more: object) -> Row:
    """A row that breaks nothing."""
    return Row(f"harmless-{name}", host, what, (), do=do, undo=undo, keeps=keeps, harmless=True, **more)  # type: ignore[arg-type]


def variation(name: str, what: str, do: str, *keeps: str, undo: str = "", host: str = "ika", **more: object) -> Row:
    """A row that breaks nothing: a pair that has been so since its last boot."""
    return harmless(name, what, do, *keeps, undo=undo, host=host, booted=host in ("ika", "tako"), **more)
