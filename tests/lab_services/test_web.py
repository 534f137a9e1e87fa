"""Web: virtual hosts, users' pages, https with the machine's own certificate, Hiki, gate."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lab_services.services_lab import ServicesLab

pytestmark = pytest.mark.lab

ASK = """
import http.cookiejar, json, re, ssl, sys, urllib.error, urllib.parse, urllib.request
https = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), https)
def ask(url, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    try:
        with opener.open(url, data, timeout=20) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]
"""
HIKI = (
    ASK
    + """
wiki, page, text = sys.argv[1:]
def save(contents):
    form = ask(wiki + "?c=edit;p=" + page)[1]
    fields = dict(re.findall(r'<input type="hidden" name="(\\w+)" value="([^"]*)"', form))
    return ask(wiki, {**fields, "page_title": page, "contents": contents, "keyword": "", "save": "Save"})[0]
print(json.dumps([save(text), ask(wiki + "?" + page), save(""), ask(wiki + "?" + page)]))
"""
)


def ask(lab: ServicesLab, *requests: Any) -> Any:
    program = ASK + f"print(json.dumps([ask(*request) for request in {json.loads(json.dumps(requests))!r}]))"
    return lab.python("outside", program)


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("http://itpass.{}/", "<h1>ITPASS</h1>"),
        ("https://itpass.{}/", "<h1>ITPASS</h1>"),
        ("http://www.itpass.{}/", "<h1>ITPASS</h1>"),
        ("http://epa.{}/", "<h1>EPA</h1>"),
        ("http://aoe.{}/", "<h1>AOE</h1>"),
        ("http://cps.{}/", "<h1>CPS</h1>"),
        ("http://itpass.{}/~asada/", "<h1>asada</h1>"),
        ("http://itpass.{}/hiki/", "ServerExchange"),
    ],
)
def test_each_area_shows_its_own_page(lab: ServicesLab, url: str, heading: str) -> None:
    [[code, text]] = ask(lab, [url.format(lab.domain)])
    assert code == 200
    assert heading in text


def test_a_page_that_is_not_there_is_404(lab: ServicesLab) -> None:
    assert ask(lab, [f"http://itpass.{lab.domain}/no-such-page"])[0][0] == 404


def test_https_shows_the_certificate_of_this_machine(lab: ServicesLab) -> None:
    subject = "openssl x509 -noout -subject"
    connect = f"openssl s_client -connect {lab.ika}:443 -servername itpass.{lab.domain} < /dev/null 2>/dev/null"
    assert "OU = machine a, CN = itpass." in lab.on("outside", f"{connect} | {subject}")
    assert "OU = machine b, CN = itpass." in lab.on("b", f"{subject} -in /usr/local/apache2/conf/server.crt")


def test_a_hiki_page_can_be_written_read_and_removed_by_anybody(lab: ServicesLab) -> None:
    wiki = f"http://itpass.{lab.domain}/hiki/"
    saved, read, removed, after = lab.python("outside", HIKI, wiki, "LabTest", "! Heading\nwritten from outside\n")
    assert (saved, removed) == (200, 200)
    assert "written from outside" in read[1]
    assert "written from outside" not in after[1]
    lab.on("a", "test ! -e /home/hiki/data/text/LabTest; rm -f /home/hiki/data/backup/LabTest")


def test_gate_registers_changes_and_withdraws(lab: ServicesLab) -> None:
    url = f"https://itpass.{lab.domain}/gate/"
    entry = {"login": "labtest", "password": "secret-6"}
    answers = ask(
        lab,
        [url, {**entry, "action": "register", "name": "Lab Test"}],
        [url, {**entry, "action": "register", "name": "Lab Test"}],
        [url, {**entry, "action": "change", "name": "検査"}],
        [url, {**entry, "action": "show"}],
        [url, {**entry, "action": "withdraw", "password": "wrong-one"}],
        [url, {**entry, "action": "withdraw"}],
        [url, {**entry, "action": "show"}],
    )
    assert [code for code, _ in answers] == [200, 409, 200, 200, 403, 200, 404]
    assert "<td>検査</td>" in answers[3][1]
    assert lab.try_on("a", "test -e /home/gate/userdb/labtest").returncode == 1


def test_gate_names_the_host_that_its_configuration_names(lab: ServicesLab) -> None:
    assert f"gate on ika-itpass.{lab.domain}" in ask(lab, [f"https://itpass.{lab.domain}/gate/"])[0][1]


def test_gate_refuses_names_that_are_paths(lab: ServicesLab) -> None:
    url = f"https://itpass.{lab.domain}/gate/"
    fields = {"action": "register", "login": "../../x", "name": "x", "password": "secret-6"}
    assert ask(lab, [url, fields])[0][0] == 400


def test_the_configuration_of_the_standby_is_complete(lab: ServicesLab) -> None:
    lab.on("b", "/usr/sbin/apache2 -f /usr/local/apache2/conf/httpd.conf -t 2>&1")
    lab.on("b", "named-checkconf -z /usr/local/bind/etc/named.conf")
