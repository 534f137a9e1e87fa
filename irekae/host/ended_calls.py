"""What an earlier call of an item, which was ended in the midst, has begun with a service: the journal tells."""

from irekae.host.record import Record
from irekae.model.journal import undoable


def was_stopping(record: Record, init: str) -> bool:
    """Was it ended while it stopped the service: what its first command stopped may not be all of it (a socket)."""
    for entry in reversed(record.entries):
        if entry.get("item") == record.item:
            undo = entry.get("undo", {})
            if undo.get("init") == init and undo.get("running") and not undo.get("again"):
                return True
            if entry.get("event") in ("done", "nothing", "undone"):
                return False
    return False


def was_restarting(record: Record, init: str) -> bool:
    """Was it ended while it restarted the service: it finds it stopped, which it does not have to stay."""
    mine = [entry for entry in undoable(record.entries) if entry.get("item") == record.item]
    again = [entry["undo"] for entry in mine if entry["undo"].get("again")]
    return any(undo["init"] == init and undo["running"] for undo in again)
