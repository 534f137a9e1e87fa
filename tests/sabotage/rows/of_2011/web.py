"""Rows of 9.4 to 9.6: pages, certificates, Hiki, gate."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import CERTIFICATE, GATE, HIKI, HTTPD_CONF

_CONF = "/usr/local/apache2/conf"
_NAME = "itpass.scitec.kobe-u.ac.jp"
_OWN = (f"{_CONF}/server.crt", f"{_CONF}/server.key")
_CERTBOT = "/etc/letsencrypt"
_KEY = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


def _conf(name: str, what: str, edit: str, *must: str) -> Row:
    return Row(
        name,
        "ika",
        what,
        must,
        do=f"sed -i -E '{edit}' {HTTPD_CONF}; svc apache2 restart",
        undo="svc apache2 restart",
        keeps=(HTTPD_CONF,),
    )


_AUTHORITY = f"""[ca]
default_ca = own
[own]
database = /run/sabotage/index
serial = /run/sabotage/serial
new_certs_dir = /run/sabotage
default_md = sha256
policy = any
x509_extensions = more
[any]
commonName = supplied
[more]
subjectAltName = DNS:{_NAME}
"""
"""openssl's configuration for a certificate that vouches for itself, with dates of our own."""
_EXPIRED = f"""
cd /run/sabotage
: > index; echo 01 > serial
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={_NAME} \\
    -keyout {_CONF}/server.key -out request 2> /dev/null
openssl ca -batch -selfsign -notext -config authority -keyfile {_CONF}/server.key -in request \\
    -startdate 20200101000000Z -enddate 20210101000000Z -out {_CONF}/server.crt 2> /dev/null
svc apache2 restart
"""

_OF_CERTBOT_S = f"""mkdir -p {_CERTBOT}/live/new {_CERTBOT}/archive/new; cd {_CERTBOT}/live/new
for one in 1 2; do
    {_KEY} -days 30 -subj /CN={_NAME} -keyout ../../archive/new/privkey$one.pem -out ../../archive/new/cert$one.pem 2> /dev/null
    cp ../../archive/new/cert$one.pem ../../archive/new/fullchain$one.pem
done
for part in cert2 fullchain2 privkey1; do ln -s ../../archive/new/$part.pem ${{part%?}}.pem; done
echo 'SSLCertificateFile {_CERTBOT}/live/new/fullchain.pem' > {_CONF}/next.conf"""

ROWS = (
    Row(
        "certificate-with-another-key",
        "ika",
        "a certificate of certbot's, which a file beside httpd.conf names already, lies with another one's key",
        ("test_certificates_have_their_keys[ika]",),
        do=_OF_CERTBOT_S,
        keeps=(_CERTBOT, f"{_CONF}/next.conf"),
    ),
    _conf(
        "wrong-virtual-host",
        "port 80 is open, but epa's pages come from another virtual host",
        "s/ServerName epa\\./ServerName nobody./",
        "test_page_shows[ika-http://epa.*]",
    ),
    _conf(
        "area-missing",
        "httpd.conf has no area for the users' pages",
        "/^UserDir public_html/d",
        "test_page_shows[ika-*~asada/]",
    ),
    _conf(
        "https-off",
        "httpd.conf has no Listen 443",
        "/^Listen 443/d",
        "test_service_runs[ika-apache2]",
        "test_page_shows[ika-https:*]",
        CERTIFICATE,
        GATE,
    ),
    Row(
        "pages-not-copied",
        "ika",
        "aoe's pages are missing",
        ("test_page_shows[ika-http://aoe.*]",),
        do="mv /home/www/aoe /home/www/aoe.old",
        undo="mv /home/www/aoe.old /home/www/aoe",
    ),
    Row(
        "home-closed-to-web",
        "ika",
        "asada's home cannot be read by the web server",
        ("test_page_shows[ika-*~asada/]",),
        do="stat -c %a /home/asada > /run/sabotage/mode; chmod 700 /home/asada",
        undo="chmod $(cat /run/sabotage/mode) /home/asada",
    ),
    Row(
        "other-machine-s-certificate",
        "ika",
        "https shows the certificate of the other machine",
        ("test_https_does_not_show_the_other_host_s_certificate[*]",),
        do=f"cp /run/sabotage/crt {_OWN[0]}; cp /run/sabotage/key {_OWN[1]}; svc apache2 restart",
        undo="svc apache2 restart",
        keeps=_OWN,
        brings={"/run/sabotage/crt": ("tako", _OWN[0]), "/run/sabotage/key": ("tako", _OWN[1])},
    ),
    Row(
        "certificate-not-loaded",
        "ika",
        "a new certificate was installed, apache2 was not restarted",
        (CERTIFICATE,),
        do=f"{_KEY} -days 30 -subj /CN=itpass.scitec.kobe-u.ac.jp -keyout {_OWN[1]} -out {_OWN[0]} 2> /dev/null",
        keeps=_OWN,
    ),
    Row(
        "certificate-expired",
        "ika",
        "the certificate is out of date",
        (CERTIFICATE,),
        do=_EXPIRED,
        undo="svc apache2 restart",
        keeps=_OWN,
        files={"/run/sabotage/authority": _AUTHORITY},
    ),
    Row(
        "certificate-wrong-name",
        "ika",
        "the certificate is for another name",
        (CERTIFICATE,),
        do=f"{_KEY} -days 30 -subj /CN=tako-itpass.scitec.kobe-u.ac.jp -keyout {_OWN[1]} -out {_OWN[0]} 2> /dev/null\n"
        "svc apache2 restart",
        undo="svc apache2 restart",
        keeps=_OWN,
    ),
    Row(
        "hiki-read-only",
        "ika",
        "Hiki shows its pages and cannot write them",
        (HIKI,),
        do="chown root:root /home/hiki/data/text; chmod 755 /home/hiki/data/text",
        undo="chown www-data:www-data /home/hiki/data/text",
    ),
    _conf(
        "hiki-area-missing",
        "httpd.conf has no area for Hiki",
        "/ScriptAliasMatch.*hiki/d",
        HIKI,
    ),
    Row(
        "gate-read-only",
        "ika",
        "gate's database belongs to root",
        (GATE,),
        do="chown root:root /home/gate/userdb",
        undo="chown www-data:www-data /home/gate/userdb",
    ),
    Row(
        "gate-forgets-changes",
        "ika",
        "gate registers, and says of a change that it was made, but keeps nothing of it",
        (GATE,),
        do="sed -i '/entry->{name} = given_name/{n;d}' /usr/local/gate/cgi/gate.cgi",
        keeps=("/usr/local/gate/cgi/gate.cgi",),
    ),
    Row(
        "gate-is-a-page",
        "ika",
        "where gate was, there is a page that says it works",
        (GATE,),
        do="printf '#!/bin/sh\\necho Content-Type: text/html; echo; echo It works\\n' > /usr/local/gate/cgi/gate.cgi",
        keeps=("/usr/local/gate/cgi/gate.cgi",),
    ),
    _conf("gate-area-missing", "httpd.conf has no area for gate", "/ScriptAliasMatch.*gate/d", GATE),
)
