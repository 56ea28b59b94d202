"""The same touchpoints sorted into journeys of another case: people, opportunities, sessions."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.store.encode import shard_rows
from journey.store.layout import Array, Shard, Store, Values, frozen, narrowest
from journey.store.ties import TIE

Ints = npt.NDArray[np.int64]


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
    columns = _gathered(store)
    cases, names = _case_of_rows(store, columns, role)
    ticks, ties = columns.pop("ticks"), columns.pop(TIE, None)
    n_touchpoints = len(cases)
    rows = np.flatnonzero(cases >= 0)
    last_keys = () if ties is None else (ties[rows],)
    rows = rows[np.lexsort((*last_keys, ticks[rows], cases[rows]))]
    cases, ticks = cases[rows], ticks[rows]
    if gap_ticks is not None:
        cases, names = _cut_at_gaps(cases, ticks, names, gap_ticks)
    starts = np.flatnonzero(np.diff(cases, prepend=-1))
    dictionaries = {**store.dictionaries, role: names}
    kept = {name: values[rows] for name, values in columns.items() if name != role}
    shards = _shards(starts, cases, ticks, kept, len(names))
    return Store(
        case_role=role,
        ticks_per_second=store.ticks_per_second,
        dictionaries=dictionaries,
        shards=shards,
        accounts=store.accounts,
        people=_people_of_cases(store, names) if role == "person_id" else store.people,
        fingerprint=f"{store.fingerprint}/{role}/{gap_ticks}",
        n_without_case=n_touchpoints - len(rows),
    )


def seconds_of_gap(gap: str | pd.Timedelta) -> float:
    """The length of the silence that ends a session; a bare number could be of any unit.

    Raises
    ------
    ValueNotAllowedError
        If it is no length of time above 0.
    """
    try:
        length = pd.NaT if _is_number(gap) else pd.Timedelta(gap)
    except ValueError:
        length = pd.NaT
    if length is pd.NaT or length <= pd.Timedelta(0):
        raise ValueNotAllowedError(
            f"The gap that ends a session is {str(gap)!r}. Allowed is a length of time above 0 "
            "with its unit, for example 30min, 2h or 1d."
        )
    return length.total_seconds()


def _people_of_cases(store: Store, names: Values) -> pa.Table:
    """Attributes of known people first; the anonymous after them have none."""
    known = store.dictionaries.get("person_id", pa.nulls(1))
    n_known = len(known) - known.null_count
    codes = np.arange(len(names))
    return store.people.take(pa.array(codes, pa.int64(), mask=codes >= n_known))


def _gathered(store: Store) -> dict[str, Array]:
    """All shards' columns end to end, the case among them; numbers are marked by a space."""
    parts: dict[str, list[Array]] = {"ticks": [shard.ticks for shard in store.shards]}
    ties = [shard.ties for shard in store.shards if shard.ties is not None]
    if ties:
        parts[TIE] = ties
    for name in store.text_columns:
        parts[name] = [store.codes(shard, name) for shard in store.shards]
    for name in store.shards[0].numbers if store.shards else ():
        parts[f" {name}"] = [shard.numbers[name] for shard in store.shards]
    return {
        name: np.concatenate(arrays) if arrays else np.empty(0, np.int64)
        for name, arrays in parts.items()
    }


def _case_of_rows(store: Store, columns: dict[str, Array], role: str) -> tuple[Ints, Values]:
    """Code of each row's new case (-1: none) and the names of the cases."""
    known = [name for name in (role, "anonymous_id") if name in store.text_columns]
    if role not in ("person_id", "session_id") and role not in known:
        raise ColumnNotFoundError.among(role, store.text_columns, where="the log")
    if role == "session_id" and role not in known:
        known = [name for name in ("person_id", "anonymous_id") if name in store.text_columns]
        known = known or [store.case_role]
    elif role != "person_id":
        known = [role]
    if not known:
        raise ColumnNotFoundError.among(role, store.text_columns, where="the log")
    cases = np.full(len(columns["ticks"]), -1, np.int64)
    names = pa.array([], pa.string())
    for name in known:
        dictionary = store.dictionaries[name]
        n_known = len(dictionary) - dictionary.null_count
        codes = columns[name].astype(np.int64)
        free = (cases < 0) & (codes < n_known)
        cases[free] = codes[free] + len(names)
        names = pa.concat_arrays([names, dictionary.slice(0, n_known)])
    return cases, names


def _cut_at_gaps(cases: Ints, ticks: Array, names: Values, gap_ticks: int) -> tuple[Ints, Values]:
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
    return np.cumsum(begins) - 1, pa.array(labels, pa.string())


def _shards(
    starts: Ints, cases: Ints, ticks: Array, columns: dict[str, Array], n_names: int
) -> tuple[Shard, ...]:
    """Cut at the borders of journeys."""
    wanted = shard_rows(len(cases))
    borders = [0]
    while len(cases) - borders[-1] > wanted:
        at = np.searchsorted(starts, borders[-1] + wanted)
        if at >= len(starts):
            break
        borders.append(int(starts[at]))
    borders.append(len(cases))
    return tuple(
        _slice(starts, cases, ticks, columns, n_names, begin, end)
        for begin, end in pairwise(borders)
        if end > begin
    )


def _slice(
    starts: Ints,
    cases: Ints,
    ticks: Array,
    columns: dict[str, Array],
    n_names: int,
    begin: int,
    end: int,
) -> Shard:
    own = starts[np.searchsorted(starts, begin) : np.searchsorted(starts, end)]
    return Shard(
        offsets=frozen(np.append(own - begin, end - begin).astype(np.int64)),
        cases=frozen(cases[own].astype(narrowest(n_names))),
        ticks=frozen(ticks[begin:end]),
        codes={n: frozen(v[begin:end]) for n, v in columns.items() if not n.startswith(" ")},
        numbers={n[1:]: frozen(v[begin:end]) for n, v in columns.items() if n.startswith(" ")},
    )


def _is_number(gap: object) -> bool:
    try:
        float(str(gap))
    except ValueError:
        return False
    return True
