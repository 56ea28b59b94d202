"""Whether a preset finds somebody in the rows of a table it knows, and what its user said of it."""

from collections.abc import Mapping, Sequence

import duckdb

from journey.ingest.formats.held import sampled
from journey.ingest.formats.table import RawTable
from journey.ingest.presets.files import built_in, chosen
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Preset
from journey.ingest.presets.references import column_sql, filled, first_sql
from journey.schema import LEFT_OUT

_WHO = ("account_id", "person_id", "anonymous_id", "session_id", "opportunity_id")


def finds_nobody(connection: duckdb.DuckDBPyConnection, table: RawTable, preset: Preset) -> bool:
    """Whether a preset for events looks for people and finds none: it is another's file."""
    if preset.is_own or preset.shape not in ("events", "wide") or preset.unpivot or preset.unnest:
        return False
    index = HeaderIndex(table.columns)
    named = [name for role in _WHO for name in (role, *preset.roles.get(role, ()))]
    told = [first_sql(preset.roles[role], index) for role in _WHO if role in preset.roles]
    told += [column_sql(preset.columns[name], index) for name in named if name in preset.columns]
    found = [filled(sql) for sql in told if sql]
    if not found:
        return bool(told)
    ((n_rows, n_found),) = connection.execute(
        f"SELECT count(*), count(coalesce({', '.join(found)}, NULL)) "
        f"FROM {sampled(connection, table.table, table.n_rows)}"
    ).fetchall()
    return n_rows > 0 and n_found == 0


def with_left_out(table: RawTable, preset: Preset) -> Mapping[str, Sequence[str]]:
    """What the user says of a table, with the columns that a preset of his own leaves out."""
    base = chosen(preset.extends, built_in()).left_out if preset.extends else ()
    mine = [one for one in preset.left_out if one not in base] if preset.is_own else []
    named = {header for headers in table.told.values() for header in headers}
    new = sorted(HeaderIndex(table.columns).matching(mine) - named)
    return {**table.told, LEFT_OUT: [*table.told.get(LEFT_OUT, ()), *new]} if new else table.told
