"""Pages, names and jails in what `fab init` writes; who runs, and of whom nothing is found, is told."""

from __future__ import annotations

import tomllib

import pytest

from irekae.site.marks import MARK
from irekae.subjects.first_site import pages, served
from irekae.subjects.first_site.page import Page
from irekae.subjects.first_site.services import Daemon
from tests.unit.subjects.first_site.test_what_it_serves import Called


def test_a_page_is_told_by_its_title_and_one_that_leads_elsewhere_is_none() -> None:
    host = Called({"apache2ctl -S": "".join(f"port 80 namevhost {name}.example.org (x)\n" for name in "abc")})
    host.shown = {"http://a.example.org/": "200 “Fish & chips of today” content 1",
                  "http://b.example.org/": "301 → https://b.example.org/",
                  "http://c.example.org/": "200 content 2"}  # fmt: skip
    page = Page()
    pages.tell(page, host, pages.conf_of(host), {})
    found = {one["url"]: one["contains"] for one in tomllib.loads(page.text)["web"]["pages"]}
    assert found == {"http://a.example.org/": "chips of today", "http://c.example.org/": ""}
    assert [line for line in page.lines if "FILL IN" in line] == [
        'contains = ""  # FILL IN: a word that stands on this page'
    ]


WEB = {"nginx": Daemon("nginx", "nginx", ["tcp/80"])}
NGINX = """# configuration file /etc/nginx/nginx.conf:
events { worker_connections 768; }
stream { server { listen 443; } }
http {
    log_format main '{ "a": "$b"; }';
    # server { listen 80; server_name no.example.org; }
    server {
        server_name www.example.org   # by hand
            example.org;
        location / { try_files $uri ${uri}/ =404; }
        listen [::]:443 ssl ipv6only=on; # managed by Certbot
        listen 443 ssl;
    }
    server {
        if ($host = www.example.org) { return 301 https://$host$request_uri; }
        listen 192.0.2.21;
        server_name www.example.org;
        return 404;
    }
    server { listen 8080; server_name admin.example.org; }
    server { listen 127.0.0.1:80; server_name status.example.org; }
    server { server_name "_" plain.example.org; }
}
"""


def test_each_server_of_nginx_has_its_ports_and_names_in_whatever_order_they_stand() -> None:
    hosts = pages.hosts_of(Called({"nginx -T": NGINX}), "")
    assert pages.pages_of(hosts) == [
        "https://www.example.org/",
        "https://example.org/",
        "http://www.example.org/",
        "http://plain.example.org/",
    ]


def test_virtual_hosts_without_a_page_are_asked_about() -> None:
    page = Page()
    pages.tell(page, Called({"nginx -T": "http { server { listen 80; server_name _; } }"}), "", WEB)
    assert [line for line in page.lines if line.startswith(MARK)] == [
        "# FILL IN: mars has virtual hosts, and none of them shows a page: [[web.pages]], url and contains"
    ]
    tomllib.loads(page.text)
    nothing = Page()
    pages.tell(nothing, Called({}), "", {"ssh": Daemon("ssh", "sshd", ["tcp/22"])})
    assert nothing.lines == []


INCLUDED = """# configuration file /etc/nginx/nginx.conf:
include /etc/nginx/modules-enabled/*.conf;
http {
    include mime.types;
    include "/etc/nginx/conf.d/*.conf";
    include /etc/nginx/sites-enabled/*;
}
stream { include /etc/nginx/streams/*; }

# configuration file /etc/nginx/mime.types:
types { text/html html; }
# configuration file /etc/nginx/conf.d/office.conf:
server { include snippets/listen.conf; server_name office.example.org; }
# configuration file /etc/nginx/snippets/listen.conf:
listen 443 ssl;
# configuration file /etc/nginx/sites-enabled/default:
# Default: see https://example.org/
server {
    listen 80 default_server;
    server_name www.example.org;
}
# configuration file /etc/nginx/streams/mail:
server { listen 443; server_name mail.example.org; }
# configuration file /etc/nginx/sites-enabled/old/no.conf:
server { server_name old.example.org; }
"""


def test_files_that_nginx_includes_count_where_they_are_included() -> None:
    hosts = pages.hosts_of(Called({"nginx -T": INCLUDED}), "")
    assert pages.pages_of(hosts) == ["https://office.example.org/", "http://www.example.org/"]


def test_a_file_of_nginx_that_includes_itself_ends() -> None:
    text = "# configuration file /n.conf:\ninclude n.conf;\nhttp { server { server_name a.example.org; } }\n"
    assert ("80", "a.example.org") in pages.hosts_of(Called({"nginx -T": text}), "")


def test_a_web_server_of_which_no_virtual_host_is_found_is_asked_about() -> None:
    page = Page()
    pages.tell(page, Called({}), "", {**WEB, "caddy": Daemon("caddy", "caddy", ["tcp/443", "tcp/80"])})
    assert [line.split(", and")[0] for line in page.lines] == [
        f"{MARK}: caddy of mars listens on tcp/443, tcp/80", f"{MARK}: nginx of mars listens on tcp/80"
    ]  # fmt: skip


def test_a_name_server_without_zones_and_a_fail2ban_without_ssh_are_told() -> None:
    named = {"bind": Daemon("named", "named", ["tcp/53"]), "fail2ban": Daemon("fail2ban", "fail2ban-server")}
    for said, mark in (({}, True), ({"named-checkconf": "options {\n};\n"}, False)):
        page, host = Page(), Called(said)
        served.dns(page, host, host, ("mars.example.net", "venus.example.net"), named)
        [told] = page.lines
        assert told.startswith(MARK) is mark
        assert "named of mars answers for names" in told
    page = Page()
    served.fail2ban(page, Called({}), named)
    served.fail2ban(page, Called({}), {})
    assert page.lines == ["# fail2ban runs on mars, and looking finds no jail of ssh: there is no [fail2ban]"]


@pytest.mark.parametrize(
    ("row", "word"), [("200 “ab” content", ""), ("404 “Not found” content", ""), ("no answer", "")]
)
def test_what_says_little_is_no_word_of_a_page(row: str, word: str) -> None:
    assert pages.word_of(row) == word
