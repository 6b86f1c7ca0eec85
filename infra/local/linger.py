"""The last moments of a refused request (RFC 9112 §9.6).

A server that closes while the client is still sending resets the connection, and the client may never read
why it was refused. So the answer is followed by the end of our side, and what still arrives is thrown away.
"""

from __future__ import annotations

import contextlib
import socket
import time

#: Seconds and bytes a refused client may go on sending.
PATIENCE = 2.0
MOST_UNREAD = 64 * 1024 * 1024


def linger(connection: socket.socket) -> None:
    """End our side of ``connection`` and read on, bounded, until the client has ended its own."""
    until = time.monotonic() + PATIENCE
    unread = MOST_UNREAD
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while unread > 0 and (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            part = connection.recv(256 * 1024)
            if not part:
                return
            unread -= len(part)
