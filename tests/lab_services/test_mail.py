"""Mail: what is taken, where it goes, who refuses; queue, aliases, list."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from tests.lab_services.services_lab import ServicesLab

pytestmark = pytest.mark.lab

DOMAINS = ["ika-itpass", "itpass", "epa", "aoe", "cps"]
LOG = "/var/log/qmail/send.log"
SEND = """
import json, smtplib, sys
server, sender, recipient, token = sys.argv[1:]
answers = []
with smtplib.SMTP(server, timeout=10) as smtp:
    answers.append(smtp.ehlo()[0])
    answers.append(smtp.mail(sender)[0])
    code, text = smtp.rcpt(recipient)
    answers.append(code)
    if code == 250:
        header = f"From: {sender or 'MAILER-DAEMON'}\\nTo: {recipient}\\nSubject: {token}\\n"
        answers.append(smtp.data(f"{header}\\n{token}\\n")[0])
print(json.dumps(answers))
"""


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex


def arrived(lab: ServicesLab, host: str, user: str, token: str) -> list[str]:
    """Whether the user's Maildir has a mail with the token."""
    return lab.try_on(host, f"grep -rlF {token} /home/{user}/Maildir/new").stdout.split()


def forget(lab: ServicesLab, host: str, token: str) -> None:
    lab.on(host, f"grep -rlF {token} /home/*/Maildir | xargs -r rm")


@pytest.mark.parametrize("domain", DOMAINS)
def test_mail_to_each_domain_is_taken_from_outside_and_delivered(lab: ServicesLab, domain: str, token: str) -> None:
    to = f"popcheck@{domain}.{lab.domain}"
    assert lab.python("outside", SEND, lab.ika, "gaibu@example.org", to, token) == [250, 250, 250, 250]
    [mail] = lab.until(f"mail to {to} arrived", lambda: arrived(lab, "a", "popcheck", token))
    assert f"Delivered-To: {to}" in lab.on("a", f"cat {mail}")
    forget(lab, "a", token)


@pytest.mark.parametrize("recipient", ["x@example.org", "popcheck@tako-itpass.scitec.kobe-u.ac.jp"])
def test_production_relays_for_nobody(lab: ServicesLab, recipient: str, token: str) -> None:
    assert lab.python("outside", SEND, lab.ika, "gaibu@example.org", recipient, token) == [250, 250, 550]


@pytest.mark.parametrize("domain", [*DOMAINS, "tako-itpass"])
def test_standby_takes_nothing_from_outside(lab: ServicesLab, domain: str, token: str) -> None:
    to = f"hayashi@{domain}.{lab.domain}"
    assert lab.python("outside", SEND, lab.tako, "gaibu@example.org", to, token) == [250, 250, 550]


def test_mail_to_a_user_that_is_not_bounces_to_its_sender(lab: ServicesLab, token: str) -> None:
    to = f"nobody-{token[:8]}@itpass.{lab.domain}"
    lab.python("outside", SEND, lab.ika, f"gaibu@outside.{lab.domain}", to, token)
    [bounce] = lab.until("bounce", lambda: arrived(lab, "outside", "gaibu", token))
    assert "no mailbox here by that name" in lab.on("outside", f"cat {bounce}")
    forget(lab, "outside", token)


def test_a_mail_to_the_list_reaches_its_subscribers(lab: ServicesLab, token: str) -> None:
    sender, to = f"ueno@itpass.{lab.domain}", f"itpass-ml@itpass.{lab.domain}"
    lab.python("outside", SEND, lab.ika, sender, to, token)
    for user in ("asada", "ikeda", "ueno"):
        lab.until(f"list mail for {user}", partial(arrived, lab, "a", user, token))
    forget(lab, "a", token)


def test_a_bounce_of_the_list_goes_to_the_administrators(lab: ServicesLab, token: str) -> None:
    to = f"itpass-ml-return-1-asada=itpass.{lab.domain}@itpass.{lab.domain}"
    lab.python("outside", SEND, lab.ika, "", to, token)
    lab.until("bounce for itpadmin", lambda: arrived(lab, "a", "popcheck", token))
    lab.until("bounce noted", lambda: lab.try_on("a", "grep -rla asada@ /home/itpass/ml/ml-ctrl/bounce/d").stdout)
    lab.on("a", "rm /home/itpass/ml/ml-ctrl/bounce/d/*")
    forget(lab, "a", token)


