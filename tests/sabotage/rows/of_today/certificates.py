"""Rows of 9.4 and 9.9: certificates that run out, and that nobody has read."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import OPENS, SUBMITS, broken

_ETC = "/etc/letsencrypt"
_NAMES = ",".join(f"DNS:{name}example.org" for name in ("", "www.", "mail.", "wiki."))
MAIL_CERTIFICATE = "test_mail_s_certificate_holds[*]"
_OF_PAGES = (
    "test_page_s_certificate_holds[*example.org/https]",
    "test_https_shows_this_host_s_certificate[*example.org]",
)
_TRUSTED = ("/etc/ssl/certs", "/usr/local/share/ca-certificates", "/etc/ca-certificates")
_KEY = "ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

# Made where it is believed: the lab's own authority keeps its keys to itself.
_AUTHORITY = f"""cd /run/sabotage
openssl req -x509 -newkey {_KEY} -keyout ca.key -days 30 -subj '/O=Lab/CN=Lab Root X2' -out ca.pem 2> /dev/null
openssl req -newkey {_KEY} -keyout key -subj /CN=example.org -out request 2> /dev/null
printf 'subjectAltName={_NAMES}\\nbasicConstraints=critical,CA:false\\n' > extensions
openssl x509 -req -in request -CA ca.pem -CAkey ca.key -set_serial 7 -extfile extensions -out crt \\
    -not_before "$(date -u -d '80 days ago' +%Y%m%d%H%M%SZ)" -not_after "$(date -u -d 'LAST' +%Y%m%d%H%M%SZ)" 2> /dev/null
cp ca.pem /usr/local/share/ca-certificates/x2.crt
update-ca-certificates > /dev/null 2>&1"""
_RENEWED = f"""cd {_ETC}/archive/example.org
(umask 077; cat /run/sabotage/key > privkey3.pem)
for part in cert chain fullchain; do cat /run/sabotage/crt > ${{part}}3.pem; done
for part in cert chain fullchain privkey; do ln -sfn ../../archive/example.org/${{part}}3.pem ../../live/example.org/$part.pem; done"""
_RELOAD = "systemctl reload apache2 postfix dovecot"


def _made(name: str, what: str, last: str, must: tuple[str, ...], read: str = _RELOAD, **more: object) -> Row:
    """A certificate that another computer believes, until `last`, in the place of the present one."""
    made = broken(f"{name}-authority", "another authority is believed", ("test_*",), _AUTHORITY.replace("LAST", last),
                  host="pluto", keeps=_TRUSTED)  # fmt: skip
    return broken(name, what, must, f"{_RENEWED}; {read}", keeps=(f"{_ETC}/live", f"{_ETC}/archive"), undo=_RELOAD,
                  brings={f"/run/sabotage/{one}": ("pluto", f"/run/sabotage/{one}") for one in ("crt", "key")},
                  beside=(made,), stand_in="another authority than that of the lab has signed it", **more)  # fmt: skip


ROWS = (
    _made("certificate-expired", "the certificate has expired two days ago", "2 days ago",
          (*_OF_PAGES, MAIL_CERTIFICATE, OPENS, SUBMITS)),
    _made("certificate-about-to-expire", "the certificate lasts five days more, and nobody renews it", "5 days",
          (_OF_PAGES[0], MAIL_CERTIFICATE)),
    _made("certificate-not-read", "a new certificate lies there, and the services show the old one", "80 days", (_OF_PAGES[1],),
          read=":"),
)  # fmt: skip
