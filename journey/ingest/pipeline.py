"""From files to a stored log; runs in a process of its own.

Raw tables of text → one table of entries with times → spelled as meant → people and accounts
known → duplicates merged → attributes told from touchpoints → sorted into the store.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import duckdb
import pyarrow as pa

from journey.definitions import dumps, load_definitions
from journey.errors import UnreadableFileError
from journey.ingest.attributes import Place, attribute_table, constant_roles, place_columns
from journey.ingest.cleaning import DESCRIBED, SPELLED, clean_entries, judge_entries
from journey.ingest.columns import TableRoles, assign_roles, check_complete
from journey.ingest.deduplicate import Dedupe, find_duplicates, make_kept
from journey.ingest.identity import (
    KNOWN_AS,
    account_kinds,
    identity_notes,
    resolve_identities,
)
from journey.ingest.limits import Limits
from journey.ingest.model import propose_for
from journey.ingest.progress import Phase, Progress
from journey.ingest.raw import RawTable, read_raw
from journey.ingest.report import account_for_rows
from journey.ingest.shapes import stage_tables
from journey.ingest.sql import connect, identifier, literal
from journey.ingest.storing import store_entries
from journey.report import REPORT_FILE, IngestReport, report_to_json
from journey.schema import REQUIRED_ROLES, ROLES

DEFINITIONS_FILE: Final = "definitions.toml"
LINKED, KNOWN, KEPT = "linked", "known", "kept"

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Job:
    """One import: its database, its tables, and whom to tell how far it has come."""

    connection: duckdb.DuckDBPyConnection
    tables: tuple[TableRoles, ...]
    names: Mapping[str, str]
    tell: Report

    @property
    def extras(self) -> tuple[str, ...]:
        """Columns without a role."""
        return tuple(self.names.values())

    @property
    def n_rows(self) -> int:
        """Rows of all files."""
        return sum(table.raw.n_rows for table in self.tables)

    @property
    def described(self) -> str | None:
        """The table of attribute rows, if there are such files."""
        return DESCRIBED if any(t.shape == "attributes" for t in self.tables) else None

    def phase(self, phase: Phase, part: int = 0, parts: int = 1) -> None:
        """Say what is being done, and how far that has come."""
        self.tell(Progress(phase, "", self.n_rows * part // parts, self.n_rows))


def import_files(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Read files into a store.

    Parameters
    ----------
    argument
        ``paths``, ``names``, ``columns``, ``columns_by_file``, ``dates``, ``zone``, ``dedupe``,
        ``definitions``, ``scratch`` (an empty folder), ``target`` (the folder to make), ``limits``.
    tell
        Is told how far the import has come.

    Returns
    -------
    dict
        ``n_touchpoints``.
    """
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        raw = _read_all(connection, argument, scratch, limits, tell)
        tell(Progress("columns", "", 0, None))
        tables = assign_roles(connection, raw, argument["columns"], argument.get("columns_by_file"))
        check_complete(tables)
        names, notes = stage_tables(
            connection, tables, dates=argument["dates"], zone=argument["zone"]
        )
        for table in raw:
            connection.execute(f"DROP TABLE {identifier(table.table)}")
        job = Job(connection, tuple(tables), names, tell)
        return _finish(job, argument, [*_raw_notes(raw, tables), *notes])


