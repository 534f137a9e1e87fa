"""What must not be quoted is not: secrets within a text, files that are not for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.model.differences import Secret, diff
from irekae.model.errors import SwapError
from irekae.model.secrecy import BLANK, PRIVATE, blanked, is_secret_kind, quoted


@pytest.mark.parametrize(
    "text",
    [
        "password = hunter2 and more",
        'password = "hunter2 and more"; host = 1',
        "$conf{dbpass} = 'hunter2';",
        "'password' => 'hunter2',",
        '{"password": "hunter2", "port": 1}',
        "DB_PASSWORD=hunter2 /usr/bin/job",
        "sh -c 'PGPASSWORD=hunter2 psql'",
        "'--password=hunter2 and more' next",
        "mysql -u root -phunter2 gate",
        "sshpass -p hunter2 ssh tako",
        "tool --api-token hunter2 -v",
        "curl -u kato:hunter2 https://itpass/",
        "https://kato:hunter2@itpass/",
        "Authorization: Basic aHVudGVyMg==hunter2",
        "api-key: hunter2",
        'key "rndc" { algorithm hmac-sha256; secret "hunter2=="; };',
        "secret hunter2".replace(" ", "=", 1),
        "bindpw hunter2",
        "    wpa-psk hunter2",
        "wpa-psk: hunter2",
        "psk=hunter2",
        "+requirepass hunter2",
        "machine itpass login kato password hunter2",
        "PASS hunter2",
        "kato:$6$salt$hunter2:19000:0:99999:7:::",
        "kato:$apr1$salt$hunter2",
        "userPassword: {SSHA}hunter2hunter2",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\nhunter2\n-----END OPENSSH PRIVATE KEY-----",
        "/etc/gate/passwd:3: secret = hunter2",
        "passwd: hunter2",
        "passwd: files hunter2",
        "shadow:files\npasswd: files; hunter2",
        "compass_pass=hunter2",
        "smtpPass=hunter2",
        "mail_pass => 'hunter2'",
        "secretkey: hunter2",
    ],
)
def test_a_secret_is_blanked_wherever_it_stands(text: str) -> None:
    shown = blanked(text)
    assert "hunter2" not in shown
    assert BLANK in shown
    assert blanked(shown) == shown
    assert "hunter2" not in str(SwapError("failed", text, "look"))


@pytest.mark.parametrize(
    "text",
    [
        "PasswordAuthentication no",
        "PermitEmptyPasswords no",
        "+PasswordAuthentication yes",
        "a password is required",
        "sudo without a password, or [sudo] password in secrets.toml (mode 600); python3 must be there",
        "the host's key: SHA256:abc",
        "/etc/passwd:12: ika",
        "/root/secrets.toml: sudo is not a table",
        "monkey=3",
        "compass=3",
        "heading_compass = 3",
        "$bypass => 1",
        "secretary: Hanako Ito",
        "tokenizer = mecab",
        "passwd:         files systemd\ngroup:          files systemd\nshadow:         files",
        "-passwd: compat [NOTFOUND=return] ldap  # the department's\n+passwd: files",
        "Permission denied (publickey,password).",
        "$ systemctl restart ssh",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert blanked(text) == text


def test_what_follows_a_secret_stays() -> None:
    assert blanked("password => 'x', host => 'ika'") == f"password => {BLANK}, host => 'ika'"
    assert blanked("DB_PASSWORD=x /usr/bin/job ika") == f"DB_PASSWORD={BLANK} /usr/bin/job ika"


@given(st.text(alphabet="pasword='\": \n/-{}[]k", max_size=80))
def test_what_is_blanked_once_stays_as_it_is(text: str) -> None:
    once = blanked(text)
    assert blanked(once) == once


@pytest.mark.parametrize("piece", ["password", "password=", "/password:", "'pass='", "mysql -p ", "_", "//:", "key "])
def test_a_process_with_megabytes_of_arguments_takes_no_more_than_its_share(piece: str) -> None:
    """The test's own deadline is what a quadratic search would miss by hours."""
    assert blanked(piece * (400_000 // len(piece)))


@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow.20261122", "/etc/ssh/ssh_host_rsa_key", "/etc/bind/rndc.key",
        "/usr/local/qpopper/pop.auth.20261122", "/etc/apache2/.htpasswd~", "/etc/mysql/my.cnf.bak", "/root/.pgpass",
        "/etc/ppp/chap-secrets", "/etc/ldap.secret", "/etc/ssl/site.PEM",
    ],
)  # fmt: skip
def test_a_secret_kind_is_known_by_its_name_whatever_its_mode(path: str) -> None:
    assert is_secret_kind(path)
    assert quoted(path, True, "ika") == PRIVATE


def test_a_file_that_not_everybody_may_read_is_not_quoted() -> None:
    assert quoted("/etc/gate/gate.conf", False, "ika") == PRIVATE
    assert quoted("/etc/motd", True, "ika, token=abc") == f"ika, token={BLANK}"
    assert not is_secret_kind("/etc/ssh/ssh_host_rsa_key.pub")


BEFORE = b"name = ika\npassword = x1\nmail = root@ika\nend\n"
AFTER = b"name = tako\npassword = x2\nmail = root@tako\nnew\nend\n"


def test_a_diff_of_a_secret_file_tells_lines_and_names_and_nothing_else() -> None:
    told = diff("/etc/gate/gate.conf", BEFORE, AFTER, Secret(("ika", "tako")))
    assert told == (f"{PRIVATE}: 4 lines change: 1 to 3",)


def test_a_diff_of_a_secret_file_names_no_word_but_the_pairs() -> None:
    told = diff("/x", b"user asada\n", b"user ueno\n", Secret(("ika", "tako")))
    assert told == (f"{PRIVATE}: 1 line changes: 1",)


def test_lines_that_come_and_go_are_counted() -> None:
    assert diff("/x", b"a\nb\n", b"a\nb\nc\nd\n", Secret()) == (f"{PRIVATE}: 2 lines change: 3 to 4 added",)
    assert diff("/x", b"a\nb\n", b"b\n", Secret()) == (f"{PRIVATE}: 1 line changes: 1 removed",)
    assert diff("/x", b"a\n", b"a\n", Secret()) == ()
