"""To which department each touchpoint belongs."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from journey.rules.ownership import COLUMNS, Ownership
from journey.store.layout import Shard, Store, frozen
from journey.store.view import View

Codes = npt.NDArray[np.int8]

BY_WORDS = ("channel", "source_system")
"""Columns whose values are looked through for words, after the touchpoint type's own."""


def departments_of(view: View, rows: npt.NDArray[Any], ownership: Ownership) -> Codes:
    """The department of some of the touchpoints in a view, by its place in order (-1: none).

    What is named comes before what only sounds so: a touchpoint type, then an owner, a channel, a
    source; then the words of type, channel and source.
    """
    return view.told_of_rows(_about(ownership), _made(view, ownership), rows)


def departments_in(view: View, ownership: Ownership) -> Codes:
    """The same of all touchpoints in view."""
    return view.told(_about(ownership), _made(view, ownership))


def _about(ownership: Ownership) -> tuple[str, Ownership]:
    return "departments", ownership


def _made(view: View, ownership: Ownership) -> Callable[[], Codes]:
    return partial(_departments, view.store, view.shard, ownership)


def _departments(store: Store, shard: Shard, ownership: Ownership) -> Codes:
    found = np.full(shard.n_touchpoints, -1, np.int8)
    for column, department_of in _lookups(store, ownership):
        unknown = np.flatnonzero(found < 0)
        if not len(unknown):
            break
        places = _places(store, column, ownership, department_of)
        if np.any(places >= 0):
            found[unknown] = places[store.codes(shard, column)[unknown]]
    return frozen(found)


def _lookups(store: Store, ownership: Ownership) -> list[tuple[str, Callable[[str], str | None]]]:
    """Columns in the order in which they tell the department, each with how it does."""

    def of(rule: str) -> Callable[[str], str | None]:
        return lambda value: ownership.department_of_value(rule, value)

    lookups: list[tuple[str, Callable[[str], str | None]]] = [
        ("touchpoint", ownership.department_of_type),
        *((column, of(rule)) for rule, column in COLUMNS.items()),
        *((column, ownership.department_by_words) for column in ("touchpoint", *BY_WORDS)),
    ]
    return [lookup for lookup in lookups if lookup[0] in store.text_columns]


def _places(
    store: Store, column: str, ownership: Ownership, department_of: Callable[[str], str | None]
) -> Codes:
    """The department of every entry of a column's dictionary."""
    place_of = {name: place for place, name in enumerate(ownership.names)}
    values = store.dictionaries[column].to_pylist()
    named = (None if value is None else department_of(value) for value in values)
    return np.array([-1 if name is None else place_of[name] for name in named], dtype=np.int8)
