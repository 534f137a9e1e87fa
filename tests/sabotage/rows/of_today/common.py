"""Words that rows of several subjects share: hosts, paths, groups of checks."""

from __future__ import annotations

from collections.abc import Sequence

from tests.sabotage.row import Row

HOST, OTHER = "mars", "venus"
UNITS = (
    "/etc/systemd/system",
    "/etc/init.d",
    *(f"/etc/rc{level}.d" for level in "0123456S"),
)
"""All that decides what a boot of systemd starts; the links of init scripts follow those of their units."""

PAGES = "test_page_shows[*]"
TLS_PAGES = "test_page_shows[*-https:*]"
WIKI = "test_hiki_can_be_written_to[*]"
WIKI_PAGE = "test_page_shows[*-https://wiki.*]"
HTTPS = "test_https_shows_this_host_s_certificate[*]"
WEB_CERTIFICATE = "test_page_s_certificate_holds[*]"
GREETS = "test_mail_server_greets_by_its_own_name[*]"
MAIL_IN = "test_domain_s_mail_is_taken_and_delivered[*]"
MAIL_OUT = "test_mail_can_be_sent[*]"
RELAY = "test_mail_is_not_relayed[*]"
OPENS = "test_mailbox_opens_to_its_user_alone[*]"
SUBMITS = "test_mail_is_submitted_by_login[*]"
LIST = "test_list_mail_reaches_every_subscriber[*]"
KEYS = "test_certificates_have_their_keys[mars]"
VIRTUAL = "test_mailboxes_of_those_without_an_account_are_in_order[mars]"
BOXES = "test_mailboxes_can_be_opened[mars]"
SIX = "test_services_answer_over_ipv6_too[*]"
DATABASE = "test_database_server_answers_and_can_be_written_to[mars-mariadb]"
COPIED = "test_database_holds_what_was_copied[mars-mariadb]"
LIBRARY = "test_database_server_answers_and_can_be_written_to[mars-postgresql]"
BOOKS = "test_database_holds_what_was_copied[mars-postgresql]"
BANS = "test_fail2ban_bans[*]"
LETS_IN = "test_fail2ban_lets_in_again[*]"


def broken(name: str, what: str, must: Sequence[str], do: str, **more: object) -> Row:
    """A row of production, or of `host`."""
    host = str(more.pop("host", HOST))
    what = what if host == HOST else f"{host}: {what}"
    return Row(name, host, what, tuple(must), do=do, **more)  # type: ignore[arg-type]


def runs(service: str, host: str = HOST) -> str:
    """The check that it runs."""
    return f"test_service_runs[{host}-{service}]"


def starts(service: str, host: str = HOST) -> str:
    """The check that a boot starts it."""
    return f"test_service_starts_at_boot[{host}-{service}]"


def rests(service: str, host: str = OTHER) -> str:
    """The check that it does not run."""
    return f"test_service_does_not_run[{host}-{service}]"


def stays_off(service: str, host: str = OTHER) -> str:
    """The check that no boot starts it."""
    return f"test_service_stays_off_at_boot[{host}-{service}]"
