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
    """A host cannot be asked at all."""

    def __init__(self, host: str, why: str) -> None:
        """Say which host and why."""
        super().__init__(
            f"{host} answers to ssh",
            f"{host} cannot be reached: {why}",
            "the host is down, its address is wrong, or its host key is not the pinned one",
            "6.2: reboot a host that cannot be reached, then stop its services again; `fab status` shows the pins",
        )


class NoRights(Unreachable):
    """The operator cannot become who he must on a host, so it cannot be asked either."""

    def __init__(self, host: str, user: str, said: str) -> None:
        """Say where, who, and what sudo says."""
        super().__init__(host, said)
        self.expected = f"sudo lets the operator act as {user} on {host}"
        self.found = f"{host}: {said}"
        self.cause = "sudo asks for a password that secrets.toml doesn't have, or refuses"
        self.remedy = '[sudo] password = "…" in secrets.toml beside hosts.ini, or a line in sudoers'
