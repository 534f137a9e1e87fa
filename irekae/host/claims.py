"""What a host says is data: every answer of the agent has a type, and what is none is refused, once and clearly.

A host is root of itself: whatever it says may be made up. Types and bounds keep it from steering or breaking what reads
it here; who it is, the seat's pins say, and whether the two hosts contradict each other, `pairing`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import msgspec
from msgspec import Meta

from irekae.host.mail_claims import MAIL_ANSWERS
from irekae.host.seen_claims import SEEN_ANSWERS
from irekae.host.tree_claims import IN_PARTS, TREE_ANSWERS
from irekae.model.errors import Status, SwapError
from irekae.model.typed import converted, decoded

Short = Annotated[str, Meta(max_length=255)]
Line = Annotated[str, Meta(max_length=4096)]
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=0.0, le=1e11)]
Base64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]
# It names a folder, at the seat and on the hosts (archive/).
RunId = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z:+.-]{0,63}$")]
Day = Annotated[str, Meta(pattern=r"^20[0-9]{6}$")]
Exchange = Literal["", "armed", "changing", "trial", "prepared", "confirmed", "reverted", "returning"]


class Run(TypedDict):
    """run.json: the swap that a host remembers, and what it was called before it."""

    id: RunId
    today: Day
    name_before: Short
    role_before: NotRequired[Literal["production", "standby"]]
    machine_id: NotRequired[Short]
    keys: NotRequired[list[Line]]


class Holder(TypedDict):
    """Who holds a lock."""

    who: NotRequired[Short]
    since: NotRequired[Short]
    pid: NotRequired[Count]
    seat: NotRequired[dict[Short, Short]]


class News(TypedDict):
    """A journal from a place on."""

    since: Count
    data: Base64


class Facts(TypedDict):
    """Who a host is, and what it remembers."""

    machine_id: Short
    boot_id: Short
    hostname: Short
    user: Short
    time: Seconds
    systemd: bool
    python: Short
    run: Any
    broken_run: Line
    exchange: Exchange
    journal: News
    holders: dict[Short, Holder]
    pid: Count


class State(TypedDict):
    """What lies at a path."""

    kind: Short
    mode: Count
    uid: Count
    gid: Count
    owner: Short
    group: Short
    mtime: Whole
    size: Count
    target: NotRequired[str]


class Read(State):
    """A file."""

    data: Base64


class Checkpoint(TypedDict):
    """What was kept before a change."""

    n: Count
    kept: dict[str, State | None]


class Ran(TypedDict):
    """How a command ended."""

    status: Whole
    out: Base64
    err: Base64


class Process(TypedDict):
    """A line of the process table."""

    pid: Count
    parent: Count
    session: Whole
    tty: Whole
    start: Count
    uid: Count
    owner: Short
    name: str
    words: list[str]


class Known(TypedDict):
    """A process that was written down when it was started."""

    pid: Count
    start: Count


class Survey(TypedDict):
    """Owners and groups by number, each with a path; folders that are too deep, or elsewhere; paths with more."""

    users: list[tuple[Count, str]]
    groups: list[tuple[Count, str]]
    too_long: list[str]
    acl: list[str]
    xattr: list[str]
    other_devices: list[str]


class Digest(TypedDict):
    """All that lies below a name."""

    digest: Short
    paths: Count
    bytes: Count
    newest: float


class Found(TypedDict):
    """A file that holds a word."""

    path: str
    data: Base64


class Part(TypedDict):
    """Of a long answer; what is in it has the type of what was asked for."""

    number: Count
    part: list[Any]


class Undone(TypedDict):
    """What somebody did below /home since a copy that was taken back: moved aside, or left."""

    aside: list[str]
    stays: list[str]


class Space(TypedDict):
    """Bytes of a file system."""

    free: Count
    used: Count


class Clock(TypedDict):
    """The clocks of a host."""

    boot_id: Short
    monotonic: Seconds
    uptime: Seconds
    wall: Seconds


ANSWERS: dict[str, Any] = {
    "facts": Facts,
    "clock": Clock,
    "journal": News | None,
    "holders": dict[Short, Holder],
    "lock": Holder | None,
    "stat": State | None,
    "list": dict[str, State] | None,
    "read": Read | None,
    "kept": Read | None,
    "write": State | None,
    "checkpoint": Checkpoint,
    "change": Checkpoint,
    "all": list[dict[str, Any]],
    "run": Ran,
    "daemon_run": Ran,
    "spawn": Count,
    "processes": list[Process],
    "wait_gone": list[Count],
    "end_agent": list[Count],
    "digests": dict[str, Digest],
    "mailboxes": dict[str, tuple[Count, Count]],
    # Inode numbers may be of 64 bits without a sign.
    "states": dict[str, tuple[int, int, int, int, int, dict[str, Base64]]],
    "survey": Survey,
    "attribute_support": dict[Literal["acl", "xattr"], bool],
    "changed_since": list[str],
    "close_nameless": list[str],
    "busy_users": list[Count],
    "end_users": list[Count],
    "known": Known | None,
    "parts": Part,
    "next_part": Part,
    "grep": list[Found],
    "space": Space,
    "links": dict[str, str],
    **dict.fromkeys(
        ("append", "archive", "copy_tree", "mkdir", "mode", "remove", "rename", "restore", "set_links", "signal"), None
    ),
    **dict.fromkeys(("note_expected", "note_left", "write_part"), None),
    "undo_copy": Undone,
    "marks": dict[str, str],
    "remove_empty": bool,
    "keep_undone": None,
    "written": Read | None,
    "undone": Read | None,
    "lock_accounts": None,
    "unlock_accounts": None,
    "unlock": None,
    **MAIL_ANSWERS,
    **SEEN_ANSWERS,
    **TREE_ANSWERS,
}


def typed(host: str, op: str, answer: Any) -> Any:
    """An answer of a host's agent, once it is what that operation answers.

    Args:
        host: its name, for the refusal.
        op: the operation.
        answer: what came.

    Raises:
        SwapError: it is something else (exit status 3).
    """
    try:
        converted(answer, ANSWERS[op] if op in ANSWERS else IN_PARTS.get(op, Any))
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise SwapError(
            f"{host} does not answer {op} as our agent does",
            str(error),
            f"somebody may have changed what it remembers, or python3 there: look at it on the console of {host}",
            Status.REFUSED,
        ) from None
    if op == "facts" and (problem := _wrong_run(answer)):
        hint = "mend it by hand after the other host's (id and today are the same, name_before is not)"
        raise SwapError(f"run.json on {host} cannot be read", problem, hint, Status.REFUSED)
    return answer


def told(host: str, what: str, text: bytes | str, kind: Any) -> Any:
    """What a program or a file of ours on a host says in JSON, once it is of that type.

    Args:
        host: its name, for the refusal.
        what: says it.
        text: what came.
        kind: the type that it must have.

    Raises:
        SwapError: it is something else (exit status 3).
    """
    try:
        return decoded(text, kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        shown = text[:200].decode("utf-8", "replace") if isinstance(text, bytes) else text[:200]
        hint = f"somebody may have changed it, or python3 there: look at it on the console of {host}"
        raise SwapError(f"{what} of {host} does not say what it should", f"{error}\n{shown}", hint,
                        Status.REFUSED) from None  # fmt: skip


def _wrong_run(facts: Facts) -> str:
    """What is wrong with run.json; "" for nothing, or where there is none."""
    if facts["broken_run"] or facts["run"] is None:
        return facts["broken_run"]
    try:
        run = converted(facts["run"], Run)
        datetime.strptime(run["today"], "%Y%m%d")
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        return str(error)
    return ""
