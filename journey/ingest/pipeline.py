"""From files to a data set; runs in a process of its own.

Raw tables of text → one table of entries with times, kept as a batch of the data set → the
store, made of all its batches.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from journey.definitions import Definitions, load_definitions
from journey.ingest.columns.roles import TableRoles
from journey.ingest.dataset import make_dataset
from journey.ingest.kept.growing import propose, stage_files
from journey.ingest.kept.sources import SOURCES, link_batches
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import RawTable
from journey.ingest.sql import connect, open_ahead
from journey.schema import LEFT_OUT

Report = Callable[[Progress], None]


def import_files(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Make a data set of files, and of what was imported before.

    Parameters
    ----------
    argument
        ``paths``, ``names``, ``columns``, ``columns_by_file``, ``dates``, ``zone``, ``dedupe``,
        ``definitions``, ``scratch`` (an empty folder), ``target`` (the folder to make), ``limits``,
        ``earlier`` (the ``sources`` of a data set; none: a new one).
    tell
        Is told how far the import has come.

    Returns
    -------
    dict
        ``n_touchpoints``.
    """
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    sources = _linked(argument, scratch)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        stage_files(connection, argument, sources, tell=tell)
        return _made(connection, argument, sources, tell)


_FEW_ROWS: Final = "account,time,event\nA,2024-01-01 10:00:00,Ad\nA,2024-01-02 10:00:00,Demo\n"


def prepare() -> None:
    """Load all that is loaded when first needed, by an import of a few rows; open a database."""
    with TemporaryDirectory(prefix="portolan-") as name:
        folder = Path(name)
        file, scratch = folder / "rows.csv", folder / "scratch"
        file.write_text(_FEW_ROWS, encoding="ascii")
        scratch.mkdir()
        argument: dict[str, Any] = {
            "paths": [str(file)],
            "names": [file.name],
            "columns": {},
            "dedupe": "cross-source",
            "definitions": None,
            "scratch": str(scratch),
            "target": str(folder / "data"),
            "limits": asdict(Limits()),
        }
        import_files(argument, lambda _: None)
    open_ahead()


def remake(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Make a data set again of what it keeps of its files.

    Parameters
    ----------
    argument
        ``definitions``, ``scratch``, ``target``, ``limits``, ``earlier``.
    tell
        Is told how far it has come.

    Returns
    -------
    dict
        ``n_touchpoints``.
    """
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    sources = _linked(argument, scratch)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        return _made(connection, argument, sources, tell)


def _linked(argument: Mapping[str, Any], scratch: Path) -> Path:
    """A folder for the batches, where the database may read; those of before are in it."""
    sources = scratch / SOURCES
    sources.mkdir()
    if argument.get("earlier"):
        link_batches(Path(argument["earlier"]), sources)
    return sources


def _made(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    sources: Path,
    tell: Report,
) -> dict[str, Any]:
    given: str | None = argument["definitions"]
    definitions: Definitions | None = load_definitions(Path(given)) if given else None
    n_touchpoints = make_dataset(
        connection, sources, Path(argument["target"]), definitions=definitions, tell=tell
    )
    return {"n_touchpoints": n_touchpoints}


def suggest_roles(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Find the roles of columns: ``rows``, one per column of every file."""
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    sources = _linked(argument, scratch)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        read, before = propose(connection, argument, sources, tell=tell)
    known = {raw.file: raw.known for raw, _ in read}
    return {
        "rows": [row for raw, table in read for row in _proposed(raw, table)],
        "headers": {raw.file: raw.file_headers for raw, _ in read if raw.file_headers},
        "presets": {file: k.preset for file, k in known.items() if k and k.preset},
        "answers": {table.raw.file: table.answers for _, table in read},
        "inherited": {file: one.words for file, one in before.items() if one.words},
    }


def _proposed(raw: RawTable, table: TableRoles) -> Iterator[dict[str, Any]]:
    """A row for each column of a table, those that are to be left out among them."""
    known = raw.known
    role_of = {header: role for role, headers in table.roles.items() for header in headers}
    hidden = [h for h in raw.file_headers if h in raw.told.get(LEFT_OUT, ())]
    for header in dict.fromkeys((*raw.columns, *hidden)):
        is_read = header in table.profiles
        role = role_of.get(header) if is_read else LEFT_OUT
        yield {
            "file": raw.file,
            "column": header,
            "role": role,
            "confidence": table.confidence.get(header, 1.0) if role else 0.0,
            "samples": _samples(table, header, role) if is_read else [],
            "question": table.question(header, role) if is_read else None,
            "shape": table.shape,
            "preset": known.title if known and known.shape else None,
        }


def _samples(table: TableRoles, header: str, role: str | None) -> list[str]:
    """Values that show what a column holds; first the one that a question is about."""
    profile, most = table.profiles[header], 3
    asked = profile.dates.sample if table.question(header, role) and profile.dates else None
    shown: list[str] = [asked] if asked else []
    return list(dict.fromkeys([*shown, *profile.samples]))[:most]
