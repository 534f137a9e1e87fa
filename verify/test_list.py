"""The mailing list: a message reaches every subscriber (9.11), bounces are treated right (7.4)."""

from __future__ import annotations

from typing import Any

from irekae.model.secrecy import quoted
from irekae.site.site import MailingList
from verify.causes import stands_on
from verify.greeting import last_reply, of_smtp
from verify.mail_words import words_of
from verify.marks import item, part_of
from verify.needs import needs
from verify.parsing import Account, accounts
from verify.record import Record
from verify.world import Server, World


@part_of("pop")
@stands_on("smtp", "mail")
@needs("mailing.smtp_in", "mailing.delivered")
@item("9.11", "production")
def test_list_mail_reaches_every_subscriber(world: World, mailing_list: MailingList, check: Record) -> None:
    """A message to the list comes to the mailbox of every subscriber.

    メーリングリストのメールが全員に届く
    """
    if world.outside is None:
        check.not_made("hosts.ini has no outside host to send mail from")
    letter = world.mailing.to_lists[mailing_list.address]
    dialogue = world.mailing.smtp_in.result()[letter.key]
    check.saw(dialogue["evidence"])
    taken = dialogue["codes"].get("sent", 0) // 100 == 2
    here = world.server(world.inventory.production)
    words = words_of(here)
    refused = (words.refused.format(domain=mailing_list.address.rpartition("@")[2]), words.control)
    cause, remedy = of_smtp(dialogue, here, refused)
    check.expect(taken, f"a message to {letter.recipient} is taken", last_reply(dialogue), cause=cause, remedy=remedy)
    answer = world.mailing.delivered.result()
    check.saw(answer["evidence"])
    check.expect(
        bool(mailing_list.subscribers),
        "subscribers are declared",
        len(mailing_list.subscribers),
        cause="site.toml names nobody who gets the list",
        remedy="[[mail.lists]] subscribers in site.toml",
    )
    missing = sorted(owner for owner, token in answer["missing"] if token == letter.token)
    everybody = ", ".join(address.partition("@")[0] for address in mailing_list.subscribers)
    found = f"not to {', '.join(missing)}" if missing else "to all of them"
    check.expect(
        not missing,
        f"the message comes to {everybody}",
        found,
        cause="the list's subscribers, or their mailboxes",
        remedy=f"9.11: the list's folder and its owner, {words.lists}, the list's own log",
    )


@item("7.4", "production")
def test_bouncer_is_the_manual_s(server: Server, bounced_list: MailingList, check: Record) -> None:
    """The list's bouncer holds the manual's lines.

    メーリングリストの bouncer が手順書どおりである
    """
    path = str(bounced_list.bouncer)
    bouncer, began = server.users_file(path)
    text = bouncer.get("text", "")
    # A carriage return at its end is part of the command, as dot-qmail(5) has it.
    lines = [line.rstrip(" \t") for line in text.split("\n") if line.strip()]
    wanted = server.world.declared.bouncer_lines(bounced_list)
    found = quoted(path, bouncer.get("public", True), " / ".join(lines) or bouncer.get("error", "nothing"))
    told = quoted(path, bouncer.get("public", True), text or found)
    check.saw(began.heard(f"{path}, read with its user's rights", told, f"on {server.name}"))
    check.expect(
        lines == wanted,
        " / ".join(wanted),
        found,
        remedy=f"7.4: correct {path}",
        cause="7.4 was not done, or the list was made anew",
    )
    check.expect(
        lines == bounced_list.bouncer_lines,
        "as site.toml has it",
        found,
        remedy="correct site.toml",
        cause="site.toml has other lines than the manual",
    )
    _is_its_account_s(server, path, bouncer, check)


def _is_its_account_s(server: Server, path: str, bouncer: dict[str, Any], check: Record) -> None:
    """Owner and mode as qmail wants them of a file whose lines it carries out."""
    owner, uid, mode = _account_of(server, path), bouncer["uid"], bouncer["mode"]
    told = f"uid {uid}, mode {mode:04o}"
    remedy = f"7.4: chown to the list's account, chmod 644 {path}"
    check.expect(
        not mode & 0o002,
        "not writable for everybody, which qmail refuses (dot-qmail(5))",
        told,
        remedy=remedy,
        cause="it was copied or made with a wide umask",
    )
    readable = mode & 0o004 or (owner and uid == owner.uid and mode & 0o400)
    check.expect(
        bool(readable), "readable for the list's account", told, remedy=remedy, cause="it belongs to another account"
    )


def _account_of(server: Server, path: str) -> Account | None:
    """The account in whose home the file lies, with whose rights qmail reads it."""
    found = accounts(server.facts.text("/etc/passwd") or "")
    return next((account for account in found if path.startswith(f"{account.home.rstrip('/')}/")), None)