def test_system_mail_of_the_standby_reaches_the_administrators_on_production(lab: ServicesLab, token: str) -> None:
    lab.on("b", f'echo {token} | mail -s "`hostname -f` test" itpadmin@itpass.{lab.domain}')
    for user in ("hayashi", "mori", "popcheck"):
        lab.until(f"mail for {user}", partial(arrived, lab, "a", user, token))
    forget(lab, "a", token)


def test_on_standby_mail_to_a_local_user_does_not_arrive(lab: ServicesLab, token: str) -> None:
    lab.on("b", f"printf 'To: hayashi\\nSubject: {token}\\n\\n' | /var/qmail/bin/qmail-inject")
    log = f"grep -A5 'remote hayashi@tako-itpass.{lab.domain}$' {LOG} | grep -F '#5.4.6'"
    lab.until("refusal in the log", lambda: lab.try_on("b", log).stdout)
    gone = f"! grep -rqF {token} /var/qmail/queue"
    lab.until("nothing of it is queued", lambda: lab.try_on("b", gone).returncode == 0)
    assert not arrived(lab, "b", "hayashi", token)


def test_mail_leaves_for_another_domain(lab: ServicesLab, token: str) -> None:
    lab.on("a", f'su asada -c "echo {token} | mail -s x gaibu@outside.{lab.domain}"')
    [mail] = lab.until("mail outside", lambda: arrived(lab, "outside", "gaibu", token))
    assert f"From: asada@ika-itpass.{lab.domain}" in lab.on("outside", f"cat {mail}")
    forget(lab, "outside", token)


def test_while_qmail_is_stopped_mail_waits_in_the_queue(lab: ServicesLab, token: str) -> None:
    lab.on("a", "/etc/init.d/qmail stop")
    try:
        lab.python("outside", SEND, lab.ika, "gaibu@example.org", f"popcheck@itpass.{lab.domain}", token)
        assert "not yet preprocessed: 1\n" in lab.on("a", "/var/qmail/bin/qmail-qstat")
        assert not arrived(lab, "a", "popcheck", token)
    finally:
        lab.on("a", "/etc/init.d/qmail start")
    lab.until("delivery after the start", lambda: arrived(lab, "a", "popcheck", token))
    forget(lab, "a", token)


def test_a_changed_locals_counts_from_the_next_restart(lab: ServicesLab, token: str) -> None:
    lab.on("a", "cp -p /var/qmail/control/locals /root/locals")
    log = f"grep -A5 'remote {token}-two@epa' {LOG}"
    try:
        lab.on("a", "grep -v ^epa /root/locals > /var/qmail/control/locals")
        lab.python("outside", SEND, lab.ika, "gaibu@example.org", f"popcheck@epa.{lab.domain}", token)
        lab.until("delivery before the restart", lambda: arrived(lab, "a", "popcheck", token))
        lab.on("a", "/etc/init.d/qmail restart")
        lab.python("outside", SEND, lab.ika, "", f"{token}-two@epa.{lab.domain}", token)
        lab.until("not local any more", lambda: "#5.4.6" in lab.try_on("a", log).stdout)
    finally:
        lab.on("a", "cp -p /root/locals /var/qmail/control/locals; /etc/init.d/qmail restart")
    forget(lab, "a", token)


def test_showctl_says_what_the_control_files_make_of_the_host(lab: ServicesLab) -> None:
    said = lab.on("a", "/var/qmail/bin/qmail-showctl")
    assert f"me: My name is ika-itpass.{lab.domain}.\n" in said
    for domain in DOMAINS:
        assert f"Messages for {domain}.{lab.domain} are delivered locally.\n" in said
        assert f"SMTP clients may send messages to recipients at {domain}.{lab.domain}.\n" in said
    assert "Default host name is tako-itpass." in lab.on("b", "/var/qmail/bin/qmail-showctl")


def test_a_large_mail_comes_through_whole(lab: ServicesLab, token: str) -> None:
    lab.on("a", f"{{ printf 'To: popcheck\\n\\n'; yes {token} | head -c 3000000; }} | /var/qmail/bin/qmail-inject")
    [mail] = lab.until("large mail", lambda: arrived(lab, "a", "popcheck", token))
    assert int(lab.on("a", f"stat -c %s {mail}")) > 3_000_000
    forget(lab, "a", token)


