"""Histories of fields that no vendor's preset knows: which field changed, to what, when.

A change of a stage or a status is named after what it came to, any other after its field.
"""

import re
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.columns.synonyms import DATE_WORDS, named, plain
from journey.ingest.formats.held import make_changeable
from journey.ingest.formats.table import RawTable, unique_names
from journey.ingest.sql import identifier

_FIELD: Final = re.compile(r"^(?:changed_)?(?:property|field|attribute)(?:_?(?:name|label|key))?$")
_VALUE: Final = re.compile(
    r"^(?:(?:property|field|attribute)_)?(?:new_)?(?:value|string)$|^(?:to|new|changed_to)(?:_value)?$"
)
_SET_BY: Final = {"value", "source", "source_id"}
_NAMED_FIELD: Final = re.compile(r"^name$")
_STANDING: Final = "(?i)stage|status|lifecycle|phase"
_SURE: Final = 0.5


def as_changes(connection: duckdb.DuckDBPyConnection, table: RawTable) -> RawTable:
    """Name the events of a history of fields; any other table is given back as it is."""
    names = {header: plain(header) for header in table.columns}
    # A bare name is that of a field where it is told who set the value.
    kind_of_field = _NAMED_FIELD if {*names.values()} >= _SET_BY else _FIELD
    field, value = (
        next((header for header, name in names.items() if kind.search(name)), None)
        for kind in (kind_of_field, _VALUE)
    )
    is_dated = any(DATE_WORDS.search(name) for name in names.values())
    if not field or not value or not is_dated:
        return table
    others = [header for header in table.columns if header != field]
    if any(named(header, "touchpoint") > _SURE for header in others):
        return table
    (event,) = unique_names(["touchpoint"], taken=table.columns)
    make_changeable(connection, table.table)
    raw, one, two, made = (identifier(name) for name in (table.table, field, value, event))
    connection.execute(f"ALTER TABLE {raw} ADD COLUMN {made} VARCHAR")
    connection.execute(
        f"UPDATE {raw} SET {made} = CASE WHEN regexp_matches({one}, '{_STANDING}') "
        f"THEN nullif(trim({two}), '') ELSE trim({one}) || ' changed' END"
    )
    note = f"rows are changes of {field!r}; those of a stage or status are named by {value!r}"
    return replace(table, columns=(*table.columns, event), notes=(*table.notes, note))
