"""From files to a data set; runs in a process of its own.

Raw tables of text → one table of entries with times, kept as a batch of the data set → the
store, made of all its batches.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from journey.definitions import Definitions, load_definitions
from journey.ingest.columns.roles import TableRoles, assign_roles
from journey.ingest.dataset import make_dataset
from journey.ingest.kept.growing import stage_files
from journey.ingest.kept.sources import SOURCES, link_batches
from journey.ingest.presets.foreign_keys import follow_keys
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.sql import connect, open_ahead
from journey.ingest.staging import prepared, read_files

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
    rows: list[dict[str, Any]] = []
    presets: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        read = read_files(connection, argument, tell)
        headers = {table.file: table.columns for table in read}
        raw = follow_keys(connection, prepared(connection, read, argument, tell), list)
        for table in assign_roles(connection, raw, {}):
            known = table.raw.known
            presets |= {table.raw.file: known.preset} if known and known.preset else {}
            answers[table.raw.file] = table.answers
            role_of = {h: role for role, headers in table.roles.items() for h in headers}
            for header in table.raw.columns:
                role = role_of.get(header)
                rows.append(
                    {
                        "file": table.raw.file,
                        "column": header,
                        "role": role,
                        "confidence": table.confidence[header] if role else 0.0,
                        "samples": _samples(table, header, role),
                        "question": table.question(header, role),
                        "shape": table.shape,
                        "preset": known.title if known and known.shape else None,
                    }
                )
    return {"rows": rows, "headers": headers, "presets": presets, "answers": answers}


def _samples(table: TableRoles, header: str, role: str | None) -> list[str]:
    """Values that show what a column holds; first the one that a question is about."""
    profile, most = table.profiles[header], 3
    asked = profile.dates.sample if table.question(header, role) and profile.dates else None
    shown: list[str] = [asked] if asked else []
    return list(dict.fromkeys([*shown, *profile.samples]))[:most]
