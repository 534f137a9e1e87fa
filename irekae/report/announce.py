"""The mail with which the head of the build announces the swap (11.1), with the hosts' new fingerprints (11.2).

It is for users: what they could not do and for how long, what they must do now, whom to ask. What only operators know
of (machines, findings, what nobody watched) has no place in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import partial

from irekae.model.clock import Clock, lasting, moment
from irekae.model.language import Lang
from irekae.model.legible import line
from irekae.model.results import Acceptance, PhaseSpan, Place
from irekae.report import verdict as judged
from irekae.report import view
from irekae.report.html import ENV
from irekae.report.timeline import Row, timeline
from irekae.report.words import Speech, Word

TEXT = ENV.overlay(autoescape=False)
RULE = "-" * 72
OF_USERS = {
    "9.4": Word("web pages", "Web ページ"),
    "9.5": Word("editing the wiki", "wiki の編集"),
    "9.6": Word("registration (gate)", "gate での登録"),
    "9.7": Word("names (DNS)", "名前の問い合わせ (DNS)"),
    "9.9": Word("fetching mail (POP)", "メールの受信 (POP)"),
    "9.10": Word("sending and receiving mail (SMTP)", "メールの送受信 (SMTP)"),
    "9.11": Word("the mailing list", "メーリングリスト"),
}
"""What users use, by the item that proves it."""
WATCHED = {
    "http": Word("web pages (http)", "Web ページ (http)"),
    "https": Word("web pages (https)", "Web ページ (https)"),
    "dns": Word("names (DNS)", "名前の問い合わせ (DNS)"),
    "smtp": Word("sending and receiving mail (SMTP)", "メールの送受信 (SMTP)"),
    "pop": Word("fetching mail (POP)", "メールの受信 (POP)"),
    "ssh": Word("login (ssh)", "ログイン (ssh)"),
}
"""The same, by what the prober asks."""


@dataclass(frozen=True)
class Sender:
    """Who announces: address, name in both languages; whom to ask, the address itself where `contact` is empty."""

    address: str
    name: str
    name_ja: str
    contact: str = ""

    @classmethod
    def of(cls, address: str, name: str, name_ja: str, title: str) -> Sender:
        """Return a sender whose name, where it is left out, is made of the site's title."""
        return cls(address, line(name or f"{title} administrators"), line(name_ja or name or f"{title} サーバ管理者"))


def announcement(results: Acceptance, sender: Sender, to: Sequence[str], service_name: str) -> EmailMessage:
    """Return the mail, Japanese first and English below, ready to be sent; sending it is not done here.

    The same results give the same mail, message id included, so that a mail sent twice can be known as one. Its text is
    8bit (RFC 6152): a person can read it as it lies there, and every mail exchanger of today takes it.

    Args:
        results: what was exchanged, how long services were away as measured, the new keys, what is still open.
        sender: who signs it.
        to: addresses in To.
        service_name: the service's own name, which users have in their known_hosts too.
    """
    mail = EmailMessage()
    names = ", ".join(place.name for place in results.places)
    mail["From"] = formataddr((sender.name, sender.address))
    mail["To"] = ", ".join(to)
    mail["Subject"] = f"[{results.site}] サーバ交換完了のお知らせ / Server exchange completed ({names})"
    mail["Date"] = format_datetime(moment(results.generated_at))
    mail["Message-ID"] = _message_id(results, sender.address)
    parts = [_text(results, lang, service_name, sender) for lang in ("ja", "en")]
    mail.set_content(f"\n\n{RULE}\n\n".join(parts), charset="utf-8", cte="8bit")
    return mail


def readable(mail: EmailMessage) -> str:
    """Return the mail as its readers will see it: headers in words, then the text."""
    heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Date")]
    return "\n".join([*heads, "", str(mail.get_content())])


def _message_id(results: Acceptance, sender: str) -> str:
    run = re.sub(r"[^A-Za-z0-9-]+", "-", results.run).strip("-")
    return f"<irekae.{run}.{results.signature.digest[:16] or 'unsealed'}@{sender.rpartition('@')[2]}>"


def _text(results: Acceptance, lang: Lang, service_name: str, sender: Sender) -> str:
    measured, say, clock = timeline(results), Speech(lang), Clock.of(results)
    return TEXT.get_template(f"announcement.{lang}.txt.j2").render(
        a=results,
        say=say,
        clock=clock,
        lasting=partial(lasting, lang=lang),
        span=_span(results.phases),
        away=[_away(row, say) for row in measured.rows] if measured else [],
        never=view.never(results, say),
        unwatched=view.spans_unwatched(results, clock),
        hosts=[_host(results, place, service_name) for place in results.places],
        name=say.of(sender.name, sender.name_ja),
        open=_open(results, say),
        contact=sender.contact or sender.address,
    )


def _span(phases: Sequence[PhaseSpan]) -> tuple[str, str] | None:
    """From the first service that was stopped to the last check: phases 1 to 10."""
    day = [phase for phase in phases if 1 <= phase.phase <= 10]
    ends = [phase.end for phase in day if phase.end]
    return (min((p.start for p in day), key=moment), max(ends, key=moment)) if ends else None


@dataclass(frozen=True)
class _Away:
    service: str
    seconds: float
    longest: float
    back: bool


def _away(row: Row, say: Speech) -> _Away:
    word = WATCHED.get(row.outage.service)
    name = str(getattr(word, say.lang)) if word else row.outage.service
    return _Away(name, row.away, row.outage.longest, row.back)


@dataclass(frozen=True)
class _Host:
    """A name with its new keys (type, sha256), and every entry that known_hosts may have for it."""

    place: Place
    keys: tuple[tuple[str, str], ...]
    known_as: tuple[str, ...]


def _host(results: Acceptance, place: Place, service_name: str) -> _Host:
    keys = sorted({(f.key_type, f.sha256) for f in results.fingerprints if f.name_after == place.name})
    more = (service_name,) if place.role == "production" else ()
    return _Host(place, tuple(keys), (place.name, place.fqdn, place.address, *more))


def _open(results: Acceptance, say: Speech) -> Iterator[str]:
    """What users will run into: services of theirs whose check failed, by name; the rest is the operators' business."""
    failed = [check.item for check in judged.fresh(results).checks if check.outcome in ("failed", "error")]
    yield from (str(getattr(word, say.lang)) for number, word in OF_USERS.items() if number in failed)
