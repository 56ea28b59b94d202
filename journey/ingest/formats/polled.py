"""A long statement in the database, with progress."""

from collections.abc import Callable
from threading import Event, Thread

import duckdb

_SECONDS = 0.1


def run_polled(
    connection: duckdb.DuckDBPyConnection, statement: str, report: Callable[[float], None]
) -> None:
    """Run a statement and tell about ten times a second what share of its input is read.

    Parameters
    ----------
    connection
        Of a database with its progress bar switched on and not printed.
    statement
        One SQL statement.
    report
        Called from a second thread with a share from 0 to 1 that never falls.
    """
    done = Event()

    def poll() -> None:
        furthest = 0.0
        while not done.wait(_SECONDS):
            share = connection.query_progress() / 100
            if share > furthest:
                furthest = share
                report(min(furthest, 1.0))

    poller = Thread(target=poll, daemon=True)
    poller.start()
    try:
        connection.execute(statement)
    finally:
        done.set()
        poller.join()
