"""One file of an import becomes a batch; what the other files tell of it comes with the asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from journey.ingest.columns.checks import check_complete
from journey.ingest.columns.owners import check_paid_clicks, missing_owner
from journey.ingest.columns.roles import Beside, as_here, assign_roles, check_told
from journey.ingest.kept.owners import kept_owners
from journey.ingest.kept.sources import Batch
from journey.ingest.kept.waiting import (
    Waiting,
    keep_rows,
    keep_undecided,
    keep_waiting,
    write_waiting,
)
from journey.ingest.presets.foreign_keys import follow_keys
from journey.ingest.staging import Pair, Report, options_of, prepared, read_files, stage
from journey.ingest.texts.decimals import Marks, marks_of
from journey.ingest.warehouses.origin import read_origin


@dataclass(frozen=True)
class Part:
    """The batch of one file, and why its tables are of nobody known as far as it tells."""

    batch: Batch
    ownerless: tuple[str, ...]


def stage_part(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    folder: Path,
    *,
    tell: Report,
) -> Part:
    """Read one file of an import into a batch; other files are read elsewhere.

    Parameters
    ----------
    argument
        As for :func:`journey.ingest.pipeline.import_files`. Columns may be named that this file
        has not. Of the other files tell ``owners``, the batches that may say whose rows are;
        ``as_one``, by file, how others with its columns are read; ``logs``, columns of tables that
        have touchpoints; and ``leads``, what all values tell of decimals.
    folder
        The one to make.

    Raises
    ------
    ColumnsUnclearError
        If its columns don't tell what they mean.
    """
    scratch = Path(argument["scratch"])
    ready = prepared(connection, read_files(connection, argument, tell), argument, tell)
    check_paid_clicks([table for table in ready if not (table.told or table.named_preset)])
    held = keep_waiting(connection, ready, scratch)
    owners = map(Path, argument.get("owners") or ())
    raw = follow_keys(connection, ready, partial(kept_owners, connection, owners))
    said = argument.get("columns_by_file") or {}
    # Headers said of all files may be those of others; said of one, they must be there.
    check_told(raw, {}, {t.file: said[t.file] for t in raw if t.file in said})
    told = {table.file: as_here(table.told, table.columns) for table in raw}
    told |= {f: as_one for f, as_one in argument.get("as_one", {}).items() if not said.get(f)}
    logs = [Beside(tuple(columns), is_log=True) for columns in argument.get("logs", ())]
    read = assign_roles(connection, raw, {}, told, beside=logs)
    check_complete(read)
    pairs = list(zip(raw, read, strict=True))
    marks = {table.table: marks_of(connection, used) for table, used in pairs}
    waiting = _held(connection, pairs, held, marks, scratch)
    ownerless = tuple(missing_owner(connection, table) for table in read)
    batch = Batch((), options_of(argument, ()), (), read_origin(argument["paths"]))
    batch = replace(batch, is_continued=argument.get("is_continued", False))
    own = [marks[table.table] for table in raw]
    batch = stage(connection, pairs, folder, batch, marks=own, leads=argument.get("leads"))
    if waiting:
        write_waiting(folder, waiting)
    return Part(batch, ownerless)


def _held(
    connection: duckdb.DuckDBPyConnection,
    pairs: Sequence[Pair],
    held: Mapping[str, Waiting],
    marks: Mapping[str, Mapping[str, Marks]],
    scratch: Path,
) -> list[Waiting]:
    """All tables of a file, if one of them waits for what later files tell; else none."""
    others = [pair for pair in pairs if pair[0].table not in held]
    known = {**held, **keep_undecided(connection, others, marks, scratch)}
    if not known:
        return []
    return [known.get(raw.table) or keep_rows(connection, raw, scratch) for raw, _ in pairs]
