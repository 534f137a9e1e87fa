"""The suite's own reading of systemd's units: of every recorded scene it says what a person would, as the tasks do."""

from __future__ import annotations

import pytest

from irekae.model.units import full_name
from tests.unit.host.services.recorded import CASES, Scene, scenes
from verify.units import Units, questions

RECORDED = [
    pytest.param(scene, id=f"{file.stem}: {scene.service}: {scene.title}")
    for file in sorted(CASES.glob("systemd-*.txt"))
    for scene in scenes(file.name)
]


def read(scene: Scene) -> Units:
    show, wanted, default, generated = (answer.out.decode() for answer in scene.answers)
    pulled = default.strip() in wanted.split()
    return Units.read([scene.service], show, wanted.split()[0] if pulled else "", generated)


@pytest.mark.parametrize("scene", RECORDED)
def test_on_at_boot_means_here_what_it_means_to_the_tasks(scene: Scene) -> None:
    units = read(scene)
    if units.named[scene.service].file != "generated":
        assert units.starts(scene.service) is scene.expected["at_boot"]


@pytest.mark.parametrize("scene", RECORDED)
def test_what_serves_runs_waits_to_be_started_or_is_armed(scene: Scene) -> None:
    units = read(scene)
    unit = units.named[scene.service]
    assert any(one.serves for one in [unit, *units.callers_of(unit)]) is bool(scene.expected["running"])


def test_nothing_said_is_nothing_known() -> None:
    assert Units.read(["ssh"], "", "", "").starts("ssh") is None


def test_names_without_a_kind_are_services() -> None:
    asked = questions(["ssh", "certbot.timer", "postgresql@17-main"])["units"]
    assert asked[4:7] == [full_name("ssh"), "certbot.timer", "postgresql@17-main.service"]
