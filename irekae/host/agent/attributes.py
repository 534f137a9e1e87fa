"""What a file has besides mode and owner: access control lists, capabilities, other attributes (xattr(7), acl(5))."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import struct
from typing import Callable

from irekae.host.agent.base import Answer, operation
from irekae.host.agent.paths import Spot

ACL = "system.posix_acl_"
# What a file system or a security module keeps for itself: it belongs to the machine.
FOREIGN = ("trusted.", "security.selinux", "security.ima", "security.evm", "system.nfs4", "btrfs.")
UNSUPPORTED = (errno.EOPNOTSUPP, errno.ENOSYS)
ACL_USER, ACL_GROUP = 0x02, 0x08  # tags of entries that name somebody
ACL_HEAD, ACL_ENTRY = 4, struct.Struct("<HHI")  # bytes of the version; tag, permissions, number


def unopened(folder: int, name: bytes) -> bytes:
    """A path to a name in an open folder; nothing is opened by it, so no pipe can hold us."""
    return b"/proc/self/fd/%d/%s" % (folder, name)


def attributes_of(folder: int, name: bytes) -> dict[str, bytes]:
    """The attributes of what lies in an open folder under a name, no link followed; {} where there are none."""
    path = unopened(folder, name)
    found = {}
    try:
        for key in os.listxattr(path, follow_symlinks=False):
            if not key.startswith(FOREIGN):
                found[key] = os.getxattr(path, key, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (*UNSUPPORTED, errno.ENODATA, errno.ENOENT, errno.EPERM, errno.EACCES):
            raise
    return found


def digest_of_attributes(found: dict[str, bytes], user: Callable[[int], str], group: Callable[[int], str]) -> bytes:
    """A digest that is the same on two machines whose numbers of users and groups differ; b"" of none."""
    if not found:
        return b""
    hashed = hashlib.sha256()
    for key, value in sorted(found.items()):
        hashed.update(
            key.encode() + b"\0" + (acl_by_name(value, user, group) if key.startswith(ACL) else value) + b"\0"
        )
    return hashed.hexdigest()[:16].encode()


def acl_by_name(acl: bytes, user: Callable[[int], str], group: Callable[[int], str]) -> bytes:
    """A list of acl(5) as the kernel keeps it, with names in the place of numbers."""
    entries = []
    for tag, allowed, number in ACL_ENTRY.iter_unpack(
        acl[ACL_HEAD : len(acl) - (len(acl) - ACL_HEAD) % ACL_ENTRY.size]
    ):
        who = user(number) if tag == ACL_USER else group(number) if tag == ACL_GROUP else ""
        entries.append(f"{tag}:{who}:{allowed}")
    return ",".join(sorted(entries)).encode("utf-8", "surrogateescape")


def in_base64(found: dict[str, bytes]) -> Answer:
    """Attributes as they travel and are kept."""
    return {key: base64.b64encode(value).decode() for key, value in found.items()}


def give_attributes(fd: int, wanted: Answer) -> None:
    """Give an open file or folder exactly these attributes; what its file system can't hold is left out."""
    there = [key for key in attribute_names(fd) if not key.startswith(FOREIGN)]
    for key in there:
        if key not in wanted:
            os.removexattr(fd, key)
    for key, value in wanted.items():
        data = base64.b64decode(value)
        if key not in there or os.getxattr(fd, key) != data:
            os.setxattr(fd, key, data)


def attribute_names(fd: int) -> list[str]:
    """The names of an open file's attributes; none where its file system has no such thing."""
    try:
        return os.listxattr(fd)
    except OSError as error:
        if error.errno in UNSUPPORTED:
            return []
        raise


@operation
def op_attribute_support(path: str) -> Answer:
    """Can the file system below a path hold access control lists and extended attributes: {"acl", "xattr"}."""
    with Spot(path) as spot:
        place = unopened(spot.folder, spot.name)
        return {"acl": can_hold(place, ACL + "access"), "xattr": can_hold(place, "user.irekae")}


def can_hold(path: bytes, key: str) -> bool:
    """Asking for an attribute that is not there tells whether it could be."""
    try:
        os.getxattr(path, key, follow_symlinks=False)
    except OSError as error:
        return error.errno not in UNSUPPORTED
    return True
