"""InnoDB's redo log, read as the server reads it at its start: is there anything behind the last checkpoint.

As MariaDB 10.8 and newer write it: log0recv.cc (find_checkpoint, parse), log0log.h, mtr0types.h (FILE_CHECKPOINT).
"""

from __future__ import annotations

import os
from typing import IO

PHYSICAL = b"Phys\0\0\0\0"
HEAD = 0x3000  # bytes in front of the records, which go round behind it
CHECKPOINTS = (0x1000, 0x2000)
NONCE = slice(48, 52)  # not zero where the log is encrypted
CHECKED = 508  # bytes of the header that its checksum is of
LONGEST = 1 << 20  # bytes of a mini-transaction
# Of a length in so many bytes: the bits of the first one that belong to it, and what is added.
LENGTHS = ((0x7F, 0), (0x3F, 0x80), (0x1F, 0x4080), (0x0F, 0x204080), (0x07, 0x10204080))


def _table() -> list[int]:
    found = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        found.append(number)
    return found


CASTAGNOLI = _table()


def crc32c(data: bytes) -> int:
    """The checksum CRC-32C (RFC 3720, appendix B.4)."""
    found = 0xFFFFFFFF
    for byte in data:
        found = CASTAGNOLI[(found ^ byte) & 0xFF] ^ found >> 8
    return found ^ 0xFFFFFFFF


def number_of(data: bytes) -> int:
    """A number, the highest byte first."""
    return int.from_bytes(data, "big")


class RedoLog:
    """An open log: records at their log sequence numbers (LSN)."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.head = file, file.read(HEAD)
        self.first, self.capacity = number_of(self.head[8:16]), os.fstat(file.fileno()).st_size - HEAD

    @property
    def known(self) -> bool:
        """Is it one that we can read: whole, of this format, not encrypted."""
        whole = len(self.head) == HEAD and self.capacity > 0 and self.head.startswith(PHYSICAL)
        plain = not any(self.head[NONCE])
        return whole and plain and crc32c(self.head[:CHECKED]) == number_of(self.head[CHECKED : CHECKED + 4])

    def last_checkpoint(self) -> tuple[int, int]:
        """The LSN of the last one, and the one where its record stands; zeros where there is none."""
        found = (0, 0)
        for place in CHECKPOINTS:
            block = self.head[place : place + 64]
            checkpoint, end = number_of(block[:8]), number_of(block[8:16])
            sound = not any(block[16:60]) and crc32c(block[:60]) == number_of(block[60:])
            if sound and self.first <= checkpoint <= end:
                found = max(found, (checkpoint, end))
        return found

    def read(self, lsn: int, count: int) -> bytes:
        """So many bytes from a LSN on."""
        place, count = (lsn - self.first) % self.capacity, min(count, self.capacity)
        self.file.seek(HEAD + place)
        data = self.file.read(min(count, self.capacity - place))
        self.file.seek(HEAD)
        return data + self.file.read(count - len(data))

    def round(self, lsn: int) -> int:
        """The byte that ends a mini-transaction there: another one in each round."""
        return 1 - (lsn - self.first) // self.capacity % 2

    def holds(self, lsn: int) -> bool:
        """Does a whole mini-transaction stand at a LSN."""
        data, at = self.read(lsn, LONGEST), 0
        while at + 5 <= len(data):
            byte = data[at]
            if byte <= 1:
                whole = crc32c(data[:at]) == number_of(data[at + 1 : at + 5])
                return at > 0 and byte == self.round(lsn + at) and whole
            at += 1 + (byte & 0x0F or 15 + length_in(data[at + 1 : at + 6]))
        return False


def length_in(data: bytes) -> int:
    """A length as records have it: its first bits say in how many bytes."""
    for more, (bits, least) in enumerate(LENGTHS):
        if data and data[0] & ~bits & 0xFF == 0xFF & ~(2 * bits + 1) & 0xFF:
            return least + ((data[0] & bits) << 8 * more) + number_of(data[1 : 1 + more])
    return LONGEST


def resting_at(path: str) -> int | None:
    """The LSN at which a server has ended well; None where it has not, or nobody can say so.

    A server that has ended well leaves a checkpoint with its own record behind it, and nothing else.
    """
    with open(path, "rb") as file:
        log = RedoLog(file)
        if not log.known:
            return None
        checkpoint, end = log.last_checkpoint()
        record = b"\xfa\0\0" + checkpoint.to_bytes(8, "big")
        record += bytes([log.round(end + len(record))]) + crc32c(record).to_bytes(4, "big")
        well = 0 < checkpoint == end and log.read(end, len(record)) == record
        return checkpoint if well and not log.holds(end + len(record)) else None
