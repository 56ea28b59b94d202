"""References of presets to values, as SQL over a raw table.

``header`` is a column. ``header/key/key`` looks into a cell of JSON; ``*`` as a key takes the
first value there is. ``header[key]`` is the value of a key in a list of keys and values, as GA4
writes ``event_params``, or of names and values, as Marketo writes ``attributes``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey.ingest.columns.synonyms import plain
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Column, Conditions
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.standardize import number_sql

_REFERENCE = re.compile(r"(?P<header>[^/\[\]]+)(?:\[(?P<key>[^\]]+)\]|(?P<path>(?:/[^/]+)+))?")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PAIRS = '\'[{"key":"VARCHAR","name":"VARCHAR","value":"JSON"}]\''
_VAGUE = ("id", "name", "type", "key", "value")
"""Keys that say nothing without what they are of."""
_TYPES = ("string_value", "int_value", "float_value", "double_value")


@dataclass(frozen=True)
class Found:
    """A reference that a table can answer: its header, what to call the value, and its SQL."""

    header: str
    name: str
    sql: str

    @property
    def is_column(self) -> bool:
        """It is a column as it stands."""
        return self.name == self.header


def resolve(reference: str, index: HeaderIndex) -> Found | None:
    """What a reference means in a table; None if the table has no such header."""
    if reference in index.headers:
        return Found(reference, reference, identifier(reference))
    parts = _REFERENCE.fullmatch(reference)
    header = index.find(parts["header"]) if parts else None
    if parts is None or header is None:
        return None
    cell = identifier(header)
    if parts["key"]:
        return Found(header, parts["key"], _pair_sql(cell, parts["key"]))
    if parts["path"]:
        keys = parts["path"].strip("/").split("/")
        told = [key.lstrip("$") for key in keys if key != "*"] or [header]
        # The id of an author is not that of the row.
        name = ".".join([header, *told][-2:]) if plain(told[-1]) in _VAGUE else told[-1]
        return Found(header, name if name != header else f"{name} value", _path_sql(cell, keys))
    return Found(header, header, cell)


def resolved(references: Sequence[str], index: HeaderIndex) -> list[Found]:
    """The references that a table can answer, each value once."""
    found = [resolve(reference, index) for reference in references]
    return list({one.sql: one for one in found if one is not None}.values())


def _path_sql(cell: str, keys: Sequence[str]) -> str:
    steps = ("*" if key == "*" else '"' + key.replace('"', '\\"') + '"' for key in keys)
    path = "$" + "".join(f".{step}" for step in steps)
    read = f"TRY(json_extract_string({cell}, {literal(path)}))"
    return f"{read}[1]" if "*" in keys else read


def _pair_sql(cell: str, key: str) -> str:
    pairs = f"TRY(from_json({cell}, {_PAIRS}))"
    found = f"list_filter({pairs}, lambda pair: COALESCE(pair.key, pair.name) = {literal(key)})"
    value = f"{found}[1].value"
    typed = ", ".join(f"json_extract_string({value}, '$.{kind}')" for kind in _TYPES)
    bare = f"CASE WHEN json_type({value}) <> 'OBJECT' THEN json_extract_string({value}, '$') END"
    return f"COALESCE({typed}, {bare})"


def filled(sql: str) -> str:
    """SQL of a value, none where it is blank."""
    return f"nullif(trim({sql}), '')"


def condition_sql(when: Conditions, index: HeaderIndex) -> str | None:
    """SQL that holds where all conditions do; None if the table has not all it asks about."""
    parts: list[str] = []
    for reference, values in when.items():
        found = resolved([part.strip() for part in reference.split(" | ")], index)
        if not found:
            return None
        value = f"lower({filled(found[0].sql)})"
        ways = [_is_sql(value, word.lower()) for word in values]
        parts.append(f"coalesce({' OR '.join(ways)}, false)")
    return " AND ".join(parts)


def _is_sql(value: str, word: str) -> str:
    if word.endswith("*"):
        return f"starts_with({value}, {literal(word.removesuffix('*'))})"
    return f"{value} = {literal(word)}"


def column_sql(column: Column, index: HeaderIndex) -> str | None:
    """SQL of a column made of others; None if the table has none of what it is made of."""
    value = _source_sql(column, index)
    if value is None and column.otherwise is None:
        return None
    value = value or "NULL::VARCHAR"
    if column.matches is not None:
        group = 1 if re.compile(column.matches).groups else 0
        value = filled(f"regexp_extract({value}, {literal(f'^(?:{column.matches})$')}, {group})")
    if column.not_matches is not None:
        value = (
            f"CASE WHEN NOT regexp_full_match({value}, {literal(column.not_matches)}) "
            f"THEN {value} END"
        )
    if column.labels:
        value = _labelled(value, column.labels)
    if column.divided_by is not None:
        # What is no number stays, to be counted and shown as such.
        value = f"COALESCE(({number_sql(value)} / {column.divided_by})::VARCHAR, {value})"
    if column.otherwise is not None:
        value = f"COALESCE({value}, {literal(column.otherwise)})"
    if column.when:
        condition = condition_sql(column.when, index)
        if condition is None:
            return None
        value = f"CASE WHEN {condition} THEN {value} END"
    return value


def cells_of(column: Column, index: HeaderIndex) -> set[str]:
    """The headers into whose cells a column made of others looks."""
    told = [*column.first, *_PLACEHOLDER.findall(column.words or "")]
    references = [part.strip() for one in told for part in one.split(" | ")]
    return {one.header for one in resolved(references, index) if not one.is_column}


def _source_sql(column: Column, index: HeaderIndex) -> str | None:
    """What a column begins with: the first filled value, or words with values in them."""
    if column.words is None:
        return first_sql(column.first, index)
    parts: list[str] = []
    at = 0
    for place in _PLACEHOLDER.finditer(column.words):
        value = first_sql([part.strip() for part in place[1].split(" | ")], index)
        if value is None:
            return None
        parts += [literal(column.words[at : place.start()]), value]
        at = place.end()
    parts.append(literal(column.words[at:]))
    return f"({' || '.join(parts)})"


def first_sql(references: Sequence[str], index: HeaderIndex) -> str | None:
    """SQL of the first filled of some values; None if the table has none of them."""
    found = resolved(references, index)
    if not found:
        return None
    return f"COALESCE({', '.join(filled(one.sql) for one in found)})"


def _labelled(value: str, labels: Mapping[str, str]) -> str:
    cases = " ".join(
        f"WHEN {literal(key.lower())} THEN {literal(words)}" for key, words in labels.items()
    )
    return f"CASE lower({value}) {cases} ELSE {value} END"