def test_what_is_queued_as_local_stays_local_whatever_locals_says_later(lab: ServicesLab, token: str) -> None:
    to = f"popcheck@epa.{lab.domain}"
    lab.on("a", "cp -p /var/qmail/control/locals /root/locals; chmod +t /home/popcheck")
    try:
        lab.python("outside", SEND, lab.ika, "gaibu@example.org", to, token)
        lab.until("deferral", lambda: lab.try_on("a", f"grep -A3 'local {to}$' {LOG} | grep deferral").stdout)
        lab.on("a", "grep -v ^epa /root/locals > /var/qmail/control/locals; chmod -t /home/popcheck")
        lab.on("a", "/etc/init.d/qmail restart; pkill -ALRM -x qmail-send")
        [mail] = lab.until("local delivery all the same", lambda: arrived(lab, "a", "popcheck", token))
        assert f"Delivered-To: {to}" in lab.on("a", f"cat {mail}")
    finally:
        lab.on("a", "chmod -t /home/popcheck; cp -p /root/locals /var/qmail/control/locals; /etc/init.d/qmail restart")
    forget(lab, "a", token)


def test_qmail_ends_when_the_delivery_under_way_has_ended(lab: ServicesLab, token: str) -> None:
    lab.on("a", "printf '|while [ ! -e /run/go ]; do sleep 0.1; done; cat > whole\n' > /home/kato/.qmail-slow")
    lab.on("a", f"printf 'To: kato-slow\n\n{token}\n' | /var/qmail/bin/qmail-inject")
    try:
        lab.until("delivery under way", lambda: lab.try_on("a", "pgrep -xf '.*qmail-local.* kato-slow .*'").stdout)
        lab.on("a", "pkill -TERM -x qmail-send")
        lab.until("it is told", lambda: "exitasap" in lab.on("a", f"tail -1 {LOG}"))
        assert lab.try_on("a", "pgrep -x qmail-send").stdout, "it waits for the delivery"
        lab.on("a", "touch /run/go")
        lab.until("its end", lambda: not lab.try_on("a", "pgrep -x qmail-send").stdout)
        assert token in lab.on("a", "cat /home/kato/whole")
        assert "status: exiting" in lab.on("a", f"tail -1 {LOG}")
    finally:
        lab.on("a", "touch /run/go; rm -f /home/kato/.qmail-slow; /etc/init.d/qmail start")
        lab.on("a", "rm -f /home/kato/whole /run/go")


def test_a_list_mail_is_archived_with_its_indexes(lab: ServicesLab, token: str) -> None:
    archive = "/home/itpass/ml/ml-ctrl/archive"
    lab.python("outside", SEND, lab.ika, f"ueno@itpass.{lab.domain}", f"itpass-ml@itpass.{lab.domain}", token)
    lab.until("list mail", lambda: arrived(lab, "a", "ueno", token))
    places = lab.on("a", f"cd {archive}; grep -rlF {token} .").split()
    assert {place.split("/")[1] for place in places} >= {"0", "threads", "subjects", "authors"}
    assert "./0/index" in places
    forget(lab, "a", token)


@pytest.mark.parametrize(("host", "dozens"), [("a", 34), ("b", 24)])
def test_mail_of_both_kinds_waits_in_the_queue_from_the_first_boot_on(lab: ServicesLab, host: str, dozens: int) -> None:
    lab.reset()
    waiting = lab.on(host, "/var/qmail/bin/qmail-qread")
    assert f"messages in queue: {dozens}\n" in lab.on(host, "/var/qmail/bin/qmail-qstat")
    assert waiting.count("\tlocal\t") >= 10
    assert waiting.count("\tremote\t") >= 10


def test_what_sudo_complains_of_makes_no_mail_without_end(lab: ServicesLab, token: str) -> None:
    open_to_all = "/etc/sudoers.d/complaint"
    lab.on("a", f"echo 'nobody ALL=(ALL) /bin/true' > {open_to_all}; chmod 666 {open_to_all}")
    try:
        lab.on("a", f"sudo -n true; printf 'Subject: {token}\\n\\n' | /var/qmail/bin/qmail-inject -f kato popcheck")
        lab.until("the mail came, though sudo complains", lambda: arrived(lab, "a", "popcheck", token))
        injecting = partial(lab.try_on, "a", "pgrep -c qmail-inject")
        lab.until("nobody injects any more", lambda: injecting().stdout.strip() == "0")
    finally:
        lab.on("a", f"rm {open_to_all}")
        forget(lab, "a", token)
