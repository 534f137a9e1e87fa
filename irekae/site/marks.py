"""Lines of hosts.ini and site.toml that `fab init` could not decide: a person does, and takes the mark away."""

from pathlib import Path

MARK = "# FILL IN"


def marked(path: Path) -> list[tuple[int, str]]:
    """The marked lines of a file, by number; none where it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if MARK in line]
