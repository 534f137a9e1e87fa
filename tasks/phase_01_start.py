"""Phase 1: start of the exchange (入替え開始)."""

from irekae import subjects
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.items import On, item
from irekae.swap.swap import Swap, login_user


@item("1.7", "利用者のログインとジョブの停止", "Close logins and hold users' jobs", on=On.BOTH, mark="+", asks="outage")
def keep_out(host: Host, swap: Swap) -> None:
    """From here on nobody but the operators writes on either host, by hand or by cron; 8.1 gives both back."""
    subjects.close_logins(host, swap)
    subjects.hold_jobs(host, swap.site)


@item(
    "1.1", "ログインユーザの削除", "Log out everybody but the operators", on=On.BOTH, asks="outage",
    undo="sessions do not come back",
)  # fmt: skip
def logout(host: Host, swap: Swap) -> None:
    """Warn with wall, then end the sessions of all but the operators; the operator's own is never ended."""
    stay = {*swap.site.site.operators, login_user(host.entry)}
    subjects.end_sessions(host, stay, swap.site.phase1.warning)


@item(
    "1.2",
    "プロセスの削除",
    "End the ordinary users' processes",
    on=On.BOTH,
    asks="outage",
    undo="processes do not come back",
)
def processes(host: Host, swap: Swap) -> None:
    """TERM, and KILL to those that stay; of users' UIDs, never an operator's, nor a delivery of the mail system's.

    Nor what systemd's units run as a user which 1.3 and 1.4 stop.
    """
    stay = {*swap.site.site.operators, login_user(host.entry)}
    mail = {subjects.mail.service_of(swap.site).process} if swap.site.mail else set()
    units = subjects.units_stopped_next(host, swap.site)
    subjects.end_processes(host, swap.site.accounts, stay, swap.site.phase1.term_wait, mail, units)


@item(
    "1.3",
    "サービスの停止",
    "Stop the services for now",
    on=On.BOTH,
    until_boot=True,
    until="6.1",
    asks="outage",
    needs=("service_items.pause",),
)
def pause(host: Host, swap: Swap) -> None:
    """Not across a reboot; the name server answers until phase 6 (D1). Production's queue is drained first."""
    queue = subjects.mail.service_of(swap.site) if swap.site.mail else None
    services = swap.site.services_of(swap.site.service_items.pause)
    # Whatever takes mail in or out of a mailbox first: then nothing new comes, and the queue can empty itself.
    for service in services:
        if service is not queue:
            ServiceHandle(host, service).stop()
    if queue is not None and queue in services:
        if host.role is On.PRODUCTION:
            subjects.mail.queue.drain(host, swap)
        ServiceHandle(host, queue).stop()
        subjects.mail.system_of(swap.site).rest(host)


@item(
    "1.4",
    "本サーバの永続的なサービス停止",
    "Stop for good what only production serves",
    on=On.PRODUCTION,
    asks="outage",
    needs=("service_items.retire",),
)
def retire(host: Host, swap: Swap) -> None:
    """Across reboots too; what the standby goes on needing, mail and the name server, stays."""
    for service in swap.site.services_of(swap.site.service_items.retire):
        ServiceHandle(host, service).stop().disable()


@item(
    "1.5",
    "定期バックアップの停止",
    "Keep the scheduled backup from firing",
    on=On.BOTH,
    mark="W",
    needs=("phase1.scheduled",),
)
def hold_backup(host: Host, swap: Swap) -> None:
    """Mode 000, as in 2009; 8.1 gives it back. The standby's too: it writes into the /home that phase 3 replaces.

    A timer of systemd's is stopped and disabled; a job that it has started is waited for.
    """
    for path in swap.site.phase1.files:
        if host.exists(path):
            host.set_mode(path, subjects.HELD)
        else:
            host.say(f"{path} is not there: nothing to hold")
    subjects.timers.hold(host, swap.site)


@item("1.6", "メールの記録", "Account for the mail", on=On.BOTH, mark="+", needs=("mail",))
def count_mail(host: Host, swap: Swap) -> None:
    """Each message of the queue and each mailbox, to be compared after the copy; local mail that waits is held."""
    messages = subjects.mail.queue.queued(host, swap.site)
    boxes = host.link.ask("mailboxes", boxes=swap.site.mailboxes)
    if not host.planned:
        host.record.event("mail", messages=messages, boxes=boxes)
    kinds = [f"{sum(bool(message[kind]) for message in messages)} {kind}" for kind in ("local", "remote", "new")]
    count, size = (sum(box[index] for box in boxes.values()) for index in (0, 1))
    host.say(f"queue: {len(messages)} messages ({', '.join(kinds)})")
    host.say(f"{len(boxes)} mailboxes with {count} messages, {size} bytes")
    if host.role is On.PRODUCTION:
        subjects.mail.queue.hold(host, swap)
