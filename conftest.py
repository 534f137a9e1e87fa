"""Options of the acceptance suite: `pytest verify/ --hosts=ika,tako --item 9.3 --json PATH --lang ja`.

--hosts is pytest-testinfra's own option; which names it may have, hosts.ini says. Its connections are not used: they
accept any host key. See verify/conftest.py for the rest.
"""

import argparse
import os

import pytest

from irekae.model.language import LANGS, VARIABLE, in_language


class Speak(argparse.Action):
    """Keep the language for this process and those that it starts."""

    def __call__(self, parser: object, namespace: object, value: object, option: str | None = None) -> None:
        """Called by pytest for --lang."""
        os.environ[VARIABLE] = str(value)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options; they do nothing for other tests."""
    group = parser.getgroup("irekae", "acceptance suite")
    only = in_language("only checks of these items of the manual: 9.3 or 9.3,9.12 or 9")
    group.addoption("--item", metavar="NUMBERS", help=only)
    waits = in_language("say after each check how many of all are made, for whoever waits")
    group.addoption("--progress", action="store_true", help=waits)
    where = in_language("where the results go")
    group.addoption("--json", metavar="PATH", default="report/checks.json", help=f"{where} (report/checks.json)")
    spoken = in_language("en or ja: the language of what is shown")
    group.addoption("--lang", choices=LANGS, action=Speak, help=spoken)
