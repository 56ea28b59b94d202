"""What a data set keeps of its files, so that it can be made again without them.

``sources/0001`` holds the first import, ``0002`` what was added next. A table of events stands
there as it was read, in ``rows-0.parquet``, and with its times in ``seconds-0.parquet`` where the
rows have them otherwise than as seconds; what had to be made of other tables, in
``entries.parquet``, ``attributes.parquet`` and ``costs.parquet``; and what is to be known of each
table, in ``tables.json``. A written batch never changes.
"""

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from journey.errors import ImportLimitError, StoreError
from journey.ingest.columns.roles import Shape, TableRoles, as_here
from journey.ingest.columns.shapes import ATTRIBUTES, COSTS, ENTRIES, TEXTS, extra_names
from journey.ingest.kept.rows import rows_file, rows_sql, seconds_file, seconds_sql, timed_sql
from journey.ingest.raw import Aside, RawTable, RejectedRow
from journey.ingest.sql import identifier, is_there, literal
from journey.schema import LEFT_OUT
from journey.store.replace import sync_early

SOURCES: Final = "sources"
STAGED: Final = (ENTRIES, ATTRIBUTES, COSTS)
"""Tables of a batch, each in a file of its name where there is any."""

TABLES_FILE: Final = "tables.json"
VERSION: Final = 4
READABLE: Final = (1, 2, 3, 4)
"""The first have all entries in one file, the second times otherwise, the third beside rows."""

MOST_TABLES: Final = 16_384
"""More would not fit the number of an entry."""

_ENTRY: Final = (
    "file_index INTEGER, source_row BIGINT, date_index INTEGER, account_id VARCHAR, "
    "touchpoint VARCHAR, occurred_at BIGINT, time_text VARCHAR, time_fault VARCHAR"
)
"""Columns of a table of entries where no file has any."""

DATED: Final = ("events", "wide")


@dataclass(frozen=True)
class SourceTable:
    """One table of a file as it was read: what reports and later imports need of it.

    Attributes
    ----------
    file
        The file as the user knows it; no two tables of a data set have the same.
    headers, left_out
        All columns of the file, and those that the user had left out.
    roles
        Headers by role.
    names
        Column of the batch by header, for the columns without a role.
    n_rows, n_rejected
        Rows in the table, and rows of the file that are not.
    aside, n_added
        Rows that a preset took out of the table, and rows it made of others.
    decimals, leads
        What parts decimals, ``comma`` or ``point`` by header, where values told; and how many more
        of its own values can only mean a comma than a point, where any could mean either.
    scores
        The least and the highest sentiment that a column gives; none: no column, or not known.
    preset
        The preset that said what its columns mean; empty: none did.
    comments
        How many comments of some are English, how many are not; none: no column.
    file_headers, told, named_preset
        The columns of the file before presets made others of them, and what the user said of it:
        headers by role, and its preset. Later files of its source are read alike.
    """

    file: str
    shape: Shape
    headers: tuple[str, ...]
    left_out: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    n_rows: int
    n_rejected: int
    rejected: tuple[RejectedRow, ...]
    aside: tuple[Aside, ...] = ()
    n_added: int = 0
    decimals: Mapping[str, str] = field(default_factory=dict[str, str])
    scores: tuple[float, float] | None = None
    preset: str = ""
    comments: tuple[int, int] | None = None
    file_headers: tuple[str, ...] = ()
    told: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    named_preset: str = ""
    leads: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def extras(self) -> tuple[str, ...]:
        """Columns without a role."""
        return tuple(self.names)


@dataclass(frozen=True)
class Batch:
    """What one import brought.

    Attributes
    ----------
    options
        What the user said of all files: ``dates``, ``zone``, ``epoch`` and ``dedupe``.
    notes
        How the files were read, in plain words.
    origin
        The database it was fetched from; none: from files.
    is_continued
        It came with the batch before, in one import.
    """

    tables: tuple[SourceTable, ...]
    options: Mapping[str, str | None]
    notes: tuple[str, ...]
    origin: Mapping[str, Any] | None = None
    is_continued: bool = False


def rejected_of(raw: RawTable) -> tuple[RejectedRow, ...]:
    """The rejected rows of a table as they may be kept.

    Nobody can tell which of their cells belong to which column. So where one is left out, their
    text is too; the line at which they stand in the file remains.
    """
    if not as_here(raw.told, (*raw.columns, *raw.file_headers)).get(LEFT_OUT):
        return raw.rejected
    return tuple(replace(row, text="") for row in raw.rejected)


