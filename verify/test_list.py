"""The mailing list: a message reaches every subscriber (9.11), bounces are treated right (7.4)."""

from __future__ import annotations

from irekae.site import MailingList
from verify.manual_facts import BOUNCER
from verify.needs import needs
from verify.record import Record
from verify.selection import item
from verify.world import Server, World

REMEDY = "9.11: the list's folder and its owner, ~/.qmail-* of the list's account, the list's own log"


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
    check.expect(taken, f"a message to {letter.recipient} is taken", dialogue["said"][-1], remedy="7.2: rcpthosts")
    answer = world.mailing.delivered.result()
    check.saw(answer["evidence"])
    check.expect(bool(mailing_list.subscribers), "subscribers are declared", len(mailing_list.subscribers))
    missing = sorted(owner for owner, token in answer["missing"] if token == letter.token)
    everybody = ", ".join(address.partition("@")[0] for address in mailing_list.subscribers)
    found = f"not to {', '.join(missing)}" if missing else "to all of them"
    check.expect(
        not missing,
        f"the message comes to {everybody}",
        found,
        cause="the list's subscribers, or their mailboxes",
        remedy=REMEDY,
    )


@needs("all_facts")
@item("7.4", "production")
def test_bouncer_is_the_manual_s(server: Server, mailing_list: MailingList, check: Record) -> None:
    """The list's bouncer holds the manual's lines.

    メーリングリストの bouncer が手順書どおりである
    """
    path = mailing_list.bouncer
    check.saw(server.facts.of_file(path))
    text = server.facts.text(path)
    lines = [line.rstrip() for line in (text or "").splitlines() if line.strip()]
    # The manual knows one list; others are as site.toml has them.
    wanted = list(BOUNCER) if path.endswith("/itpass/ml/ml-ctrl/bouncer") else mailing_list.bouncer_lines
    found = " / ".join(lines) or server.facts.file(path).get("error", "nothing")
    check.expect(lines == wanted, " / ".join(wanted), found, remedy=f"7.4: correct {path}")
    check.expect(lines == mailing_list.bouncer_lines, "as site.toml has it", found, remedy="correct site.toml")
