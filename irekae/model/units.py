"""systemd's words for a unit file, and the one reading of them: will the next boot start what it describes."""

from collections.abc import Collection

# systemctl(1), is-enabled. What is not here tells nothing.
AT_BOOT: dict[str, bool | None] = {
    "enabled": True,
    "disabled": False,
    "linked": False,
    "linked-runtime": False,
    "masked": False,
    "masked-runtime": None,  # the mask goes with the boot; what lies below it is not told
    "transient": False,
    "not-found": False,
    "bad": None,
}
# Nothing of its own starts it: another unit does, or nobody.
BY_OTHERS = ("static", "indirect")
# Its link lies in /run, which a boot empties: only what a generator makes there (systemd.generator(7)) comes again.
RUNTIME = "enabled-runtime"
GENERATORS = ("/run/systemd/generator", "/run/systemd/generator.early", "/run/systemd/generator.late")
KINDS = ("service", "socket", "timer", "path")


def starts_at_boot(word: str, name: str, wanted: bool, generated: Collection[str]) -> bool | None:
    """Whether the next boot starts a unit; None where its word tells nothing.

    Args:
        word: what systemd says of its unit file.
        name: of the unit.
        wanted: whether what the boot starts pulls it in.
        generated: names of the links that generators have made.
    """
    if word in BY_OTHERS:
        return wanted
    if word == RUNTIME:
        return wanted and name in generated
    return AT_BOOT.get(word)


def full_name(name: str) -> str:
    """A unit's name with its kind: `ssh` is `ssh.service`."""
    return name if name.rpartition(".")[2] in KINDS and "." in name else f"{name}.service"


def is_timer(name: str) -> bool:
    """Whether a name is that of a timer."""
    return name.endswith(".timer") and not name.startswith("/")
