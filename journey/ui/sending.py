"""How the server hands the parts of a page to the network."""

import asyncio
import socket
from typing import Final

import streamlit.runtime.runtime
from uvicorn.protocols.http.auto import AutoHTTPProtocol

_take: Final = AutoHTTPProtocol.connection_made


def send_at_once() -> None:
    """Let the parts of a page leave as they are written, in all connections from here on.

    A run sends many small parts. Without this the system holds them back until the browser has
    confirmed those before, which it does only 40 ms later. ``asyncio`` sees to that for sockets
    that name their protocol, which the one that Streamlit opens doesn't. Streamlit itself rests
    for 5 ms after what it sent, though the end of a page is written meanwhile.
    """
    streamlit.runtime.runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0  # type: ignore[misc]
    AutoHTTPProtocol.connection_made = _take_and_hold_nothing_back


def _take_and_hold_nothing_back(
    protocol: asyncio.Protocol, transport: asyncio.BaseTransport
) -> None:
    connected: socket.socket | None = transport.get_extra_info("socket")
    if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _take(protocol, transport)
