"""What the agent answers of mail and of a daemon's processes: types, as in `claims`."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

_Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Id = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,40}\.[0-9]{1,20}$")]  # it names a folder on the hosts
_Number = _Count | Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,40}$")]  # what the mail system calls a message
_Short = Annotated[str, Meta(max_length=255)]


class Relative(TypedDict):
    """A process of a daemon's family."""

    pid: _Count
    parent: _Count
    uid: _Count
    name: _Short
    start: _Count
    age: _Count
    peers: list[_Short]


class Queued(TypedDict):
    """A message in a queue."""

    number: _Number
    id: _Id
    size: _Count
    at: _Count
    local: _Count
    remote: _Count
    new: _Count
    busy: NotRequired[bool]
    held: NotRequired[bool]


class Held(TypedDict):
    """A message that was taken out of a queue."""

    id: _Id
    size: _Count
    at: _Count
    recipients: _Count
    placed: _Number | None
    since: _Count


class Settled(TypedDict):
    """A message of which recipients were decided anew."""

    number: _Number
    local: _Count
    remote: _Count


class Stays(TypedDict):
    """A message that could not be withdrawn."""

    id: _Id
    placed: _Number


MAIL_ANSWERS: dict[str, Any] = {
    "family": list[Relative],
    "mail_queue": list[Queued] | None,
    "mail_settle": list[Settled],
    "mail_held": list[Held],
    "mail_hold": list[Held],
    "mail_place": list[Held],
    "mail_withdraw": list[Stays],
    "postfix_queue": list[Queued] | None,
    "postfix_hold": list[Held],
    "postfix_place": list[Held],
    "postfix_withdraw": list[Stays],
    "exim_queue": list[Queued] | None,
    "exim_hold": list[Held],
    "exim_place": list[Held],
    "exim_withdraw": list[Stays],
    "mail_ends": dict[str, Literal["ended", "known", "unread", ""]],
    "mail_spools": list[str],
    "mail_removed": dict[str, _Count],
    "mail_since": list[tuple[str, str]],
    "mail_lacks": list[tuple[str, str]],
    "mail_messages": list[tuple[str, str]],
    "mail_digests": dict[str, Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]],
}
