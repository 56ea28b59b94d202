"""Content inventories among the files of an import: CSV or XLSX, told by their header."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from journey.errors import ImportLimitError, JourneyError, UnreadableFileError
from journey.ingest.child import run_in_child
from journey.ingest.limits import Limits
from journey.ingest.progress import Progress
from journey.ingest.synonyms import SYNONYMS
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

TEXTS: Final = (".csv", ".tsv", ".txt")
BOOK: Final = ".xlsx"
_BOOK_BYTES: Final = 5_000_000
"""A larger book is a log: it would take long to be read twice."""
_HEAD_BYTES: Final = 65_536
_WHO_DID: Final = ("account_id", "person_id", "anonymous_id", "session_id", "touchpoint")
"""A table that names one of these is a log or a list of customers."""


def read_inventory(path: Path | str) -> Inventory:
    """Read a content inventory from a CSV or XLSX file.

    Parameters
    ----------
    path
        One row per content under a header: ``content``, ``stage``, ``persona``, ``question``,
        ``kind``, ``published_at``, or words like these. Of an XLSX, the first sheet that is one.

    Raises
    ------
    UnreadableFileError
        If the file can't be read, or no column says what the content is.
    ImportLimitError
        If it is larger than an inventory may be.
    """
    place = Path(path)
    if not place.is_file():
        raise UnreadableFileError(f"There is no file {place.name!r}. Check the path.")
    if place.stat().st_size > MOST_BYTES:
        raise ImportLimitError(
            f"{place.name} is too large for a content inventory: at most {MOST_ENTRIES:,} rows and "
            f"{MOST_BYTES // 1_000_000} MB. List each content once."
        )
    if place.suffix.lower() == BOOK:
        sheets = _sheets(place)
        found = next((rows for rows in sheets if lists_content(rows[0])), sheets[0])
        return inventory_of_rows(found, place.name)
    return inventory_from(place.read_bytes(), place.name)


def read_inventories(paths: Iterable[Path]) -> Inventory:
    """Read several inventories as one: a content goes by the first that lists it.

    Raises
    ------
    UnreadableFileError, ImportLimitError
        As :func:`read_inventory`.
    """
    entries: dict[str, Entry] = {}
    for path in paths:
        for entry in read_inventory(path).entries:
            entries.setdefault(entry.content, entry)
    return Inventory(tuple(entries.values()))


def split_inventories(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Tell the content inventories among files from all others, by their headers.

    Returns
    -------
    tuple of list of Path
        The others and the inventories, each in the order given. A file that can't be read is
        among the others: whoever imports them says what is wrong with it.
    """
    others: list[Path] = []
    found: list[Path] = []
    for path in paths:
        (found if _is_inventory(path) else others).append(path)
    return others, found


def read_sheets(argument: Mapping[str, Any], tell: Callable[[Progress], None]) -> dict[str, Any]:
    """In a child process: the rows of each table of a book, its header first, as ``sheets``."""
    from journey.ingest.raw import read_raw
    from journey.ingest.sql import connect, identifier

    path, scratch, limits = (
        Path(argument["path"]),
        Path(argument["scratch"]),
        Limits(**argument["limits"]),
    )
    sheets: list[list[list[str]]] = []
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        for table in read_raw(
            connection,
            path,
            name=path.name,
            index=0,
            scratch=scratch,
            limits=limits,
            progress=tell,
        ):
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


def _is_inventory(path: Path) -> bool:
    ending = path.suffix.lower()
    most = {BOOK: _BOOK_BYTES} | dict.fromkeys(TEXTS, MOST_BYTES)
    if ending not in most or not path.is_file() or path.stat().st_size > most[ending]:
        return False
    try:
        if ending == BOOK:
            return any(_is_header(rows[0]) for rows in _sheets(path))
        with path.open("rb") as file:
            rows = text_rows(file.read(_HEAD_BYTES), path.name)
    except JourneyError:
        return False
    return bool(rows) and _is_header(rows[0])


def _is_header(headers: Iterable[str]) -> bool:
    words = [plain_words(header) for header in headers]
    others = {plain_words(name) for role in _WHO_DID for name in SYNONYMS[role]}
    return lists_content(words) and not others.intersection(words)
