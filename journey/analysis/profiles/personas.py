"""Personas: who starts journeys, who influences them, who signs, who uses what was bought."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.comparisons import (
    adjusted_for_many,
    exact_chance,
    with_and_without,
)
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.statistics import wilson
from journey.analysis.profiles.persona_parts import (
    BEHAVIOURS,
    LARGEST_GROUP,
    PARTS,
    Personas,
    Value,
    count_groups,
    count_parts,
    has_persona,
    is_group_of,
    median_entry_ticks,
    personas_of,
)
from journey.errors import ColumnNotFoundError
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says
from journey.schema import SMALL_SAMPLE
from journey.selection import Keep

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROLE: Final = r"roles?$|job ?title|title$|job (?:function|role)|position$|function$"
_SENIORITY: Final = r"seniority|(?:job|management) level"
_COLUMNS: Final = (
    *("persona", "role", "seniority", "n_people", "n_journeys", "n_won", "win_rate", "low", "high"),
    *("n_rest", "rest_win_rate", "rest_low", "rest_high"),
    *("lift", "lift_least", "lift_most", "chance"),
    *(f"n_{part}" for part in PARTS),
    *(f"{part}_share" for part in PARTS),
    *("won_share", "median_place", "median_entry_days", "typical_touchpoint", "typical_channel"),
)


def personas(log: TouchpointLog, *, by: Sequence[str] | None = None) -> pd.DataFrame:
    """What part people of each role and seniority play, and how often journeys with them win.

    Counted before the touchpoint that decided the journey, among touches of known roles.

    Parameters
    ----------
    by
        Attributes of people, role first; none: those named like role or job title, and like
        seniority. The 60 personas with most people are told.

    Returns
    -------
    DataFrame
        One row per persona, most journeys first: ``persona``, ``role``, ``seniority``;
        ``n_people`` (counted in each journey), ``n_journeys`` with it, ``n_won`` of these,
        ``win_rate`` (won / all with it), 95 % Wilson interval ``low``, ``high``; ``n_rest`` to
        ``rest_high``, the same without; ``lift`` (one rate / the other), 95 % interval; ``chance``
        (Fisher's exact test, adjusted by Benjamini and Hochberg; missing below 30 journeys).
        ``n_started`` (first touch), ``n_influenced`` (most touches between first and last),
        ``n_signed`` (last up to the win), ``n_used`` (a touch after it), each with its share of
        journeys (of won ones) that have a known persona there: ``started_share`` …. ``won_share``
        (won journeys that have it / won journeys), ``median_place`` (1: the first to enter)
        and ``median_entry_days`` (from the first touch to its first) in won journeys, and what it
        does more than other personas by the largest factor, at least 30 times:
        ``typical_touchpoint``, ``typical_channel``.

    Raises
    ------
    ColumnNotFoundError
        If people have no such attribute.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": "a", "touchpoint": "Ad", "person_id": ["p"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"])}),
    ...     people=pd.DataFrame({"person_id": ["p"], "role": ["User"]}))
    >>> personas(log)[["persona", "n_started", "n_signed"]].to_numpy().tolist()
    [['User', 1, 0]]
    """
    chosen = persona_columns(log) if by is None else tuple(by)
    _check(log, chosen)
    known = personas_of(log.store, chosen)
    answers = log.ask_with_facts(partial(count_parts, by=chosen)) if known.kinds else []
    if not answers:
        return pd.DataFrame(columns=list(_COLUMNS))
    counted = {name: np.sum([one[name] for one in answers], axis=0) for name in answers[0]}
    days = median_entry_ticks(log, chosen, len(known.kinds)) / log.ticks_per_day
    return _ordered(_frame(log, known, counted, days))


def buying_groups(log: TouchpointLog) -> pd.DataFrame:
    """Journeys and wins by how many known people took part before the decision.

    Returns
    -------
    DataFrame
        One row per size that occurs, 0 (nobody known) to 8 (8 or more): ``n_people``,
        ``n_journeys`` (adds up to journeys in view), ``n_won``, ``win_rate`` (won / all of that
        size) with its 95 % Wilson interval ``low``, ``high``. Smallest first.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": "Ad", "person_id": ["p", "q", "r"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 3)}))
    >>> buying_groups(log)[["n_people", "n_journeys"]].values.tolist()
    [[1, 1], [2, 1]]
    """
    counts = sum(log.ask_with_facts(count_groups), np.zeros((2, LARGEST_GROUP + 1), np.int64))
    n_journeys, n_won = counts
    rate, low, high = wilson(n_won, n_journeys)
    frame = pd.DataFrame(
        {
            "n_people": np.arange(LARGEST_GROUP + 1),
            "n_journeys": n_journeys,
            "n_won": n_won,
            "win_rate": rate,
            "low": low,
            "high": high,
        }
    )
    return frame[frame["n_journeys"] > 0].reset_index(drop=True)


def persona_columns(log: TouchpointLog) -> tuple[str, ...]:
    """The attributes of people that are named like a role, and like seniority; the first of each.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "touchpoint": ["Ad"], "person_id": ["p"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"])}),
    ...     people=pd.DataFrame({"person_id": ["p"], "job_title": ["CFO"], "age": ["40"]}))
    >>> persona_columns(log)
    ('job_title',)
    """
    names = log.store.people.column_names
    found = (
        next((name for name in names if says(pattern, plain_words(name))), None)
        for pattern in (_ROLE, _SENIORITY)
    )
    return tuple(name for name in found if name is not None)


def with_persona(log: TouchpointLog, values: Sequence[Value]) -> TouchpointLog:
    """Journeys in which a persona takes part: ``n_journeys`` of ``personas``."""
    arguments = (("by", persona_columns(log)), ("values", tuple(values)))
    return log.keep(Keep(has_persona, arguments))


def with_group_of(log: TouchpointLog, n_people: int) -> TouchpointLog:
    """Journeys of one size: ``n_journeys`` of ``buying_groups``."""
    return log.keep(Keep(is_group_of, (("n_people", n_people),)))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    seen = frame[frame["n_journeys"] + frame["n_used"] + frame["n_signed"] > 0]
    ordered = seen.sort_values(["n_journeys", "persona"], ascending=[False, True])
    texts = ("role", "seniority", "typical_touchpoint", "typical_channel")
    return none_for_missing(ordered[list(_COLUMNS)].reset_index(drop=True), texts)


def _check(log: TouchpointLog, by: Sequence[str]) -> None:
    known = log.store.people.column_names
    for column in by:
        if column not in known:
            raise ColumnNotFoundError.among(column, known, where="the attributes of people")


def _frame(
    log: TouchpointLog, known: Personas, counted: Mapping[str, Ints], days: Floats
) -> pd.DataFrame:
    inside, base = counted["inside"], counted["base"][:, None]
    shares = {
        f"{part}_share": wilson(counted[f"n_{part}"], n_all)[0]
        for part, n_all in zip(PARTS, counted["bases"], strict=True)
    }
    typical = {f"typical_{name}": _typical(log, name, counted[name]) for name in BEHAVIOURS}
    return pd.DataFrame(
        {
            "persona": _named(known),
            "role": pd.Series([values[0] for values in known.kinds], dtype=object),
            "seniority": pd.Series([(*values, None)[1] for values in known.kinds], dtype=object),
            "n_people": counted["n_people"],
            **_rates(inside, base),
            **{f"n_{part}": counted[f"n_{part}"] for part in PARTS},
            **shares,
            "won_share": wilson(inside[1], base[1])[0],
            "median_place": [_median_place(places) for places in counted["places"]],
            "median_entry_days": days,
            **typical,
        }
    )


def _rates(inside: Ints, base: Ints) -> dict[str, Floats | Ints]:
    n, n_won = inside
    n_rest, won_rest = base - inside
    chances = np.full(len(n), np.nan)
    tested = n >= SMALL_SAMPLE
    chances[tested] = adjusted_for_many(exact_chance(n_won[tested], n[tested], base[1], base[0]))
    return {
        **with_and_without(n, n_won, n_rest, won_rest),
        "chance": chances,
    }


def _named(known: Personas) -> list[str]:
    """The role, with what tells it from others of the same role."""
    roles = [values[0] for values in known.kinds]
    return [
        str(values[0])
        if roles.count(values[0]) == 1
        else f"{values[0]} ({', '.join(value or 'not known' for value in values[1:])})"
        for values in known.kinds
    ]


def _typical(log: TouchpointLog, column: str, counts: Ints) -> "pd.Series[Any]":
    """What each persona does more than all together by the largest factor, if often enough."""
    names = log.store.dictionaries[column].to_pylist() if counts.shape[1] else []
    known = [place for place, name in enumerate(names) if name is not None]
    mine = counts[:, known].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = mine.sum(axis=0) / mine.sum()
        factor = mine / mine.sum(axis=1, keepdims=True) / usual
    factor = np.where(mine >= SMALL_SAMPLE, factor, 0.0)
    found = [names[known[int(row.argmax())]] if np.any(row > 1) else None for row in factor]
    return pd.Series(found, dtype=object)


def _median_place(places: Ints) -> float:
    """The median of places that were counted, the first being 1."""
    n = int(places.sum())
    if not n:
        return float("nan")
    ends = np.cumsum(places)
    low, high = (int(np.searchsorted(ends, rank, side="right")) for rank in ((n - 1) // 2, n // 2))
    return (low + high) / 2 + 1
