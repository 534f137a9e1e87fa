"""A cable that is long: frames go from one interface to the other, each so many seconds after it was heard.

`python delay.py INTERFACE OTHER SECONDS` says "ready" and goes on until an interface is gone. Like a long cable it
keeps the order, and has no limit of its own to how much is under way.
"""

import select
import socket
import sys
import time
from collections import deque

# linux/if_packet.h. With the virtio header a frame keeps what the sending kernel has left to the card: its checksum is
# not computed yet, and it may be longer than the wire takes.
SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
ALL_PROTOCOLS = 0x0003
LONGEST = 10 + 14 + 0x10000  # bytes: that header, Ethernet's, and the longest packet


def opened(interface: str) -> socket.socket:
    """Return a socket that hears and says whole frames on an interface."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    made.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    made.bind((interface, 0))
    made.setblocking(False)
    return made


def hand_on(one: socket.socket, other: socket.socket, seconds: float) -> None:
    """Hand frames on both ways; returns when an interface is gone."""
    under_way: deque[tuple[float, socket.socket, bytes]] = deque()
    while True:
        left = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        heard, _, _ = select.select([one, other], [], [], left)
        try:
            for at in heard:
                under_way.append((time.monotonic() + seconds, other if at is one else one, at.recv(LONGEST)))
            while under_way and under_way[0][0] <= time.monotonic():
                _, to, frame = under_way.popleft()
                _say(to, frame)
        except BlockingIOError:
            continue
        except OSError:  # ENETDOWN: the cable is laid anew
            return


def _say(to: socket.socket, frame: bytes) -> None:
    """A frame that the interface has no room for is lost, as on a wire."""
    try:
        to.send(frame)
    except BlockingIOError:
        return


def main() -> None:
    """Open both, say so, hand on."""
    one, other = (opened(name) for name in sys.argv[1:3])
    print("ready", flush=True)
    sys.stdout.close()
    hand_on(one, other, float(sys.argv[3]))


if __name__ == "__main__":
    main()
