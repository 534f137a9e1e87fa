"""SMTP: production takes and sends mail (9.10), the standby only sends (9.16); nobody listens there."""

from __future__ import annotations

from irekae.site.site import Site, needed
from verify.causes import stands_on
from verify.evidence import SEAT, start
from verify.far.calls import connect
from verify.greeting import last_reply, of_smtp
from verify.letters import OVER_IPV6
from verify.mail_access import PORTS
from verify.mail_words import MailWords, words_of
from verify.marks import item, part_of
from verify.naming import foreign_lines
from verify.needs import needs
from verify.parsing import setting_lines
from verify.record import Record
from verify.relaying import goes_nowhere, is_closed, is_refused
from verify.world import Server, World

NO_MAILBOX = "hosts.ini doesn't say whose mailbox on the outside host may be read (ansible_user)"


def _outside(world: World, check: Record) -> None:
    if world.outside is None:
        check.not_made("hosts.ini has no outside host to send mail from")


@part_of("mail", "pop")
@stands_on("smtp", "mail")
@needs("mailing.smtp_in", "mailing.fetched", "mailing.returned")
@item("9.10", "production")
def test_domain_s_mail_is_taken_and_delivered(world: World, domain: str, check: Record) -> None:
    """A message to a user of the domain is taken over SMTP and comes to his mailbox.

    このドメイン宛のメールを受け取り配送する
    """
    here = world.server(world.inventory.production)
    words = words_of(here)
    _outside(world, check)
    letter = world.mailing.to_domains[domain]
    dialogue = world.mailing.smtp_in.result()[letter.key]
    check.saw(dialogue["evidence"])
    taken = dialogue["codes"].get("sent", 0) // 100 == 2
    said = last_reply(dialogue)
    cause, remedy = of_smtp(dialogue, here, (words.refused.format(domain=domain), words.control))
    check.expect(taken, f"{letter.recipient} is taken", said, cause=cause, remedy=remedy)
    there, seen = world.mailing.has_come(letter)
    check.saw(*seen)
    found = "delivered" if there else "it has not arrived"
    cause = words.undelivered.format(domain=domain)
    check.expect(there, "delivered to the mailbox", found, cause=cause, remedy=words.queue)


@part_of("mail", "pop")
@stands_on("smtp")
@needs("mailing.smtp_in")
@item("9.10", "production")
def test_mail_server_greets_by_its_own_name(world: World, server: Server, check: Record) -> None:
    """The mail server greets by its own name, not by the other host's.

    メールサーバが自分の名前で挨拶する
    """
    _outside(world, check)
    dialogue = next(iter(world.mailing.smtp_in.result().values()))
    check.saw(dialogue["evidence"])
    if "banner" not in dialogue["codes"]:
        check.not_made("SMTP doesn't greet (told by 9.10)")
    foreign = foreign_lines(server.entry, world.inventory.standby, dialogue["said"][:1])
    check.expect(
        not foreign,
        f"a greeting without {world.inventory.standby.name}'s name",
        dialogue["said"][0],
        cause="the mail system's own name is still the other host's",
        remedy=words_of(server).own_name,
    )


@part_of("mail", "pop")
@stands_on("mail")
@needs("mailing.outgoing", "mailing.abroad")
@item("9.10", "production")
def test_mail_can_be_sent(world: World, check: Record) -> None:
    """A message that is submitted on the host comes to a mailbox of another computer.

    他の計算機にメールを送れる
    """
    words = words_of(world.server(world.inventory.production))
    _outside(world, check)
    if not world.mailing.outside.user:
        check.not_made(NO_MAILBOX)
    sent = world.mailing.outgoing.result()
    check.saw(sent)
    check.expect(
        "[status 0]" in sent.answered,
        f"{words.inject} takes the message of an account that is not root's",
        sent.answered,
        remedy=words.queue,
        cause="the queue takes nothing, or root's messages alone: its disk, its owners",
    )
    arrived = world.mailing.abroad.result()
    check.saw(arrived["evidence"])
    to = world.mailing.outward.recipient
    found = "not there" if arrived["missing"] else "there"
    check.expect(
        not arrived["missing"],
        f"the message in {to}'s mailbox",
        found,
        cause="the queue, or the way out",
        remedy=words.queue,
    )


