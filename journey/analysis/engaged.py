"""Who takes part in journeys: people, the roles that nobody met has, owners."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.kernels.select import rows_of_ranges
from journey.store.view import View

Ints = npt.NDArray[np.int64]


def people_of(view: View, chosen: Ints, expected: Sequence[str]) -> dict[str, Any]:
    """Known people of each journey in the order they appear, and the expected roles they lack."""
    store, n_chosen = view.store, len(chosen)
    met = np.zeros((n_chosen, len(expected)), dtype=bool)
    names: list[Any] = []
    n_people = np.zeros(n_chosen, np.int64)
    if "person_id" in store.text_columns:
        owners, codes = _codes(view, "person_id", chosen)
        pairs = pd.DataFrame({"owner": owners, "code": codes}).drop_duplicates()
        owners, people = pairs["owner"].to_numpy(), _indices(pairs["code"].to_numpy())
        n_people = np.bincount(owners, minlength=n_chosen)
        names = store.dictionaries["person_id"].take(people).to_pylist()
        if "role" in store.people.column_names:
            roles = np.array(store.people["role"].take(people).to_pylist(), dtype=object)
            for place, role in enumerate(expected):
                met[owners[roles == role], place] = True
    ends = np.concatenate([[0], np.cumsum(n_people)]).tolist()
    return {
        "n_people": n_people,
        "people": ["; ".join(names[begin:end]) for begin, end in pairwise(ends)],
        "missing_roles": [
            "; ".join(role for role, known in zip(expected, row, strict=True) if not known)
            for row in met.tolist()
        ],
    }


def owners_of(view: View, chosen: Ints) -> list[str | None]:
    """The owner of each account, or else the last one named on a touch."""
    store = view.store
    if "owner" in store.accounts.column_names:
        accounts = store.journey_accounts(view.shard)[chosen]
        return store.accounts["owner"].take(_indices(accounts)).to_pylist()
    if "owner" not in store.text_columns:
        return [None] * len(chosen)
    journeys, codes = _codes(view, "owner", chosen)
    last = pd.Series(codes).groupby(journeys).last()
    names = store.dictionaries["owner"].to_pylist()
    return [names[code] for code in last.reindex(range(len(chosen)), fill_value=-1)]


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
