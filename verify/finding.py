"""What a check may end with besides passing."""

from __future__ import annotations


class Finding(AssertionError):
    """The host is not as it should be: what was expected, what was found, why perhaps, what the manual says to do."""

    def __init__(self, expected: str, found: str, cause: str = "", remedy: str = "") -> None:
        """Say it in words that the report shows as they are."""
        super().__init__(f"expected {expected}; found {found}")
        self.expected = expected
        self.found = found
        self.cause = cause
        self.remedy = remedy

    def lines(self) -> list[str]:
        """For the terminal: nothing but what a person needs to act."""
        named = {"expected": self.expected, "found": self.found, "cause": self.cause, "remedy": self.remedy}
        return [f"{name + ':':10}{text}" for name, text in named.items() if text]


class Unreachable(Finding):
    """A host cannot be asked at all: one finding, however many checks meet it.

    Attributes:
        whole: what cannot be asked, the same for all that meet it.
        down: the name of the host where nobody answers at all; "" where somebody does.
    """

    def __init__(self, host: str, why: str) -> None:
        """Say which host and why."""
        self.whole = host
        cause, remedy = _behind(why)
        self.down = host.partition(" (")[0] if cause == DOWN else ""
        super().__init__(f"{host} answers to ssh", f"{host} cannot be reached: {why}", cause, remedy)


class Silent(Unreachable):
    """A host was asked, and has not answered in time."""

    def __init__(self, host: str, asked: str, seconds: float) -> None:
        """Say what was asked, and for how long it was waited."""
        super().__init__(host, f"{asked} has not ended")
        self.whole = f"{asked} on {host}"
        self.down = ""
        self.expected = f"{asked} ends on {host} within {seconds:g} s"
        self.found = f"{host}: {asked} has not ended after {seconds:g} s"
        self.cause = f"{host} is overloaded, or what was asked hangs: on a dead file server, a dead name server, a lock"
        self.remedy = f"on {host}: uptime; ps -eo stat,wchan,args (state D hangs); then ask again: fab phase9"


class NoRights(Unreachable):
    """The operator cannot become who he must on a host, so it cannot be asked either."""

    def __init__(self, host: str, user: str, said: str) -> None:
        """Say where, who, and what sudo says."""
        super().__init__(host, said)
        self.down = ""
        self.expected = f"sudo lets the operator act as {user} on {host}"
        self.found = f"{host}: {said}"
        self.cause = "sudo asks for a password that secrets.toml doesn't have, or refuses"
        self.remedy = '[sudo] password = "…" in secrets.toml beside hosts.ini, or a line in sudoers'


DOWN = "the host is down, its cable or address is wrong, or a packet rule shuts ssh"


def _behind(why: str) -> tuple[str, str]:
    """The likely cause of ssh's word, and the remedy."""
    if "Host key verification failed" in why or "host key" in why:
        return (
            "another machine answers, or its host key is not the pinned one",
            "`fab status` shows the pins; fab trust",
        )
    if "Permission denied" in why:
        remedy = "ansible_user and key in hosts.ini, your key in authorized_keys there, AllowUsers in its sshd_config"
        return "sshd answers and does not let you in", remedy
    if "Connection refused" in why:
        return "the host is up, sshd doesn't run", "on its console: service ssh start; sshd -t says what it lacks"
    return DOWN, "6.2: reboot a host that cannot be reached, then stop its services again; `fab status`"
