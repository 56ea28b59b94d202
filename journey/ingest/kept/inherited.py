"""What the user said of earlier files of a source holds for later ones of it.

A source is known by its columns: most of them are the same, or at least half of the fewer where
the names of the files differ in nothing but dates and numbers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from journey.ingest.columns.preset_choice import NO_PRESET, Presets
from journey.ingest.columns.roles import Given, as_here
from journey.ingest.columns.synonyms import folded
from journey.ingest.kept.sources import SourceTable
from journey.ingest.presets.headers import how_well
from journey.ingest.presets.model import Preset
from journey.ingest.raw import RawTable
from journey.ingest.times.month_names import months_alone
from journey.schema import LEFT_OUT

_MOST: Final = 0.5
_HALF: Final = 0.5
_WORDS: Final = re.compile(r"[^\W\d_]+")
_OF_PARTS: Final = frozenset(
    (
        *("q", "kw", "w", "week", "month", "year", "day", "copy", "part", "sheet"),
        *("csv", "tsv", "txt", "xlsx", "parquet", "json", "jsonl", "ndjson", "xes", "gz", "zip"),
    )
)
"""Words of the names of files that tell parts of a source apart, not sources."""


@dataclass(frozen=True)
class Inherited:
    """What holds of a file since it was said of earlier ones.

    Attributes
    ----------
    file
        The earlier one that is most like it.
    told
        Headers by role, as this file writes them.
    preset
        The one that was named for the earlier file; empty: none was.
    """

    file: str
    told: Given
    preset: str = ""

    @property
    def words(self) -> str:
        """What holds, in words; empty where nothing does."""
        said = [
            f"{role} is {h!r}" for role, hs in self.told.items() if role != LEFT_OUT for h in hs
        ]
        left = ", ".join(map(repr, self.told.get(LEFT_OUT, ())))
        said += [f"{left} left out"] if left else []
        said += [f"read by the preset {self.preset}"] if self.preset else []
        return f"as was said of {self.file}: {'; '.join(said)}" if said else ""


def inherited(
    tables: Sequence[RawTable], earlier: Sequence[SourceTable], presets: Mapping[str, Preset]
) -> dict[str, Inherited]:
    """What holds of some files, by file, as they were read, before presets make others of them.

    Parameters
    ----------
    presets
        All there are, by name. One of the user's own that these columns are no longer those of
        holds as if its words had been said.
    """
    found: dict[str, Inherited] = {}
    for table in tables:
        ranked = [
            (rank, place)
            for place, before in enumerate(earlier)
            if (rank := _likeness(table.file, table.columns, before))
        ]
        if ranked:
            alike = [earlier[place] for _, place in sorted(ranked)]
            found[table.file] = _of_alike(table.columns, alike, presets)
    return found


def _of_alike(
    columns: Sequence[str], alike: Sequence[SourceTable], presets: Mapping[str, Preset]
) -> Inherited:
    """What holds of a file with some columns, of all that was said of files like it."""
    last = alike[-1]
    own = presets.get(last.preset)
    saved = own.roles if own and own.is_own and not own.extends else {}
    fits = own is not None and how_well(own.headers, columns) is not None
    told = as_here({**({} if fits else saved), **last.told}, columns, made=_made(last))
    left_out = _left_out(alike, columns)
    named = presets.get(last.named_preset)
    is_right = last.named_preset == NO_PRESET or (named and how_well(named.headers, columns))
    return Inherited(
        last.file,
        {**told, LEFT_OUT: left_out} if told or left_out else {},
        last.named_preset if is_right else "",
    )


def with_inherited(argument: Mapping[str, Any], found: Mapping[str, Inherited]) -> dict[str, Any]:
    """The argument of an import, in which what was said before stands beside what is said now."""
    by_file, for_all = argument.get("columns_by_file") or {}, argument.get("columns") or {}
    told = {file: _beside(one.told, by_file.get(file), for_all) for file, one in found.items()}
    said = {file: one for file, one in told.items() if one is not None}
    choice = Presets(**argument.get("presets", {}))
    named = choice.named
    if not isinstance(named, str) or not named:
        before = {file: one.preset for file, one in found.items() if one.preset}
        named = {**before, **(named or {})}
    presets = replace(choice, named=named or "").as_json()
    return {**argument, "columns_by_file": {**by_file, **said}, "presets": presets}


def left_out_elsewhere(table: RawTable, earlier: Sequence[SourceTable]) -> list[str]:
    """What to tell of columns of a table that are read, while others so named are left out."""
    left = {folded(h): t.file for t in earlier for h in (*t.left_out, *t.told.get(LEFT_OUT, ()))}
    named = {header for headers in table.told.values() for header in headers}
    return [
        f"column {header!r} is read, though one so named was left out of {left[folded(header)]}"
        for header in table.columns
        if header not in named and folded(header) in left
    ]


def _beside(before: Given, of_file: Given | None, for_all: Given) -> Given | None:
    """What is said of a file, and what stays left out; none: nothing but what is said of all."""
    said = for_all if of_file is None else of_file
    if not said:
        return before or None
    is_settled = LEFT_OUT in said and (of_file is not None or not said[LEFT_OUT])
    named = {header for headers in said.values() for header in headers}
    left = [header for header in before.get(LEFT_OUT, ()) if header not in named]
    if is_settled or not left:
        return of_file
    return {**said, LEFT_OUT: [*said.get(LEFT_OUT, ()), *left]}


def _left_out(alike: Sequence[SourceTable], columns: Sequence[str]) -> list[str]:
    """Columns left out of the file that is most like this one among those that have them."""
    is_out: dict[str, bool] = {}
    for before in alike:
        is_out |= dict.fromkeys(map(folded, (*before.file_headers, *before.headers)), False)
        left = (*before.left_out, *before.told.get(LEFT_OUT, ()))
        is_out |= dict.fromkeys(map(folded, left), True)
    own = {folded(header) for header in columns}
    made = {h for before in alike for h in _made(before) if folded(h) not in own}
    return [header for header in (*columns, *sorted(made)) if is_out.get(folded(header))]


def _made(table: SourceTable) -> set[str]:
    """Columns that presets made of others."""
    return {*table.headers} - {*table.file_headers}


def _likeness(file: str, columns: Sequence[str], before: SourceTable) -> tuple[bool, float] | None:
    """How much an earlier file is like one; none: they are not of one source."""
    mine, theirs = set(map(folded, columns)), set(map(folded, before.file_headers))
    n_shared = len(mine & theirs)
    share = n_shared / max(1, len(mine | theirs))
    is_named_alike = _are_alike(file, before.file)
    is_like = share >= _MOST or (is_named_alike and n_shared >= _HALF * min(len(mine), len(theirs)))
    return (is_named_alike, share) if n_shared and is_like else None


def _are_alike(file: str, other: str) -> bool:
    """Whether the names of two files differ in nothing but dates, numbers and endings."""
    mine, theirs = (frozenset(_WORDS.findall(name.lower())) for name in (file, other))
    differing = (mine ^ theirs) - _OF_PARTS
    return not differing or differing <= months_alone()
