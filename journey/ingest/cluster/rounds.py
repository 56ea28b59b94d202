"""What is found out of all batches together: counted in each, decided once, used by all.

A round asks every batch for a table that is added up with those of the others: how often values
are written, which ids stand together. Only how many there are reaches the driver.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from journey.ingest.channels.tables import trace_channels
from journey.ingest.channels.tags import Kind, find_tag_columns
from journey.ingest.cleaning import SPELLED, is_unique
from journey.ingest.cluster.entries import (
    CHANNEL_TABLES,
    CHANNELS,
    RELATIONS,
    SPELLINGS,
    Making,
    spell,
    texts_to_spell,
)
from journey.ingest.cluster.workshop import DATA
from journey.ingest.identity import write_identity
from journey.ingest.identity.ids import ROWS, gather_rows
from journey.ingest.identity.resolve import needs_relating, relate, relation_notes
from journey.ingest.identity.shared import add_up_rows, write_relations
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.standardize import counted_sql, spell_counted
from journey.runners.piece import Workers

COUNTS, IDS = "counts", "ids"
_MEANT: Final = "meant"


def find_texts(workers: Workers, making: Making) -> Making:
    """Decide how the values of text columns are meant, over all batches."""
    held = workers.each(len(making.batches), partial(_count_texts, making=making))
    columns = list(dict.fromkeys(column for columns in held for column in columns))
    task = partial(_spell_text, making=making, columns=columns)
    changed = workers.each(len(columns), task)
    files = {column: _file(number) for number, column in enumerate(columns) if changed[number]}
    return replace(making, spelled=files)


def _file(number: int) -> str:
    return f"{number}.parquet"


def _count_texts(number: int, *, making: Making) -> list[str]:
    """Count the values of a batch's text columns; gives the columns."""
    shop = making.workshop
    with shop.own_folder() as own, shop.database() as connection:
        job = making.job(connection, only=number)
        wanted = texts_to_spell(job)
        counted = [
            f"SELECT {literal(one.column)} AS name, written, n FROM ({counted_sql(one.sources)})"
            for one in wanted
        ]
        shop.copy(connection, " UNION ALL ".join(counted), own, COUNTS, _file(number))
    return [one.column for one in wanted]


def _spell_text(number: int, *, making: Making, columns: list[str]) -> bool:
    """Decide how one column's values are meant; whether any is meant otherwise than written."""
    shop, column = making.workshop, columns[number]
    with shop.own_folder() as own, shop.database() as connection:
        job = making.job(connection)
        one = next(one for one in texts_to_spell(job) if one.column == column)
        counted = (
            "SELECT written, sum(n)::BIGINT AS n FROM "
            f"read_parquet({literal(str(shop.path / COUNTS / '*.parquet'))}) "
            f"WHERE name = {literal(column)} GROUP BY written"
        )
        if one.may_skip and is_unique(connection, counted):
            return False
        if not spell_counted(connection, name=_MEANT, counted=counted, kind=one.kind):
            return False
        shop.copy(connection, f"FROM {_MEANT}", own, SPELLINGS, _file(number))
    return True


@dataclass(frozen=True)
class Related:
    """What was found of ids and channels: the log as known now, and what to tell of it."""

    making: Making
    channel_notes: tuple[str, ...]
    identity_notes: tuple[str, ...]


def find_relations(workers: Workers, making: Making) -> Related:
    """Find who is who, and where visits came from."""
    needed = workers.each(len(making.batches), partial(_gather_ids, making=making))
    task = partial(_relate, making=replace(making, is_related=any(needed)))
    (related,) = workers.each(1, task)
    return related


def _gather_ids(number: int, *, making: Making) -> bool:
    """Note the ids that stand together in a batch; whether they have to be related."""
    shop = making.workshop
    with shop.own_folder() as own, shop.database() as connection:
        job = making.job(connection, only=number)
        spell(making, job)
        ids = making.ids(job)
        gather_rows(connection, SPELLED, making.others(number), ids)
        shop.copy(connection, f"FROM {ROWS}", own, IDS, _file(number))
        return needs_relating(connection, SPELLED, ids)


def _relate(_number: int, *, making: Making) -> Related:
    """Relate the ids of all batches, and trace the visits if any file tells of them."""
    shop = making.workshop
    notes: list[str] = []
    with shop.own_folder() as own, shop.database(threads=None) as connection:
        if making.is_related:
            add_up_rows(connection, str(shop.path / IDS / "*.parquet"))
            relate(connection, making.rules.identity)
            (own / RELATIONS).mkdir()
            write_relations(connection, own / RELATIONS)
            shop.put(own / RELATIONS, RELATIONS)
            (own / "kept").mkdir()
            files = [table.file for batch in making.batches for table in batch.tables]
            write_identity(connection, own / "kept", files=files)
            for file in (own / "kept").iterdir():
                shop.put(file, DATA, file.name)
            notes = relation_notes(connection)
    added, channel_notes = _trace(making)
    return Related(replace(making, added=added), tuple(channel_notes), tuple(notes))


def _trace(making: Making) -> tuple[dict[Kind, str] | None, list[str]]:
    """Find the sources of visits; one worker looks at all of them, as sessions span files."""
    shop = making.workshop
    with shop.own_folder() as own, shop.database(threads=None) as connection:
        job = making.job(connection)
        if not find_tag_columns(job.tables, job.names).columns:
            return None, []
        spell(making, job)
        added, notes = trace_channels(
            connection, SPELLED, tables=job.tables, names=job.names, rules=making.rules.channels
        )
        for name in CHANNEL_TABLES:
            shop.copy(connection, f"FROM {identifier(name)}", own, CHANNELS, f"{name}.parquet")
        is_traced = bool(connection.execute("SELECT 1 FROM traces LIMIT 1").fetchall())
        return (added if is_traced else None), notes