@part_of("mail", "pop")
@stands_on("smtp")
@needs("mailing.smtp_in", "mailing.fetched", "mailing.returned", "mailing.abroad")
@item("9.10", "production")
def test_mail_is_not_relayed(world: World, check: Record) -> None:
    """A stranger's message to somewhere else is not passed on, by none of the known tricks.

    第三者中継をしない
    """
    words = words_of(world.server(world.inventory.production))
    _outside(world, check)
    dialogues = world.mailing.smtp_in.result()
    tricks = world.mailing.tricks
    taken = []
    for trick, letter in tricks.items():
        dialogue = dialogues[letter.key]
        check.saw(dialogue["evidence"])
        if trick == OVER_IPV6 and "rcpt" not in dialogue["codes"]:
            continue  # nobody comes in that way; whether somebody should is told by the check of IPv6
        check.expect(
            "rcpt" in dialogue["codes"],
            f"an answer to {letter.recipient}",
            last_reply(dialogue),
            remedy=words.control,
            cause="SMTP doesn't answer, or hung up before the recipient",
        )
        if dialogue["codes"].get("sent", 0) // 100 == 2:
            taken.append(trick)
    refused = [trick for trick in ("plain", OVER_IPV6) if trick in tricks]
    plain = "; ".join(last_reply(dialogues[tricks[trick].key]) for trick in refused)
    cause = "whoever connects is taken for one of ours: rcpthosts, RELAYCLIENT, mynetworks, dc_relay_nets"
    check.expect(
        not set(refused) & set(taken),
        f"{tricks['plain'].recipient} is refused",
        plain,
        cause=cause,
        remedy=words.control,
    )
    if taken:
        goes_nowhere(world, [tricks[trick] for trick in taken], check, words.control, words.queue)


@part_of("mail", "pop")
@needs("mailing.refusals")
@item("9.16", "standby")
def test_standby_takes_no_mail_from_outside(world: World, server: Server, site: Site, check: Record) -> None:
    """The standby refuses every recipient of every mail domain.

    外からのメールを受け取らない
    """
    words = words_of(server)
    _outside(world, check)
    dialogues = world.mailing.refusals.result()
    check.expect(
        len(dialogues) >= len(world.declared.domains),
        "all mail domains are tried",
        f"{len(dialogues)} of them",
        cause="site.toml and the manual name too few",
        remedy="[mail] domains in site.toml",
    )
    for key, dialogue in dialogues.items():
        check.saw(dialogue["evidence"])
        code = dialogue["codes"].get("rcpt", 0)
        cause = words.open if code else "SMTP of the standby doesn't answer"
        domain, remedy = key.removeprefix("refused:"), words.control if code else words.smtpd
        # A null client listens to itself alone.
        refused = is_refused(dialogue) or (site.qmail is None and is_closed(dialogue))
        check.expect(refused, f"recipients at {domain} are refused", last_reply(dialogue), cause=cause, remedy=remedy)
    if site.qmail is None:
        _nobody_listens(server, check, words)


def _nobody_listens(server: Server, check: Record, words: MailWords) -> None:
    """No port of mail is open on any address of the standby; the seat asks, for the host answers it."""
    server.must_answer()
    for address in server.entry.addresses:
        for port in (PORTS["smtp"], PORTS["submission"], PORTS["submissions"]):
            began = start()
            answer = connect(address, port, "", 3)
            check.saw(began.heard(f"connect {address}:{port}", answer, SEAT))
            # A seat without IPv6 can tell nothing of such an address.
            check.expect(answer != "connected", f"tcp/{port} of {address} is closed", answer, cause=words.open,
                         remedy=words.control)  # fmt: skip


