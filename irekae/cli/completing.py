"""`fab completion`: the shells complete `fab`, from a table in the clone that you stand in; nothing of it is run."""

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from irekae.cli import session
from irekae.model import seat_files
from irekae.model.errors import wrong_use
from irekae.model.near import meant, near
from irekae.model.printing import show

SCRIPTS = Path(__file__).with_name("completion")
SHELLS = ("bash", "zsh", "fish")
BEGIN, END = "# irekae: completion of fab", "# irekae: end"


def completion(c: Any, shell: str = "", remove: bool = False) -> None:
    """Let bash, zsh and fish complete `fab`: commands, options, hosts, items; --remove takes it back."""
    session.for_both(c, "completion")
    if shell and shell not in SHELLS:
        raise wrong_use(f"no shell {shell!r}", f"known: {', '.join(SHELLS)}", meant(near(shell, SHELLS)))
    for name in [shell] if shell else SHELLS:
        if remove:
            _remove(name)
        elif shell or shutil.which(name):
            _install(name)
    if not remove:
        show("a shell that is begun from now on completes `fab`, wherever you stand in a clone of irekae")


def script(shell: str) -> str:
    """The script that a shell reads."""
    rules = (SCRIPTS / "words.awk").read_text(encoding="utf-8").rstrip("\n")
    return (SCRIPTS / f"fab.{shell}").read_text(encoding="utf-8").replace("@words.awk@", rules)


def _home(variable: str, otherwise: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / otherwise)


def _place(shell: str) -> Path:
    """Where a shell's script lies: fish looks there by itself, the others are told in their own file."""
    if shell == "fish":
        return _home("XDG_CONFIG_HOME", ".config") / "fish/completions/fab.fish"
    return _home("XDG_DATA_HOME", ".local/share") / f"irekae/fab.{shell}"


def _told_in(shell: str) -> Path:
    return Path.home() / ".bashrc" if shell == "bash" else _home("ZDOTDIR", ".") / ".zshrc"


def _install(shell: str) -> None:
    place = _place(shell)
    if place.exists() and "irekae" not in place.read_text(encoding="utf-8", errors="replace"):
        raise wrong_use(f"{place} is not irekae's: it is left alone", hint="move it away first")
    seat_files.write(place, script(shell).encode())
    show(f"{shell}: {place}")
    if shell != "fish":
        file = _told_in(shell)
        block = f"{BEGIN}\n[ ! -r '{place}' ] || . '{place}'\n{END}\n"
        _rewrite(file, _without_block(_read(file)), block)
        show(f"{shell}: three lines at the end of {file}")


def _remove(shell: str) -> None:
    place, file = _place(shell), _told_in(shell)
    if shell != "fish" and _read(file) != (rest := _without_block(_read(file))):
        _rewrite(file, rest, "")
        show(f"{shell}: taken out of {file}")
    if place.exists() and "irekae" in place.read_text(encoding="utf-8", errors="replace"):
        place.unlink()
        show(f"{shell}: removed {place}")


def _read(file: Path) -> str:
    # Whatever its bytes mean, they stay as they are.
    return file.read_bytes().decode("latin-1") if file.exists() else ""


def _without_block(text: str) -> str:
    """The text without our lines; without their end they are left, for then somebody has edited them."""
    before, begin, behind = text.partition(f"{BEGIN}\n")
    _, end, after = behind.partition(f"{END}\n")
    return before + after if begin and end else text


def _rewrite(file: Path, text: str, block: str) -> None:
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o644
    parted = f"{text}\n" if block and text and not text.endswith("\n") else text
    seat_files.write(file, parted.encode("latin-1") + os.fsencode(block), mode)
