"""Services: running now and starting at boot are two facts, and insserv's complaints are healed (7.5)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.site import Service
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.sysvinit_host import Sysvinit, recorded

NUMBER = "1.3"


def handle(swap: Swap, name: str, process: str = "") -> ServiceHandle:
    return ServiceHandle(bound(swap), Service(name, process or name, "on", "on"))


def bound(swap: Swap) -> Host:
    item = Item(NUMBER, "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False)
    return swap.host(item, On.PRODUCTION)


def changes(swap: Swap) -> list[str]:
    return [entry["what"] for entry in swap.entries["ika"] if entry["event"] == "change"]


def test_stop_acts_once(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "apache2")
    handle(swap, "apache2").stop().stop()
    assert init.running == set()
    assert changes(swap) == ["stop apache2"]


def test_a_stop_that_was_ended_in_the_midst_is_carried_out_whole(swap: Swap, ika: FarEnd) -> None:
    """The first of several commands may have stopped what is asked after, and nothing else (a socket, its service)."""
    init = Sysvinit(ika, "apache2")
    one = handle(swap, "apache2")
    one.host.record.event("started")
    one.stop()
    ika.ran.clear()
    one.host.record.event("started")
    assert handle(swap, "apache2").stop().state().running is False
    assert [argv for argv in ika.ran if "stop" in argv], "nobody has said that it was done"
    one.host.record.event("done")
    ika.ran.clear()
    handle(swap, "apache2").stop()
    assert [argv for argv in ika.ran if "stop" in argv] == []
    assert (init.running, changes(swap)) == (set(), ["stop apache2"])


def test_a_service_that_does_not_stop_is_a_failure_whatever_its_script_says(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail").stuck.add("qmail")
    with pytest.raises(SwapError, match="qmail did not stop on ika"):
        handle(swap, "qmail").stop()


def test_a_daemon_whose_pid_file_comes_behind_its_scripts_return_is_waited_for(swap: Swap, ika: FarEnd) -> None:
    """sshd's does: for a moment its own script says that it does not run."""
    looks = iter([3, 3, 3])
    answers = {"service": (0, ""), "pgrep": (1, ""), "grep": (0, "id:2:initdefault:\n")}

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return (next(looks, 0), "") if argv[-1] == "status" else answers.get(argv[0], (0, ""))

    ika.commands = commands
    handle(swap, "ssh").begin()
    assert next(looks, None) is None, "it was looked at only as long as it did not run"


@pytest.mark.parametrize(("uid", "runs"), [(1001, False), (33, True), (0, True)])
def test_a_person_s_process_that_is_called_like_a_daemon_is_none(swap: Swap, ika: FarEnd, uid: int, runs: bool) -> None:
    """pgrep goes by names; a hand-written script without `status` leaves nothing else to go by."""
    answers = {"service": (2, "usage: tcpserver start|stop"), "pgrep": (0, "77\n"), "grep": (0, "id:2:initdefault:\n")}
    ika.commands = lambda argv, stdin: answers.get(argv[0], (0, ""))
    ika.table = [{"pid": 77, "uid": uid}, {"pid": 7, "uid": 0}]
    assert handle(swap, "tcpserver").state().running is runs


def test_boot_and_now_are_told_apart(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "apache2")
    handle(swap, "apache2").disable().disable()
    assert not init.at_boot("apache2")
    assert "apache2" in init.running
    handle(swap, "apache2").stop().enable().enable()
    assert init.at_boot("apache2")
    assert "apache2" not in init.running
    assert changes(swap) == ["disable apache2 at boot", "stop apache2", "enable apache2 at boot"]


def test_a_script_without_a_header_gets_it_and_insserv_falls_silent(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "bind", "tcpserver", headerless=["tcpserver"])
    init.unlink("tcpserver")
    assert "missing LSB tags" in recorded("not linked", "update-rc.d tcpserver defaults")
    said = handle(swap, "bind").renew_links()
    assert "warning" not in said
    assert init.headed("tcpserver")
    handle(swap, "tcpserver").enable()
    assert init.at_boot("tcpserver")
    assert [note for note in changes(swap) if "edit" in note] == ["edit /etc/init.d/tcpserver"]
    assert not list(ika.path("/etc/init.d").glob("*.2*")), "a dated copy beside a script would be a script too"


def test_enabling_the_headerless_script_itself_heals_it(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "tcpserver", headerless=["tcpserver"])
    init.unlink("tcpserver")
    handle(swap, "tcpserver").enable()
    assert init.at_boot("tcpserver")
    assert init.headed("tcpserver")


def test_turning_a_headerless_script_off_heals_it_and_leaves_others_alone(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "apache2", "bind", "tcpserver", headerless=["apache2", "tcpserver"])
    handle(swap, "bind").disable()
    assert not init.headed("tcpserver"), "bind could be turned off without"
    handle(swap, "apache2").disable()
    assert not init.at_boot("apache2")
    assert init.headed("apache2")


def test_a_warning_that_stays_is_a_failure(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "bind")
    quiet = init.update_rc

    def nags(words: list[str]) -> tuple[int, str]:
        status, said = quiet(words)
        return status, said + "insserv: warning: script 'bind' missing LSB tags\n"

    init.update_rc = nags  # type: ignore[assignment,method-assign]
    with pytest.raises(SwapError, match="insserv still warns on ika"):
        handle(swap, "bind").renew_links()


def test_restarting_restarts_after_the_changes_even_where_it_did_not_run(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "ssh")
    init.running.clear()
    ika.put("/etc/ssh/sshd_config", "no\n")
    host = bound(swap)
    with ServiceHandle(host, Service("ssh", "sshd", "on", "on")).restarting():
        host.edit("/etc/ssh/sshd_config", lambda text: b"yes\n")
        assert init.running == set()
    assert init.running == {"ssh"}
    undo = next(entry["undo"] for entry in swap.entries["ika"] if entry["event"] == "change")
    assert (undo["kind"], undo["running"], undo["again"]) == ("service", False, True)


def test_a_failed_change_inside_does_not_restart(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "ssh")
    ika.ran.clear()
    with pytest.raises(SwapError), handle(swap, "ssh").restarting():
        raise SwapError("no luck")
    assert not [argv for argv in ika.ran if argv[0] == "sh"]
    assert init.running == {"ssh"}


def test_a_plan_changes_no_service_and_sees_what_it_would_have_changed(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "apache2", "bind", headerless=["bind"])
    before = dict(ika.boot)
    view = swap.as_plan()
    planned = ServiceHandle(bound(view), Service("apache2", "apache2", "on", "on"))
    planned.stop().stop().disable().disable()
    assert planned.state().running is False
    assert planned.state().at_boot is False
    planned.renew_links()
    with planned.restarting():
        pass
    assert planned.state().running is True
    assert init.running == {"apache2", "bind"}
    assert ika.boot == before
    shown = [change.what for change in view.plan]
    assert shown[:2] == ["stop apache2", "disable apache2 at boot"]
