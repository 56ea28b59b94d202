"""Which tables of a data set come of one source, and which came together."""

import json
from collections.abc import Sequence
from itertools import accumulate

from journey.ingest.kept.sources import DATED, Batch, SourceTable


def source_names(tables: Sequence[SourceTable]) -> dict[int, str]:
    """What to call the source of each table of touchpoints, by its number.

    Exports of one tool have the same columns, in whatever files it writes them: they are one
    source, named as the first of them by name.
    """
    kinds = {
        number: (table.shape, frozenset(table.headers))
        for number, table in enumerate(tables)
        if table.shape in DATED
    }
    files = sorted((tables[number].file, kind) for number, kind in kinds.items())
    first = {kind: file for file, kind in reversed(files)}
    return {number: first[kind] for number, kind in kinds.items()}


def import_numbers(batches: Sequence[Batch]) -> list[int]:
    """The number of the import that each table came with."""
    numbers = accumulate(int(not batch.is_continued) for batch in batches)
    return [n for n, batch in zip(numbers, batches, strict=True) for _ in batch.tables]


def fetched_again(batches: Sequence[Batch]) -> dict[int, int]:
    """The number of the table that a database gave first, by that of each it gave later."""
    first: dict[tuple[str, int], int] = {}
    again: dict[int, int] = {}
    number = 0
    for batch in batches:
        origin = batch.origin or {}
        source = json.dumps([origin.get("address"), origin.get("relation")])
        for place, _ in enumerate(batch.tables):
            if origin and first.setdefault((source, place), number) != number:
                again[number] = first[source, place]
            number += 1
    return again
