from __future__ import annotations

import pytest

from irekae.host.services import ServiceManager, Systemd, Sysvinit, choose
from tests.unit.host.services.recorded import CASES, Scene, scenes

HEADERS = "sysvinit-insserv"
KINDS: dict[str, ServiceManager] = {"sysvinit": Sysvinit(), "systemd": Systemd()}
RECORDED = [
    pytest.param(kind, scene, id=f"{file.stem}: {scene.service}: {scene.title}")
    for kind in KINDS
    for file in sorted(CASES.glob(f"{kind}-*.txt"))
    if not file.name.startswith(HEADERS)
    for scene in scenes(file.name)
]


def test_there_are_recordings_of_both_kinds() -> None:
    assert {param.values[0] for param in RECORDED} == set(KINDS)


@pytest.mark.parametrize(("kind", "scene"), RECORDED)
def test_a_recorded_answer_is_read_as_a_person_would(kind: str, scene: Scene) -> None:
    state = KINDS[kind].parse(scene.service, scene.answers, scene.links)
    assert {"running": state.running, "at_boot": state.at_boot, "known": state.known} == scene.expected, state.detail
    assert state.detail


@pytest.mark.parametrize(("kind", "scene"), RECORDED)
def test_the_recorder_asks_what_we_ask(kind: str, scene: Scene) -> None:
    assert [answer.argv for answer in scene.answers] == KINDS[kind].queries(scene.service, scene.process)


@pytest.mark.parametrize(("systemd", "name"), [(True, "systemd"), (False, "sysvinit")])
def test_the_manager_is_chosen_by_looking(systemd: bool, name: str) -> None:
    assert choose({"systemd": systemd}).name == name
