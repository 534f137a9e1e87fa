"""Who may become root on production is an operator in what `fab init` writes, with where that was seen."""

from __future__ import annotations

import pytest

from irekae.subjects.first_site import operators
from tests.unit.subjects.first_site.test_what_it_serves import Bare

SUDOERS = "# root\nDefaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n"
ALL = "Matching Defaults entries for x on mars:\n    env_reset, mail_badpass\n\n"
ALL += "User x may run the following commands on mars:\n"
PASSWD = "".join(
    f"{name}:x:{number}:{group}::/home/{name}:{shell}\n"
    for name, number, group, shell in (
        ("root", 0, 0, "/bin/bash"),
        ("hayashi", 1001, 1001, "/bin/bash"),
        ("mori", 1002, 1002, "/bin/zsh"),
        ("sato", 1003, 1003, "/bin/bash"),
        ("ueda", 1004, 500, "/bin/bash"),
        ("pull", 1005, 1005, "/bin/sh"),
        ("old", 1006, 1006, "/bin/bash"),
        ("daemon", 1, 1, "/usr/sbin/nologin"),
        ("anna", 1007, 1007, "/bin/bash"),
    )
)
SAID = {
    "getent group": "sudo:x:27:sato\nadmins:x:500:\n",
    "getent passwd": PASSWD,
    "sudo -n -l -U hayashi": f"{ALL}    (ALL : ALL) NOPASSWD: ALL\n",
    "sudo -n -l -U mori": f"{ALL}    (root) NOPASSWD: SETENV: /usr/bin/apt, /bin/su -\n",
    "sudo -n -l -U sato": f"{ALL}    (ALL : ALL) ALL\n",
    "sudo -n -l -U ueda": f"{ALL}    (ALL) ALL\n",
    "sudo -n -l -U pull": f"{ALL}    (root) NOPASSWD: /usr/local/sbin/pull-rsync\n    (www-data) ALL\n",
    "sudo -n -l -U old": "User old is not allowed to run sudo on mars.\n",
    "sudo -n -l -U anna": f"{ALL}    (ALL) ALL\n",
}
FILES = {
    operators.SUDOERS: SUDOERS,
    "/etc/sudoers.d/operators": "hayashi ALL=(ALL) NOPASSWD: ALL\nUser_Alias MORE = mori, old\n"
    "MORE ALL=/bin/su -\n%admins ALL=ALL\n",
    "/etc/sudoers.d/pull": "pull ALL=(root) NOPASSWD: /usr/local/sbin/pull-rsync\ndaemon ALL=ALL\n# old was here\n",
    "/etc/sudoers.d/no.more": "anna ALL=ALL\n",
}


def test_operators_are_those_to_whom_sudo_gives_all_of_root() -> None:
    found = operators.operators_of(Bare(SAID, FILES))
    assert found == {
        "hayashi": "/etc/sudoers.d/operators",
        "mori": "/etc/sudoers.d/operators",
        "sato": "group sudo",
        "ueda": "group admins",
    }
    assert operators.told(found, "mori") == (
        "you (mori); /etc/sudoers.d/operators: hayashi, mori; group sudo: sato; group admins: ueda"
    )


def test_where_sudo_tells_nothing_the_group_of_debian_counts() -> None:
    said = {name: told for name, told in SAID.items() if not name.startswith("sudo")}
    assert operators.operators_of(Bare(said, FILES)) == {"sato": "group sudo"}
    assert operators.operators_of(Bare({}, {})) == {}


@pytest.mark.parametrize("line", ["(root) /usr/bin/su postgres", "(www-data) ALL", "(root) /usr/bin/less ALL", "ALL"])
def test_what_is_less_than_root_makes_no_operator(line: str) -> None:
    assert not operators.may(f"{ALL}    {line}\n")
