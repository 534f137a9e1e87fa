"""What is not accepted can be acknowledged, by naming each of its open points; nothing else is signed or announced."""

from __future__ import annotations

from collections.abc import Sequence

from irekae.model.errors import Status, SwapError, typed
from irekae.model.results import Acceptance
from irekae.report.points import Point
from irekae.report.verdict import Verdict, verdict


def names_of(judgement: Verdict) -> list[str]:
    """What the points that speak against a verdict are called: by finding, else by item, else by what they say."""
    return list(dict.fromkeys(_name(point) for point in judgement.reasons))


def _name(point: Point) -> str:
    return point.finding or point.item or point.title


def want_named(judgement: Verdict, named: Sequence[str]) -> tuple[str, ...]:
    """The open points, all of them named by who acknowledges them; none where it is accepted.

    Raises:
        SwapError: one is not named, or what is named is none (exit status 3); nothing is signed.
    """
    names = names_of(judgement)
    unnamed, strange = [name for name in names if name not in named], [name for name in named if name not in names]
    if strange:
        told = f"open are: {', '.join(names)}" if names else "there is none: it is accepted"
        raise SwapError(f"{', '.join(strange)}: no open point of this report", told, status=Status.REFUSED)
    if unnamed:
        raise SwapError(
            f"the swap is {judgement.word}: it can only be acknowledged, and each open point is named for that",
            "\n".join(f"not named: {_told(point)}" for point in judgement.reasons if _name(point) in unnamed),
            f"read them; then the same with --despite {','.join(names)}",
            Status.REFUSED,
        )
    return tuple(names)


def _told(point: Point) -> str:
    place = f" {point.host}" if point.host and _name(point) != point.finding else ""
    return f"{_name(point)}{place}: {point.title} {point.why}".rstrip()


def want_answered(results: Acceptance) -> None:
    """The announcement says that the swap is over: somebody must be able to answer for that.

    Raises:
        SwapError: it is not accepted, and nobody has acknowledged these open points (exit status 3).
    """
    judgement = verdict(results)
    names = names_of(judgement)
    if any(set(names) <= set(seal.despite) for seal in results.sign_offs if seal.word == "acknowledged") or not names:
        return
    raise SwapError(
        f"the swap is {judgement.word}, and nobody has acknowledged that: the announcement is not sent",
        "\n".join(_told(point) for point in judgement.reasons),
        "mend them and `fab phase9`; or `fab report`, then acknowledge it: --sign, --digest, --despite "
        f"{','.join(names)}; then `{typed()}`",
        Status.REFUSED,
    )