def source_table(raw: RawTable, read: TableRoles, names: Mapping[str, str]) -> SourceTable:
    """Describe a table of a file by its rows and the roles of its columns."""
    return SourceTable(
        file=raw.file,
        shape=read.shape,
        headers=raw.columns,
        left_out=tuple(name for name in raw.columns if name not in read.raw.columns),
        roles=read.roles,
        names={header: names[header] for header in read.extras},
        n_rows=raw.n_rows,
        n_rejected=raw.n_rejected,
        rejected=rejected_of(raw),
        aside=raw.aside,
        n_added=raw.n_added,
        preset=raw.known.preset or "" if raw.known and raw.known.shape else "",
        file_headers=raw.file_headers,
        told=raw.told,
        named_preset=raw.named_preset,
    )


def write_batch(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    batch: Batch,
    as_read: Mapping[int, Path],
    timed: Collection[int] = (),
) -> None:
    """Write the staged views and what describes them into a new folder, and drop the views.

    Parameters
    ----------
    folder
        One that the connection may write to; must not be there yet.
    as_read
        The files of the rows of tables of events that are kept as they were read, by the number
        of the table; they are moved.
    timed
        Tables whose rows have their times as seconds.
    """
    folder.mkdir(parents=True)
    for index in set(as_read).difference(timed):
        times = seconds_sql(f"{ENTRIES} WHERE file_index = {index}")
        _copy(connection, times, seconds_file(folder, index), "PRESERVE_ORDER true")
    for table in STAGED:
        if not is_there(connection, table):
            continue
        if table != ENTRIES or len(as_read) < sum(t.shape in DATED for t in batch.tables):
            others = ", ".join(map(str, as_read)) if table == ENTRIES else ""
            where = f" WHERE file_index NOT IN ({others})" if others else ""
            # Rows are numbered, so that threads may write them as they come.
            _copy(
                connection,
                f"FROM {identifier(table)}{where}",
                folder / f"{table}.parquet",
                "PRESERVE_ORDER false",
            )
        connection.execute(f"DROP VIEW {identifier(table)}")
    for index, path in as_read.items():
        path.rename(rows_file(folder, index))
        sync_early(rows_file(folder, index))
    text = json.dumps({"version": VERSION, **asdict(batch)}, ensure_ascii=False, indent=1)
    (folder / TABLES_FILE).write_text(text, encoding="utf-8")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, order: str) -> None:
    connection.execute(
        f"COPY ({query}) TO {literal(str(path))} "
        f"(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, {order})"
    )


def link_batches(sources: Path, target: Path) -> None:
    """Give all files of a data set's batches a second name in another ``sources`` folder."""
    for folder in batch_folders(sources):
        (target / folder.name).mkdir(parents=True)
        for file in folder.iterdir():
            try:
                os.link(file, target / folder.name / file.name)
            except OSError:
                shutil.copyfile(file, target / folder.name / file.name)


def batch_folders(sources: Path) -> list[Path]:
    """The folders of the batches, in the order they came."""
    if not sources.is_dir():
        return []
    return sorted(
        (entry for entry in sources.iterdir() if entry.name.isdecimal()),
        key=lambda entry: int(entry.name),
    )


def next_folder(sources: Path) -> Path:
    """The folder of the batch that comes next."""
    last = max((int(folder.name) for folder in batch_folders(sources)), default=0)
    return sources / f"{last + 1:04}"


def read_batch(folder: Path) -> Batch:
    """Read what is known of a batch.

    Raises
    ------
    StoreError
        If it can't be read.
    """
    try:
        data: dict[str, Any] = json.loads((folder / TABLES_FILE).read_text(encoding="utf-8"))
        version = data["version"]
        tables = tuple(_table(entry) for entry in data["tables"])
        notes, is_continued = tuple(data["notes"]), data.get("is_continued", False)
        batch = Batch(tables, data["options"], notes, data.get("origin"), is_continued)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"What batch {folder.name} of the data set was made from can't be read: {error!r}. "
            "Import the files again."
        ) from error
    if version not in READABLE:
        raise StoreError(
            f"Batch {folder.name} of the data set was kept in format {version!r}; this version "
            f"reads {' and '.join(map(str, READABLE))}. Import the files again."
        )
    return batch