def suggest_roles(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Find the roles of columns: ``rows``, one per column of every file."""
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    rows: list[dict[str, Any]] = []
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        raw = _read_all(connection, argument, scratch, limits, tell)
        tell(Progress("columns", "", 0, None))
        for table in assign_roles(connection, raw, {}):
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
                    }
                )
    return {"rows": rows}


def _samples(table: TableRoles, header: str, role: str | None) -> list[str]:
    """Values that show what a column holds; first the one that a question is about."""
    profile, most = table.profiles[header], 3
    asked = profile.dates.sample if table.question(header, role) and profile.dates else None
    shown: list[str] = [asked] if asked else []
    return list(dict.fromkeys([*shown, *profile.samples]))[:most]


def _read_all(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    scratch: Path,
    limits: Limits,
    tell: Report,
) -> list[RawTable]:
    tables: list[RawTable] = []
    pairs = zip(argument["paths"], argument["names"], strict=True)
    for index, (path, name) in enumerate(pairs):
        tables += read_raw(
            connection,
            Path(path),
            name=name,
            index=index,
            scratch=scratch,
            limits=limits,
            progress=tell,
        )
    return tables


def _raw_notes(raw: Sequence[RawTable], tables: Sequence[TableRoles]) -> list[str]:
    """How the files were read, and which columns the user had left out."""
    read = [f"{table.file}: {note}" for table in raw for note in table.notes]
    return read + [
        f"Column {header!r} of {table.file} is left out, as asked."
        for table, used in zip(raw, tables, strict=True)
        for header in table.columns
        if header not in used.raw.columns
    ]


def _finish(job: Job, argument: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """All steps after the files are one table."""
    notes += _clean(job)
    job.phase("sorting")
    _merge(job, cast("Dedupe", argument["dedupe"]))
    report = account_for_rows(job.connection, job.tables, table=KNOWN, described=job.described)
    if not report.n_kept:
        raise UnreadableFileError(_nothing_left(report))
    places, left_out = _places(job)
    accounts, people = (_attributes(job, place, places) for place in ("account", "person"))
    target = Path(argument["target"])
    n_touchpoints = store_entries(
        job.connection,
        KEPT,
        target,
        extras=[column for column, place in places.items() if place == "touchpoint"],
        accounts=accounts,
        people=people,
        progress=lambda n: job.tell(Progress("writing", "", n, report.n_kept)),
    )
    given = argument["definitions"]
    definitions = (
        load_definitions(Path(given)) if given else propose_for(job.connection, KEPT, people)
    )
    (target / DEFINITIONS_FILE).write_text(dumps(definitions), encoding="utf-8")
    whole = report.with_notes([*notes, *left_out])
    (target / REPORT_FILE).write_text(report_to_json(whole), encoding="utf-8")
    return {"n_touchpoints": n_touchpoints}


def _clean(job: Job) -> list[str]:
    """Make the table of entries with people and accounts known."""
    notes = clean_entries(
        job.connection, job.extras, tell=lambda part, parts: job.phase("cleaning", part, parts)
    )
    others = [job.described] if job.described else []
    resolve_identities(job.connection, SPELLED, LINKED, others=others)
    judge_entries(job.connection, LINKED, KNOWN)
    job.connection.execute(f"DROP VIEW {LINKED}")
    job.connection.execute("DROP VIEW related")
    job.connection.execute(f"DROP TABLE {SPELLED}")
    return notes + identity_notes(job.connection, KNOWN)


def _merge(job: Job, dedupe: Dedupe) -> None:
    """Make the table of entries kept; where there are several files, each is a source."""
    columns = [*ROLES, *job.extras]
    find_duplicates(
        job.connection,
        KNOWN,
        dedupe=dedupe,
        columns=columns,
        source="COALESCE(source_system, file_index::VARCHAR)",
    )
    dated = [i for i, table in enumerate(job.tables) if table.shape != "attributes"]
    names = "".join(f" WHEN {i} THEN {literal(job.tables[i].raw.file)}" for i in dated)
    source = f"COALESCE(source_system, CASE file_index{names} END)"
    make_kept(
        job.connection,
        KNOWN,
        KEPT,
        [name for name in columns if name not in REQUIRED_ROLES],
        replaced=f"REPLACE ({source} AS source_system)" if len(dated) > 1 else "",
    )


def _described_columns(job: Job, place: Place) -> list[str]:
    """Columns of attribute files that describe accounts, or people."""
    held = [
        table
        for table in job.tables
        if table.shape == "attributes"
        and ("person" if "person_id" in table.roles else "account") == place
    ]
    return list(dict.fromkeys(job.names[header] for table in held for header in table.extras))


def _places(job: Job) -> tuple[dict[str, Place], list[str]]:
    """What each column without a role describes; what a file says of a key goes first."""
    entry_columns = {job.names[h] for t in job.tables if t.shape != "attributes" for h in t.extras}
    keyed = {job.names[h] for t in job.tables if t.shape != "events" for h in t.extras}
    columns = [column for column in job.extras if column in entry_columns]
    places, notes = place_columns(
        job.connection, KEPT, columns, never_left_out=keyed, roles=list(ROLES)
    )
    for place in ("account", "person"):
        for column in _described_columns(job, place):
            if places.get(column) == "touchpoint":
                places[column] = "left out"
                notes.append(f"Column {column!r} is taken from the file that describes {place}s.")
    return places, notes


def _attributes(job: Job, place: Place, places: Mapping[str, Place]) -> pa.Table | None:
    columns = {column: column for column, held in places.items() if held == place}
    if place == "account":
        columns |= constant_roles(job.connection, KEPT, _single_headers(job))
    table = attribute_table(
        job.connection,
        place,
        entries=KEPT,
        from_entries=columns,
        described=job.described,
        from_files=_described_columns(job, place),
    )
    kinds = account_kinds(job.connection, KEPT) if place == "account" else None
    if kinds is None or table is None or KNOWN_AS in table.column_names:
        return kinds if table is None else table
    return table.join(kinds, "account_id")


def _single_headers(job: Job) -> dict[str, str]:
    """The header of each role that may describe accounts, where all files agree on it."""
    found = {
        role: {header for table in job.tables for header in table.roles.get(role, ())}
        for role in ("channel", "campaign")
    }
    taken = {*ROLES, *job.extras}
    return {
        role: next(iter(headers))
        for role, headers in found.items()
        if len(headers) == 1 and not headers & taken
    }


def _nothing_left(report: IngestReport) -> str:
    """Why no row could be used, by the most frequent reason."""
    worst = max(
        (reason for reason in report.reasons if reason.action == "set aside"),
        key=lambda reason: reason.n_rows,
        default=None,
    )
    if worst is None:
        return "The files have no rows with touchpoints."
    shown = f", for example {worst.examples[0]}" if worst.examples else ""
    return (
        f"No row could be used: {worst.n_rows:,} rows of {worst.file} have {worst.reason}{shown}. "
        "Check which columns hold the case, the time and the touchpoint, "
        "for example --column occurred_at=HEADER."
    )
