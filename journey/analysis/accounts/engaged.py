"""Who takes part in journeys: people, the roles that nobody met has, owners."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.kernels.select import rows_of_ranges
from journey.schema import KNOWN_AS, VISITOR
from journey.store.view import View

Ints = npt.NDArray[np.int64]


def people_of(view: View, chosen: Ints, expected: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Known people of each journey in the order they appear, and the expected roles they lack."""
    store, n_chosen = view.store, len(chosen)
    met = np.zeros((n_chosen, len(expected)), dtype=bool)
    owners, people = _people(view, chosen)
    if len(people) and "role" in store.people.column_names:
        roles = np.array(store.people["role"].take(people).to_pylist(), dtype=object)
        for place, role in enumerate(expected):
            met[owners[roles == role], place] = True
    names: list[Any] = []
    if len(people):
        names = store.dictionaries["person_id"].take(people).to_pylist()
    return {
        "n_people": np.bincount(owners, minlength=n_chosen),
        "people": np.array(_joined(names, owners, n_chosen), dtype=object),
        "missing_roles": np.array(
            [_missing(tuple(expected), tuple(row)) for row in met.tolist()], dtype=object
        ),
    }


@lru_cache(maxsize=4_096)
def _missing(expected: tuple[str, ...], met: tuple[bool, ...]) -> str:
    """The expected roles that nobody met has; many journeys lack the same."""
    return "; ".join(role for role, is_met in zip(expected, met, strict=True) if not is_met)


def emails_of(view: View, chosen: Ints) -> list[str]:
    """E-mail addresses of the known people of each journey, in the order they appear.

    A person's id that is an address is one; else the attribute of people that holds them tells.
    """
    owners, people = _people(view, chosen)
    if not len(people):
        return [""] * len(chosen)
    ids: list[Any] = view.store.dictionaries["person_id"].take(people).to_pylist()
    told: list[Any] = [None] * len(ids)
    for name in view.store.people.column_names:
        if re.fullmatch(r"e-?mail( address)?", name.lower().replace("_", " ")):
            told = view.store.people[name].take(people).to_pylist()
    emails = [own if "@" in own else other for own, other in zip(ids, told, strict=True)]
    known = np.array([email is not None for email in emails])
    return _joined([email for email in emails if email is not None], owners[known], len(chosen))


def owners_of(view: View, chosen: Ints) -> list[str | None]:
    """The owner of each account, or else the last one named on a touch."""
    store = view.store
    if "owner" in store.accounts.column_names:
        accounts = store.journey_accounts(view.shard)[chosen]
        return store.accounts["owner"].take(_indices(accounts)).to_pylist()
    return last_named(view, chosen, "owner")


def are_named(view: View, chosen: Ints) -> npt.NDArray[np.bool_]:
    """Which journeys are of somebody known by more than an id, so that advice on them is of use."""
    accounts = view.store.accounts
    if KNOWN_AS not in accounts.column_names:
        return np.ones(len(chosen), dtype=bool)
    known = accounts[KNOWN_AS].take(_indices(view.store.journey_accounts(view.shard)[chosen]))
    return np.array([kind != VISITOR for kind in known.to_pylist()], dtype=bool)


def last_named(view: View, chosen: Ints, column: str) -> list[str | None]:
    """What a column said last in each journey; none where it said nothing."""
    if column not in view.store.text_columns:
        return [None] * len(chosen)
    journeys, codes = _codes(view, column, chosen)
    last = pd.Series(codes).groupby(journeys).last().reindex(range(len(chosen)))
    names = view.store.dictionaries[column].to_pylist()
    return [None if np.isnan(code) else names[int(code)] for code in last]


def _people(view: View, chosen: Ints) -> tuple[Ints, pa.Int64Array]:
    """Journeys and codes of their known people, each once, in the order they appear."""
    if "person_id" not in view.store.text_columns:
        return np.empty(0, np.int64), _indices(np.empty(0, np.int64))
    owners, codes = _codes(view, "person_id", chosen)
    n_people = len(view.store.dictionaries["person_id"])
    pairs = pd.unique(owners * n_people + codes)
    return pairs // n_people, _indices(pairs % n_people)


def _joined(names: Sequence[str], owners: Ints, n_chosen: int) -> list[str]:
    """The names of each journey in one text; they lie one journey after the other."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=n_chosen))]).tolist()
    return ["; ".join(names[begin:end]) for begin, end in pairwise(ends)]


def _codes(view: View, column: str, chosen: Ints) -> tuple[Ints, Ints]:
    """Codes that aren't null of the chosen journeys' touches, each with the journey's place."""
    rows = rows_of_ranges(view.offsets[:-1], view.offsets[1:], chosen)
    codes = view.codes_of_rows(column, rows).astype(np.int64)
    places = np.repeat(np.arange(len(chosen)), np.diff(view.offsets)[chosen])
    dictionary = view.store.dictionaries[column]
    known = codes < len(dictionary) - dictionary.null_count
    return places[known], codes[known]


def _indices(codes: npt.NDArray[Any]) -> pa.Int64Array:
    return pa.array(codes, pa.int64())
