"""Where virtual users have mail, in what `fab init` writes: mailboxes, and the trees in which they lie."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from irekae.subjects.first_site import data, mail, stores
from irekae.subjects.first_site.page import Page
from irekae.subjects.first_site.services import Daemon
from tests.unit.subjects.first_site.test_first_site import MARS, VENUS
from tests.unit.subjects.first_site.test_what_it_serves import Called

POSTFIX = {"postconf -x -h virtual_mailbox_base": "/data/mail\n"}
DAEMONS = {"postfix": Daemon("postfix", "master", ["tcp/25"]), "ssh": Daemon("ssh", "sshd", ["tcp/22"])}


class Storing(Called):
    """A host whose folders are a test's own, looked at with its find; names of folders end in these."""

    top = Path("/nowhere")

    def names(self, folder: str) -> list[str]:
        real = self.top / folder.lstrip("/")
        return sorted(path.name for path in real.iterdir()) if real.is_dir() else super().names(folder)

    def folders(self, folder: str) -> list[str]:
        real = self.top / folder.lstrip("/")
        return sorted(f"{folder}/{one.name}" for one in real.iterdir() if one.is_dir()) if real.is_dir() else []

    def files(self, folder: str) -> list[str]:
        real = self.top / folder.lstrip("/")
        return sorted(f"{folder}/{one.name}" for one in real.iterdir() if one.is_file()) if real.is_dir() else []

    def largest(self, folder: str) -> int:
        return 0

    def said(self, *argv: str) -> str:
        if argv[0] != "find":
            return super().said(*argv)
        moved = [f"{self.top}{word}" if word.startswith("/") else word for word in argv]
        return subprocess.run(moved, check=True, capture_output=True, text=True).stdout.replace(str(self.top), "")


@pytest.fixture
def host(tmp_path: Path) -> Any:
    """Makes one: what it says, its files, and folders that are maildirs."""

    def made(said: Mapping[str, str], files: Mapping[str, str], *maildirs: str) -> Storing:
        found = Storing(said, files)
        found.top = tmp_path
        for path in maildirs:
            for name in ("cur", "new", "tmp"):
                (tmp_path / path.lstrip("/") / name).mkdir(parents=True)
        return found

    return made


def _patterns(host: Storing) -> list[str]:
    return stores.look(host, stores.stores_of(host)).patterns


def test_maildirs_below_the_store_of_postfix_are_mailboxes_and_their_folder_a_tree(host: Any) -> None:
    one = host(POSTFIX, {}, "/data/mail/example.com/anna/Maildir", "/data/mail/example.com/otto/Maildir",
               "/data/mail/example.com/otto/Maildir/.Sent", "/data/mail/example.com/otto/Maildir/Old")  # fmt: skip
    page = Page()
    mail.tell(page, one, Called({}), DAEMONS, (MARS, VENUS))
    assert tomllib.loads(page.text)["mail"]["mailboxes"] == [
        "/home/*/Mailbox", "/var/mail/*", "/data/mail/example.com/*/Maildir/"
    ]  # fmt: skip
    assert any("2 maildirs outside" in line for line in page.lines)
    trees = Page()
    data._trees(trees, one, DAEMONS)
    assert tomllib.loads(trees.text)["trees"] == [{"path": "/data/mail", "stopped": ["postfix"]}]


@pytest.mark.parametrize(
    "said",
    [
        "mail_location = maildir:/mails/%d/%n\n",
        "mail_driver = maildir\nmail_path = /mails/%{user | domain}/%{user | username}\n",
        "userdb {\n  args = uid=vmail gid=vmail home=/mails/%d/%n\n  driver = static\n}\n",
    ],
)
def test_the_store_that_dovecot_names_up_to_its_first_variable_is_looked_through(host: Any, said: str) -> None:
    one = host({"doveconf -n": said}, {}, "/mails/example.com/anna", "/mails/example.org/mori/.maildir")
    assert _patterns(one) == ["/mails/example.com/*/", "/mails/example.org/*/.maildir/"]


def test_users_of_dovecot_s_own_have_mail_where_their_line_says(host: Any) -> None:
    said = {"doveconf -n": "userdb passwd-file {\n  passwd_file_path = /etc/dovecot/users\n}\n"}
    users = "# who\nanna@example.com:{X}secret:5:5::/mails/example.com/anna::\nmori:{X}s:1:1::/home/mori::\n"
    one = host(said, {"/etc/dovecot/users": users}, "/mails/example.com/anna/Maildir", "/home/mori/Maildir")
    assert _patterns(one) == ["/mails/example.com/*/Maildir/"]


def test_a_host_whose_users_have_their_mail_at_home_says_nothing_more(host: Any) -> None:
    dovecot = "mail_location = maildir:~/Maildir\nmail_home = /home/%{user}\nmail_inbox_path = /var/mail/%{user}\n"
    dovecot += "passdb {\n  driver = passwd-file\n  args = /etc/passwd\n}\n"
    said = {"doveconf -n": dovecot, "postconf -x -h virtual_mailbox_base": "\n"}
    passwd = "man:x:6:12:man:/var/cache/man:/usr/sbin/nologin\n"
    one = host(said, {"/var/mail/mori": "", "/etc/passwd": passwd}, "/home/mori/Maildir", "/var/cache/man/index")
    assert stores.stores_of(one) == []
    page = Page()
    mail._boxes(page, one)
    assert page.lines == []


def test_a_store_of_another_kind_is_told_and_copied(host: Any, tmp_path: Path) -> None:
    one = host(POSTFIX, {})
    (tmp_path / "data/mail/anna/mdbox/storage").mkdir(parents=True)
    page = Page()
    mail._boxes(page, one)
    assert [line.split(":")[0] for line in page.lines] == [
        "# /data/mail holds folders, and looking finds neither maildirs nor files that postfix names in them"
    ]
    assert data.trees_of(one) == ["/data/mail"]


def test_maildirs_directly_in_var_mail_make_all_of_it_a_tree(host: Any) -> None:
    one = host({}, {}, "/var/mail/anna", "/var/mail/otto")
    assert (data._mail_of(one), _patterns(one)) == (["/var/mail"], ["/var/mail/*/"])


def test_an_empty_folder_beside_the_users_own_files_is_no_store(host: Any, tmp_path: Path) -> None:
    one = host({}, {})
    (tmp_path / "var/mail/empty").mkdir(parents=True)
    assert (stores.stores_of(one), data.trees_of(one)) == ([], [])


def test_files_that_postfix_has_for_its_virtual_users_are_mailboxes_too(host: Any, tmp_path: Path) -> None:
    said = {**POSTFIX, "postconf -x -h virtual_mailbox_maps": "hash:/etc/postfix/vmailbox\n"}
    one = host(said, {"/etc/postfix/vmailbox": "# who\nanna@example.com example.com/anna\n@x y z\n"})
    (tmp_path / "data/mail/example.com").mkdir(parents=True)
    (tmp_path / "data/mail/example.com/anna").touch()
    assert _patterns(one) == ["/data/mail/example.com/*"]
