"""Options of the acceptance suite: `pytest verify/ --hosts=ika,tako --item 9.3 --json PATH`.

--hosts is pytest-testinfra's own option; which names it may have, hosts.ini says. Its connections are not used: they
accept any host key. See verify/conftest.py for the rest.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options; they do nothing for other tests."""
    group = parser.getgroup("irekae", "acceptance suite")
    group.addoption("--item", metavar="NUMBERS", help="only checks of these items of the manual: 9.3 or 9.3,9.12 or 9")
    group.addoption(
        "--progress", action="store_true", help="say after each check how many of all are made, for whoever waits"
    )
    group.addoption(
        "--json", metavar="PATH", default="report/checks.json", help="where the results go (default: %(default)s)"
    )
