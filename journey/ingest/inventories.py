"""Content inventories among the files of an import: CSV or XLSX, told by their header."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from journey.errors import ImportLimitError, JourneyError, UnreadableFileError
from journey.ingest.columns.synonyms import SYNONYMS, named
from journey.ingest.formats.table import RawTable
from journey.ingest.processes.child import run_in_child
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.inventory import (
    MOST_BYTES,
    MOST_ENTRIES,
    Entry,
    Inventory,
    inventory_from,
    inventory_of_rows,
    lists_content,
    text_rows,
)
from journey.rules.words import plain_words
from journey.wording import counted

TEXTS: Final = (".csv", ".tsv", ".txt")
BOOK: Final = ".xlsx"
_BOOK_BYTES: Final = 500_000_000
_SHEET_BYTES: Final = 20_000_000
"""A larger sheet, unpacked, is a log: it would take long to be read twice."""
_HEAD_BYTES: Final = 65_536
_SURE: Final = 0.5
_A_LOG: Final = ("account_id",)
_WHO_DID: Final = ("account_id", "person_id", "anonymous_id", "session_id", "touchpoint")
"""A table that names one of these is a log or a list of customers."""


def read_inventory(path: Path | str) -> Inventory:
    r"""Read a content inventory from a CSV or XLSX file.

    Parameters
    ----------
    path
        One row per content under a header: ``content``, ``stage``, ``persona``, ``question``,
        ``kind``, ``published_at``, or words like these. Of an XLSX, the sheets that are such lists.

    Raises
    ------
    UnreadableFileError
        If the file can't be read, or no column says what the content is.
    ImportLimitError
        If it is larger than an inventory may be.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "list.csv"
    ...     _ = path.write_text("Title;Journey stage\nGuide;Nurture\nPrices;Convert\n")
    ...     [(entry.content, entry.stage) for entry in read_inventory(path).entries]
    [('Guide', 'Nurture'), ('Prices', 'Convert')]
    """
    place = Path(path)
    if not place.is_file():
        raise UnreadableFileError(f"There is no file {place.name!r}. Check the path.")
    most = _BOOK_BYTES if place.suffix.lower() == BOOK else MOST_BYTES
    if place.stat().st_size > most:
        raise ImportLimitError(
            f"{place.name} is too large for a content inventory: at most {MOST_ENTRIES:,} rows and "
            f"{most // 1_000_000} MB. List each content once."
        )
    if place.suffix.lower() == BOOK:
        return _of_book(_sheets(place), place.name)
    return inventory_from(place.read_bytes(), place.name)


def read_inventories(paths: Iterable[Path]) -> Inventory:
    """Read several inventories as one: a content goes by the first that lists it.

    Raises
    ------
    UnreadableFileError, ImportLimitError
        As :func:`read_inventory`.
    """
    return _joined(map(read_inventory, paths))


def _joined(inventories: Iterable[Inventory]) -> Inventory:
    entries: dict[str, Entry] = {}
    for inventory in inventories:
        for entry in inventory.entries:
            entries.setdefault(entry.content, entry)
    return Inventory(tuple(entries.values()))


def split_inventories(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Tell the content inventories among files from all others, by their headers.

    Returns
    -------
    tuple of list of Path
        The others and the inventories, each in the order given; a workbook with sheets of both
        kinds is among both. A file that can't be read is among the others: whoever imports them
        says what is wrong with it.
    """
    others: list[Path] = []
    found: list[Path] = []
    for path in paths:
        headers = _headers(path)
        if not any(map(_is_list, headers)) or _lists_beside_data(headers):
            others.append(path)
        if any(map(_is_list, headers)):
            found.append(path)
    return others, found


def without_lists(tables: Sequence[RawTable], path: Path) -> list[RawTable]:
    """Leave the sheets that list content out of the data of a workbook; a note tells of them.

    Parameters
    ----------
    tables
        All that was read of the file.
    """
    if path.suffix.lower() != BOOK or not _may_list(path):
        return list(tables)
    headers = [table.columns if table.n_rows <= MOST_ENTRIES else _A_LOG for table in tables]
    lists = _lists_beside_data(headers)
    rest = [table for place, table in enumerate(tables) if place not in lists]
    notes = [
        f"left to the content inventory: {tables[place].file}, "
        f"{counted(tables[place].n_rows, 'row')} of content without touchpoints"
        for place in sorted(lists)
    ]
    return [replace(rest[0], notes=(*rest[0].notes, *notes)), *rest[1:]] if lists else rest


