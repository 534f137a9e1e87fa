"""Files that hold nothing but lines of ours."""

from irekae.host.host import Host


def lines(*words: str) -> bytes:
    """One a line."""
    return "".join(f"{word}\n" for word in words).encode()


def set_lines(host: Host, path: str, *words: str) -> bool:
    """Give a file these lines, keeping a dated copy, its mode and its owner."""
    return host.edit(path, lambda _: lines(*words))
