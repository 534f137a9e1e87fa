"""`fab report`: written, signed as it was read, or verified."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from irekae.cli import session
from irekae.model import seat_files
from irekae.model.clock import here
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.language import LANGS, Lang, chosen
from irekae.model.printing import show
from irekae.model.printing.log import logs
from irekae.model.results import Acceptance
from irekae.proof.outage import prober as outside
from irekae.report import gather
from irekae.report.points import Point
from irekae.report.verdict import Verdict, verdict
from irekae.swap.evidence import Kind, keep
from irekae.swap.swap import Swap

SHOWN = 20  # reasons for the verdict that `fab report` prints


def report(
    c: Any,
    lang: str = "",
    out: str = "report",
    sign: str = "",
    digest: str = "",
    check: str = "",
    publish: bool = False,
    despite: str = "",
) -> None:
    """Write the acceptance report (HTML, Markdown, Hiki text, JSON); exit status 1 unless it is accepted.

    With --sign the report that was read is signed instead of another being written; --check verifies one.
    """
    spoken(lang)
    if check:
        _verify(Path(check))
        return
    if (digest or despite) and not sign.strip():
        raise wrong_use("who signs?", hint='--sign "your name" beside --digest')
    swap = session.connected(hosts=session.hosts_of(c))
    for line in outside.collect_if_any(swap):
        show(line)
    results, folder = gather.acceptance(swap), Path(out)
    if sign:
        named = [name.strip() for name in despite.split(",") if name.strip()]
        results = _sign(swap, results, sign, digest, folder, named)
    _write(folder, results, lang, publish, _logs(swap))
    _tell(folder, results, lang)


def _verify(path: Path) -> None:
    # Imported here, for it takes long and most commands do without.
    from irekae.report import signing

    for line in signing.check(path):
        show(line)


def _sign(
    swap: Swap, now_found: Acceptance, name: str, digest: str, folder: Path, despite: Sequence[str]
) -> Acceptance:
    """The report that was read, signed; its signature is kept on both hosts, and a copy beside it."""
    from irekae.report import files, signing

    results = signing.signed(folder / files.RESULTS, digest, name, now_found, swap.inventory, despite)
    keep(swap, Kind.SIGNATURE, results.signature)
    seal = results.signature
    seat_files.write(folder / f"signed-{seal.digest[: signing.LEAST]}.json", files.documents(results)[files.RESULTS])
    how = f"with the key {seal.key}" if seal.key else "by name alone: no ssh key can be used"
    how += f", despite {', '.join(seal.despite)}" if seal.despite else ""
    show(f"{seal.word} by {seal.signed_by}, {how}")
    return results


def _logs(swap: Swap) -> str:
    """Where this seat's logs lie, and from when to when they are."""
    found = logs(swap.inventory.state)
    names = " … ".join(dict.fromkeys(path.name for path in (*found[:1], *found[-1:])))
    return f"{found[0].parent}: {len(found)} ({names})" if found else ""


def _write(folder: Path, results: Acceptance, lang: str, publish: bool, kept: str) -> None:
    from irekae.report import files

    mode = seat_files.PUBLISHED if publish else seat_files.OWN
    for name, data in files.documents(results, spoken(lang), kept).items():
        seat_files.write(folder / name, data, mode)
    if publish:
        seat_files.publish(folder)


def _tell(folder: Path, results: Acceptance, lang: str) -> None:
    """The verdict with its reasons, how old it is, and its digest; raises SwapError unless it is accepted."""
    from irekae.report import files

    found = verdict(results)
    show(f"verdict: {found.word}")
    for point in found.reasons[:SHOWN]:
        show(_told(point))
        if point.following:
            show(f"    {len(point.following)} more follow from it: {', '.join(_places(point.following))}")
    if len(found.reasons) > SHOWN:
        show(f"  … and {len(found.reasons) - SHOWN} more")
    if made := sorted(check.at for check in results.checks):
        show(f"checks: made between {here(made[0])} and {here(made[-1])}")
    show(f"digest: {results.signature.digest}")
    show(f"report: {(folder / files.name('html', spoken(lang))).absolute()}")
    if found.word != "accepted":
        status = Status.FAILED if found.word == "not accepted" else Status.INCOMPLETE
        raise SwapError(f"the swap is {found.word}", hint=_next(found, results), status=status)


def _places(points: Sequence[Point]) -> list[str]:
    """Each item and host once, with how many points it has."""
    counted = Counter(" ".join(part for part in (point.item, point.host) if part) for point in points)
    return [f"{place} ({count})" if count > 1 else place for place, count in counted.items()]


def _told(point: Point) -> str:
    place = " ".join(part for part in (point.item, point.host) if part)
    named = f"finding {point.finding}" if point.finding else ""
    head = ", ".join(part for part in (place, named) if part)
    return f"  {head}: {point.title} {point.why}".rstrip()


def _next(found: Verdict, results: Acceptance) -> str:
    """How a finding is answered, where one speaks against it; else how what no longer counts is made anew."""
    if asked := next((point.finding for point in found.reasons if point.finding), ""):
        return f'mend what was found, or say why it may be so: `fab explain {asked} --why "…"`'
    return "`fab phase9`, then `fab phase10`: they check anew" if any(check.stale for check in results.checks) else ""


def spoken(lang: str) -> Lang:
    """The language that was asked for, or the reader's own.

    Raises:
        SwapError: there is none such (exit status 2).
    """
    if not lang:
        return chosen()
    for known in LANGS:
        if lang == known:
            return known
    raise wrong_use(f"no language {lang!r}", f"known: {', '.join(LANGS)}", "--lang en or --lang ja")