@part_of("mail", "pop")
@needs("mailing.local", "mailing.bounced")
@item("9.16", "standby")
def test_local_delivery_does_not_arrive(world: World, server: Server, site: Site, check: Record) -> None:
    """The local delivery test (part 1, a program's message to a local user) does not arrive there.

    It comes back, or goes to the mailbox of the same name on production.

    ローカル配送テスト part1 が届かない
    """
    words = words_of(server)
    _outside(world, check)
    if not world.mailing.outside.user:
        check.not_made(NO_MAILBOX)
    sent = world.mailing.local.result()
    check.saw(sent)
    check.expect(
        "[status 0]" in sent.answered,
        f"{words.inject} takes the message",
        sent.answered,
        remedy=words.queue,
        cause="the queue takes nothing: its disk, its owners",
    )
    letter = world.mailing.local_letter
    back = world.mailing.bounced.result()
    check.saw(back["evidence"])
    # Looked for after the bounce has come: the queue is done with it by now.
    there = world.mailing.mailboxes.look(server.entry, [], deadline=0)
    check.saw(there["evidence"])
    arrived = [message["path"] for message in there["messages"] if letter.token in message["text"]]
    cause = "more than localhost is local there, or the mail system was not restarted"
    found = ", ".join(arrived) or "nothing"
    check.expect(not arrived, f"nothing for {letter.recipient}", found, cause=cause, remedy=words.control)
    gone = not back["missing"] or (site.qmail is None and _went_on(world, letter.token, check))
    found = "it came back, or went on" if gone else "neither delivered nor sent back"
    cause = "the mail system of the standby is dead, or it cannot send"
    check.expect(gone, f"the message comes back to {letter.sender}", found, cause=cause, remedy=words.queue)


def _went_on(world: World, token: str, check: Record) -> bool:
    """Did a null client hand the message on to production."""
    there = world.mailing.mailboxes.look(world.inventory.production, [["*", token]])
    check.saw(there["evidence"])
    return not there["missing"]


@part_of("manual.cron_mail", "site.administrators", "mail", "pop")
@needs("all_facts")
@item("9.16", "production", "standby")
def test_crontab_mails_the_administrators(server: Server, site: Site, check: Record) -> None:
    """The mail command of /etc/crontab is the manual's.

    /etc/crontab の mail コマンドが正しい
    """
    check.saw(server.facts.of_file("/etc/crontab"))
    lines = [line for line in setting_lines(server.facts.text("/etc/crontab") or "") if "mail -s" in line]
    found = " / ".join(lines) or "no mail command"
    wanted = needed(server.world.declared.manual.cron_mail)
    remedy = f"put {wanted} into /etc/crontab"
    check.expect(
        bool(lines) and all(wanted in line for line in lines), wanted, found, cause="an old name", remedy=remedy
    )


@part_of("manual.cron_mail", "site.administrators", "mail", "pop")
@needs("mailing.cron", "mailing.reported")
@item("9.16", "standby")
def test_cron_mail_reaches_the_administrators(world: World, server: Server, check: Record) -> None:
    """A message of that mail command reaches the administrators' mailbox on production.

    cron の mail コマンドが管理者に届く
    """
    words = words_of(server)
    sent = world.mailing.cron.result()
    check.saw(sent)
    check.expect(
        "[status 0]" in sent.answered,
        "the command succeeds",
        sent.answered,
        remedy=words.queue,
        cause="there is no program mail, or it cannot hand the message in",
    )
    answer = world.mailing.reported.result()
    check.saw(answer["evidence"])
    letter = world.mailing.cron_letter
    texts = [message["text"] for message in answer["messages"] if letter.token in message["text"]]
    found = f"in {len(texts)} mailboxes" if texts else "in none"
    check.expect(
        bool(texts),
        f"the message for {letter.recipient} in a mailbox",
        found,
        cause="the standby's queue, its resolver",
        remedy=words.queue,
    )
    subject = f"{server.entry.fqdn} test"
    named = any(f"subject: {subject}".lower() in text.lower() for text in texts)
    found = next((line for line in texts[0].splitlines() if line.startswith("Subject:")), "none")
    check.expect(named, f"subject {subject!r}", found, cause="hostname -f says another name", remedy="5.1: /etc/hosts")
