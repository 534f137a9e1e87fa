"""Mail from another computer, as users have it: mailboxes over IMAP and POP3 (9.9), submission (9.10), over TLS."""

from __future__ import annotations

from typing import Any

from irekae.site.site import Site, needed
from verify.by_hand import act, log_of
from verify.causes import stands_on
from verify.mail_words import MailWords, words_of
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server, World

SECRET = "9.9: the accounts of 3.4, or the file of passwords; `doveadm auth test USER`"


def _remedy(server: Server) -> str:
    status, log = act(server, "status", "mailboxes"), log_of(server, "mailboxes")
    return f"9.9: `doveadm auth test USER`, `doveconf -n`, `{status}`, `{log}`"


def _can_be_asked(world: World, check: Record) -> None:
    if world.outside is None:
        check.not_made("hosts.ini has no outside host to fetch mail from")
    if not world.credentials.pop:
        check.not_made("secrets.toml has no [pop] password")


@part_of("pop.access", "mail")
@stands_on("mailboxes")
@needs("mailing.smtp_in", "mailing.submitted", "mailing.fetched")
@item("9.9", "production")
def test_mailbox_opens_to_its_user_alone(world: World, server: Server, site: Site, access: str, check: Record) -> None:
    """The mailbox is read over TLS with the right password, with no other, and what was sent lies in it.

    TLS と正しいパスワードだけでメールボックスを読める
    """
    _can_be_asked(world, check)
    state = world.mailing.fetched.result()["each"][access]
    check.saw(state["evidence"])
    remedy = _remedy(server)
    user, said = needed(site.pop).user, state["problem"] or "it answers"
    cause = "nobody listens there, or a packet rule shuts it"
    check.expect(state["connected"], f"{access} of {server.name} answers", said, cause=cause, remedy=remedy)
    cause = "dovecot's auth_allow_cleartext, or disable_plaintext_auth = no"
    found = "taken before it" if state["plain"] else "behind it alone"
    check.expect(not state["plain"], "passwords are taken behind TLS alone", found, cause=cause, remedy=remedy)
    cause = "its password, its certificate, or the way to the accounts"
    found = "let in" if state["in"] else said
    check.expect(state["in"], f"{user} is let in by {access}", found, cause=cause, remedy=SECRET)
    found = "refused" if state["wrong_refused"] else "let in, or not asked"
    cause = "another program answers, or it asks nobody for passwords"
    check.expect(state["wrong_refused"], "a wrong password is refused", found, cause=cause, remedy=SECRET)
    found = "there" if state["there"] else ": ".join(filter(None, ("not there", state["problem"])))
    cause = "not delivered (9.10), or it reads another mailbox than mail is delivered into"
    check.expect(state["there"], "the message that was sent to it", found, cause=cause, remedy=remedy)


@part_of("pop.submission", "mail")
@stands_on("mail", "mailboxes")
@needs("mailing.submitted", "mailing.fetched", "mailing.returned")
@item("9.10", "production")
def test_mail_is_submitted_by_login(world: World, server: Server, site: Site, submission: str, check: Record) -> None:
    """A user who logs in over TLS can send, a stranger and a wrong password cannot.

    TLS でログインした利用者だけが送信できる
    """
    _can_be_asked(world, check)
    words, answers = words_of(server), world.mailing.submitted.result()
    state, said = answers[submission], answers[submission]["problem"] or "it answers"
    check.saw(state["evidence"])
    check.expect(
        state["connected"],
        f"{submission} of {server.name} answers",
        said,
        cause="nobody listens there, or a packet rule shuts it",
        remedy=words.smtpd,
    )
    _strangers_are_refused(state, submission, words, check)
    # Whether it answers at its other address too is told by the check of IPv6.
    for at in (at for at in answers if at.startswith(f"{submission} at ") and answers[at]["anonymous"]):
        check.saw(answers[at]["evidence"])
        _strangers_are_refused(answers[at], at, words, check)
    check.expect(
        state["wrong"] // 100 in (4, 5), "a wrong password is refused", f"{state['wrong'] or said}", remedy=SECRET,
        cause="it is let in, or AUTH isn't offered",
    )  # fmt: skip
    check.expect(
        state["right"] == 235, "the right password is taken", f"{state['right'] or said}", remedy=SECRET,
        cause="the way to dovecot's auth socket, the password, or the certificate",
    )  # fmt: skip
    letter = world.mailing.submissions[submission]
    taken = state["sent"] // 100 == 2
    found = f"{state['sent']}: {'taken' if taken else 'refused'}"
    check.expect(taken, f"a message to {letter.recipient} is taken", found, remedy=words.control,
                 cause="its restrictions refuse whoever has logged in")  # fmt: skip
    there, seen = world.mailing.has_come(letter)
    check.saw(*seen)
    found = "delivered" if there else "it has not arrived"
    check.expect(there, "delivered to the mailbox", found, cause=words.undelivered.format(domain=letter.recipient),
                 remedy=words.queue)  # fmt: skip


def _strangers_are_refused(state: dict[str, Any], submission: str, words: MailWords, check: Record) -> None:
    """Nobody sends, or says a password, before he is behind TLS and has logged in."""
    cause = "AUTH is offered before STARTTLS: passwords go in the clear"
    found = "AUTH is offered" if state["plain"] else "none is offered"
    check.expect(not state["plain"], "no AUTH before TLS", found, cause=cause, remedy=words.control)
    said = state["problem"] or "it answers"
    check.expect(
        bool(state["anonymous"]), f"{submission} greets, and answers a stranger", said, remedy=words.queue,
        cause="its certificate, or what it asks behind it: dovecot's auth socket",
    )  # fmt: skip
    refused = state["anonymous"] // 100 in (4, 5)
    found = f"{state['anonymous']}: {'refused' if refused else 'taken'}"
    check.expect(
        refused, "a recipient elsewhere is refused to strangers", found, remedy=words.control,
        cause="an open relay: whoever connects is taken for one of ours",
    )  # fmt: skip
