from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.services.lsb import has_header, insert_header, warned_scripts
from tests.unit.host.services.recorded import scenes

SCRIPT = b"#!/bin/sh\n# tcpserver for qmail-smtpd\ncase $1 in\nesac\n"
HEALED = b"""#!/bin/sh
### BEGIN INIT INFO
# Provides:          tcpserver
# Required-Start:    $remote_fs
# Required-Stop:     $remote_fs
# Should-Start:      $network $syslog
# Should-Stop:       $network $syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Start and stop tcpserver
### END INIT INFO
# tcpserver for qmail-smtpd
case $1 in
esac
"""
RECORDED = {scene.title.partition(":")[0]: scene for scene in scenes("sysvinit-insserv-1.24.txt")}
MANUAL = """\
insserv: warning: script 'K01tcpserver' missing LSB tags and overrides
insserv: warning: script 'tcpserver' missing LSB tags and overrides
"""


def test_the_header_is_the_manuals_and_stands_behind_the_first_line() -> None:
    assert insert_header(SCRIPT, "tcpserver") == HEALED


def test_a_script_that_has_a_header_stays_as_it_is() -> None:
    assert insert_header(HEALED, "tcpserver") == HEALED
    assert insert_header(HEALED, "other") == HEALED


@pytest.mark.parametrize("script", [b"#!/bin/sh", b"", b"echo no interpreter\n", b"#!/bin/sh\r\n"])
def test_odd_scripts_get_a_header_too(script: bytes) -> None:
    healed = insert_header(script, "x")
    assert has_header(healed)
    assert healed.startswith(script[:9] if script.startswith(b"#!") else b"### BEGIN")


@given(st.binary(max_size=80))
def test_inserting_twice_is_inserting_once_and_loses_nothing(script: bytes) -> None:
    healed = insert_header(script, "x")
    assert has_header(healed)
    assert insert_header(healed, "x") == healed
    assert len(healed) >= len(script)
    assert all(part in healed for part in script.split(b"\n"))


@pytest.mark.parametrize(
    "script",
    [
        SCRIPT,
        b"### BEGIN INIT INFO\n",
        b"### END INIT INFO\n### BEGIN INIT INFO\n",
        b"# ### BEGIN INIT INFO\n### END INIT INFO\n",
    ],
)
def test_half_a_header_is_none(script: bytes) -> None:
    assert not has_header(script)


def test_the_manuals_warnings_name_one_script() -> None:
    assert warned_scripts(MANUAL) == ("tcpserver",)


@pytest.mark.parametrize("title", ["not linked", "linked by hand"])
@pytest.mark.parametrize("command", ["update-rc.d tcpserver defaults", "update-rc.d named defaults"])
def test_recorded_warnings_name_the_script(title: str, command: str) -> None:
    assert warned_scripts(RECORDED[title].said(*command.split())) == ("tcpserver",)


@pytest.mark.parametrize("command", ["update-rc.d tcpserver enable", "update-rc.d tcpserver disable"])
def test_update_rc_d_names_the_script_where_insserv_is_not_reached(command: str) -> None:
    assert warned_scripts(RECORDED["linked by hand"].said(*command.split())) == ("tcpserver",)


@pytest.mark.parametrize("command", ["update-rc.d named defaults", "update-rc.d tcpserver enable"])
def test_with_the_header_there_is_silence(command: str) -> None:
    assert RECORDED["with the header of 7.5"].said(*command.split()) == ""


def test_a_script_that_was_disabled_on_purpose_needs_no_header() -> None:
    said = RECORDED["disabled on purpose"].said("update-rc.d", "tcpserver", "disable")
    assert warned_scripts(said) == ()
    assert said.startswith("insserv: warning: ")


def test_several_scripts_are_named_once_each_in_order() -> None:
    said = MANUAL + "insserv: warning: script 'S20bind' missing LSB tags and overrides\n" + MANUAL
    assert warned_scripts(said) == ("tcpserver", "bind")
