"""Jobs and mail in what `fab init` writes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from irekae.host.agent.words import LARGEST
from irekae.site.marks import MARK
from irekae.subjects.first_site import data, mail
from irekae.subjects.first_site.page import Page
from irekae.subjects.first_site.services import Daemon
from irekae.subjects.preflight.cron_files import is_table
from tests.unit.subjects.first_site.test_first_site import MARS, VENUS, Host


class Bare(Host):
    """A host with these files alone, and these pages."""

    shown: Mapping[str, str] = MappingProxyType({})

    def files(self, folder: str) -> list[str]:
        return [f"{folder}/{name}" for name in self.names(folder)]

    def folders(self, folder: str) -> list[str]:
        below = {path.removeprefix(f"{folder}/") for path in self.held if path.startswith(f"{folder}/")}
        return sorted({f"{folder}/{path.partition('/')[0]}" for path in below if "/" in path})

    def there(self, path: str) -> bool:
        return path in self.held

    def pages(self, urls: list[str]) -> dict[str, str]:
        return dict(self.shown)


class Called(Bare):
    """Such a host of a name."""

    entry: Any = type("Entry", (), {"name": "mars"})()


class Posted(Called):
    """A host with these folders of mail, and a file so large beside them."""

    size = 0

    def folders(self, folder: str) -> list[str]:
        found = {path.split("/")[3] for path in self.held if path.startswith("/var/mail/") and path.count("/") > 3}
        return [f"/var/mail/{name}" for name in sorted(found)] if folder == "/var/mail" else []

    def largest(self, folder: str) -> int:
        return self.size


def test_stores_in_var_mail_are_trees_and_all_of_it_where_one_mailbox_is_too_large_for_3_1() -> None:
    host = Posted({}, {"/var/mail/vhosts/example.org": "", "/var/mail/hayashi": ""})
    assert data.trees_of(host) == ["/var/mail/vhosts"]
    host.size = LARGEST + 1
    assert data.trees_of(host) == ["/var/mail"]
    assert data.trees_of(Posted({}, {"/var/mail/hayashi": ""})) == []
    many = Posted({}, {f"/var/mail/user{number}/cur": "" for number in range(9)})
    assert data.trees_of(many) == ["/var/mail"]
    page = Page()
    data._trees(page, many, {"dovecot": Daemon("dovecot", "dovecot", ["tcp/993"]), "cron": Daemon("cron", "cron")})
    assert tomllib.loads(page.text)["trees"] == [{"path": "/var/mail", "stopped": ["dovecot"]}]


TIMERS = "Fri 2026 - - apt-daily.timer apt-daily.service\n- - - certbot.timer certbot.service\n"


def test_timers_of_debian_s_own_are_no_jobs_of_the_site() -> None:
    assert data.jobs_of(Bare({"systemctl list-timers": TIMERS})).timers == ["certbot.timer"]


def test_a_timer_that_no_boot_arms_is_asked_about_for_phase_0_wants_it_enabled() -> None:
    said = {
        "systemctl list-timers": "".join(f"- - - {name}.timer x\n" for name in ("on", "off", "run-u7", "pulled")),
        "systemctl show": "Id=off.timer\nUnitFileState=disabled\n\nId=on.timer\nUnitFileState=enabled\n\n"
        "Id=pulled.timer\nUnitFileState=static\n\nId=run-u7.timer\nUnitFileState=transient\n",
    }
    page = Page()
    data._jobs(page, data.jobs_of(Bare(said)), data.jobs_of(Bare({})), "mars")
    assert tomllib.loads(page.text) == {"phase1": {"scheduled": ["on.timer", "pulled.timer"]}}
    assert [line.split()[3] for line in page.lines if line.startswith(MARK)] == ["off.timer", "run-u7.timer"]


def test_a_timer_that_is_armed_on_both_hosts_stays_out_of_1_5() -> None:
    page = Page()
    data._jobs(
        page, data.Jobs(["certbot.timer", "report.timer"], [], [], []), data.Jobs(["report.timer"], [], [], []), "mars"
    )
    assert tomllib.loads(page.text) == {"phase1": {"scheduled": ["certbot.timer"]}}
    assert "report.timer" in page.lines[-1]


def test_a_table_of_cron_s_is_asked_about_for_phase_0_takes_none_among_what_1_5_holds() -> None:
    names = ("/etc/cron.d/report", "/etc/cron.d/both", "/etc/cron.d/report.bak", "/etc/cron.d/irekae-exchange")
    here = data.jobs_of(Bare({}, dict.fromkeys((*names, "/etc/cron.daily/copy"), ""), systemd=False))
    page = Page()
    data._jobs(page, here, data.jobs_of(Bare({}, {"/etc/cron.d/both": ""}, systemd=False)), "mars")
    assert tomllib.loads(page.text) == {"phase1": {"scheduled": ["/etc/cron.daily/copy"]}}
    assert not [path for path in tomllib.loads(page.text)["phase1"]["scheduled"] if is_table(path)]
    [mark] = [line for line in page.lines if line.startswith(MARK)]
    assert mark.startswith(f"{MARK}: /etc/cron.d/report of mars is a table of cron's")
    assert "# on both hosts, so taken for each machine's own: /etc/cron.d/both" in page.lines


def test_jobs_lie_also_where_crontab_sends_run_parts() -> None:
    files = {"/etc/crontab": "30 2 * * * root cd / && run-parts --report /etc/cron.local/daily\n# run-parts /etc/no\n",
             "/etc/cron.local/daily/copy": "", "/etc/no/x": ""}  # fmt: skip
    assert data.jobs_of(Bare({}, files, systemd=False)).files == ["/etc/cron.local/daily/copy"]


MAIN = (
    "mydestination = mars.example.net\nvirtual_mailbox_domains = example.com\nvirtual_uid_maps = static:1\n"
    "lists = hash:/etc/lists\nmilter = inet:mars.example.net:1\nodd = ${data}/x\n"
)


def test_settings_in_which_the_two_differ_are_those_of_their_roles_but_for_the_machine_s_own() -> None:
    here = Called({"postconf -n": MAIN, "postconf -x -h": "mars.example.net\nexample.com\n"})
    there = Called({"postconf -n": "lists =\nvirtual_uid_maps = static:2\n"})
    page = Page()
    mail.tell(page, here, there, {"postfix": Daemon("postfix", "master")}, (MARS, VENUS))
    found = tomllib.loads(page.text)["mail"]
    assert found["domains"] == ["mars.example.net", "example.com"]
    assert found["production"] == {"virtual_mailbox_domains": "example.com", "lists": "hash:/etc/lists"}
    assert found["standby"] == {"lists": ""}
    assert page.lines[-1].endswith("milter, odd, virtual_uid_maps")


def _mail(here: Mapping[str, str], there: Mapping[str, str], files: Mapping[str, str], system: str) -> Any:
    page = Page()
    mail.tell(page, Called(here, files), Called(there), {system: Daemon(system, system)}, (MARS, VENUS))
    return tomllib.loads(page.text)["mail"]


def test_what_one_host_leaves_to_postfix_is_told_as_postfix_has_it_for_it_takes_no_empty_number() -> None:
    here = {"postconf -n": "message_size_limit = 52428800\npolicyd-spf_time_limit = 3600\n"}
    there = {"postconf -n": "biff = no\n", "postconf message_size_limit": "message_size_limit = 10240000\n"}
    here["postconf biff"] = "biff = yes\n"
    found = _mail(here, there, {}, "postfix")
    assert found["production"] == {"biff": "yes", "message_size_limit": "52428800", "policyd-spf_time_limit": "3600"}
    assert found["standby"] == {"biff": "no", "message_size_limit": "10240000"}


def test_a_mail_system_that_listens_to_itself_alone_is_not_opened_by_the_swap() -> None:
    here = {"postconf -n": "inet_interfaces = loopback-only\n", "postconf myorigin": "myorigin = /etc/mailname\n"}
    assert _mail(here, {}, {}, "postfix")["production"] == {
        "inet_interfaces": "loopback-only",
        "myorigin": "/etc/mailname",
    }
    text = "dc_local_interfaces='127.0.0.1 ; ::1'\n"
    assert _mail({}, {}, {mail.EXIM: text}, "exim4")["production"] == {"dc_local_interfaces": "127.0.0.1 ; ::1"}
    usual = {"postconf inet_interfaces": "inet_interfaces = all\nmyorigin = $myhostname\n"}
    assert "production" not in _mail(usual, {}, {}, "postfix")


def test_whose_mail_is_its_own_stays_where_domains_cannot_say_it() -> None:
    plain = {"postconf -x -h mydestination": "mars.example.net, localhost.example.net, localhost\n"}
    plain["postconf -n"] = "mydestination = $myhostname, localhost.$mydomain, localhost\nmyhostname = MARS\n"
    plain["postconf -x -h myhostname"] = "MARS\n"
    found = _mail(plain, {}, {}, "postfix")
    assert (found["domains"], "production" in found) == (["mars.example.net"], False)
    for more in ("mars", "[192.0.2.10]", "hash:/etc/postfix/domains"):
        here = {"postconf -n": f"mydestination = $myhostname, {more}\nmyhostname = mail.example.org\n",
                "postconf -x -h mydestination": f"mail.example.org, {more}\n",
                "postconf -x -h myhostname": "mail.example.org\n"}  # fmt: skip
        found = _mail(here, {}, {}, "postfix")
        assert found["domains"] == ["mail.example.org"]
        assert found["production"] == {"myhostname": "mail.example.org", "mydestination": f"$myhostname, {more}"}


def test_tables_that_postfix_s_own_defaults_name_stay_where_domains_are_in_them() -> None:
    here = {"postconf -x -h virtual_alias_": "hash:/etc/postfix/virtual\n",
            "postconf -x -h mydestination": "mars.example.net, localhost\n",
            "postconf inet_interfaces": "mydestination = $myhostname, localhost\n"
            "virtual_alias_domains = $virtual_alias_maps\n"}  # fmt: skip
    files = {"/etc/postfix/virtual": "example.org anything\ninfo@example.org mori\n"}
    found = _mail(here, {}, files, "postfix")
    assert found["domains"] == ["mars.example.net", "example.org"]
    assert found["production"] == {
        "mydestination": "$myhostname, localhost",
        "virtual_alias_domains": "$virtual_alias_maps",
    }
    users = {"/etc/postfix/virtual": "info@mars.example.net mori\n"}
    assert "production" not in _mail(here, {}, users, "postfix")


def test_names_of_exim_s_own_that_are_no_domains_stay_too() -> None:
    for value, kept in (("mars.example.net:localhost", {}), ("mars.example.net:mars", "mars.example.net:mars")):
        found = _mail({}, {}, {mail.EXIM: f"dc_other_hostnames='{value}'\n"}, "exim4")
        assert found["domains"] == ["mars.example.net"]
        assert found.get("production", {}) == (kept and {"dc_other_hostnames": kept})


def test_domains_behind_braces_are_told_as_postfix_reads_them() -> None:
    here = {"postconf -n": "relay_domains = ${mine}\n", "postconf -x -h relay_domains": "example.com\n"}
    assert _mail(here, {}, {}, "postfix")["production"] == {"relay_domains": "example.com"}


def test_the_domain_of_what_the_standby_s_programs_send_is_written_down_unless_it_is_the_standby_s_own() -> None:
    for said, wanted in (
        ("example.org\n", "example.org"),
        ("/etc/mailname\n", "example.com"),
        ("venus.example.net\n", None),
    ):
        page, there = Page(), Called({"postconf -x -h myorigin": said}, {"/etc/mailname": "example.com\n"})
        mail.tell(page, Called({}), there, {"postfix": Daemon("postfix", "master")}, (MARS, VENUS))
        assert tomllib.loads(page.text)["mail"].get("origin") == wanted
    macros = {"/etc/exim4/conf.d/main/000_localmacros": "MAIN_QUALIFY_DOMAIN = example.org\n",
              mail.EXIM: "dc_use_split_config='true'\n"}  # fmt: skip
    for files, wanted in ((macros, "example.org"), ({"/etc/mailname": "venus\n"}, None)):
        page = Page()
        mail.tell(page, Called({}), Called({}, files), {"exim4": Daemon("exim4", "exim4")}, (MARS, VENUS))
        assert tomllib.loads(page.text)["mail"].get("origin") == wanted
