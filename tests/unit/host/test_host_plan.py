"""The verbs of a host under --plan."""

from __future__ import annotations

from irekae.model.items import On
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.host.test_host import an_item, host_of, swapped


def test_a_plan_writes_nothing_and_sees_what_it_would_have_written(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    ika.put("/root/keys", "key", 0o600)
    before = ika.files()
    view = swap.as_plan()
    host = view.host(an_item(), On.PRODUCTION)
    assert host.edit("/etc/hosts", swapped)
    assert host.read("/etc/hosts") == b"tako\n"
    assert host.rename("/root/keys", "/root/keys.bk")
    assert not host.exists("/root/keys")
    assert host.read("/root/keys.bk") == b"key"
    assert host.set_mode("/root/keys.bk", 0)
    assert host.mode_of("/root/keys.bk") == 0
    assert host.remove("/root/keys.bk")
    assert host.put("/etc/new", b"x")
    assert host.run("reboot").status == 0
    assert host.copy_tree("/etc", "/etc-copy")
    host.check("never", "run")
    assert ika.files() == before
    assert ika.ran == []
    assert {"write", "rename", "remove", "mode", "checkpoint", "change", "append", "run"}.isdisjoint(ika.asked)
    assert not ika.path("/var/lib/irekae").exists()
    shown = {change.what: change.lines for change in view.plan}
    assert shown["edit /etc/hosts"] == ("--- /etc/hosts", "+++ /etc/hosts", "@@ -1 +1 @@", "-ika", "+tako")
    assert shown["run reboot"] == ("$ reboot",)


def test_a_plan_over_work_that_is_begun_computes_from_the_original(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    host_of(swap).edit("/etc/hosts", swapped)
    view = swap.as_plan()
    assert not view.host(an_item(), On.PRODUCTION).edit("/etc/hosts", swapped)
    assert view.plan == []


def test_two_items_of_a_planned_phase_edit_a_file_from_the_same_original(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    view = swap.as_plan()
    assert view.host(an_item("5.1"), On.PRODUCTION).edit("/etc/hosts", swapped)
    assert not view.host(an_item("5.3"), On.PRODUCTION).edit("/etc/hosts", swapped)
    assert view.host(an_item("5.3"), On.PRODUCTION).before("/etc/hosts") == b"ika\n"
