"""What `fab init` writes is TOML whatever a host says, says where it was seen, and marks what a person must decide."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import HostNames
from irekae.host.remote import HostError, encode
from irekae.site.marks import marked
from irekae.subjects.first_site import names, served, services
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, name_of, plain, quoted
from irekae.subjects.preflight.marks import undecided
from irekae.swap.swap import Swap

MARS = HostNames.of("mars", "mars.example.net", "192.0.2.10")
VENUS = HostNames.of("venus", "venus.example.net", "192.0.2.11")


class Host(Eyes):
    """A host that says what a test says, and has these files."""

    def __init__(self, said: Mapping[str, str], files: Mapping[str, str] | None = None, systemd: bool = True) -> None:
        self.answers, self.held, self.is_systemd = said, files or {}, systemd
        self.link: Any = self

    @property
    def systemd(self) -> bool:
        return self.is_systemd

    def said(self, *argv: str) -> str:
        line = " ".join(argv)
        return next((answer for key, answer in self.answers.items() if line.startswith(key)), "")

    def text(self, path: str) -> str:
        return self.held.get(path, "")

    def names(self, folder: str) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.held if path.rpartition("/")[0] == folder)

    def ask(self, op: str, **arguments: Any) -> Any:
        assert op == "grep"
        return [{"path": path, "data": encode(text.encode())} for path, text in self.held.items()]


@given(st.text())
def test_whatever_a_host_says_is_one_string_in_toml(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text.encode("utf-8", "replace").decode()


@given(
    st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.booleans(), st.integers(0, 9), st.lists(st.text())))
)
def test_a_page_is_toml_with_these_keys(table: dict[str, Any]) -> None:
    page = Page()
    page.table("services", *[], seen="on \x1b[31m mars\n[evil]")
    for key, value in table.items():
        page.key(name_of(key), value, seen="line 1\nnext = 2", ask="what\nelse" if value else "")
    found = tomllib.loads(page.text)
    assert list(found) == ["services"]
    assert found["services"] == {key: _clean(value) for key, value in table.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def test_a_mark_stands_with_its_line_and_phase_0_names_it(tmp_path: Path, swap: Swap, monkeypatch: Any) -> None:
    page = Page()
    page.key("plain", "x", "somewhere")
    page.key("service_name", "mars", ask="the public name")
    path = tmp_path / "site.toml"
    path.write_text(page.text)
    assert marked(path) == [(2, 'service_name = "mars"  # FILL IN: the public name')]
    monkeypatch.setenv("IREKAE_SITE", str(path))
    [obstacle] = undecided(swap)
    assert obstacle.what.startswith(f"{path}:2 is not decided")


def test_what_looks_like_a_gap_of_site_toml_is_left_out() -> None:
    assert plain(["a", "{ika}", "{}", "x{mars.fqdn}"]) == ["a", "{}"]


UNITS = {
    "systemctl list-units": "apache2.service loaded active running x\n"
    "postgresql@17-main.service loaded active running x\nsystemd-logind.service loaded active running x\n",
    "systemctl show": "MainPID=7\nId=apache2.service\n\nMainPID=8\nId=postgresql@17-main.service\n\n"
    "MainPID=9\nId=systemd-logind.service\n",
    "grep -s -H  /proc/7/comm": "/proc/7/comm:apache2\n/proc/8/comm:postgres\n/proc/9/comm:systemd-logind\n",
    "grep -s -H  /proc/71/cgroup": "/proc/71/cgroup:0::/system.slice/apache2.service\n",
    "ss": 'tcp LISTEN 0 5 *:80 *:* users:(("apache2",pid=71,fd=4))\n'
    'tcp LISTEN 0 5 127.0.0.1:5432 0.0.0.0:* users:(("postgres",pid=8,fd=6))\n',
}


def test_services_are_units_with_the_ports_on_which_they_listen_for_others() -> None:
    found = services.running(Host(UNITS))
    assert {name: (one.init, one.process, one.ports) for name, one in found.items()} == {
        "apache2": ("apache2", "apache2", ["tcp/80"]),
        "postgresql-17-main": ("postgresql@17-main", "postgres", []),
    }


HEADLESS = {
    "systemctl list-units": "exim4.service x\npostfix@-.service x\nworker.service x\ngone.service x\n",
    "systemctl show": "MainPID=0\nId=exim4.service\n\nMainPID=0\nId=postfix@-.service\n\n"
    "MainPID=0\nId=worker.service\n\nMainPID=0\nId=gone.service\n",
    "ps -e -o pid=": "1\n20\n5\n21\n30\n31\n",
    "grep -s -H  /proc/1/cgroup": "/proc/1/cgroup:0::/init.scope\n/proc/20/cgroup:0::/system.slice/exim4.service\n"
    "/proc/5/cgroup:0::/system.slice/system-postfix.slice/postfix@-.service\n"
    "/proc/21/cgroup:0::/system.slice/system-postfix.slice/postfix@-.service\n"
    "/proc/30/cgroup:0::/system.slice/worker.service\n/proc/31/cgroup:0::/system.slice/worker.service\n",
    "grep -s -H  /proc/20/comm": "/proc/20/comm:exim4\n/proc/5/comm:master\n/proc/31/comm:served\n",
    "grep -s -H  /proc/20/cgroup": "/proc/20/cgroup:0::/system.slice/exim4.service\n"
    "/proc/21/cgroup:0::/system.slice/system-postfix.slice/postfix@-.service\n"
    "/proc/5/cgroup:0::/system.slice/system-postfix.slice/postfix@-.service\n"
    "/proc/31/cgroup:0::/system.slice/worker.service\n/proc/40/cgroup:0::/user.slice/me.scope\n",
    "ss": 'tcp LISTEN 0 5 *:587 *:* users:(("exim4",pid=20,fd=4))\n'
    'tcp LISTEN 0 5 *:25 *:* users:(("smtpd",pid=21,fd=4),("master",pid=5,fd=9))\n'
    'tcp LISTEN 0 5 *:9000 *:* users:(("served",pid=31,fd=4))\n'
    'tcp LISTEN 0 5 *:80 *:* users:(("docker-proxy",pid=40,fd=4))\n',
}


def test_a_unit_without_a_main_process_goes_by_its_eldest_process_that_listens() -> None:
    host = Host(HEADLESS)
    found = services.running(host)
    assert {name: (one.init, one.process, one.ports) for name, one in found.items()} == {
        "exim4": ("exim4", "exim4", ["tcp/587"]),
        "postfix": ("postfix", "master", ["tcp/25"]),
        "worker": ("worker", "served", ["tcp/9000"]),
    }
    assert services.strangers(host, found) == {"tcp/80": "docker-proxy"}


def test_who_listens_on_a_known_port_and_is_no_service_is_a_marked_line(tmp_path: Path) -> None:
    page, path = Page(), tmp_path / "site.toml"
    services.tell(page, {}, {}, ("mars", "venus"), {"tcp/80": "docker-proxy"}, zones=False)
    path.write_text(page.text)
    assert [text for _, text in marked(path)] == [
        "# FILL IN: docker-proxy listens on tcp/80 of mars, and no service above: which is it, or is it none?"
    ]


def test_what_production_alone_runs_is_turned_off_there_and_on_at_the_other() -> None:
    page, ssh = Page(), services.Daemon("ssh", "sshd", ["tcp/22"])
    ours = {
        "gitea": services.Daemon("gitea", "gitea", ["tcp/3000"]),
        "mariadb": services.Daemon("mariadb", "mariadbd"),
        "nginx": services.Daemon("nginx", "nginx", ["tcp/80"]),
        "ssh": ssh,
    }
    services.tell(page, ours, {"ssh": ssh}, ("mars", "venus"), {}, zones=False)
    items = tomllib.loads(page.text)["service_items"]
    assert (items["pause"], items["retire"]) == (["nginx"], ["nginx", "gitea"])
    assert (items["boot_web"], items["boot_mail"]) == (["nginx", "gitea"], [])


def test_under_sysvinit_a_service_is_a_script_that_a_boot_starts_and_whose_process_runs() -> None:
    files = {
        "/etc/rc2.d/S01bind": "",
        "/etc/rc2.d/S02off": "",
        "/etc/rc2.d/S02qmail": "",
        "/etc/rc2.d/S02sudo": "",
        "/etc/init.d/bind": "DAEMON=/usr/local/bind/sbin/named\n",
        "/etc/init.d/qmail": "DAEMON=/var/qmail/bin/qmail-start\n",
    }
    ps = "1 0 init\n5 1 named\n6 1 qmail-send\n7 6 qmail-lspawn\n8 1 sshd\n9 8 sudo\n"
    said = {"ps": ps, "ss": 'udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("named",pid=5,fd=4))\n'}
    found = services.running(Host(said, files, systemd=False))
    assert {name: (one.process, one.ports) for name, one in found.items()} == {
        "bind": ("named", ["udp/53"]),
        "qmail": ("qmail-send", []),
    }
    assert found["qmail"].kind == "mail"


def test_which_items_touch_a_service_follows_from_its_ports() -> None:
    web, mail = services.Daemon("apache2", "apache2", ["tcp/80"]), services.Daemon("postfix", "master", ["tcp/25"])
    page = Page()
    services.tell(page, {"apache2": web, "postfix": mail}, {"postfix": mail}, ("mars", "venus"), {}, zones=False)
    found = tomllib.loads(page.text)
    assert found["service_items"]["pause"] == ["apache2", "postfix"]
    assert (found["service_items"]["retire"], found["service_items"]["boot_mail"]) == (["apache2"], ["postfix"])
    assert (found["services"]["apache2"]["standby"], found["services"]["postfix"]["standby"]) == ("off", "on")


@pytest.mark.parametrize(
    ("path", "text", "editor"),
    [
        ("/etc/hostname", "mars\n", "hostname"),
        ("/etc/monitor/name", "mars.example.net\n", "one_line"),
        ("/etc/default/agent", 'A="1"\nNAME="mars"\n', "shell"),
        ("/etc/gate.conf", '$host = "mars";\n$x = 1;\n', "perl"),
        ("/etc/server-name.conf", "ServerName mars.example.net\n", "text"),
        ("/etc/agent.conf", "a\nname: mars\n", "text"),
        ("/etc/systemd/network/1.network", "[Network]\nAddress=192.0.2.10/24\n", "networkd"),
    ],
)
def test_a_file_gets_the_editor_that_fits(path: str, text: str, editor: str) -> None:
    assert names.search(Host({}, {path: text}), MARS, VENUS, ["/etc"])[path].editor == editor


def test_rules_of_a_packet_filter_that_name_both_hosts_as_phase_0_wants_it_are_no_file_of_5_1() -> None:
    both = {
        "/etc/nftables.conf": "ip daddr { 192.0.2.10, 192.0.2.11 } accept\n",
        "/etc/iptables/rules.v4": "-A INPUT -d 192.0.2.10/32 -j ACCEPT\n-A INPUT -d 192.0.2.11/32 -j ACCEPT\n",
    }
    assert names.search(Host({}, both), MARS, VENUS, ["/etc"]) == {}
    own = names.search(Host({}, {"/etc/nftables.conf": "snat to 192.0.2.10\n# x\n"}), MARS, VENUS, ["/etc"])
    assert own["/etc/nftables.conf"].addresses


class _Away:
    """A connection over which nothing below /opt, and no slow command, can be looked at."""

    def ask(self, op: str, **arguments: Any) -> Any:
        if "/opt" in str(arguments):
            raise HostError("mars", "ESTALE", "Stale file handle", op)
        if op == "run":
            raise HostError("mars", "ENOENT" if arguments["argv"] == ["apache2ctl"] else "timeout", "no end", op)
        return {"a": {"kind": "dir"}} if op == "list" else {"kind": "dir"}


def test_a_mount_whose_server_is_away_counts_as_nothing_and_is_told() -> None:
    eyes = Eyes(cast(Any, _Away()))
    assert (eyes.there("/opt/x"), eyes.names("/opt"), eyes.folders("/opt"), eyes.files("/opt")) == (False, [], [], [])
    assert eyes.folders("/srv") == ["/srv/a"]
    assert names.search(eyes, MARS, VENUS, ["/opt/apache"]) == {}
    assert (eyes.said("apache2ctl"), eyes.said("nginx", "-T")) == ("", "")
    assert eyes.unseen == dict.fromkeys(("/opt/x", "/opt", "/opt/apache"), "mars: Stale file handle") | {
        "nginx": "mars: no end"
    }


def test_a_host_without_a_web_server_is_searched_where_the_others_are() -> None:
    eyes = Eyes(cast(Any, _Away()))
    assert names.places(eyes, ["/usr/local/bind/named.conf", ""]) == [
        *names.TREES, names.QMAIL, "/usr/local/bind"
    ]  # fmt: skip


def test_copies_keys_and_words_that_only_contain_the_name_are_no_files_of_5_1() -> None:
    files = {"/etc/hosts.20260101": "192.0.2.10 mars\n", "/etc/ssh/ssh_host_rsa_key.pub": "a b root@mars\n",
             "/etc/motd": "marshmallow\n"}  # fmt: skip
    assert names.search(Host({}, files), MARS, VENUS, ["/etc"]) == {}


def test_zones_are_those_of_which_the_host_is_master_but_for_every_server_s_own() -> None:
    conf = (
        'options {\n\tdirectory "/var/cache/bind";\n};\nzone "." {\n\ttype hint;\n\tfile "root.hints";\n};\n'
        'zone "localhost" {\n\ttype master;\n\tfile "/etc/bind/db.local";\n};\n'
        'zone "example.org" {\n\ttype primary;\n\tfile "db.example";\n};\n'
        'zone "far.org" {\n\ttype slave;\n\tfile "x";\n};\n'
    )
    said = {"named-checkconf -p -x /opt/n.conf": conf, "ps": "/usr/sbin/named -f -c /opt/n.conf\n"}
    assert served.zone_files(Host(said)) == {"example.org": "/var/cache/bind/db.example"}


def test_a_file_on_one_host_alone_is_told_with_the_item_that_changes_it() -> None:
    exim, lan = "/etc/exim4/update-exim4.conf.conf", "/etc/netplan/50-lan.yaml"
    files = {exim: "dc_other_hostnames='mars.example.net'\n", "/etc/agent.conf": "a\nname: mars\n",
             lan: "network:\n  ethernets:\n    ens3:\n      addresses: [192.0.2.10/24]\n"}  # fmt: skip
    found = names.search(Host({}, files), MARS, VENUS, ["/etc"])
    page = Page()
    names.tell(page, found, {}, ("mars", "venus"), ["/etc"], names.data_of("exim4", []))
    told = {line.split()[4]: line.partition("; ")[2] for line in page.lines if line.startswith("# on mars alone")}
    assert told == {
        "/etc/agent.conf": "5.2 will list it",
        lan: "5.3 changes it where it brings up that host's interface",
    }
    assert tomllib.loads(page.text)["leftovers"]["data"] == [*names.DATA, exim]
