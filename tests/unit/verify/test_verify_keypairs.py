"""Certificates of certbot's lie with their own keys, and are renewed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from verify.far.keypairs import keypairs

NAME, ACCOUNT = "example.org", "0123"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


def make(folder: Path, number: int) -> None:
    subject, key, out = "/CN=example.org", f"{folder}/privkey{number}.pem", f"{folder}/cert{number}.pem"
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject]
    subprocess.run(["openssl", *words, "-keyout", key, "-out", out], check=True, capture_output=True)
    shutil.copy(out, f"{folder}/fullchain{number}.pem")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """As certbot keeps it, renewed once; apache2 names it."""
    top = tmp_path / "letsencrypt"
    archive, live = top / "archive" / NAME, top / "live" / NAME
    for folder in (archive, live, top / "renewal", tmp_path / "www", tmp_path / "apache2"):
        folder.mkdir(parents=True)
    (top / "accounts/acme.example.net/directory" / ACCOUNT).mkdir(parents=True)
    for number in (1, 2):
        make(archive, number)
    for part in ("cert", "privkey", "fullchain"):
        (live / f"{part}.pem").symlink_to(f"../../archive/{NAME}/{part}2.pem")
    said = f"[renewalparams]\naccount = {ACCOUNT}\nauthenticator = webroot\nwebroot_path = {tmp_path}/www,\n"
    (top / f"renewal/{NAME}.conf").write_text(f"{said}server = https://acme.example.net/directory\n")
    (tmp_path / "apache2/x.conf").write_text(f"  SSLCertificateFile {live}/fullchain.pem\n")
    return top


def looked(top: Path) -> tuple[str, str]:
    found = keypairs(str(top), (str(top.parent / "apache2"),))
    return " ".join(found["wrong"].values()), " ".join(found["stale"].values())


def test_one_that_is_whole_is_well(top: Path) -> None:
    assert looked(top) == ("", "")
    assert keypairs(str(top), (str(top.parent / "apache2"),))["names"] == [NAME]


def test_the_key_of_an_older_one_is_told_and_not_shown(top: Path) -> None:
    link = top / "live" / NAME / "privkey.pem"
    link.unlink()
    link.symlink_to(f"../../archive/{NAME}/privkey1.pem")
    assert looked(top) == ("privkey.pem is the key of another certificate than cert.pem", "")


def test_a_chain_of_another_and_a_part_that_is_gone_are_told(top: Path) -> None:
    link = top / "live" / NAME / "fullchain.pem"
    link.unlink()
    assert looked(top)[0] == "without fullchain.pem"
    link.symlink_to(f"../../archive/{NAME}/fullchain1.pem")
    assert looked(top)[0] == "fullchain.pem begins with another certificate than cert.pem"


def test_one_that_certbot_renews_no_more_is_told(top: Path) -> None:
    (top.parent / "www").rmdir()
    assert "proves itself in is gone" in looked(top)[1]
    shutil.rmtree(top / "accounts")
    assert "its account is gone" in looked(top)[1]
    (top / f"renewal/{NAME}.conf").unlink()
    assert looked(top) == ("", "certbot does not know it: there is no such file")


def test_one_that_nothing_names_or_that_is_not_certbot_s_is_left_alone(top: Path) -> None:
    (top / f"renewal/{NAME}.conf").unlink()
    (top.parent / "apache2/x.conf").write_text(f"# SSLCertificateFile {top}/live/{NAME}/fullchain.pem\n")
    assert looked(top) == ("", "")
    own = top / "live" / NAME / "cert.pem"
    data = own.read_bytes()
    own.unlink()
    own.write_bytes(data)
    (top.parent / "apache2/x.conf").write_text(f"SSLCertificateFile {top}/live/{NAME}/fullchain.pem\n")
    assert looked(top) == ("", "")
