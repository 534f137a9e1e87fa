"""[[trees]] of site.toml: what may be copied from one machine onto another, and what may not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.site.trees import Home, Tree, holds, is_system_folder, wrong

STATE = "/var/lib/irekae"
HOME = Home("/home")


def told(*paths: str, state: str = STATE, stopped: tuple[str, ...] = ()) -> list[str]:
    trees = [HOME, *(Tree(path, stopped=list(stopped)) for path in paths)]
    return [f"{where}: {why}" for where, why in wrong(trees, state, ["mariadb"])]


@pytest.mark.parametrize(
    "path", ["/srv", "/var/vmail", "/etc/letsencrypt", "/etc/bind", "/var/lib/mlmmj", "/opt/wiki", "/usr/local/wiki"]
)
def test_folders_with_data_in_them_may_be_copied(path: str) -> None:
    assert told(path) == []


@pytest.mark.parametrize(
    "path", ["/", "/etc", "/usr", "/var", "/var/lib", "/boot", "/boot/efi", "/lib/modules", "/etc/ssh", "/root/.ssh"]
)
def test_the_systems_own_folders_are_refused(path: str) -> None:
    assert "the system's own" in told(path)[0]


@pytest.mark.parametrize("path", ["/home", "/home/asada"])
def test_trees_that_contain_one_another_are_refused(path: str) -> None:
    (said,) = told(path)
    assert said == f'[[trees]] "{path}" path: /home of [home] and {path} contain one another'
    assert told("/srv", "/srv/www")
    assert told("/srv/www", "/srv")
    assert told("/srv", "/srvx") == []


def test_irekaes_own_folder_is_in_no_tree() -> None:
    assert "irekae's own folder" in told("/srv", state="/srv/irekae")[0]
    assert "irekae's own folder" in told("/srv/irekae/data", state="/srv/irekae")[0]


def test_what_is_to_be_stopped_is_a_service_of_the_site() -> None:
    assert told("/srv", stopped=("mariadb",)) == []
    assert told("/srv", stopped=("mysql",)) == ["[[trees]] \"/srv\" stopped: no service 'mysql' in [services]"]


@pytest.mark.parametrize("path", ["srv", "/srv/", "/srv//www", "/srv/../etc", "/srv/.", "/a b", "/a'b", "/a+b", "/a\n"])
def test_a_path_is_one_that_needs_no_quoting_anywhere(path: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"path": path}, Tree)


@given(st.lists(st.sampled_from(["srv", "www", "etc", "var", "lib", "usr", "home"]), min_size=1, max_size=4))
def test_what_lies_in_a_folder_is_told_by_its_steps(steps: list[str]) -> None:
    path = "/" + "/".join(steps)
    assert holds(path, path)
    assert holds("/", path)
    assert holds(path, f"{path}/x")
    assert not holds(path, f"{path}x")
    assert not holds(f"{path}/x", path)
    if is_system_folder(path):
        assert is_system_folder(f"{path}/")


def test_a_slash_at_the_end_of_an_exclude_says_nothing_more() -> None:
    assert Tree("/srv", excludes=["/scratch/", "/tmp*"]).excludes == ["/scratch", "/tmp*"]
