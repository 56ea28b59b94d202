"""From all that a data set keeps of its files to its store, its report and its definitions.

Entries of all batches → spelled as meant → people and accounts known → duplicates merged →
attributes told from touchpoints → sorted into the store. Whatever came when, and in how many
imports, the same rows make the same log.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast

import duckdb
import pyarrow as pa

from journey.definitions import Definitions, dumps
from journey.errors import UnreadableFileError
from journey.ingest.channels.tables import (
    COMBINATION,
    trace_channels,
    traced_sql,
    untraced_sql,
    write_channel_sources,
)
from journey.ingest.cleaning import DESCRIBED, SPELLED, clean_entries, keep_judged, make_judged
from journey.ingest.columns.attributes import Place, attribute_table, constant_roles, place_columns
from journey.ingest.cost_store import write_costs
from journey.ingest.deduplicate import Dedupe, cut_exports, find_duplicates, make_kept
from journey.ingest.identity import (
    KNOWN_AS,
    account_kinds,
    find_id_columns,
    identity_notes,
    keep_in_parts,
    resolve_identities,
    write_identity,
)
from journey.ingest.identity.resolve import is_related
from journey.ingest.kept.one_source import fetched_again, import_numbers, source_names
from journey.ingest.kept.proposed import DEFINITIONS_FILE, mark_proposed
from journey.ingest.kept.replaced import leave_out_replaced
from journey.ingest.kept.sources import (
    COSTS,
    SOURCES,
    Batch,
    SourceTable,
    batch_folders,
    read_batch,
    view_batches,
)
from journey.ingest.kept.texts import KeptTexts, RowsFile, coded_texts, rows_as_read
from journey.ingest.laid import Shelf
from journey.ingest.model import propose_for
from journey.ingest.processes.progress import Phase, Progress
from journey.ingest.report import account_for_rows, no_row_left
from journey.ingest.sentiment.comments import comment_notes, may_read, read_comments
from journey.ingest.sql import literal
from journey.ingest.storing import store_entries
from journey.ingest.times.last_instants import doubtful_instant_notes
from journey.report import REPORT_FILE, IngestReport, report_to_json
from journey.schema import REQUIRED_ROLES, ROLES, SENTIMENT_FROM
from journey.store.read import open_store

LINKED, TRACED, KNOWN, UNREAD, KEPT = "linked", "traced", "known", "unread", "kept"

_WORKING: Final = "working"
"""The folder of what is worked out on the way."""

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Job:
    """One making of a store: its database, its tables, and whom to tell how far it has come."""

    connection: duckdb.DuckDBPyConnection
    batches: tuple[Batch, ...]
    rows: tuple[RowsFile, ...]
    names: Mapping[str, str]
    rules: Definitions
    tell: Report

    @property
    def tables(self) -> tuple[SourceTable, ...]:
        """The tables of all batches, by their number."""
        return tuple(table for batch in self.batches for table in batch.tables)

    @property
    def extras(self) -> tuple[str, ...]:
        """Columns without a role."""
        return tuple(self.names.values())

    @property
    def n_rows(self) -> int:
        """Rows of all files."""
        return sum(table.n_rows for table in self.tables)

    @property
    def described(self) -> str | None:
        """The table of attribute rows, if there are such files."""
        return DESCRIBED if any(t.shape == "attributes" for t in self.tables) else None

    def phase(self, phase: Phase, part: int = 0, parts: int = 1) -> None:
        """Say what is being done, and how far that has come."""
        self.tell(Progress(phase, "", self.n_rows * part // parts, self.n_rows))


def make_dataset(
    connection: duckdb.DuckDBPyConnection,
    sources: Path,
    target: Path,
    *,
    definitions: Definitions | None,
    tell: Report,
) -> int:
    """Make a data set of all batches in a folder, which becomes part of it.

    Parameters
    ----------
    sources
        The folder of the batches; the connection may read it.
    target
        The folder to make.
    definitions
        The stage and outcome model with its rules; none: proposed from the data.
    tell
        Is told how far it has come.

    Returns
    -------
    int
        How many touchpoints there are.

    Raises
    ------
    UnreadableFileError
        If no row can be used.
    """
    job = _opened(connection, sources, definitions or Definitions(), tell)
    working = sources / _WORKING
    working.mkdir()
    with Shelf(working) as shelf:
        report, people = _make_log(job, target, working, shelf)
    write_beside(target, report, definitions, people)
    shutil.rmtree(working)
    sources.rename(target / SOURCES)
    return report.n_kept


def _make_log(
    job: Job, target: Path, working: Path, shelf: Shelf
) -> tuple[IngestReport, pa.Table | None]:
    """Write the store and its companions; gives the report, and the attributes of people."""
    notes = [note for batch in job.batches for note in batch.notes]
    traced, kept = _clean(job, notes, working, shelf)
    job.phase("sorting")
    kept.forget(merge_touches(job, traced))
    report = account_for_rows(job.connection, job.tables, table=KNOWN, described=job.described)
    if not report.n_kept:
        if any(table.shape in ("events", "wide") for table in job.tables):
            raise UnreadableFileError(no_row_left(report))
        notes.append("There are no touchpoints yet. Add a file that has some to this data set.")
    files = [table.file for table in job.tables]
    notes += doubtful_instant_notes(job.connection, KEPT, files=files)
    described = describe(job)
    store_entries(
        job.connection,
        KEPT,
        target,
        extras=[*described.of_touchpoints, *traced],
        kept=kept,
        shelf=shelf,
        accounts=described.accounts,
        people=described.people,
        progress=lambda n: job.tell(Progress("writing", "", n, report.n_kept)),
    )
    notes += [*write_companions(job, target), *described.notes]
    return report.with_notes(notes), described.people


def write_beside(
    target: Path, report: IngestReport, definitions: Definitions | None, people: pa.Table | None
) -> None:
    """Write the report and the definitions, or else a proposal, beside a store.

    Parameters
    ----------
    people
        Attributes of people, whose roles a proposal tells.
    """
    model = definitions or propose_for(open_store(target), people)
    (target / DEFINITIONS_FILE).write_text(dumps(model), encoding="utf-8")
    if definitions is None:
        mark_proposed(target)
    (target / REPORT_FILE).write_text(report_to_json(report), encoding="utf-8")


def _opened(
    connection: duckdb.DuckDBPyConnection, sources: Path, rules: Definitions, tell: Report
) -> Job:
    """Views of all batches, and what is known of them."""
    folders = batch_folders(sources)
    batches = tuple(read_batch(folder) for folder in folders)
    names = view_batches(connection, folders, batches)
    left = leave_out_replaced(connection, batches, names)
    # Files hold the rows that were replaced too, so texts are then asked of the database.
    rows = rows_as_read(folders, batches) if left is batches else ()
    return Job(connection, left, rows, names, rules, tell)


@dataclass(frozen=True)
class Described:
    """What columns without a role describe: touchpoints, accounts or people.

    ``notes`` says which were left out, and why, and what comments told.
    """

    of_touchpoints: tuple[str, ...]
    accounts: pa.Table | None
    people: pa.Table | None
    notes: tuple[str, ...]


def describe(job: Job) -> Described:
    """Find what the columns without a role describe, and the attributes of accounts and people."""
    places, notes = _places(job)
    accounts, people = (_attributes(job, place, places) for place in ("account", "person"))
    of_touchpoints = [column for column, place in places.items() if place == "touchpoint"]
    of_touchpoints += [SENTIMENT_FROM] if may_read(job.tables) else []
    notes += comment_notes(job.connection, KEPT, job.tables)
    return Described(tuple(of_touchpoints), accounts, people, tuple(notes))


def write_companions(job: Job, target: Path) -> list[str]:
    """Write what is kept beside the store: sources of channels, links of ids, costs."""
    write_channel_sources(job.connection, KEPT, target)
    write_identity(job.connection, target, files=[table.file for table in job.tables])
    if not any(table.shape == "costs" for table in job.tables):
        return []
    return write_costs(job.connection, COSTS, target, batches=import_numbers(job.batches))


def _clean(job: Job, notes: list[str], working: Path, shelf: Shelf) -> tuple[list[str], KeptTexts]:
    """Make the table of entries with channels, people and accounts known.

    Adds to the notes, and returns the columns for the sources that were found, and those that are
    as they stand in the files. What had to be worked out is kept in files of their own.
    """
    cleaned = clean_entries(
        job.connection,
        job.extras,
        code=partial(coded_texts, files=job.rows, names=job.names, shelf=shelf),
        tell=lambda part, parts: job.phase("cleaning", part, parts),
    )
    others = [job.described] if job.described else []
    ids = find_id_columns(job.names, [t.roles.get("person_id", ()) for t in job.tables])
    resolve_identities(
        job.connection, SPELLED, LINKED, others=others, rules=job.rules.identity, ids=ids
    )
    keep_in_parts(job.connection, SPELLED, LINKED, working, rules=job.rules.identity, ids=ids)
    added, channel_notes = trace_channels(
        job.connection, SPELLED, tables=job.tables, names=job.names, rules=job.rules.channels
    )
    is_traced = bool(job.connection.execute("SELECT 1 FROM traces LIMIT 1").fetchall())
    job.connection.execute(
        f"CREATE VIEW {TRACED} AS "
        + (traced_sql(LINKED, added, job.extras) if is_traced else untraced_sql(LINKED))
    )
    # Entries that only have to be read are read again and again from where they are kept.
    changed = {*cleaned.changed, "direction"}
    changed |= {"channel", "campaign", "content", *added.values()} if is_traced else set[str]()
    changed |= {"account_id", "person_id"} if is_related(job.connection) else set[str]()
    if changed == {"direction"}:
        make_judged(job.connection, TRACED, KNOWN)
    else:
        keep_judged(job.connection, TRACED, KNOWN, working / f"{KNOWN}.parquet")
    notes += [*cleaned.notes, *channel_notes, *identity_notes(job.connection, KNOWN)]
    new = [column for column in added.values() if column not in job.extras]
    kept = KeptTexts(dict(cleaned.coded), job.rows)
    kept.forget(changed)
    return new, kept


def merge_touches(job: Job, traced: Sequence[str]) -> set[str]:
    """Make the table of entries kept; where there are several sources, each has a name.

    Returns the columns that are changed by that.

    Two tools may write the same columns, so to find the same touch twice each file counts alone,
    but for an export cut by month, and what was fetched from one database bit by bit.
    """
    columns = [*ROLES, *job.extras]
    names = source_names(job.tables)
    cases = "".join(f" WHEN {i} THEN {literal(name)}" for i, name in names.items())
    source = f"COALESCE(source_system, CASE file_index{cases} END)" if cases else "source_system"
    cut = cut_exports([(t.file, (t.shape, frozenset(t.headers))) for t in job.tables])
    again = cut | fetched_again(job.batches)
    given = "".join(f" WHEN {later} THEN {first}" for later, first in again.items())
    number = f"CASE file_index{given} ELSE file_index END" if given else "file_index"
    find_duplicates(
        job.connection,
        KNOWN,
        dedupe=_dedupe(job, n_sources=len(set(names) - set(again))),
        columns=columns,
        source=f"COALESCE(source_system, ({number})::VARCHAR)",
    )
    is_named = len(set(names.values())) > 1
    has_comments = may_read(job.tables)
    filled = make_kept(
        job.connection,
        KNOWN,
        UNREAD if has_comments else KEPT,
        [*(name for name in columns if name not in REQUIRED_ROLES), *traced, COMBINATION],
        replaced=f"REPLACE ({source} AS source_system)" if is_named else "",
    )
    if has_comments:
        read_comments(job.connection, UNREAD, KEPT, job.tables)
    return {*filled, *(("source_system",) if is_named else ())}


def _dedupe(job: Job, n_sources: int) -> Dedupe:
    """What to merge; nothing is told twice by the one source there is."""
    said = cast("Dedupe", job.batches[0].options["dedupe"])
    has_own = any("source_system" in table.roles for table in job.tables)
    return "exact" if said == "cross-source" and n_sources < 2 and not has_own else said  # noqa: PLR2004 - one source


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
