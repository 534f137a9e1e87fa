"""SMTP: production takes and sends mail (9.10), the standby only sends (9.16); qmail's control files (7.1, 7.2)."""

from __future__ import annotations

from typing import Any

from irekae.site.site import Qmail, Site, needed
from verify.causes import stands_on
from verify.greeting import of_smtp
from verify.needs import needs
from verify.parsing import control_lines, setting_lines
from verify.record import Record
from verify.relaying import goes_nowhere, is_refused
from verify.selection import Role, item, part_of
from verify.world import Server, World

CONTROL = "7.1, 7.2: /var/qmail/control/locals and rcpthosts, then /etc/init.d/qmail restart; qmail-showctl"
SMTPD = "/etc/init.d/tcpserver start; whether a packet rule shuts port 25: iptables -S INPUT"
QUEUE = "9.10: `ps` for qmail-send, `qmail-qread` for what waits and why, qmail's log"
NO_MAILBOX = "hosts.ini doesn't say whose mailbox on the outside host may be read (ansible_user)"


def _outside(world: World, check: Record) -> None:
    if world.outside is None:
        check.not_made("hosts.ini has no outside host to send mail from")


def _replies(dialogue: dict[str, Any]) -> str:
    said = [line for line in dialogue["said"] if line.startswith("<") or not line.startswith(">")]
    return said[-2] if len(said) > 1 and dialogue["codes"].get("quit") else (said[-1] if said else "nothing")


@part_of("mail", "pop")
@stands_on("tcpserver", "qmail")
@needs("mailing.smtp_in", "mailing.fetched", "mailing.returned")
@item("9.10", "production")
def test_domain_s_mail_is_taken_and_delivered(world: World, domain: str, check: Record) -> None:
    """A message to a user of the domain is taken over SMTP and comes to his mailbox.

    このドメイン宛のメールを受け取り配送する
    """
    _outside(world, check)
    letter = world.mailing.to_domains[domain]
    dialogue = world.mailing.smtp_in.result()[letter.key]
    check.saw(dialogue["evidence"])
    taken = dialogue["codes"].get("sent", 0) // 100 == 2
    said = _replies(dialogue)
    here = world.inventory.production
    cause, remedy = of_smtp(dialogue, here.address, here.name, (f"{domain} isn't in rcpthosts", CONTROL))
    check.expect(taken, f"{letter.recipient} is taken", said, cause=cause, remedy=remedy)
    there, seen = world.mailing.has_come(letter)
    check.saw(*seen)
    found = "delivered" if there else "it has not arrived"
    cause = f"{domain} isn't in locals, qmail-send is dead, or the message was dropped"
    check.expect(there, "delivered to the mailbox", found, cause=cause, remedy=QUEUE)


@part_of("mail", "pop")
@stands_on("qmail")
@needs("mailing.outgoing", "mailing.abroad")
@item("9.10", "production")
def test_mail_can_be_sent(world: World, check: Record) -> None:
    """A message that is submitted on the host comes to a mailbox of another computer.

    他の計算機にメールを送れる
    """
    _outside(world, check)
    if not world.mailing.outside.user:
        check.not_made(NO_MAILBOX)
    check.saw(world.mailing.outgoing.result())
    arrived = world.mailing.abroad.result()
    check.saw(arrived["evidence"])
    to = world.mailing.outward.recipient
    found = "not there" if arrived["missing"] else "there"
    check.expect(
        not arrived["missing"], f"the message in {to}'s mailbox", found, cause="the queue, or the way out", remedy=QUEUE
    )


@part_of("mail", "pop")
@stands_on("tcpserver")
@needs("mailing.smtp_in", "mailing.fetched", "mailing.returned", "mailing.abroad")
@item("9.10", "production")
def test_mail_is_not_relayed(world: World, check: Record) -> None:
    """A stranger's message to somewhere else is not passed on, by none of the known tricks.

    第三者中継をしない
    """
    _outside(world, check)
    dialogues = world.mailing.smtp_in.result()
    tricks = world.mailing.tricks
    taken = []
    for trick, letter in tricks.items():
        dialogue = dialogues[letter.key]
        check.saw(dialogue["evidence"])
        check.expect(
            "rcpt" in dialogue["codes"],
            f"an answer to {letter.recipient}",
            _replies(dialogue),
            remedy=CONTROL,
            cause="SMTP doesn't answer, or hung up before the recipient",
        )
        if dialogue["codes"].get("sent", 0) // 100 == 2:
            taken.append(trick)
    plain = _replies(dialogues[tricks["plain"].key])
    cause = "rcpthosts is missing, or tcpserver's rules give everybody RELAYCLIENT"
    check.expect("plain" not in taken, f"{tricks['plain'].recipient} is refused", plain, cause=cause, remedy=CONTROL)
    if taken:
        goes_nowhere(world, [tricks[trick] for trick in taken], check, CONTROL, QUEUE)


