"""Entries are brought together by who was touched: then what is told twice is in one place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from journey.ingest.cluster.entries import Making, known_sql
from journey.ingest.cluster.workshop import dealt, unpacked
from journey.ingest.dataset import KEPT, KNOWN, merge_touches
from journey.ingest.identity.resolve import Joined, count_joined
from journey.ingest.report import Found, count_entries
from journey.ingest.sql import identifier
from journey.runners.piece import Workers
from journey.schema import NUMBER_ROLES

KEPT_FOLDER: Final = "kept"
ROWS_PER_BUCKET: Final = 1_000_000

_WHO: Final = "COALESCE('p' || person_id, 'a' || account_id, id::VARCHAR)"
"""Whose touches may be one: rows alike in all columns, and those of a person, or else account.

Entries that have neither may go anywhere."""


@dataclass(frozen=True)
class Bucket:
    """What became of the entries of a bucket, and the file with those kept."""

    file: str
    counted: Found
    joined: Joined


def merge_duplicates(workers: Workers, making: Making, n_entries: int) -> list[Bucket]:
    """Merge what is told twice, and write the entries kept, bucket by bucket."""
    n_buckets = max(1, -(-n_entries // ROWS_PER_BUCKET))
    return workers.deal(
        len(making.batches),
        n_buckets,
        partial(_give, making=making),
        partial(_take, making=making),
    )


def _give(number: int, n_buckets: int, *, making: Making) -> Iterator[tuple[int, bytes]]:
    shop = making.workshop
    with shop.own_folder(), shop.database() as connection:
        known = known_sql(making, making.job(connection, only=number), number)
        names = sorted(connection.sql(known).columns)
        # A number that no row of the batch has is an empty text.
        columns = ", ".join(
            f"{name}::DOUBLE AS {name}" if name in NUMBER_ROLES else identifier(name)
            for name in names
        )
        query = f"SELECT {columns}, (hash({_WHO}) % {n_buckets})::BIGINT AS bucket FROM ({known})"
        yield from dealt(connection, query)


def _take(bucket: int, chunks: Sequence[bytes], *, making: Making) -> Bucket:
    """Merge what is told twice among the entries of a bucket, by the functions of any import."""
    shop = making.workshop
    with shop.own_folder() as own, shop.database() as connection:
        connection.register(KNOWN, unpacked(chunks))
        job = making.job(connection, only=-1)
        traced = [c for c in (making.added or {}).values() if c not in job.extras]
        merge_touches(job, traced)
        counted = count_entries(connection, job.tables, table=KNOWN)
        joined = count_joined(connection, KNOWN)
        file = f"{bucket}.parquet"
        shop.copy(connection, f"FROM {KEPT}", own, KEPT_FOLDER, file)
    return Bucket(file, counted, joined)
