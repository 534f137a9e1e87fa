"""What the daemons' own tools say, read for the survey."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.host.agent import seen_service, seen_web

CONF = """options {
\tdirectory "/usr/local/bind/etc/namedb";
\tallow-transfer {
\t\t"localhost";
\t\t198.51.100.50/32;
\t};
\trecursion yes;
};
zone "epa.ac.jp" {
\ttype master;
\tfile "epa.zone";
\tallow-transfer { "any"; };
};
zone "." {
\ttype hint;
\tfile "root";
};
""".splitlines()
SITES = """VirtualHost configuration:
*:80                   is a NameVirtualHost
         default server itpass.ac.jp (/etc/httpd.conf:70)
         port 80 namevhost itpass.ac.jp (/etc/httpd.conf:70)
                 alias www.itpass.ac.jp
                 alias old.itpass.ac.jp
         port 80 namevhost epa.ac.jp (/etc/httpd.conf:75)
*:443                  secure.ac.jp (/etc/httpd.conf:90)
                 wild alias *.secure.ac.jp
ServerRoot: "/etc/apache2"
""".splitlines()


def test_zones_and_policy_are_read_from_the_checked_configuration() -> None:
    assert seen_service.zones_in(CONF)["epa.ac.jp"] == {"type": "master", "file": "epa.zone"}
    assert seen_service.folder_of(CONF) == "/usr/local/bind/etc/namedb"
    assert list(seen_service.policy_in(CONF)) == [
        ("all", 'allow-transfer { "localhost"; 198.51.100.50/32; };'),
        ("all", "recursion yes;"),
        ("epa.ac.jp", 'allow-transfer { "any"; };'),
    ]


def test_virtual_hosts_are_told_with_their_other_names() -> None:
    found = {f"{host.port} {host.name}": host.others for host in seen_web.virtual_hosts(SITES)}
    assert found == {
        "80 itpass.ac.jp": ["www.itpass.ac.jp", "old.itpass.ac.jp"],
        "80 epa.ac.jp": [],
        "443 secure.ac.jp": ["*.secure.ac.jp"],
    }
    assert list(seen_web.virtual_hosts([])) == []


def test_no_server_but_apache_is_asked_for_its_virtual_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def run(argv: list[str], **_: object) -> dict[str, str]:
        asked.append(argv)
        return {"out": "", "err": ""}

    monkeypatch.setattr(seen_web, "op_run", run)
    for program in ("/usr/sbin/nginx", "/usr/sbin/apache2", ""):
        found = (program, ["-f", "/etc/x.conf", "-k", "start"], {"A": "b"})
        monkeypatch.setattr(seen_web, "daemon_words", lambda _, found=found: found)
        seen_web.lines_of_sites("web", "/etc/y.conf")
    assert asked == [["/usr/sbin/apache2", "-f", "/etc/x.conf", "-S"], ["apache2ctl", "-f", "/etc/y.conf", "-S"]]


def test_the_folder_of_a_virtual_host_is_read_where_it_begins(tree: Path) -> None:
    conf = tree / "httpd.conf"
    conf.write_text(
        'DocumentRoot "/all"\n<VirtualHost *:80>\n  documentroot "/home/www/a"\n</VirtualHost>\n'
        "<VirtualHost *:80>\n</VirtualHost>\nDocumentRoot /behind\n"
    )
    hosts = [seen_web.VirtualHost("80", "x", str(conf), line, []) for line in (2, 5)]
    assert [list(seen_web.document_roots(host)) for host in hosts] == [["/home/www/a"], []]


def test_files_of_the_web_are_told_by_content_and_users_pages_by_name(tree: Path) -> None:
    for path in ("www/a", "home/asada/public_html", "home/kato"):
        (tree / path).mkdir(parents=True)
    (tree / "www/a/index.html").write_text("x")
    (tree / "home/asada/public_html/index.html").write_text("x")
    (tree / "home/kato/public_html").symlink_to("/etc")
    rows: dict[str, str] = {}
    seen_web.add_web_files(rows, str(tree / "www/a"))
    pages = dict(seen_web.users_pages(str(tree / "home"), "public_html", rows))
    assert pages.keys() == {"asada"}
    assert rows[f"{tree}/www/a/index.html"].startswith("content ")
    assert rows[f"{tree}/home/asada/public_html/index.html"] == "is there"
