"""Tables whose rows may be of nobody: numbered events, clicks paid for a client. It is asked."""

from collections.abc import Iterable, Sequence
from typing import Final, cast

import duckdb

from journey.errors import ColumnsUnclearError
from journey.ingest.columns.roles import TableRoles
from journey.ingest.columns.synonyms import plain, same_columns
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier

_SHARED: Final = 0.75
"""How sure an id is that other files have too."""
_MOST_NAMED: Final = 4
_OF_CLIENTS: Final = "ad_costs_of_clients"


def check_owners(told: Iterable[tuple[Sequence[str], str]]) -> None:
    """Refuse events whose only id is another on every row: each would be a journey of its own.

    Parameters
    ----------
    told
        Of each table its columns, and what :func:`missing_owner` says of it. Files with the same
        columns are one export, cut: an id that comes again in any of them numbers no rows.

    Raises
    ------
    ColumnsUnclearError
        Naming the file, the columns it may be, and the options to give.
    """
    exports: dict[tuple[str, ...], list[str]] = {}
    for columns, words in told:
        exports.setdefault(same_columns(columns), []).append(words)
    for words in exports.values():
        if all(words):
            raise ColumnsUnclearError(words[0])


def missing_owner(connection: duckdb.DuckDBPyConnection, table: TableRoles) -> str:
    """Why events are of nobody known, and what to do: their only id numbers them; else empty."""
    header = _own_number(table)
    if header is None or not _is_on_one_row_each(connection, table.raw, header):
        return ""
    likely = _may_be_owners(table)
    hint = f"Columns whose values come again: {', '.join(map(repr, likely))}. " if likely else ""
    return (
        f"{table.raw.file} does not say whose journey a row is of: {header!r} is another on "
        f"each of {table.raw.n_rows:,} rows, so each would be a journey of its own. {hint}"
        "Name the customer, for example --column account_id=HEADER, add a file that has both "
        f"{header!r} and the customer, or say --column account_id={header!r} if each row is "
        "one journey."
    )


def check_paid_clicks(tables: Sequence[RawTable]) -> None:
    """Refuse clicks and costs by day for a client: who clicked may be the client, or a customer.

    Parameters
    ----------
    tables
        Those of which nobody says what they are.

    Raises
    ------
    ColumnsUnclearError
        Naming the file and the options to give.
    """
    for table in tables:
        is_of_clients = table.known is not None and table.known.preset == _OF_CLIENTS
        if is_of_clients and "impressions" not in table.columns:
            raise ColumnsUnclearError(
                f"{table.file} has costs and clicks of campaigns by day for clients, and no "
                "impressions. Are they costs of advertisements, or what customers clicked? Say "
                f"--preset {_OF_CLIENTS} for costs, or name the customer and the touchpoint, for "
                "example --column account_id=HEADER --column touchpoint=HEADER."
            )


def _own_number(table: TableRoles) -> str | None:
    """The id that was guessed to be the account and numbers the rows looked at."""
    header = next(iter(table.roles.get("account_id", ())), None)
    if header is None or table.shape != "events" or table.raw.known is not None:
        return None
    is_guess = 0 < table.confidence[header] < _SHARED and not table.profiles[header].named(
        "account_id"
    )
    others = {"person_id", "anonymous_id", "opportunity_id", "session_id"} & {*table.roles}
    profile = table.profiles[header]
    is_row = profile.is_unique and profile.n_distinct == profile.n_values
    return header if is_guess and is_row and not others else None


def _is_on_one_row_each(connection: duckdb.DuckDBPyConnection, raw: RawTable, header: str) -> bool:
    """Whether no id comes again in the whole table, of which a profile has seen some rows."""
    x = f"nullif(trim({identifier(header)}), '')"
    row = connection.execute(
        f"SELECT count({x}), count(DISTINCT {x}) FROM {identifier(raw.table)}"
    ).fetchall()[0]
    n_values, n_distinct = cast("tuple[int, int]", row)
    return n_distinct == n_values


def _may_be_owners(table: TableRoles) -> list[str]:
    """Columns of many values that come again, and are neither dates nor amounts."""
    least, most = 0.1, 0.95
    used = {header for headers in table.roles.values() for header in headers}
    return [
        header
        for header, profile in table.profiles.items()
        if header not in used
        and not profile.is_date
        and least * profile.n_values <= profile.n_distinct <= most * profile.n_values
        and not plain(header).startswith("_")
    ][:_MOST_NAMED]
