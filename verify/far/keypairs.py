"""Certificates that configuration names: is each one's key its own, and does certbot still renew it. No key is shown.

A daemon that runs holds what it has read; with a key of another certificate it comes up no more.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import Any

from verify.far.system import PATH, ran

CONFIGURATION = (
    "/etc/apache2", "/etc/httpd", "/etc/nginx", "/etc/lighttpd", "/etc/haproxy", "/etc/postfix", "/etc/dovecot",
    "/etc/exim4", "/usr/local/apache2/conf",
)  # fmt: skip
LONGEST = 500_000
CERTBOT = "/etc/letsencrypt"
LIVE = re.compile(CERTBOT + r"/live/([\w.-]+)/")
BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
SETTING = re.compile(r"^\s*([\w.]+)\s*[=\s]\s*(.*\S)\s*$")


def keypairs(top: str = CERTBOT, folders: tuple[str, ...] = CONFIGURATION) -> dict[str, Any]:
    """`names` of certbot's that are in use; `wrong`: path → what does not fit; `stale`: path → why none renews it."""
    if shutil.which("openssl", path=PATH) is None:
        return {"names": [], "wrong": {}, "stale": {}}
    names = sorted({name for text in texts(folders) for name in LIVE.findall(text.replace(top, CERTBOT))})
    names = [name for name in names if os.path.islink(f"{top}/live/{name}/cert.pem")]
    wrong = {f"{top}/live/{name}": mismatch(f"{top}/live/{name}") for name in names}
    stale = {f"{top}/renewal/{name}.conf": unrenewed(top, name) for name in names}
    return {
        "names": names,
        "wrong": {path: why for path, why in wrong.items() if why},
        "stale": {path: why for path, why in stale.items() if why},
    }


def texts(folders: tuple[str, ...]) -> list[str]:
    """Lines of settings of all files below the folders, but those that only lie ready."""
    found = []
    for folder in folders:
        for where, below, files in os.walk(folder):
            below[:] = [one for one in below if not one.endswith("-available")]
            found += [settings(f"{where}/{name}") for name in files]
    return found


def settings(path: str) -> str:
    """A file's lines that say something; nothing of one that cannot be read, or is no plain file."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > LONGEST:
            return ""
        with open(path, encoding="latin-1") as file:
            return "\n".join(line for line in file if not line.lstrip().startswith(("#", ";", "//")))
    except OSError:
        return ""


def mismatch(folder: str) -> str:
    """What does not belong together of privkey.pem, cert.pem and fullchain.pem; "" where all does, or none can tell."""
    missing = [one for one in ("cert.pem", "privkey.pem", "fullchain.pem") if not os.path.isfile(f"{folder}/{one}")]
    if missing:
        return f"without {', '.join(missing)}"
    key = public("pkey", "-in", f"{folder}/privkey.pem", "-passin", "pass:", "-pubout")
    own = public("x509", "-in", f"{folder}/cert.pem", "-noout", "-pubkey")
    if not own:
        return "cert.pem holds no certificate"
    if key and key != own:
        return "privkey.pem is the key of another certificate than cert.pem"
    first = [BLOCK.search(settings(f"{folder}/{one}")) for one in ("cert.pem", "fullchain.pem")]
    if not first[1] or (first[0] and first[0][0].split() != first[1][0].split()):
        return "fullchain.pem begins with another certificate than cert.pem"
    return ""


def public(*words: str) -> str:
    """A public key; nothing where the file has none, or a password."""
    status, said = ran("openssl", *words)
    return said if status == 0 and "BEGIN PUBLIC KEY" in said else ""


def unrenewed(top: str, name: str) -> str:
    """Why certbot cannot renew a certificate: without its file, its account, or the folder that it proves itself in."""
    if not os.path.isdir(f"{top}/renewal"):
        return ""
    text = settings(f"{top}/renewal/{name}.conf")
    if not text:
        return "certbot does not know it: there is no such file"
    found = [match for match in map(SETTING.match, text.splitlines()) if match]
    said = {match[1]: match[2] for match in found}
    account, server = said.get("account", ""), said.get("server", "")
    folder = f"{top}/accounts/{server.partition('://')[2].rstrip('/')}/{account}"
    if account and server and not os.path.isdir(folder):
        return f"its account is gone: {folder}"
    roots = said.get("webroot_path", "").split(",") if said.get("authenticator") == "webroot" else []
    gone = [one.strip() for one in roots if one.strip().startswith("/") and not os.path.isdir(one.strip())]
    return f"the folder that it proves itself in is gone: {', '.join(gone)}" if gone else ""
