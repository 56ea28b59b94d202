"""Paths that come counted, ``a > b > c`` with conversions: no touchpoints, but good for credit."""

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from journey.errors import CountedPathsError, UnreadableFileError, ValueNotAllowedError
from journey.ingest.processes.child import run_in_child
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import RawTable, read_raw
from journey.ingest.sql import connect, identifier, literal
from journey.ingest.texts.decimals import count_marks

if TYPE_CHECKING:
    import pandas as pd

_HEADERS: Final = {
    "path": ("path", "paths", "channel path", "conversion path", "default channel group path"),
    "n_conversions": (
        *("conversions", "total conversions", "conversion", "n conversions", "key events"),
    ),
    "value": (
        *("total conversion value", "conversion value", "conversions value", "value", "revenue"),
    ),
    "n_nulls": ("total null", "total nulls", "null", "nulls", "n nulls", "non conversions"),
}
_COUNTED: Final = tuple(_HEADERS)[1:]
_FILE: Final = "paths.parquet"


@dataclass(frozen=True, eq=False)
class PathTable:
    """Counted paths of some files.

    ``frame`` has ``path``, ``n_conversions``, ``value``, ``n_nulls``; ``n_rejected`` rows of the
    files can't be put into their table, and ``notes`` say how the files were read.
    """

    frame: "pd.DataFrame"
    n_rejected: int
    notes: tuple[str, ...]


def read_path_tables(*paths: Path | str, limits: Limits | None = None) -> PathTable:
    """Read files of counted paths, each in CSV, XLSX or any other format that is read.

    Raises
    ------
    UnreadableFileError, ImportLimitError
        If a file can't be used or goes over the limits, or is none of counted paths.
    ValueNotAllowedError
        If a count or a value is no number.
    """
    import pandas as pd

    allowed = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="portolan-") as folder:
        argument = {
            "paths": [str(Path(path).absolute()) for path in paths],
            "scratch": folder,
            "limits": asdict(allowed),
        }
        told = run_in_child(
            "journey.ingest.columns.path_tables:read_in_child",
            argument,
            limits=allowed,
            progress=lambda _: None,
            cancelled=lambda: False,
        )
        frame = pd.read_parquet(Path(folder) / _FILE)
    return PathTable(frame, told["n_rejected"], tuple(told["notes"]))


def read_in_child(argument: Mapping[str, Any], tell: Callable[[Progress], None]) -> dict[str, Any]:
    """Write the paths of all files into one in ``scratch``; runs in a process of its own."""
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    tables: list[RawTable] = []
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        for index, path in enumerate(map(Path, argument["paths"])):
            tables += read_raw(
                connection,
                path,
                name=path.name,
                index=index,
                scratch=scratch,
                limits=limits,
                progress=tell,
            )
        query = " UNION ALL ".join(_paths_sql(connection, table) for table in tables)
        target = literal(str(scratch / _FILE))
        connection.execute(f"COPY ({query}) TO {target} (FORMAT parquet)")
    return {
        "n_rejected": sum(table.n_rejected for table in tables),
        "notes": [f"{table.file}: {note}" for table in tables for note in table.notes],
    }


def refuse_path_tables(connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable]) -> None:
    """Say of counted paths what they are good for: they have no accounts and no times.

    Raises
    ------
    CountedPathsError
        If a table is one of counted paths.
    """
    for table in tables:
        if _is_path_table(connection, table):
            raise CountedPathsError(
                f"{table.file} holds counted paths (a > b > c with conversions), no touchpoints: "
                "there is no account and no time, so no journey to store. For the credit of its "
                "channels ask `python -m journey attribution` with the file."
            )


def _is_path_table(connection: duckdb.DuckDBPyConnection, table: RawTable) -> bool:
    found = _columns(table)
    if "path" not in found or "n_conversions" not in found:
        return False
    path = identifier(found["path"])
    query = f"SELECT 1 FROM {identifier(table.table)} WHERE {path} LIKE '%>%' LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _columns(table: RawTable) -> dict[str, str]:
    """Headers of a table by what they are in a table of paths."""
    plain = {" ".join(re.split(r"[\W_]+", h.casefold())).strip(): h for h in table.columns}
    return {
        role: plain[name]
        for role, names in _HEADERS.items()
        for name in reversed(names)
        if name in plain
    }


def _paths_sql(connection: duckdb.DuckDBPyConnection, table: RawTable) -> str:
    """A query of the paths of a table; what is not counted is 0."""
    found = _columns(table)
    if "path" not in found or "n_conversions" not in found:
        columns = ", ".join(repr(header) for header in table.columns[:12])
        raise UnreadableFileError(
            f"{table.file} is no table of counted paths; a column 'path' and one 'conversions' are "
            f"needed. Its columns: {columns}."
        )
    numbers = [
        f"{_number(connection, table, found[role])} AS {role}" if role in found else f"0 AS {role}"
        for role in _COUNTED
    ]
    path = f"coalesce({identifier(found['path'])}, '') AS path"
    return f"SELECT {path}, {', '.join(numbers)} FROM {identifier(table.table)}"


def _number(connection: duckdb.DuckDBPyConnection, table: RawTable, header: str) -> str:
    """A column as numbers, none of which may be unreadable."""
    marks = count_marks(connection, table, [header])
    thousands, point = (".", ",") if marks.n_commas > marks.n_points else (",", ".")
    column = identifier(header)
    plain = f"replace(replace(trim({column}), '{thousands}', ''), '{point}', '.')"
    number = f"TRY_CAST({plain} AS DOUBLE)"
    query = (
        f"SELECT source_row, {column} FROM {identifier(table.table)} "
        f"WHERE trim({column}) <> '' AND NOT coalesce(isfinite({number}), false) "
        "ORDER BY source_row LIMIT 1"
    )
    wrong = connection.execute(query).fetchone()
    if wrong is not None:
        raise ValueNotAllowedError(
            f"{table.file}, row {wrong[0]}, column {header!r}: {wrong[1]!r} is no number. "
            "Numbers such as 12 or 3.5 are allowed."
        )
    return f"coalesce({number}, 0)"
