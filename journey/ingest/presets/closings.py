"""Tables of deals that no vendor's preset knows: a row each, how it stands, and when it closed.

The date of the close is the win or the loss, by how the deal stands; of an open deal it is only
a plan.
"""

import re
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.columns.synonyms import named, plain
from journey.ingest.formats.held import make_changeable
from journey.ingest.formats.table import RawTable, unique_names
from journey.ingest.sql import identifier, literal
from journey.proposals import decides_lost, decides_nothing, decides_won

_CLOSED: Final = re.compile(
    r"^(?:deal_|opportunity_|actual_)?clos(?:e|ed|ing)_?(?:date|at|on|time|timestamp)?$"
    r"|^abschlussdatum$|^geschlossen_am$|^fecha_de_cierre$|^date_de_cl[oô]ture$|成交日期|完了予定日"
)
_STANDING: Final = re.compile(
    r"^(?:deal_|opportunity_|lead_|sales_|pipeline_)?(?:stage|status|outcome|result|phase)(?:_name)?$"
    r"|^estado$|^étape$|^statut$|阶段|状态"
)
_NAME: Final = re.compile(r"^(?:deal|opportunity|opp)_?(?:name|title|no|number)$")
_SURE: Final = 0.5
_MOST_REPEATED: Final = 0.1
"""Share of deals that may have the name of another."""
_MOST_WORDS: Final = 100
_DECISIONS: Final = (
    ("Won", decides_won),
    ("Lost", decides_lost),
    ("No decision", decides_nothing),
)


def with_closings(connection: duckdb.DuckDBPyConnection, table: RawTable) -> RawTable:
    """Make dates of the win and of the loss of a table of deals; others are given back as is."""
    closed = [header for header in table.columns if _CLOSED.search(plain(header))]
    standing = [header for header in table.columns if _STANDING.search(plain(header))]
    deals = [h for h in table.columns if named(h, "opportunity_id") >= _SURE]
    if len(closed) != 1 or len(standing) != 1 or not _is_one_a_row(connection, table, deals):
        return table
    raw, status, date = (identifier(name) for name in (table.table, standing[0], closed[0]))
    words = connection.execute(
        f"SELECT DISTINCT {status} FROM {raw} WHERE {status} IS NOT NULL LIMIT {_MOST_WORDS}"
    ).fetchall()
    columns = list(table.columns)
    for title, decides in _DECISIONS:
        meant = [str(word) for (word,) in words if decides(str(word))]
        if not meant:
            continue
        (name,) = unique_names([title], taken=columns)
        make_changeable(connection, table.table)
        listed = ", ".join(literal(word) for word in meant)
        connection.execute(f"ALTER TABLE {raw} ADD COLUMN {identifier(name)} VARCHAR")
        connection.execute(
            f"UPDATE {raw} SET {identifier(name)} = {date} WHERE {status} IN ({listed})"
        )
        columns.append(name)
    if len(columns) == len(table.columns):
        return table
    left = tuple(name for name in columns if name != closed[0])
    note = f"{closed[0]!r} is when a deal was won or lost, by {standing[0]!r}; else a plan"
    return replace(table, columns=left, notes=(*table.notes, note))


def _is_one_a_row(connection: duckdb.DuckDBPyConnection, table: RawTable, deals: list[str]) -> bool:
    """Whether each row is a deal of its own, by its id or else by its name."""
    names = [header for header in table.columns if _NAME.search(plain(header))]
    if not deals and not names:
        return False
    told = (deals or names)[0]
    ((n_rows, n_deals),) = connection.execute(
        f"SELECT count(*), count(DISTINCT {identifier(told)}) FROM {identifier(table.table)}"
    ).fetchall()
    least = n_rows if deals else n_rows * (1 - _MOST_REPEATED)
    return bool(n_rows) and n_deals >= least
