"""What is queued is told by message before the swap begins."""

from __future__ import annotations

from irekae.subjects.preflight import mail
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy
from tests.unit.subjects.test_late_mail import submit
from tests.unit.subjects.test_mail_queue import queue


def test_each_message_is_told_by_number_size_age_and_recipients_and_many_are_folded(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    queue(tako)
    queue(ika, *(f"secret {number}\n" for number in range(21)))
    submit(ika, "new\n", "asada@itpass.x", "gaibu@outside.x")
    ika.commands = lambda argv, stdin: (0, "messages in queue: 22\n")
    pair = for_copy(swap)
    assert list(mail.queues(pair)) == []
    told = pair.production.record.notes
    assert len(told) == 1 + mail.SHOWN + 1
    assert "9 bytes" in told[1]
    assert "1 local recipients" in told[1]
    assert told[-1].startswith("queued: and 2 more, ")
    assert not any(word in "".join(told) for word in ("secret", "asada", "sender", "gaibu")), "the queue is private"


def test_a_queue_of_another_kind_is_told_by_its_size_alone(swap: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (0, "messages in queue: 3\nmessages in queue but not yet preprocessed: 0\n")
    pair = for_copy(swap)
    assert list(mail.queues(pair)) == []
    assert pair.production.record.notes == ["mail messages in queue: 3, messages in queue but not yet preprocessed: 0"]