def read_sheets(argument: Mapping[str, Any], tell: Callable[[Progress], None]) -> dict[str, Any]:
    """In a child process: the rows of each table of a book, its header first, as ``sheets``.

    For a sheet that is too large to list content there is the header of a log.
    """
    from journey.ingest.formats.excel import read_excel, sheet_sizes
    from journey.ingest.formats.table import Source
    from journey.ingest.raw import read_raw
    from journey.ingest.sql import connect, identifier

    path, scratch, limits = (
        Path(argument["path"]),
        Path(argument["scratch"]),
        Limits(**argument["limits"]),
    )
    large = {name for name, n_bytes in sheet_sizes(path).items() if n_bytes > _SHEET_BYTES}
    sheets: list[list[list[str]]] = [[list(_A_LOG)]] * len(large)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        source = Source(connection, path, path.name, "raw_0", scratch, limits, tell)
        tables = (
            read_excel(source, without=large)
            if large
            else read_raw(
                connection,
                path,
                name=path.name,
                index=0,
                scratch=scratch,
                limits=limits,
                progress=tell,
            )
        )
        for table in tables:
            columns = ", ".join(identifier(name) for name in table.columns)
            rows = connection.sql(
                f"SELECT {columns} FROM {identifier(table.table)} ORDER BY source_row "
                f"LIMIT {MOST_ENTRIES + 1}"
            ).fetchall()
            cells = [[value or "" for value in row] for row in rows]
            sheets.append([list(table.columns), *cells])
    return {"sheets": sheets}


def _sheets(path: Path) -> list[list[list[str]]]:
    limits = Limits()
    with tempfile.TemporaryDirectory(prefix="portolan-") as folder:
        argument = {"path": str(path.absolute()), "scratch": folder, "limits": asdict(limits)}
        done = run_in_child(
            "journey.ingest.inventories:read_sheets",
            argument,
            limits=limits,
            progress=lambda _: None,
            cancelled=lambda: False,
        )
    return done["sheets"]


def _of_book(sheets: Sequence[list[list[str]]], name: str) -> Inventory:
    """What the sheets list that are inventories, or else one that might be."""
    lists = [rows for rows in sheets if _is_list(rows[0])]
    if not lists:
        lists = [next((rows for rows in sheets if lists_content(rows[0])), sheets[0])]
    return _joined(inventory_of_rows(rows, name) for rows in lists)


def _may_list(path: Path) -> bool:
    """Whether a file is of a kind and size that is looked into."""
    most = {BOOK: _BOOK_BYTES} | dict.fromkeys(TEXTS, MOST_BYTES)
    ending = path.suffix.lower()
    return ending in most and path.is_file() and path.stat().st_size <= most[ending]


def _headers(path: Path) -> list[list[str]]:
    """The headers of the tables of a file; none of one that is no inventory or can't be read."""
    if not _may_list(path):
        return []
    try:
        if path.suffix.lower() == BOOK:
            return [rows[0] for rows in _sheets(path)]
        with path.open("rb") as file:
            return text_rows(file.read(_HEAD_BYTES), path.name)[:1]
    except JourneyError:
        return []


def _lists_beside_data(headers: Sequence[Sequence[str]]) -> set[int]:
    """The places of lists of content among tables of which another says who, or when."""
    lists = {place for place, header in enumerate(headers) if _is_list(header)}
    has_data = any(
        named(name, role) >= _SURE
        for place, header in enumerate(headers)
        if place not in lists
        for name in header
        for role in (*_WHO_DID, "opportunity_id", "occurred_at")
    )
    return lists if has_data else set()


def _is_list(headers: Iterable[str]) -> bool:
    words = [plain_words(header) for header in headers]
    others = {plain_words(name) for role in _WHO_DID for name in SYNONYMS[role]}
    return lists_content(words) and not others.intersection(words)
