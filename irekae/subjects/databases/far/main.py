"""What the program can be called with: a word, and behind it on standard input what it is about, as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Callable, Mapping

from irekae.subjects.databases.far.base import Answer, Failed, room
from irekae.subjects.databases.far.engines import engine_of
from irekae.subjects.databases.far.exchange import back, prepare, settle, take
from irekae.subjects.databases.far.keeping import alone, finished, keep, put_back, widened
from irekae.subjects.databases.far.stream import receive, send

Spec = Mapping[str, Any]


def look(spec: Spec) -> Answer:
    """What the server is and holds, and the room where our own files lie; its files, where they are to be copied."""
    engine = engine_of(spec["server"])
    files = {"files": engine.files()} if spec["by"] == "files" else {}
    return dict(engine.look(spec["dumped"]), own_room=room(spec["folder"]), **files)


def sessions(spec: Spec) -> Answer:
    """Who else has the databases open."""
    return {"sessions": engine_of(spec["server"]).sessions(spec["names"])}


def digest(spec: Spec) -> Answer:
    """What the databases hold."""
    return engine_of(spec["server"]).digest(spec["names"], spec["key"], spec["known"])


def objects(spec: Spec) -> Answer:
    """How everything in the databases but their rows is made."""
    return engine_of(spec["server"]).objects(spec["names"], spec["key"])


def rehearse(spec: Spec) -> Answer:
    """Why databases could not be dumped, as far as their data are not needed to see it."""
    engine = engine_of(spec["server"])
    there, against = engine.databases(), []
    for name in [name for name in spec["names"] if name in there]:
        try:
            finished(engine.rehearsing(name), subprocess.DEVNULL, subprocess.DEVNULL)
        except Failed as failed:
            against.append(str(failed))
    return {"against": against}


def keep_own(spec: Spec) -> Answer:
    """Keep what is there before it is replaced."""
    with alone(spec["folder"]):
        keep(engine_of(spec["server"]), spec["names"], spec["kept"])
    return {}


def put_back_own(spec: Spec) -> Answer:
    """Put back what was kept."""
    engine = engine_of(spec["server"])
    with alone(spec["folder"]), widened(engine, spec["folder"]):
        put_back(engine, spec["names"], spec["kept"], spec["accounts"])
    return {}


def rests(spec: Spec) -> Answer:
    """Has a server ended well in a data directory."""
    return engine_of(spec["server"]).rests(spec["data"])


def prepare_place(spec: Spec) -> Answer:
    """Make room for a copy of the files."""
    with alone(spec["folder"]):
        return {"held": prepare(spec["place"])}


def take_place(spec: Spec) -> Answer:
    """Have the copy take the data directory's place."""
    with alone(spec["folder"]):
        take(engine_of(spec["server"]), spec["place"], spec["data"], spec["own"], spec["state"])
    return {}


def settle_place(spec: Spec) -> Answer:
    """End an exchange that was cut off."""
    with alone(spec["folder"]):
        settle(spec["place"], spec["data"])
    return {}


def back_in_place(spec: Spec) -> Answer:
    """Give the standby its own data directory back."""
    with alone(spec["folder"]):
        back(spec["place"], spec["data"], spec["aside"])
    return {}


WORDS: dict[str, Callable[[Spec], Answer]] = {
    "look": look,
    "sessions": sessions,
    "digest": digest,
    "objects": objects,
    "rehearse": rehearse,
    "keep": keep_own,
    "back": put_back_own,
    "rests": rests,
    "prepare": prepare_place,
    "take": take_place,
    "settle": settle_place,
    "return": back_in_place,
}


def main() -> int:
    """Do what the first argument says; the answer, or {"failed": why}, on standard output."""
    word = sys.argv[1]
    if word in ("send", "receive"):
        return (send if word == "send" else receive)(sys.argv[2])
    try:
        answer = WORDS[word](json.loads(sys.stdin.buffer.read()))
    except Failed as failed:
        answer = {"failed": str(failed)}
    except OSError as error:
        answer = {"failed": f"{error.filename or word}: {error.strerror}"}
    # Names of a database in another encoding come as they are.
    print(json.dumps(answer))
    return 0
