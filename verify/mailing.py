"""All mail of a run: everything is sent at once, and waited for together (9.9 to 9.11, 9.16)."""

from __future__ import annotations

from typing import Any

from irekae.model.results import Evidence
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.site import needed
from verify.connection import Connections, PinnedSsh
from verify.credentials import Credentials
from verify.declared import LOCAL, Declared
from verify.evidence import start
from verify.far_command import grown
from verify.letters import OVER_IPV6, Letter, Post, relay_tricks
from verify.mail_access import Access
from verify.mailboxes import ARRIVAL_DEADLINE, SWEEP_DEADLINE, Mailboxes
from verify.once import Once

SMTP, POP3 = 25, 110
AN_END = ["/bin/sh", "-c", 'command -v timeout > /dev/null && exec timeout 30 "$@"; exec "$@"', "sh"]
"""Ends a command after half a minute, where the host has a program for that."""
SLOWEST = 300.0
"""Seconds for all conversations with a server that greets late, which is no fault of it."""


class Mailing:
    """The mail of a run; each attribute that is a `Once` is one part of it, done when a check first needs it.

    Attributes:
        mark: stands in every message of this run.
        mailboxes: where its messages are looked for.
    """

    def __init__(
        self, inventory: Inventory, declared: Declared, credentials: Credentials, connections: Connections
    ) -> None:
        """Write the letters; nothing is sent yet."""
        self.inventory = inventory
        self.declared = declared
        self.site = site = declared.site
        self._credentials = credentials
        self._connections = connections
        self._post = Post()
        self.mark = self._post.mark
        self.mailboxes = Mailboxes(site, connections, self.mark)
        self.pop = needed(site.pop)
        self.user = self.pop.user.partition("@")[0]
        service = site.site.service_name
        self.own = service if service in site.domains else next(iter(site.domains), service)
        self.postmarked = f"{self.user}@{self.own}"
        self._write_letters()
        self.smtp_in = Once(self._hold_production_dialogues)
        self.submitted = Once(self._submit)
        self.refusals = Once(self._hold_standby_dialogues)
        self.outgoing = Once(self._send_outward)
        self.local = Once(self._inject_on_standby)
        self.cron = Once(self._send_cron_mail)
        self.fetched = Once(self._fetch)
        self.returned = Once(self._look_into_mailbox)
        self.delivered = Once(self._wait_on_production)
        self.reported = Once(self._wait_for_administrators)
        self.abroad = Once(self._wait_outside)
        self.bounced = Once(self._wait_for_bounce)

    # --- what is sent ---------------------------------------------------------------------------------------------

    @property
    def outside(self) -> HostEntry:
        """The other computer; checks that need it are not made where hosts.ini has none."""
        return self.inventory.group("outside")[0]

    def _write_letters(self) -> None:
        """All letters beforehand, so that every part knows every token."""
        outside = next(iter(self.inventory.group("outside")), None)
        elsewhere = f"{outside.user or 'postmaster'}@{outside.fqdn}" if outside else "postmaster@example.org"
        write = self._post.letter
        user = self.user
        self.to_domains = {
            domain: write(f"domain:{domain}", elsewhere, f"{user}@{domain}") for domain in self.declared.domains
        }
        self.to_lists = {
            listed.address: write(f"list:{listed.address}", next(iter(listed.subscribers), elsewhere), listed.address)
            for listed in needed(self.site.mail).lists
        }
        # The bounce of a trick that is taken and not delivered comes to the checks' own mailbox.
        self.tricks = {
            trick: write(f"relay:{trick}", self.postmarked, recipient, elsewhere)
            for trick, recipient in relay_tricks(elsewhere, self.own).items()
        }
        if self.inventory.production.ipv6:
            # Who is one of ours is said of each family by itself.
            self.tricks[OVER_IPV6] = write("relay:plain over IPv6", self.postmarked, elsewhere)
        self.submissions: dict[str, Letter] = {
            name: write(f"submission:{name}", self.postmarked, self.postmarked) for name in self.pop.submission
        }
        self.outward = write("outgoing", self.postmarked, elsewhere)
        operator = self.inventory.standby.user or next(iter(self.site.site.operators), "root")
        self.local_letter = write("local", elsewhere, operator)
        self.cron_letter = write("cron", "root", self.site.site.administrators or "root")

    def _to(self, entry: HostEntry) -> PinnedSsh:
        return self._connections.to(entry)

    # --- sending --------------------------------------------------------------------------------------------------

    def _dialogues(
        self, server: HostEntry, letters: list[Letter], with_data: bool, address: str = ""
    ) -> dict[str, Any]:
        outside, address = self._to(self.outside), address or server.address
        began = start()
        held: dict[str, Any] = outside.far(
            "smtp",
            {
                "server": address,
                "port": SMTP,
                "helo": self.outside.fqdn,
                "dialogues": [
                    {
                        "id": letter.key,
                        "from": letter.sender,
                        "to": letter.recipient,
                        "data": letter.text() if with_data else None,
                    }
                    for letter in letters
                ],
            },
            timeout=SLOWEST,
        )["dialogues"]
        for key, dialogue in held.items():
            asked = f"SMTP to {server.name} ({address}:{SMTP}), {key}"
            dialogue["evidence"] = began.heard(asked, "\n".join(dialogue["said"]), self.outside.name)
        return held

    def _hold_production_dialogues(self) -> dict[str, Any]:
        here = self.inventory.production
        letters = [*self.to_domains.values(), *self.to_lists.values(), *self.tricks.values()]
        six = [self.tricks[OVER_IPV6]] if OVER_IPV6 in self.tricks else []
        held = self._dialogues(here, [one for one in letters if one not in six], with_data=True)
        return held | (self._dialogues(here, six, with_data=True, address=here.ipv6) if six else {})

    def _hold_standby_dialogues(self) -> dict[str, Any]:
        standby = self.inventory.standby
        domains = sorted({*self.declared.domains, standby.fqdn} - {LOCAL})
        letters = [
            self._post.letter(f"refused:{domain}", self.outward.recipient, f"{self.user}@{domain}")
            for domain in domains
        ]
        return self._dialogues(standby, letters, with_data=True)

    def _inject(self, host: HostEntry, letter: Letter) -> Evidence:
        mail = self.site.its_mail
        words = [*mail.inject, "-f", letter.sender, letter.recipient]
        return self._command(host, words, letter.text() + "\n")

    def _command(self, host: HostEntry, words: list[str], stdin: str, become: str | None = "root") -> Evidence:
        began = start()
        done = self._to(host).call(words, stdin.encode(), become=become)
        said = (done.out + done.err).decode(errors="replace")
        return began.heard(f"{' '.join(words)} <<.\n{stdin}.", f"{said}[status {done.status}]", f"on {host.name}")

    @property
    def _access(self) -> Access:
        return Access(self._to(self.outside), self.inventory.production, self.site, self._credentials.pop)

    def _submit(self) -> dict[str, Any]:
        """Each way of submitting; nothing where site.toml names none."""
        if not self.submissions:
            return {}
        return self._access.submit(self.submissions, self.outside.fqdn, self.outward.recipient)

    def _send_outward(self) -> Evidence:
        """As people do, with the rights of the operator's own account: root's message gets past what stops theirs.

        A program that may not write into the queue tries again for ever (postdrop): it is ended.
        """
        words = [*self.site.its_mail.inject, "-f", self.outward.sender, self.outward.recipient]
        return self._command(self.inventory.production, [*AN_END, *words], self.outward.text() + "\n", become=None)

    def _inject_on_standby(self) -> Evidence:
        return self._inject(self.inventory.standby, self.local_letter)

    def _send_cron_mail(self) -> Evidence:
        command = needed(self.declared.manual.cron_mail)
        return self._command(self.inventory.standby, ["/bin/sh", "-c", command], self.cron_letter.text() + "\n")

    # --- waiting --------------------------------------------------------------------------------------------------

    def _sent(self, part: Once[Any]) -> Any:
        """Outcome of a part that must have been done before; what went wrong with it is said by its own checks."""
        try:
            return part.result()
        except Exception:
            return None

    def _expected_by_pop(self) -> list[str]:
        """Tokens of all that was taken and has to come to the checks' mailbox."""
        held = self._sent(self.smtp_in) or {}
        submitted = self._sent(self.submitted) or {}
        took = [name for name, state in submitted.items() if state["sent"] // 100 == 2]
        return [self.submissions[name].token for name in took] + [
            letter.token
            for letter in [*self.to_domains.values(), *self.tricks.values()]
            if held.get(letter.key, {}).get("codes", {}).get("sent", 0) // 100 == 2
        ]

    def _fetch(self) -> dict[str, Any]:
        """Everything that comes to the checks' mailbox, fetched from outside: with APOP, or over TLS."""
        if not self.pop.apop:
            return self._access.fetch(self.mark, self._expected_by_pop(), ARRIVAL_DEADLINE)
        production = self.inventory.production
        began = start()
        answer = self._to(self.outside).far(
            "pop",
            {
                "server": production.address,
                "port": POP3,
                "user": self.user,
                "password": self._credentials.pop,
                "mark": self.mark,
                "tokens": self._expected_by_pop(),
                "deadline": grown(ARRIVAL_DEADLINE, len(self._expected_by_pop())),
                "try_wrong": True,
            },
            timeout=SLOWEST,
        )
        asked = f"POP3 to {production.name} ({production.address}:{POP3}), APOP as {self.user}"
        answer["evidence"] = began.heard(asked, "\n".join(answer["said"]), self.outside.name)
        return answer

    def _look_into_mailbox(self) -> dict[str, Any]:
        """What POP did not bring, in the mailbox itself: a POP server that fails must not fail the checks of SMTP."""
        fetched = self._sent(self.fetched) or {"in": False, "missing": self._expected_by_pop()}
        awaited = [[self.user, token] for token in fetched["missing"]]
        if not awaited:
            return {"messages": [], "missing": [], "evidence": None}
        return self.mailboxes.look(self.inventory.production, awaited, 0 if fetched["in"] else ARRIVAL_DEADLINE)

    def has_come(self, letter: Letter) -> tuple[bool, list[Evidence]]:
        """Whether a letter, or its bounce, came to the checks' mailbox, by whatever way it is looked into."""
        fetched, looked = self._sent(self.fetched), self.returned.result()
        if fetched and fetched["seen"].get(letter.token):
            return True, [fetched["evidence"]]
        evidence = [*([fetched["evidence"]] if fetched else []), *([looked["evidence"]] if looked["evidence"] else [])]
        return any(letter.token in message["text"] for message in looked["messages"]), evidence

    def _wait_on_production(self) -> dict[str, Any]:
        """What the lists' subscribers and the administrators get."""
        self._sent(self.smtp_in)
        awaited = [
            [subscriber.partition("@")[0], self.to_lists[listed.address].token]
            for listed in needed(self.site.mail).lists
            for subscriber in listed.subscribers
        ]
        return self.mailboxes.look(self.inventory.production, awaited)

    def _wait_for_administrators(self) -> dict[str, Any]:
        """What the standby's cron mail leaves in production's mailboxes; who the administrators are, is its affair."""
        self._sent(self.cron)
        return self.mailboxes.look(self.inventory.production, [["*", self.cron_letter.token]])

    def _wait_outside(self) -> dict[str, Any]:
        """What another computer gets from production."""
        self._sent(self.outgoing)
        return self.mailboxes.look(self.outside, [["*", self.outward.token]])

    def _wait_for_bounce(self) -> dict[str, Any]:
        """The standby's local message, come back to another computer: production has no part in it."""
        self._sent(self.local)
        return self.mailboxes.look(self.outside, [["*", self.local_letter.token]])

    # --- afterwards -------------------------------------------------------------------------------------------------

    def sweep(self) -> list[str]:
        """Remove every message of this run wherever it may lie, and say what could not be removed.

        The standby first: what it still has under way comes to production, and bounces of both to the outside host.
        """
        parts = {
            self.inventory.production.name: (self.smtp_in, self.outgoing, self.refusals, self.cron),
            self.inventory.standby.name: (self.refusals, self.local, self.cron),
        }
        hosts = [host for host in reversed(self.inventory.pair) if any(part.begun for part in parts[host.name])]
        if hosts and self.inventory.group("outside"):
            hosts.append(self.outside)
        left = []
        for host in hosts:
            if not self._to(host).opened:
                continue  # nothing was ever done there
            try:
                swept = self.mailboxes.look(host, [], deadline=SWEEP_DEADLINE, sweep=True)
                left += [f"{host.name}: {path} (in the mail queue)" for path in swept["queued"]]
                left += [f"{host.name}: {path} (holds other data than our messages too)" for path in swept["stay"]]
                left += [f"{host.name}: {where}: no mailbox, not looked into" for where in swept["astray"]]
            except Exception as error:
                left.append(f"{host.name}: mail with {self.mark} could not be looked for: {error}")
        return left