def _table(entry: Mapping[str, Any]) -> SourceTable:
    fields: dict[str, Any] = dict(entry)
    fields["headers"] = tuple(entry["headers"])
    fields["left_out"] = tuple(entry["left_out"])
    fields["roles"] = {role: tuple(headers) for role, headers in entry["roles"].items()}
    fields["rejected"] = tuple(RejectedRow(**row) for row in entry["rejected"])
    for pair in ("scores", "comments"):
        fields[pair] = None if entry.get(pair) is None else tuple(entry[pair])
    fields["aside"] = tuple(read_aside(taken) for taken in entry.get("aside", ()))
    # Of earlier data sets no more is known than what was left out.
    fields["file_headers"] = tuple(entry.get("file_headers", entry["headers"]))
    fields["told"] = entry.get("told", {LEFT_OUT: entry["left_out"]} if entry["left_out"] else {})
    signs = {"comma": 1, "point": -1}
    told: Mapping[str, str] = entry.get("decimals", {})
    fields["leads"] = entry.get("leads", {h: signs[mark] for h, mark in told.items()})
    return SourceTable(**fields)


def read_aside(entry: Mapping[str, Any]) -> Aside:
    """Rows taken out of a table, of what was written of them."""
    examples = tuple((int(row), str(text)) for row, text in entry["examples"])
    return Aside(entry["action"], entry["reason"], entry["n_rows"], examples)


def unique_files(files: Iterable[str], *, taken: Iterable[str]) -> list[str]:
    """Names for tables that no table of an earlier batch has.

    Examples
    --------
    >>> unique_files(["web.csv", "crm.csv"], taken=["web.csv", "web.csv (2)"])
    ['web.csv (3)', 'crm.csv']
    """
    seen = set(taken)
    names: list[str] = []
    for file in files:
        name, repeat = file, 1
        while name in seen:
            repeat += 1
            name = f"{file} ({repeat})"
        seen.add(name)
        names.append(name)
    return names


def view_batches(
    connection: duckdb.DuckDBPyConnection,
    folders: Sequence[Path],
    batches: Sequence[Batch],
    *,
    only: int | None = None,
) -> dict[str, str]:
    """Make the views ``entries``, ``attributes`` and ``costs`` of all batches, where there are any.

    The view ``texts`` has the entries without the times of those that have them in another file.
    Tables are numbered through all batches, and a header without a role has one column in all.

    Where ``only`` is given, rows are those of the batch at that place. Gives the column by header,
    for the columns without a role.

    Raises
    ------
    ImportLimitError
        If there are more tables than can be numbered.
    """
    tables = [table for batch in batches for table in batch.tables]
    if len(tables) > MOST_TABLES:
        raise ImportLimitError(
            f"The data set would have {len(tables):,} tables; at most {MOST_TABLES:,} can be told "
            "apart. Put several exports into one file and import them as a new data set."
        )
    names = extra_names(tables)
    parts: dict[str, list[str]] = {name: [] for name in (*STAGED, TEXTS)}
    first = 0
    for place, (folder, batch) in enumerate(zip(folders, batches, strict=True)):
        if only in (None, place):
            for view, sql in _parts(connection, folder, batch, names, first):
                parts[view].append(sql)
        first += len(batch.tables)
    if not parts[ENTRIES]:
        connection.execute(f"CREATE TABLE no_{ENTRIES} ({_ENTRY})")
        parts[ENTRIES] = parts[TEXTS] = [f"FROM no_{ENTRIES}"]
    for name, found in parts.items():
        if found:
            connection.execute(
                f"CREATE VIEW {identifier(name)} AS {' UNION ALL BY NAME '.join(found)}"
            )
    return names


def _parts(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    batch: Batch,
    names: Mapping[str, str],
    first: int,
) -> Iterator[tuple[str, str]]:
    """Queries of the files of a batch, whose tables are numbered from ``first``, by their view."""
    own = {column: names[header] for t in batch.tables for header, column in t.names.items()}
    for name in STAGED:
        path = folder / f"{name}.parquet"
        if path.exists():
            held = connection.read_parquet(str(path)).columns
            for view in (ENTRIES, TEXTS) if name == ENTRIES else (name,):
                yield view, _part_sql(path, held, own, first)
    for index, table in enumerate(batch.tables):
        path = rows_file(folder, index)
        if path.exists():
            yield TEXTS, rows_sql(path, first + index, table, names)
            yield ENTRIES, timed_sql(folder, index, first + index, table, names)


def _part_sql(path: Path, held: Sequence[str], names: Mapping[str, str], first: int) -> str:
    """A query of one file, its tables numbered from ``first``, its columns named as in all."""
    columns = [
        f"file_index + {first} AS file_index"
        if column == "file_index"
        else f"{identifier(column)} AS {identifier(names.get(column, column))}"
        for column in held
    ]
    return f"SELECT {', '.join(columns)} FROM read_parquet({literal(str(path))})"
