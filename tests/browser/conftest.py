"""A running app and a real browser; nothing here imports the library under test."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.browser.acts import WATCH
from tests.browser.find_browser import installed_browser

REPOSITORY = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS_TO_START = 60


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import Error, expect, sync_playwright

    expect.set_options(timeout=30_000)

    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=installed_browser(), args=list(FLAGS)
            )
        except Error as problem:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"No browser to drive: {problem}")
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A window of its own; what it asks of any other machine fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    asked, broken = [], []
    context.add_init_script(WATCH)
    context.on("request", lambda request: asked.append(request.url))
    window = context.new_page()
    window.set_default_timeout(60_000)
    window.on("pageerror", lambda problem: broken.append(str(problem)))
    yield window
    context.close()
    local = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
    assert broken == []


@pytest.fixture
def serve():
    """Start apps by ``serve(workspace)`` or ``serve(workspace, root=…)``; gives their address."""
    with ExitStack() as running:
        yield lambda workspace, root=REPOSITORY: running.enter_context(_server(root, workspace))


@contextmanager
def _server(root, workspace):
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    with (workspace / "server.log").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PORTOLAN_WORKSPACE": str(workspace)},
        )
        try:
            _wait_until_healthy(process, port, workspace / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_until_healthy(process, port, log):
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except OSError:  # not there yet, or too busy to answer in time
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{log.read_text(errors='replace')}")
