# Runs on the hosts as it stands: file names are text of any kind here.
# ruff: noqa: PTH116, PTH118, PTH123, PTH208
"""Takes one thing out of a file, as nothing else would notice it: `damage.py cut|member|secret|record|content …`."""

import os
import subprocess
import sys


def cut(path: str, line: str) -> None:
    """The first line that is so, but for its blanks."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines(keepends=True)
    at = next(number for number, one in enumerate(lines) if " ".join(one.split()) == line)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(lines[:at] + lines[at + 1 :])


def member(folder: str, address: str) -> None:
    """A subscriber's record, as ezmlm has it or as mlmmj has it."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = file.read()
        left = data.replace(b"T" + address.encode() + b"\0", b"").replace(address.encode() + b"\n", b"")
        if left != data:
            with open(path, "wb") as file:
                file.write(left)


def secret(path: str, user: str) -> None:
    """One sign of a user's secret, in the file where it lies behind his name."""
    with open(path, "r+b") as file:
        at = file.read().rindex(user.encode()) + len(user) + 3
        file.seek(at)
        sign = file.read(1)
        file.seek(at)
        file.write(bytes([sign[0] ^ 1]))


def record(folder: str, name: str, kind: str) -> None:
    """All records of a name and type, out of the zone file that has them."""
    for file_name in os.listdir(folder):
        path, zone = os.path.join(folder, file_name), file_name.replace(".zone", ".scitec.kobe-u.ac.jp")
        if not file_name.endswith(".zone") or not (name.rstrip(".") == zone or name.rstrip(".").endswith("." + zone)):
            continue
        argv = ["named-compilezone", "-i", "none", "-k", "ignore", "-q", "-o", "-", zone, path]
        lines = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines(keepends=True)
        kept = [line for line in lines if line.split(None, 4)[0:1] + line.split(None, 4)[3:4] != [name, kind]]
        with open(path, "w", encoding="ascii") as file:
            file.writelines(kept)


def content(path: str) -> None:
    """Other contents of the same size, under the same time."""
    state = os.stat(path)
    with open(path, "r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


if __name__ == "__main__":
    {one.__name__: one for one in (cut, member, secret, record, content)}[sys.argv[1]](*sys.argv[2:])
