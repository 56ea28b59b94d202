"""What tasks know of the log being made, and the entries of one batch as they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import duckdb

from journey.definitions import Definitions
from journey.ingest.channels.tables import trace_channels, traced_sql, untraced_sql
from journey.ingest.channels.tags import Kind
from journey.ingest.cleaning import (
    DESCRIBED,
    SPELLED,
    Cleaned,
    SpelledColumn,
    columns_to_spell,
    find_spellings,
    judged_sql,
    spell_entries,
)
from journey.ingest.cluster.workshop import Workshop
from journey.ingest.columns.shapes import ATTRIBUTES, ENTRIES
from journey.ingest.dataset import LINKED, TRACED, Job
from journey.ingest.identity import IdColumns, find_id_columns
from journey.ingest.identity.resolve import as_related, as_stated
from journey.ingest.identity.shared import open_relations
from journey.ingest.kept.sources import SOURCES, Batch, view_batches
from journey.ingest.processes.progress import Progress
from journey.ingest.sql import identifier, literal

SPELLINGS, RELATIONS, CHANNELS = "spellings", "relations", "channels"
"""Folders of a workshop."""

CHANNEL_TABLES: Final = ("traces", "combinations")


@dataclass(frozen=True)
class Making:
    """What is known of the log so far; small, for it is sent to every task.

    Attributes
    ----------
    spelled
        Files of how values are meant, by text column with values meant otherwise than written.
    is_related
        Whether there are tables of who is who.
    added
        Columns for the sources of visits; none: no file tells any.
    """

    workshop: Workshop
    batches: tuple[Batch, ...]
    rules: Definitions
    spelled: Mapping[str, str] = field(default_factory=dict[str, str])
    is_related: bool = False
    added: Mapping[Kind, str] | None = None

    @property
    def folders(self) -> list[Path]:
        """Where the batches are."""
        sources = self.workshop.path / SOURCES
        return [sources / f"{number + 1:04}" for number in range(len(self.batches))]

    def job(self, connection: duckdb.DuckDBPyConnection, *, only: int | None = None) -> Job:
        """Open the entries of one batch, or of all, in a database."""
        names = view_batches(connection, self.folders, self.batches, only=only)
        return Job(connection, self.batches, (), names, self.rules, _tell_nobody)

    def ids(self, job: Job) -> IdColumns:
        """Columns with ids beside those with a role."""
        return find_id_columns(job.names, [t.roles.get("person_id", ()) for t in job.tables])

    def others(self, only: int | None) -> list[str]:
        """The tables beside the entries whose rows relate ids."""
        batches = self.batches if only is None else [self.batches[only]]
        has = any(table.shape == "attributes" for batch in batches for table in batch.tables)
        return [DESCRIBED] if has else []


def _tell_nobody(_progress: Progress) -> None:
    """Tasks tell nobody how far they have come; the driver knows which round it is."""


def _tell_no_part(_part: int, _parts: int) -> None:
    """As above."""


def texts_to_spell(job: Job) -> list[SpelledColumn]:
    """Columns whose spelling is decided over the whole log; ids are looked at one by one."""
    return [one for one in columns_to_spell(job.connection, job.extras) if one.kind == "text"]


def spell(making: Making, job: Job, *, ids_in: Sequence[str] = (ENTRIES, ATTRIBUTES)) -> Cleaned:
    """Make the entries and attributes as meant, by the spellings found for the whole log.

    Parameters
    ----------
    ids_in
        The tables whose ids are needed as meant.
    """
    wanted = columns_to_spell(job.connection, job.extras)
    mine = [replace(one, tables=tuple(t for t in one.tables if t in ids_in)) for one in wanted]
    ids = [one for one in mine if one.kind == "id" and one.tables]
    spellings = find_spellings(job.connection, ids, tell=_tell_no_part)
    held = {one.column for one in wanted}
    for column, file in making.spelled.items():
        if column in held:
            spellings[column] = f"known spelling {file}"
            path = making.workshop.path / SPELLINGS / file
            job.connection.execute(
                f"CREATE TEMP VIEW {identifier(spellings[column])} AS "
                f"FROM read_parquet({literal(str(path))})"
            )
    return spell_entries(job.connection, job.extras, spellings)


def link(making: Making, job: Job, others: Sequence[str]) -> None:
    """Make the view of entries with person and account, by the tables of who is who."""
    if not making.is_related:
        as_stated(job.connection, SPELLED, LINKED)
        return
    open_relations(job.connection, making.workshop.path / RELATIONS)
    as_related(
        job.connection,
        SPELLED,
        LINKED,
        others=others,
        rules=making.rules.identity,
        ids=making.ids(job),
    )


def open_channels(making: Making, job: Job) -> None:
    """Open the sources that were found; empty tables where no file tells any."""
    if making.added is None:
        trace_channels(job.connection, SPELLED, tables=(), names={}, rules=())
        return
    for name in CHANNEL_TABLES:
        path = literal(str(making.workshop.path / CHANNELS / f"{name}.parquet"))
        job.connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({path})")


def known_sql(making: Making, job: Job, only: int) -> str:
    """A query of the entries of one batch, with all that is known of each."""
    spell(making, job)
    link(making, job, making.others(only))
    if making.added is None:
        traced = untraced_sql(LINKED)
    else:
        open_channels(making, job)
        traced = traced_sql(LINKED, making.added, job.extras)
    job.connection.execute(f"CREATE VIEW {TRACED} AS {traced}")
    return judged_sql(TRACED)
