"""Names and values into SQL, and a DuckDB connection that reads nothing but its own folder."""

import os
from pathlib import Path
from typing import Final

import duckdb

_MOST_THREADS: Final = 8
"""Each takes memory of its own: with many, large queries would not fit into what is allowed."""


def identifier(name: str) -> str:
    """Quote a name as an SQL identifier.

    Parameters
    ----------
    name
        Any text but the empty one; may come from a file.

    Returns
    -------
    str
        The name in double quotes, its own quotes doubled.

    Raises
    ------
    ValueError
        If the name is empty or holds a NUL byte.

    Examples
    --------
    >>> identifier('entered "Lead" at')
    '"entered ""Lead"" at"'
    """
    if not name or "\0" in name:
        raise ValueError(f"{name!r} can't name a column: it must have text and no NUL byte.")
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Quote a text as an SQL string literal.

    Parameters
    ----------
    value
        Any text; may come from a file.

    Returns
    -------
    str
        The text in single quotes, its own quotes doubled.

    Raises
    ------
    ValueError
        If the text holds a NUL byte.

    Examples
    --------
    >>> literal("O'Brien")
    "'O''Brien'"
    """
    if "\0" in value:
        raise ValueError(f"{value!r} can't stand in SQL: it holds a NUL byte.")
    return "'" + value.replace("'", "''") + "'"


def json_path(key: str) -> str:
    """Where a key is in an object, as JSONPath."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def connect(
    directory: Path, *, memory_bytes: int, spill: Path | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a database of a folder, locked to that folder.

    The connection can't read or write elsewhere, load extensions or see Python variables, and none
    of that can be switched back on.

    Parameters
    ----------
    directory
        An existing folder for all files it may read or write.
    memory_bytes, threads
        What queries may use; no number of threads: as many as there are cores, at most eight.
    spill
        Where data larger than the memory go; none: inside ``directory``.

    Returns
    -------
    duckdb.DuckDBPyConnection
        Reads times in UTC and keeps rows in the order they were read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with connect(Path(folder), memory_bytes=10**8) as connection:
    ...         connection.execute("SELECT current_setting('TimeZone')").fetchall()
    [('UTC',)]
    """
    directory = directory.resolve()
    connection = _AHEAD.pop() if _AHEAD else _opened()
    connection.execute(f"SET threads = {threads or min(os.cpu_count() or 1, _MOST_THREADS)}")
    connection.execute(f"SET memory_limit = '{memory_bytes}B'")
    connection.execute(f"SET temp_directory = {literal(str(spill or directory / 'spill'))}")
    connection.execute(f"SET allowed_directories = [{literal(str(directory))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


_AHEAD: Final[list[duckdb.DuckDBPyConnection]] = []
"""Databases opened ahead, not locked to any folder yet."""


def open_ahead() -> None:
    """Open the database of the next :func:`connect` now, where there is time for it."""
    connection = _opened()
    # Its own views are made when first asked for.
    connection.execute("SELECT 1 FROM duckdb_columns()").fetchall()
    _AHEAD.append(connection)


def is_there(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether there is a table or view of that name."""
    try:
        connection.execute(f"SELECT 1 FROM {identifier(name)} LIMIT 0").fetchall()
    except duckdb.CatalogException:
        return False
    return True


def _opened() -> duckdb.DuckDBPyConnection:
    """A database that loads no extensions and sees no Python variables."""
    connection = duckdb.connect(
        config={
            "threads": "1",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "preserve_insertion_order": "true",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    return connection