@part_of("mail", "pop")
@needs("mailing.refusals")
@item("9.16", "standby")
def test_standby_takes_no_mail_from_outside(world: World, server: Server, check: Record) -> None:
    """The standby refuses every recipient of every mail domain.

    外からのメールを受け取らない
    """
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
        cause = "the domain is still in rcpthosts, or there is none" if code else "SMTP of the standby doesn't answer"
        domain, remedy = key.removeprefix("refused:"), CONTROL if code else SMTPD
        refused = is_refused(dialogue)
        check.expect(refused, f"recipients at {domain} are refused", _replies(dialogue), cause=cause, remedy=remedy)


@part_of("mail", "pop")
@needs("mailing.local", "mailing.bounced")
@item("9.16", "standby")
def test_local_delivery_does_not_arrive(world: World, server: Server, check: Record) -> None:
    """The local delivery test (part 1, qmail-inject to a local user) does not arrive: it comes back.

    ローカル配送テスト part1 が届かない
    """
    _outside(world, check)
    if not world.mailing.outside.user:
        check.not_made(NO_MAILBOX)
    sent = world.mailing.local.result()
    check.saw(sent)
    check.expect(
        "[status 0]" in sent.answered,
        "qmail-inject takes the message",
        sent.answered,
        remedy=QUEUE,
        cause="the queue takes nothing: its disk, its owners",
    )
    letter = world.mailing.local_letter
    back = world.mailing.bounced.result()
    check.saw(back["evidence"])
    # Looked for after the bounce has come: the queue is done with it by now.
    there = world.mailing.mailboxes.look(server.entry, [], deadline=0)
    check.saw(there["evidence"])
    arrived = [message["path"] for message in there["messages"] if letter.token in message["text"]]
    cause = "locals holds more than localhost, or qmail was not restarted"
    check.expect(
        not arrived, f"nothing for {letter.recipient}", ", ".join(arrived) or "nothing", cause=cause, remedy=CONTROL
    )
    found = "neither delivered nor sent back" if back["missing"] else "it came back"
    cause = "qmail-send is dead on the standby, or it cannot send"
    check.expect(not back["missing"], f"the message comes back to {letter.sender}", found, cause=cause, remedy=QUEUE)


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
    sent = world.mailing.cron.result()
    check.saw(sent)
    check.expect(
        "[status 0]" in sent.answered,
        "the command succeeds",
        sent.answered,
        remedy=QUEUE,
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
        remedy=QUEUE,
    )
    subject = f"{server.entry.fqdn} test"
    named = any(f"subject: {subject}".lower() in text.lower() for text in texts)
    found = next((line for line in texts[0].splitlines() if line.startswith("Subject:")), "none")
    check.expect(named, f"subject {subject!r}", found, cause="hostname -f says another name", remedy="5.1: /etc/hosts")


def _qmail(site: Site) -> Qmail:
    return needed(site.qmail)


def _control(server: Server, site: Site, name: str, check: Record) -> list[str]:
    """Entries of one of qmail's control files; none where there is no such file."""
    file, seen = server.read(f"{_qmail(site).control}/{name}")
    check.saw(seen)
    return control_lines(file.get("text", ""))


@part_of("qmail")
@item("7.2", "production")
@item("7.1", "standby")
def test_qmail_s_domains(server: Server, role: Role, site: Site, check: Record) -> None:
    """qmail's locals and rcpthosts hold what the manual says, one a line.

    locals と rcpthosts が手順書どおりである
    """
    wanted = server.world.declared.domains_of(role)
    for name in ("locals", "rcpthosts"):
        found = sorted({line.lower() for line in _control(server, site, name, check)})
        check.expect(
            found == wanted,
            f"{name}: {' '.join(wanted)}",
            " ".join(found) or "nothing",
            remedy=CONTROL,
            cause="7.1, 7.2 were not done on this host, or were undone",
        )


@part_of("qmail")
@item("7.2", "production")
def test_qmail_s_own_name(server: Server, site: Site, check: Record) -> None:
    """qmail's defaulthost and me hold production's full name, and qmail-showctl reads them so.

    defaulthost と me が手順書どおりである
    """
    own_name = server.world.declared.own_name(server.world.inventory)
    for name in ("defaulthost", "me"):
        found = " ".join(_control(server, site, name, check))
        check.expect(
            found == own_name,
            f"{name}: {own_name}",
            found or "nothing",
            remedy=CONTROL,
            cause="5.1, 7.2 were not done on this host, or were undone",
        )
    shown = server.host.run("%s/qmail-showctl", _qmail(site).bin).stdout
    check.saw(*server.said())
    own = f"My name is {own_name}."
    told = next((line for line in shown.splitlines() if "My name is" in line), "nothing of it")
    check.expect(
        own in shown, f"qmail-showctl: {own}", told, remedy=CONTROL, cause="qmail reads another control folder"
    )
