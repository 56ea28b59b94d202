"""PostgreSQL, and what speaks its language: rows come as binary COPY, in Arrow batches."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pyarrow as pa

from journey.errors import ValueNotAllowedError, WarehouseError
from journey.ingest.warehouses.address import Address
from journey.ingest.warehouses.clients import client
from journey.ingest.warehouses.selection import Kind
from journey.ingest.warehouses.statements import SqlWarehouse, Tables, finite, kind_of

CONNECT_SECONDS: Final = 10
BATCH_BYTES: Final = 8 * 1024**2

_PARAMETERS: Final = ("sslmode", "sslrootcert", "host")
"""Of the address; others could name files and services of the machine that asks."""

_SETTINGS: Final = (
    "SET default_transaction_read_only = on",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'iso_8601'",
    "SET standard_conforming_strings = on",
    "SET extra_float_digits = 1",
)
_TABLES: Final = """
SELECT n.nspname::text AS space, c.relname::text AS name,
  CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END::text
  AS title
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
ORDER BY array_position(current_schemas(false), n.nspname), n.nspname, c.relname
"""
_REACHED: Final[dict[Kind, str]] = {
    "instant": "{} <= now()",
    "local time": "{} <= (now() AT TIME ZONE 'UTC')",
    "date": "{} <= (now() AT TIME ZONE 'UTC')::date",
    "decimal": "{} <> 'NaN'",
    "float": "{} < 'Infinity'",
}
_SAID: Final = re.compile(r"(?:ERROR|FATAL|PANIC):\s*(.+)")
_NUMERIC: Final = ("numeric", "money")


@contextmanager
def opened(address: Address) -> Generator[SqlWarehouse]:
    """Open a database for reading only.

    Raises
    ------
    WarehouseError
        If it can't be reached within ten seconds, does not let the user in, or breaks off.
    """
    session = _Session(address)
    with closing(session.connect()) as connection:
        for setting in _SETTINGS:
            session.execute(connection, setting)
        yield SqlWarehouse(
            run=partial(session.run, connection),
            describe=partial(session.describe, connection),
            find_tables=partial(session.tables, connection),
            text=lambda value, column: finite(value, f"CAST({value} AS text)", column),
            reached=_REACHED,
        )


@dataclass(frozen=True)
class _Session:
    """One visit to a server, and how what it says is told."""

    address: Address

    def connect(self) -> Any:
        """Connect within a bounded time."""
        driver = client("adbc_driver_postgresql.dbapi", purpose="PostgreSQL")
        try:
            return driver.connect(_conninfo(self.address), autocommit=True)
        except driver.Error as problem:
            raise self._refused(str(problem)) from None

    def execute(self, connection: Any, statement: str) -> None:
        """Run a statement that gives no rows."""
        with self._plain(), closing(connection.cursor()) as cursor:
            cursor.execute(statement)

    def describe(self, connection: Any, query: str) -> list[tuple[str, str, Kind]]:
        """Name, type and kind of the columns of a query."""
        with self._plain(), closing(connection.cursor()) as cursor:
            schema: pa.Schema = cursor.adbc_execute_schema(query)
        return [(field.name, _type_of(field), _kind_of(field)) for field in schema]

    def run(self, connection: Any, query: str) -> Iterator[pa.RecordBatch]:
        """Rows of a query, streamed."""
        with self._plain(), closing(connection.cursor()) as cursor:
            options = {"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
            cursor.adbc_statement.set_options(**options)
            cursor.execute(query)
            yield from cursor.fetch_record_batch()

    def tables(self, connection: Any) -> Tables:
        """All tables and views, in the order in which the server looks for them."""
        rows = [row for batch in self.run(connection, _TABLES) for row in batch.to_pylist()]
        return {row["title"]: (row["space"], row["name"]) for row in rows}

    @contextmanager
    def _plain(self) -> Generator[None]:
        """Turn what the driver raises into one clear line."""
        driver = client("adbc_driver_postgresql.dbapi", purpose="PostgreSQL")
        try:
            yield
        except (driver.Error, pa.ArrowException, OSError) as problem:
            if isinstance(problem, WarehouseError):
                raise
            state = getattr(problem, "sqlstate", None) or _state_in(str(problem))
            raise self._failed(str(problem), state) from None

    def _refused(self, message: str) -> WarehouseError:
        said = self._said(message)
        place = self.address.text
        if "password authentication failed" in message or "no password supplied" in message:
            return WarehouseError(
                f"{place} does not let {self.address.user or 'this user'} in: {said}. "
                "Check the user and give the right password."
            )
        return WarehouseError(
            f"{place} can't be opened: {said}. Check host, port and database, and that the "
            "server takes connections from here."
        )

    def _failed(self, message: str, state: str | None) -> WarehouseError:
        said = self._said(message)
        if state == "42501":
            return WarehouseError(
                f"The database refuses: {said}. Ask its administrator for the right to read."
            )
        if state is None or state.startswith(("57", "08")):
            return WarehouseError(
                f"{self.address.text} broke off: {said}. Nothing was kept; try again."
            )
        return WarehouseError(
            f"The database can't do this: {said}. Check the table, the query and the conditions."
        )

    def _said(self, message: str) -> str:
        """What a server said, on one line and without secrets."""
        found = _SAID.search(message)
        first = found[1] if found else message.rpartition("[libpq] ")[2].splitlines()[0]
        return self.address.without_secrets(first.strip().rstrip("."))


def _state_in(message: str) -> str | None:
    found = re.search(r"SQLSTATE: (\w{5})", message)
    return found[1] if found else None


def _type_of(field: Any) -> str:
    told = (field.metadata or {}).get(b"ADBC:postgresql:typname")
    return told.decode() if told else str(field.type)


def _kind_of(field: Any) -> Kind:
    """Kind of a column; exact numbers come as text, with their type beside."""
    return "decimal" if _type_of(field) in _NUMERIC else kind_of(field.type)


def _conninfo(address: Address) -> str:
    """Write what libpq takes; every value is quoted, so that none can add another."""
    parts = address.parts
    given = address.parameters
    unknown = next((name for name in given if name not in _PARAMETERS), None)
    if unknown is not None:
        raise ValueNotAllowedError.among(
            unknown, ("table", *_PARAMETERS), what="A parameter of the address"
        )
    values: dict[str, str | None] = {
        "host": parts.hostname,
        "port": str(parts.port) if parts.port else None,
        "user": address.user,
        "dbname": address.database,
        **given,
        "connect_timeout": str(CONNECT_SECONDS),
        "application_name": "portolan",
        "password": address.password,
    }
    if not address.has_own_means:
        # Else libpq would look for a password in the server's environment and files.
        values |= {"password": address.password or "", "passfile": os.devnull}
    return " ".join(f"{name}={_quoted(v)}" for name, v in values.items() if v is not None)


def _quoted(value: str) -> str:
    if "\0" in value:
        raise ValueNotAllowedError("The address or password holds a NUL byte. Type it again.")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
