"""What the program can be called with: a word, and behind it on standard input what it is about, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Mapping

from irekae.subjects.databases.far.base import Answer, Failed, room
from irekae.subjects.databases.far.engines import engine_of
from irekae.subjects.databases.far.keeping import alone, keep, put_back
from irekae.subjects.databases.far.stream import receive, send

Spec = Mapping[str, Any]


def look(spec: Spec) -> Answer:
    """What the server is and holds, and the room where our own files lie."""
    return dict(engine_of(spec["server"]).look(), own_room=room(spec["folder"]))


def sessions(spec: Spec) -> Answer:
    """Who else has the databases open."""
    return {"sessions": engine_of(spec["server"]).sessions(spec["names"])}


def digest(spec: Spec) -> Answer:
    """What the databases hold."""
    return engine_of(spec["server"]).digest(spec["names"], spec["key"])


def keep_own(spec: Spec) -> Answer:
    """Keep what is there before it is replaced."""
    with alone(spec["folder"]):
        keep(engine_of(spec["server"]), spec["names"], spec["kept"])
    return {}


def back(spec: Spec) -> Answer:
    """Put back what was kept."""
    with alone(spec["folder"]):
        put_back(engine_of(spec["server"]), spec["names"], spec["kept"], spec["accounts"])
    return {}


WORDS: dict[str, Callable[[Spec], Answer]] = {
    "look": look,
    "sessions": sessions,
    "digest": digest,
    "keep": keep_own,
    "back": back,
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
