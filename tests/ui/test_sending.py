import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from streamlit.runtime import runtime
from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from journey.ui.sending import send_at_once


async def nothing(scope, receive, send):
    """An app that is never asked."""


async def held_back():
    """What a server's end of a connection holds back, on a socket opened as Streamlit does."""
    config = Config(nothing)
    config.load()
    served = []
    connected = asyncio.Event()

    class Serving(AutoHTTPProtocol):
        def connection_made(self, transport):
            super().connection_made(transport)
            served.append(transport)
            connected.set()

    def serve():
        return Serving(config, ServerState(), {})

    listening = socket.socket(socket.AF_INET)
    listening.bind(("127.0.0.1", 0))
    async with await asyncio.get_running_loop().create_server(serve, sock=listening):
        _, browser = await asyncio.open_connection(*listening.getsockname())
        await connected.wait()
        taken = served[0].get_extra_info("socket")
        sent_at_once = taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        browser.close()
        served[0].close()
        await asyncio.sleep(0)
    return not sent_at_once


def test_the_parts_of_a_page_leave_as_they_are_written():
    send_at_once()
    # On a thread of its own: that of other tests may have a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(held_back())).result() is False


def test_what_is_written_while_a_part_is_sent_follows_at_once():
    send_at_once()
    assert runtime.MESSAGE_FLUSH_INTERVAL_SECS == 0
    # What the server waits for between two looks at what there is to send.
    assert "MESSAGE_FLUSH_INTERVAL_SECS" in runtime.Runtime._loop_coroutine.__code__.co_names
