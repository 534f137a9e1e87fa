"""httpd's configuration with all that it includes, and the certificates that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from irekae.model.results import Evidence
from verify.connection import PinnedSsh
from verify.evidence import start

_DIRECTIVE = re.compile(r'^[ \t]*(?P<name>\w+)[ \t]+(?:"(?P<quoted>[^"\n]*)"|(?P<plain>[^\s"#]+))', re.MULTILINE)
_INCLUDES = ("include", "includeoptional")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
DEEPEST = 10


@dataclass(frozen=True)
class HttpdView:
    """What httpd.conf and its includes say.

    Attributes:
        top: path of httpd.conf.
        certificates: path of a certificate's file → its first certificate, PEM.
        problems: path of one that holds none → why.
    """

    top: str
    certificates: dict[str, str]
    problems: dict[str, str]
    evidence: Evidence


def values(text: str, *names: str) -> list[str]:
    """The first argument of every directive of these names, in whichever case they are written."""
    found = (match for match in _DIRECTIVE.finditer(text) if match["name"].lower() in names)
    return [match["quoted"] if match["quoted"] is not None else match["plain"] for match in found]


def look_at_httpd(backend: PinnedSsh, top: str) -> HttpdView:
    """Read httpd.conf, what it includes, and the certificates that are named there."""
    began = start()
    texts = _with_includes(backend, top)
    root = next(iter(values(texts.get(top, ""), "serverroot")), top.rpartition("/")[0])
    named = [path for text in texts.values() for path in values(text, "sslcertificatefile")]
    paths = list(dict.fromkeys(path if path.startswith("/") else f"{root}/{path}" for path in named))
    files = backend.far("ask", {"files": paths}, become="root")["files"] if paths else {}
    certificates, problems = {}, {}
    for path in paths:
        pem = _PEM.search(files[path].get("text", ""))
        if pem:
            certificates[path] = pem[0]
        else:
            problems[path] = files[path].get("error", "there is no certificate in it")
    told = [
        f"{path}: SSLCertificateFile {one}"
        for path, text in texts.items()
        for one in values(text, "sslcertificatefile")
    ]
    told += [f"{path}: {why}" for path, why in problems.items()]
    heard = began.heard(
        f"{top}, and what it includes", "\n".join(told) or "no SSLCertificateFile", f"on {backend.entry.name}"
    )
    return HttpdView(top, certificates, problems, heard)


def _with_includes(backend: PinnedSsh, top: str) -> dict[str, str]:
    """Path → text of httpd.conf and of all that is included, however deep; folders are included whole."""
    texts: dict[str, str] = {}
    wanted, root, asked = {top}, top.rpartition("/")[0], set[str]()
    for _ in range(DEEPEST):
        patterns = sorted({one for path in wanted for one in (path, f"{path.rstrip('/')}/*")})
        asked |= wanted
        read = backend.far("ask", {"globs": patterns}, become="root")["files"]
        texts |= {path: file["text"] for path, file in read.items() if "text" in file}
        root = next(iter(values(texts.get(top, ""), "serverroot")), root)
        more = [one for text in texts.values() for one in values(text, *_INCLUDES)]
        wanted = {one if one.startswith("/") else f"{root}/{one}" for one in more} - asked
        if not wanted:
            break
    return texts
