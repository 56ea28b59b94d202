"""The same touchpoints sorted into journeys of another case: people, opportunities, sessions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.store.encode import shard_rows
from journey.store.layout import Array, Shard, Store, Values, frozen, narrowest
from journey.store.ties import TIE, joined_over_accounts

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sorted:
    """Touchpoints in the order of their cases, each with the code of its case."""

    cases: Ints
    ticks: Array
    columns: dict[str, Array]


def recase(store: Store, role: str, *, gap_ticks: int | None = None) -> Store:
    """Sort touchpoints into journeys by another text column; rows without one are left out.

    Those left out are counted in ``n_without_case``.

    Parameters
    ----------
    role
        The column that tells the new case. A person not known is told by ``anonymous_id``.
    gap_ticks
        Cut a case's touchpoints into several journeys wherever the silence is longer.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    """
    cases, columns = gather_cases(store, store.shards, role)
    found, names = sort_cases(cases, columns, role), case_names(store, role)
    if gap_ticks is not None:
        found, names = cut_at_gaps(found, names, gap_ticks)
    return Store(
        case_role=role,
        ticks_per_second=store.ticks_per_second,
        dictionaries={**store.dictionaries, role: names},
        shards=_shards(found, len(names)),
        accounts=store.accounts,
        people=people_of_cases(store, role, len(names)),
        fingerprint=fingerprint_of_cases(store.fingerprint, role, gap_ticks),
        n_without_case=len(cases) - len(found.cases),
    )


def fingerprint_of_cases(fingerprint: str, role: str, gap_ticks: int | None) -> str:
    """The fingerprint of a store that was sorted by another case."""
    return f"{fingerprint}/{role}/{gap_ticks}"


def case_columns(store: Store, role: str) -> list[str]:
    """The columns that tell a case, those first that tell it best.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    """
    wanted = [role, "anonymous_id"] if role == "person_id" else [role]
    known = [name for name in wanted if name in store.text_columns]
    if not known and role == "session_id":
        known = [name for name in ("person_id", "anonymous_id") if name in store.text_columns]
        known = known or [store.case_role]
    if not known:
        raise ColumnNotFoundError.among(role, store.text_columns, where="the log")
    return known


def n_cases(store: Store, role: str) -> int:
    """How many cases there are by name, before any is cut at silences."""
    return sum(_n_known(store.dictionaries[name]) for name in case_columns(store, role))


def case_names(store: Store, role: str) -> Values:
    """The names of all cases by code, before any is cut at silences."""
    dictionaries = [store.dictionaries[name] for name in case_columns(store, role)]
    return pa.concat_arrays([own.slice(0, _n_known(own)) for own in dictionaries])


def gather_cases(store: Store, shards: Sequence[Shard], role: str) -> tuple[Ints, dict[str, Array]]:
    """Code of each touchpoint's case (-1: none), and all its columns, of shards end to end."""
    columns = _gathered(store, shards)
    cases = np.full(len(columns["ticks"]), -1, np.int64)
    n_before = 0
    for name in case_columns(store, role):
        n_known = _n_known(store.dictionaries[name])
        codes = columns[name].astype(np.int64)
        free = (cases < 0) & (codes < n_known)
        cases[free] = codes[free] + n_before
        n_before += n_known
    return cases, columns


def sort_cases(cases: Ints, columns: dict[str, Array], role: str) -> Sorted:
    """Sort touchpoints by case, time, and what came first in the source; without a case: away."""
    ticks, ties = columns["ticks"], columns.get(TIE)
    rows = np.flatnonzero(cases >= 0)
    keys = [ticks[rows], cases[rows]]
    if ties is not None:
        # Within one account the order of the store is that of the source, and not all have a place.
        told = cases[rows], int(cases.max(initial=-1)) + 1
        is_joined = joined_over_accounts(columns["account_id"][rows], [told])
        keys.insert(0, np.where(is_joined, ties[rows], 0))
    rows = rows[np.lexsort(keys)]
    left_out = {role, "ticks", TIE}
    kept = {name: values[rows] for name, values in columns.items() if name not in left_out}
    return Sorted(cases[rows], ticks[rows], kept)


