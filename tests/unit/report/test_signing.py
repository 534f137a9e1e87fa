"""A report is signed as it was read, and what was signed cannot be changed behind it. ssh-keygen is the real one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from irekae.model.clock import here
from irekae.model.codec import digest, sealed, to_json
from irekae.model.errors import Status, SwapError
from irekae.model.results import Acceptance, Signature
from irekae.report import signing
from irekae.report.acknowledged import names_of
from irekae.report.files import RESULTS, documents
from irekae.report.verdict import verdict
from irekae.site.inventory import Inventory
from tests.unit.report.sample import sample

GOOD = sealed(sample(broken=False), "c0ffee")
BAD = sealed(sample(), "c0ffee")
OPEN = tuple(names_of(verdict(BAD)))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's home: no key, no agent."""
    path = tmp_path / "home"
    (path / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return path


def make_key(path: Path, passphrase: str = "") -> str:
    """A key there; its fingerprint."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)], check=True)
    told = subprocess.run(["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent that holds no key yet."""
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        for _ in range(1000):
            if socket.exists():
                break
            os.sched_yield()
        yield
        process.terminate()


def written(folder: Path, results: Acceptance) -> Path:
    path = folder / "acceptance.json"
    path.write_bytes(to_json(results))
    return path


def sign(folder: Path, inventory: Inventory, results: Acceptance = GOOD, **more: object) -> Acceptance:
    path = written(folder, results)
    asked = str(more.get("asked", results.signature.digest[:12]))
    now_found = more.get("now_found", results)
    assert isinstance(now_found, Acceptance)
    despite = more.get("despite", ())
    assert isinstance(despite, tuple)
    return signing.signed(path, asked, "Taro Kobe", now_found, inventory, despite)


def refusal(work: Callable[[], object]) -> SwapError:
    with pytest.raises(SwapError) as raised:
        work()
    return raised.value


# --- what is signed ---------------------------------------------------------------------------------------------------


def test_an_accepted_report_is_accepted_and_its_digest_stays(tmp_path: Path, inventory: Inventory) -> None:
    found = sign(tmp_path, inventory)
    seal = found.signature
    assert (seal.word, seal.signed_by, seal.digest) == ("accepted", "Taro Kobe", digest(found))


def test_another_report_is_acknowledged_with_its_open_points_and_never_accepted(
    tmp_path: Path, inventory: Inventory
) -> None:
    seal = sign(tmp_path, inventory, BAD, despite=OPEN).signature
    assert (seal.word, seal.despite) == ("acknowledged", OPEN)
    assert f"despite: {OPEN[0]}\n" in signing.text_of(seal).decode()


def test_every_report_shows_which_points_were_named(tmp_path: Path, inventory: Inventory) -> None:
    signed = sign(tmp_path, inventory, BAD, despite=OPEN)
    later = replace(BAD, sign_offs=(signed.signature,))
    for results in (signed, later):
        for name, data in documents(results).items():
            if name != RESULTS:
                assert ", ".join(OPEN[:2]) in data.decode(), name


@pytest.mark.parametrize("named", [(), OPEN[1:], ("all",)])
def test_unless_each_open_point_is_named_nothing_is_signed(
    tmp_path: Path, inventory: Inventory, named: tuple[str, ...]
) -> None:
    refused = refusal(lambda: sign(tmp_path, inventory, BAD, despite=named))
    assert refused.status is Status.REFUSED
    if named == ("all",):
        assert "all: no open point of this report" in refused.what
    else:
        assert f"not named: {OPEN[0]}" in refused.detail
        assert f"--despite {','.join(OPEN)}" in refused.hint


def test_an_accepted_report_has_no_open_points_to_name(tmp_path: Path, inventory: Inventory) -> None:
    assert "there is none: it is accepted" in refusal(lambda: sign(tmp_path, inventory, despite=("9.4",))).detail


@pytest.mark.parametrize("asked", ["", "1234", GOOD.signature.digest[:11], "0" * 64, "x"])
def test_only_the_report_that_was_read_is_signed(tmp_path: Path, inventory: Inventory, asked: str) -> None:
    refused = refusal(lambda: sign(tmp_path, inventory, asked=asked))
    assert refused.status is Status.REFUSED
    assert GOOD.signature.digest in refused.detail


def test_a_report_that_no_longer_says_what_is_cannot_be_signed(tmp_path: Path, inventory: Inventory) -> None:
    refused = refusal(lambda: sign(tmp_path, inventory, now_found=BAD))
    assert refused.status is Status.REFUSED
    assert "now: check failed" in refused.detail
    other = replace(GOOD, run="2027-01-01T09:00:00+09:00")
    assert "now it is 2027" in refusal(lambda: sign(tmp_path, inventory, now_found=other)).detail


def test_what_does_not_change_the_verdict_keeps_nobody_from_signing(tmp_path: Path, inventory: Inventory) -> None:
    later = replace(GOOD, generated_at="2026-12-31T00:00:00+09:00", figures={"verify": 1.0})
    assert sign(tmp_path, inventory, now_found=later).signature.word == "accepted"


def test_an_altered_report_cannot_be_signed(tmp_path: Path, inventory: Inventory) -> None:
    whitewashed = replace(BAD, checks=tuple(replace(check, outcome="passed") for check in BAD.checks))
    refused = refusal(lambda: sign(tmp_path, inventory, whitewashed))
    assert "was altered after it was written" in refused.what


def test_a_name_cannot_forge_a_line_of_what_is_signed(tmp_path: Path, inventory: Inventory) -> None:
    path = written(tmp_path, GOOD)
    found = signing.signed(path, GOOD.signature.digest, "x\nverdict: accepted", GOOD, inventory)
    assert len(signing.text_of(found.signature).splitlines()) == 5


# --- with whose key ---------------------------------------------------------------------------------------------------


def test_the_operators_own_key_signs_and_anybody_can_verify_it(
    tmp_path: Path, inventory: Inventory, home: Path
) -> None:
    key = make_key(home / ".ssh/id_ed25519")
    found = sign(tmp_path, inventory)
    assert found.signature.key == key
    told = signing.check(written(tmp_path, found))
    assert "as it was written" in told[0]
    assert f"accepted by Taro Kobe, {here(found.signature.signed_at)}; signed with the key {key}" in told[1]


def test_a_key_with_a_passphrase_is_passed_over_and_the_agents_is_used(
    tmp_path: Path, inventory: Inventory, home: Path, agent: None
) -> None:
    make_key(home / ".ssh/id_ed25519", "secret")
    assert sign(tmp_path, inventory).signature.key == ""
    key = make_key(tmp_path / "held")
    subprocess.run(["ssh-add", "-q", str(tmp_path / "held")], check=True)
    (tmp_path / "held").unlink()
    assert sign(tmp_path, inventory).signature.key == key


def test_hosts_inis_key_comes_first(tmp_path: Path, inventory: Inventory, home: Path) -> None:
    make_key(home / ".ssh/id_ed25519")
    key = make_key(tmp_path / "site_key")
    production = replace_key(inventory, str(tmp_path / "site_key"))
    assert sign(tmp_path, production).signature.key == key


def replace_key(inventory: Inventory, key_file: str) -> Inventory:
    from irekae.site.inventory import load_inventory

    path = inventory.path
    path.write_text(path.read_text() + f"\n[all:vars]\nansible_ssh_private_key_file={key_file}\n")
    return load_inventory(path)


# --- what can be proved afterwards ------------------------------------------------------------------------------------


def forged(found: Acceptance) -> dict[str, Acceptance]:
    """What somebody might make of a signed report."""
    seal = found.signature
    whitewashed = replace(found, checks=found.checks[1:])
    return {
        "a check is gone": whitewashed,
        "a check is gone, and the digest made anew": replace(
            whitewashed, signature=replace(seal, digest=digest(whitewashed))
        ),
        "another name": replace(found, signature=replace(seal, signed_by="Hanako")),
        "another moment": replace(found, signature=replace(seal, signed_at="2026-01-01T00:00:00+09:00")),
        "another commit": replace(found, signature=replace(seal, commit="dead")),
        "another word": replace(found, signature=replace(seal, word="acknowledged")),
        "another point named": replace(found, signature=replace(seal, despite=("9.4",))),
        "no armour": replace(found, signature=replace(seal, ssh="x")),
    }


@pytest.mark.parametrize("how", forged(GOOD))
def test_what_was_changed_behind_a_signature_is_noticed(
    tmp_path: Path, inventory: Inventory, home: Path, how: str
) -> None:
    make_key(home / ".ssh/id_ed25519")
    found = sign(tmp_path, inventory)
    changed = forged(found)[how]
    assert refusal(lambda: signing.check(written(tmp_path, changed))).status is Status.FAILED


def test_one_byte_of_the_file_is_enough(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_text(path.read_text().replace("passed", "failed", 1))
    assert "was altered" in refusal(lambda: signing.check(path)).what


def test_what_nobody_or_only_a_name_signed_is_unproved(tmp_path: Path, inventory: Inventory) -> None:
    assert refusal(lambda: signing.check(written(tmp_path, GOOD))).status is Status.INCOMPLETE
    by_name = sign(tmp_path, inventory)
    unproved = refusal(lambda: signing.check(written(tmp_path, by_name)))
    assert (unproved.status, "by name alone" in unproved.what) == (Status.INCOMPLETE, True)


def test_accepted_over_results_that_are_not_is_noticed(tmp_path: Path, inventory: Inventory, home: Path) -> None:
    make_key(home / ".ssh/id_ed25519")
    lie = replace(sign(tmp_path, inventory, BAD, despite=OPEN).signature, word="accepted")
    path = written(tmp_path, replace(BAD, signature=lie))
    assert "its results do not" in refusal(lambda: signing.check(path)).what


@pytest.mark.parametrize("text", ["", "{}", "[]", "x"])
def test_what_is_no_report_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "acceptance.json"
    path.write_text(text)
    assert "not results of irekae" in refusal(lambda: signing.check(path)).what
    assert refusal(lambda: signing.check(tmp_path / "none.json")).status is Status.WRONG_USE


def test_the_signature_stands_outside_of_the_digest(tmp_path: Path, inventory: Inventory) -> None:
    found = json.loads(to_json(sign(tmp_path, inventory)))
    assert set(found["signature"]) == set(Signature.__struct_fields__)
