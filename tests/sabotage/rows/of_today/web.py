"""Rows of 9.4 and 9.5: apache2 with TLS, the wiki."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import HTTPS, SIX, TLS_PAGES, WEB_CERTIFICATE, WIKI, WIKI_PAGE, broken, runs

_ETC = "/etc/apache2"
_LIVE = "/etc/letsencrypt/live"
_WWW = f"{_ETC}/sites-available/www.conf"


def _conf(name: str, what: str, must: tuple[str, ...], edit: str, **more: object) -> Row:
    do = f"{edit}; systemctl reload apache2"
    return broken(name, what, must, do, keeps=(_ETC,), undo="systemctl reload apache2", **more)


_OF_WWW = tuple(
    f"{check}[mars-{name}*]"
    for check in ("test_page_s_certificate_holds", "test_https_shows_this_host_s_certificate")
    for name in ("www.example.org", "example.org")
)

ROWS = (
    _conf("certificate-of-files-at-the-wiki", "the wiki shows the certificate of files.example.com",
          ("test_page_s_certificate_holds[mars-wiki.*]", "test_https_shows_this_host_s_certificate[mars-wiki.*]"),
          f"sed -i 's#live/example.org/#live/files.example.com/#' {_ETC}/sites-available/wiki.conf", may=(WIKI,),
          why="its forms may ask for trust"),
    _conf("certificate-by-ipv6-alone", "another site answers at the IPv6 address, with the certificate of its package",
          ("test_page_s_certificate_holds[mars-example.org/https]",),
          "a2ensite -q default-ssl; sed -i 's/_default_:443/[2001:db8:5::10]:443/;s/\\*:443/[2001:db8:5::10]:443/' "
          f"{_ETC}/sites-available/default-ssl.conf", may=(SIX, WEB_CERTIFICATE, HTTPS), why="other names have that address too"),
    _conf("certificate-of-files", "the site shows the certificate of files.example.com", (*_OF_WWW,),
          f"sed -i 's#live/example.org/#live/files.example.com/#' {_WWW}"),
    _conf("web-chain-incomplete", "apache2 sends its certificate without the chain", (WEB_CERTIFICATE,),
          f"sed -i 's#/fullchain.pem#/cert.pem#' {_ETC}/sites-available/*.conf"),
    _conf("site-disabled", "the site www is not enabled",
          ("test_page_shows[*-https://www.*]", "test_page_shows[*-http://www.*]"),
          "a2dissite -q www", may=(HTTPS, WEB_CERTIFICATE), why="another site's answer comes, with its certificate"),
    _conf("tls-off", "port 443 speaks without TLS", (TLS_PAGES, WEB_CERTIFICATE, HTTPS, WIKI),
          f"sed -i 's/SSLEngine on/SSLEngine off/' {_ETC}/sites-available/*.conf"),
    _conf("http-off", "nobody listens on port 80", ("test_page_shows[*-http:*]", runs("apache2")),
          f"sed -i '/^Listen 80/d' {_ETC}/ports.conf"),
    _conf("users-pages-off", "the module of users' pages is off", ("test_page_shows[*alice/]",),
          "a2dismod -q userdir"),
    broken("files-closed", "the web server may not read /srv/files", ("test_page_shows[*-https://files.*]", "test_a_data_tree_is_whole[mars-/srv]"),
           "chmod 700 /srv/files", undo="chmod 2775 /srv/files"),
    broken("wiki-other-password", "wiki.conf has the password of the old machine", (WIKI, WIKI_PAGE),
           "sed -i 's/^password = /&old-/' /etc/wiki/wiki.conf", keeps=("/etc/wiki",)),
    broken("self-made-on-both", "both machines have one self-made certificate, copied with its key",
           ("test_https_does_not_show_the_other_host_s_certificate[*]",),
           "a2ensite -q default-ssl; systemctl reload apache2", keeps=(_ETC,), undo="systemctl reload apache2",
           brings={"/run/sabotage/crt": ("mars", "/etc/ssl/certs/ssl-cert-snakeoil.pem")},
           beside=(broken("venus-has-it-too", "mars's self-made certificate", ("test_https_*",),
                          "a2ensite -q default-ssl; cat /run/sabotage/crt > /etc/ssl/certs/ssl-cert-snakeoil.pem",
                          host="venus", keeps=(_ETC, "/etc/ssl/certs/ssl-cert-snakeoil.pem"),
                          brings={"/run/sabotage/crt": ("mars", "/etc/ssl/certs/ssl-cert-snakeoil.pem")}),)),
)  # fmt: skip
