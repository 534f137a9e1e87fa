"""A report is signed as it was read, by its digest: accepted where its verdict is that, else acknowledged.

What is signed names the digest, so that nothing of the results can be changed behind it. Whoever has an ssh key signs
with it; the signature then covers digest, word, name and moment, and anybody can verify it (`fab report --check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from irekae.model.clock import here
from irekae.model.codec import digest, from_json
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.journal import now
from irekae.model.legible import line
from irekae.model.results import Acceptance, Signature
from irekae.report import ssh_signature
from irekae.report.acknowledged import want_named
from irekae.report.verdict import Verdict, verdict
from irekae.site.inventory import Inventory

LEAST = 12  # hex digits of a digest that name it


def read(path: Path) -> Acceptance:
    """The results that a report's JSON holds.

    Raises:
        SwapError: it cannot be read (exit status 2), or is no report of ours.
    """
    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise wrong_use(f"{path} cannot be read", str(error), "`fab report` writes report/acceptance.json") from None


def want_whole(path: Path, results: Acceptance) -> None:
    """Raise SwapError where results are not those of which the signature block speaks."""
    if (found := digest(results)) != results.signature.digest:
        raise SwapError(
            f"{path} was altered after it was written",
            f"its signature block: {results.signature.digest or 'none'}\nits results:         {found}",
            "do not trust it; `fab report` writes another from what the hosts hold",
        )


def signed(
    path: Path, asked: str, name: str, now_found: Acceptance, inventory: Inventory, despite: Sequence[str] = ()
) -> Acceptance:
    """The report at `path`, signed by `name`.

    Args:
        path: its JSON, as it was read.
        asked: the digest that was read in it, or its first digits.
        name: who signs.
        now_found: the results as the hosts hold them now.
        inventory: names the operator's key.
        despite: the open points that are acknowledged, by name.

    Raises:
        SwapError: it is another report than the one that was read, was altered, speaks no longer of what is, or has
            open points that were not named (exit status 3).
    """
    results = read(path)
    want_whole(path, results)
    _want_seen(path, results, asked)
    _want_still_true(results, now_found)
    named = want_named(verdict(results), despite)
    word = "acknowledged" if named else "accepted"
    bare = replace(results.signature, word=word, signed_by=line(name), signed_at=now(), key="", ssh="", despite=named)
    armored = ssh_signature.sign(text_of(bare), inventory)
    key = ssh_signature.signer(text_of(bare), armored) if armored else ""
    return replace(results, signature=replace(bare, key=key, ssh=armored))


def text_of(signature: Signature) -> bytes:
    """What an ssh signature covers."""
    told = [("digest", signature.digest), ("commit", signature.commit), ("verdict", signature.word)]
    told += [("by", signature.signed_by), ("at", signature.signed_at)]
    told += [("despite", line(point)) for point in signature.despite]
    return "".join(f"{key}: {value}\n" for key, value in told).encode()


def _want_seen(path: Path, results: Acceptance, asked: str) -> None:
    held = results.signature.digest
    if len(asked) < LEAST or not held.startswith(asked.lower()):
        raise SwapError(
            "the report that you have read is signed, by its digest",
            f"{path}, digest: {held}" + (f"\nyou said {asked}" if asked else ""),
            f'read it, then --sign "…" --digest and the first {LEAST} digits or more',
            Status.REFUSED,
        )


def _want_still_true(results: Acceptance, now_found: Acceptance) -> None:
    was, is_ = (_spoken(verdict(found)) for found in (results, now_found))
    if was != is_ or results.run != now_found.run:
        changed = [f"no longer: {point}" for point in was if point not in is_]
        changed += [f"now: {point}" for point in is_ if point not in was]
        raise SwapError(
            "the report no longer says what is",
            "\n".join(changed or [f"it is of the swap {results.run}, now it is {now_found.run}"]),
            "`fab report`, and read that",
            Status.REFUSED,
        )


def _spoken(judgement: Verdict) -> list[str]:
    return [
        " ".join((point.kind, point.item, point.host, point.title, point.finding)) for point in judgement.all_reasons
    ]


def check(path: Path) -> list[str]:
    """What can be proved of a report's JSON; lines for people.

    Raises:
        SwapError: it was altered, its signature is not good (exit status 1), or none can be verified (exit status 4).
    """
    results = read(path)
    want_whole(path, results)
    seal = results.signature
    lines = [f"{path}: verdict {verdict(results).word}, as it was written, digest: {seal.digest}"]
    if not seal.signed_by:
        raise _unproved(lines, "nobody has signed it: whoever can write the file could have written all of it")
    _want_true_word(path, results)
    despite = f", despite {', '.join(seal.despite)}" if seal.despite else ""
    told = f"{seal.word} by {seal.signed_by}, {here(seal.signed_at)}{despite}"
    if not seal.ssh:
        raise _unproved(lines, f"{told}, by name alone: no ssh key stands behind it")
    found = ssh_signature.signer(text_of(seal), seal.ssh)
    if not found:
        raise SwapError(f"{path}: its signature is not good", told, "do not trust it; ask whom it names")
    return [*lines, f"{told}; signed with the key {found}: ask them whether it is theirs"]


def _want_true_word(path: Path, results: Acceptance) -> None:
    if results.signature.word == "accepted" and verdict(results).word != "accepted":
        raise SwapError(f"{path} says accepted, and its results do not", hint="do not trust it")


def _unproved(lines: list[str], what: str) -> SwapError:
    return SwapError(
        what, "\n".join(lines), "the sign-offs that the hosts hold stand in `fab report`", Status.INCOMPLETE
    )
