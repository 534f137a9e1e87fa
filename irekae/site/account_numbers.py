"""Numbers of account and group names, from the text of passwd(5) and group(5)."""


def _ids(text: bytes) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in text.decode("utf-8", "surrogateescape").splitlines():
        fields = line.split(":")
        # The first entry counts when a name stands there twice, as getpwnam(3) has it.
        if len(fields) > 2 and fields[2].isdigit():
            found.setdefault(fields[0], int(fields[2]))
    return found


def user_ids(passwd: bytes) -> dict[str, int]:
    """Account name → UID."""
    return _ids(passwd)


def group_ids(group: bytes) -> dict[str, int]:
    """Group name → GID."""
    return _ids(group)