def cut_at_gaps(found: Sorted, names: Values, gap_ticks: int) -> tuple[Sorted, Values]:
    """Cut cases wherever the silence is longer: each part is a case with a name of its own."""
    cases, ticks = found.cases, found.ticks
    begins = np.ones(len(cases), dtype=bool)
    silence = np.diff(ticks.astype(np.int64))
    begins[1:] = (np.diff(cases) != 0) | (silence > gap_ticks)
    owners = cases[begins]
    firsts = np.searchsorted(owners, owners)
    counted = np.arange(len(owners)) - firsts + 1
    labels = [
        f"{name} · {number}"
        for name, number in zip(
            names.take(pa.array(owners, pa.int64())).to_pylist(), counted, strict=True
        )
    ]
    return replace(found, cases=np.cumsum(begins) - 1), pa.array(labels, pa.string())


def shard_of(found: Sorted, n_names: int, rows: slice = slice(None)) -> Shard:
    """Some of the touchpoints, of whole journeys, as a shard; names are those of all cases."""
    cases, columns = found.cases[rows], found.columns
    begins = np.flatnonzero(np.diff(cases, prepend=-1))
    return Shard(
        offsets=frozen(np.append(begins, len(cases)).astype(np.int64)),
        cases=frozen(cases[begins].astype(narrowest(n_names))),
        ticks=frozen(found.ticks[rows]),
        codes={n: frozen(v[rows]) for n, v in columns.items() if not n.startswith(" ")},
        numbers={n[1:]: frozen(v[rows]) for n, v in columns.items() if n.startswith(" ")},
    )


def people_of_cases(store: Store, role: str, n_names: int) -> pa.Table:
    """Attributes of people; those of people as cases in their order, the anonymous without any."""
    if role != "person_id":
        return store.people
    n_known = _n_known(store.dictionaries.get("person_id", pa.nulls(1)))
    codes = np.arange(n_names)
    return store.people.take(pa.array(codes, pa.int64(), mask=codes >= n_known))


def seconds_of_gap(gap: "str | pd.Timedelta") -> float:
    """The length of the silence that ends a session; a bare number could be of any unit.

    Raises
    ------
    ValueNotAllowedError
        If it is no length of time above 0.
    """
    import pandas as pd  # what reads files needs none of it, and it takes long to load

    try:
        length = pd.NaT if _is_number(gap) else pd.Timedelta(gap)
    except ValueError:
        length = pd.NaT
    if length is pd.NaT or length <= pd.Timedelta(0):
        raise ValueNotAllowedError(
            f"The gap that ends a session is {str(gap)!r}. Allowed is a length of time above 0 "
            "with its unit, for example 30min, 2h or 1D."
        )
    return length.total_seconds()


def _n_known(dictionary: Values) -> int:
    return len(dictionary) - dictionary.null_count


def _gathered(store: Store, shards: Sequence[Shard]) -> dict[str, Array]:
    """All shards' columns end to end, the case among them; numbers are marked by a space."""
    parts: dict[str, list[Array]] = {"ticks": [shard.ticks for shard in shards]}
    ties = [shard.ties for shard in shards if shard.ties is not None]
    if ties:
        parts[TIE] = ties
    for name in store.text_columns:
        parts[name] = [store.codes(shard, name) for shard in shards]
    for name in shards[0].numbers if shards else ():
        parts[f" {name}"] = [shard.numbers[name] for shard in shards]
    return {
        name: np.concatenate(arrays) if arrays else np.empty(0, np.int64)
        for name, arrays in parts.items()
    }


def _shards(found: Sorted, n_names: int) -> tuple[Shard, ...]:
    """Cut at the borders of journeys."""
    cases = found.cases
    wanted = shard_rows(len(cases))
    borders = [0]
    while len(cases) - borders[-1] > wanted:
        last = cases[borders[-1] + wanted - 1]
        borders.append(int(np.searchsorted(cases, last, side="right")))
    if borders[-1] < len(cases):
        borders.append(len(cases))
    return tuple(shard_of(found, n_names, slice(*pair)) for pair in pairwise(borders))


def _is_number(gap: object) -> bool:
    try:
        float(str(gap))
    except ValueError:
        return False
    return True
