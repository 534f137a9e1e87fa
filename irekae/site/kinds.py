"""Kinds of values in site.toml, each with what it is called where it is wrong."""

from typing import Annotated

import msgspec

Path_ = Annotated[str, msgspec.Meta(pattern=r"^/[^\x00\n]*$", description="an absolute path")]
# As it stands in the command that a key is limited to, and in names of files: no blanks, no `..`.
TreePath = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^((/(?!\.{1,2}(/|\Z))[A-Za-z0-9._@-]+)+|/)\Z",
        description="an absolute path of letters, digits and ._@-",
    ),
]
Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", description="a name without spaces")]
Login = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*(@[A-Za-z0-9.-]+)?$", description="a login name")
]
# systemd.unit(5): a prefix, an instance behind an @, escapes as \\x2d. Not a template without its instance, and no kind
# of unit that is no service: nobody stops a device.
_UNIT = (
    r"^(?!.*@(\.[a-z]+)?\Z)(?!.*\.(device|scope|slice|target|mount|automount|swap)\Z)"
    r"[A-Za-z0-9]([A-Za-z0-9:._+@-]|\\x[0-9a-f]{2}){0,254}\Z"
)
Unit = Annotated[
    str,
    msgspec.Meta(pattern=_UNIT, description="the name of an init script or of a unit (ssh, wg-quick@wg0, cups.socket)"),
]
Job = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(/[^\x00\n]*|[A-Za-z0-9]([A-Za-z0-9:._+@-]|\\x[0-9a-f]{2}){0,240}\.timer)\Z",
        description="an absolute path, or the name of a timer (certbot.timer)",
    ),
]
HostName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", description="a host name")]
MailAddress = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[A-Za-z0-9.-]+$", description="a mail address")]
Mailbox = Annotated[
    str, msgspec.Meta(pattern=r"^(/[^*/\x00\n]+)+/\*(/[^*/\x00\n]+)*/?$", description="a path with one *, the user")
]
Port = Annotated[str, msgspec.Meta(pattern=r"^(tcp|udp)/[0-9]{1,5}$", description="tcp/25 or udp/53")]
# Of a list from which something takes the first.
FILLED = msgspec.Meta(min_length=1)
Positive = Annotated[int, msgspec.Meta(ge=1)]
Entry = Annotated[
    str,
    # As rsync and the looks at mailboxes read it alike: neither below a home, nor anywhere, nor with brackets.
    msgspec.Meta(pattern=r"^/[^/\[\]\\\x00\n]+/?$", description="/NAME, directly below (* and ? for others)"),
]
