"""Whether the users can log in by ssh, by password and by key (3.4)."""

from __future__ import annotations

from typing import Any

from irekae.site.site import Site
from verify.by_hand import act
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.world import Server

CLOSED = "3.4: on the host: chage -l NAME, getent passwd NAME; as production had it: chage, usermod -s"


@needs("user_logins")
@item("3.4", "production")
def test_users_can_log_in(server: Server, site: Site, check: Record) -> None:
    """sshd lets in whoever of the users proves himself, by password and by key: its settings, its lists, the accounts.

    利用者が ssh でログインできる
    """
    answer, began = server.user_logins.result()
    users: dict[str, Any] = answer["users"]
    able = {name: one for name, one in users.items() if one["proofs"]}
    told = "\n".join(f"{name}: {one}" for name, one in users.items())
    check.saw(began.heard(f"sshd -T -C user=…, and the accounts of {len(users)} users", told, f"on {server.name}"))
    check.expect(
        not answer["nologin"],
        "no /etc/nologin",
        "it is there" if answer["nologin"] else "none",
        cause="a shutdown was begun, or somebody keeps the users out",
        remedy="rm /etc/nologin",
    )
    remedy = "3.4: copy the users' lines of shadow from the other host"
    check.expect(
        bool(able),
        "users with a password or a key",
        f"{len(able)} of {len(users)}",
        cause="3.4 was not done",
        remedy=remedy,
    )
    asked = {name: one for name, one in able.items() if one["settings"]}
    check.expect(
        bool(asked),
        "sshd says what it does with them",
        f"{len(asked)} asked",
        remedy="sshd -t: what it says",
        cause="sshd's configuration has an error: it would not start again",
    )
    reload = act(server, "reload", "ssh")
    _nobody_is_shut_out(asked, reload, check)
    for method, proof in (("password", "password"), ("publickey", "key")):
        if method in site.accounts.logins:
            _is_open(method, {name: one for name, one in asked.items() if proof in one["proofs"]}, reload, check)
    _accounts_are_open(able, check)


def _nobody_is_shut_out(asked: dict[str, Any], reload: str, check: Record) -> None:
    """No list of sshd's (AllowUsers …) keeps users out."""
    shut = {name: one["listed"] for name, one in asked.items() if one["listed"]}
    lists = ", ".join(sorted(set(shut.values())))
    check.expect(
        not shut,
        "no list of sshd's keeps users out",
        f"{lists}: {', '.join(shut)}" if shut else "none",
        cause=f"{lists} in sshd_config lets only some in",
        remedy=f"sshd_config: take {lists} out, or put the users' group in; {reload}",
    )


def _accounts_are_open(able: dict[str, Any], check: Record) -> None:
    """Some accounts may have expired as they should; most have not."""
    closed = [f"{name}: {one['closed']}" for name, one in able.items() if one["closed"]]
    failed = len(closed) >= max(2, len(able) / 2)
    check.expect(
        not failed,
        "most accounts take their users",
        f"{len(able) - len(closed)} of {len(able)} do" + (f"; {'; '.join(closed[:10])}" if failed else ""),
        cause="the accounts were not taken over as they were",
        remedy=CLOSED,
    )


def _is_open(method: str, users: dict[str, Any], reload: str, check: Record) -> None:
    """Whether sshd takes the method from those who have what it asks for."""
    shut = [name for name, one in users.items() if not _takes(method, one["settings"])]
    key = "PubkeyAuthentication" if method == "publickey" else "PasswordAuthentication"
    check.expect(
        not shut,
        f"{method} is taken from all who have one",
        f"not from {', '.join(shut[:10])}" if shut else f"from {len(users)}",
        cause=f"{key} or AuthenticationMethods in sshd_config",
        remedy=f"sshd_config: {key} yes, then {reload}; where users are not to log in so: "
        f"take {method!r} out of logins in site.toml's [accounts]",
    )


def _takes(method: str, settings: dict[str, str]) -> bool:
    alone = [one for one in settings.get("authenticationmethods", "any").split() if "," not in one]
    if method == "publickey":
        return settings.get("pubkeyauthentication") == "yes" and bool({"any", "publickey"} & set(alone))
    ways = {
        "password": settings.get("passwordauthentication") == "yes",
        "keyboard-interactive": settings.get("kbdinteractiveauthentication") == "yes"
        and settings.get("usepam") == "yes",
    }
    listed = {one.partition(":")[0] for one in alone}
    return any(is_on and {"any", way} & listed for way, is_on in ways.items())
