"""Are we selling to those who fit: new journeys, pipeline and spend inside a profile, by month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.month_codes import months_in, months_of
from journey.analysis.figures.statistics import wilson
from journey.analysis.profiles.criteria import Segment, check_segment, is_inside
from journey.analysis.stages.months import begun_months
from journey.analysis.stages.outcomes import last_values
from journey.costs import costs_fingerprint
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.log import TouchpointLog
from journey.store.layout import MICROSECONDS, Array, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

_SPENT_ON: Final = ("campaign", "channel")
_COUNTED: Final = (
    *("n_new", "n_new_inside", "pipeline", "pipeline_inside"),
    *("carried", "carried_inside", "n_carried"),
)
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class _Counted:
    """What is counted from a month on, touchpoints that met each cost, whether deals have value."""

    first: int
    sums: Floats
    touches: Ints
    is_valued: bool


def profile_fit_by_month(log: TouchpointLog, profile: Segment) -> pd.DataFrame:
    """The share of new journeys, of pipeline and of spend that is inside a profile, by month.

    Parameters
    ----------
    profile
        For example the ``segment`` of :func:`ideal_customer_profile`. Meant for what does not
        change along a journey, such as attributes of accounts.

    Returns
    -------
    DataFrame
        One row per calendar month (UTC) from the first in which a journey in view began to that of
        ``as_of``: ``month`` (``YYYY-MM``); ``n_new`` journeys begun, ``n_new_inside`` of these,
        ``new_share`` with its 95 % Wilson interval ``low``, ``high``; ``pipeline``, the value of
        deals open at the month's end (valued above 0 by then, not yet decided or dormant; at the
        last known value, by what is known at ``as_of``), ``pipeline_inside``, ``pipeline_share``;
        ``spend`` and ``spend_inside``, ``spend_share``. Missing where nothing is known.

        Spend is what touchpoints in view cost, and what campaigns cost in a month, shared out
        evenly over the touchpoints in view of that campaign (else of that channel) in the month;
        what met no touchpoint is in neither. Costs imported in several currencies are left out.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        If the log lacks a column or a stage that the profile names.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": ["Ad", "Ad"], "value": [10.0, 30.0],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-02-01"])}),
    ...     accounts=pd.DataFrame({"account_id": ["a", "b"], "industry": ["Retail", "Travel"]}))
    >>> found = profile_fit_by_month(log, Segment(profile=(("industry", ("Retail",)),)))
    >>> found[["month", "new_share", "pipeline_share"]].values.tolist()
    [['2026-01', 1.0, 1.0], ['2026-02', 0.0, 0.25]]
    """
    check_segment(log, profile)
    spent = log.once(_spent, costs_fingerprint(log.costs))
    last = _month_of(log.as_of_tick, log.store)
    stages = tuple(log.definitions.stage_names)
    question = partial(_count_months, segment=profile, stages=stages, spent=spent, last=last)
    parts = [part for part in log.ask_with_facts(question) if part is not None]
    return _frame(_merged(parts, last, len(spent.costs)), spent)


def _merged(parts: Sequence[_Counted], last: int, n_spent: int) -> _Counted:
    """What all shards counted, from the first month of any."""
    first = min((part.first for part in parts), default=last + 1)
    sums = np.zeros((len(_COUNTED), last - first + 1))
    touches = np.zeros((2, n_spent), np.int64)
    for part in parts:
        sums[:, part.first - first :] += part.sums
        touches += part.touches
    return _Counted(first, sums, touches, any(part.is_valued for part in parts))


def _frame(counted: _Counted, spent: "_Spent") -> pd.DataFrame:
    """The answer, of what was counted and of imported costs shared out."""
    of = dict(zip(_COUNTED, counted.sums, strict=True))
    n_touched, n_inside = counted.touches
    met = np.flatnonzero(n_touched)
    cost, at = spent.costs[met], spent.months[met] - counted.first
    n_months = counted.sums.shape[1]
    is_told = (of["n_carried"] > 0) | (np.bincount(at, minlength=n_months) > 0)
    shared = np.bincount(at, weights=cost, minlength=n_months)
    mine = cost * n_inside[met] / n_touched[met]
    shared_inside = np.bincount(at, weights=mine, minlength=n_months)
    spend = np.where(is_told, of["carried"] + shared, np.nan)
    spend_inside = np.where(is_told, of["carried_inside"] + shared_inside, np.nan)
    # Where no deal was ever valued, it is not known what the pipeline is.
    known = 1.0 if counted.is_valued else np.nan
    pipeline, pipeline_inside = of["pipeline"] * known, of["pipeline_inside"] * known
    share, low, high = wilson(of["n_new_inside"], of["n_new"])
    months = np.arange(counted.first, counted.first + n_months).astype("datetime64[M]")
    return pd.DataFrame(
        {
            "month": np.datetime_as_string(months).astype(object),
            "n_new": of["n_new"].astype(np.int64),
            "n_new_inside": of["n_new_inside"].astype(np.int64),
            "new_share": share,
            "low": low,
            "high": high,
            "pipeline": pipeline,
            "pipeline_inside": pipeline_inside,
            "pipeline_share": _share(pipeline_inside, pipeline),
            "spend": spend,
            "spend_inside": spend_inside,
            "spend_share": _share(spend_inside, spend),
        }
    )


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _month_of(tick: int, store: Store) -> int:
    return int(months_of(np.array([tick]), MICROSECONDS // store.ticks_per_second)[0])


def _count_months(
    part: Part, *, segment: Segment, stages: tuple[str, ...], spent: "_Spent", last: int
) -> _Counted | None:
    """New journeys, pipeline and costs on touchpoints in one shard by month, and those inside."""
    view, facts = part
    if not view.n_journeys:
        return None
    flags = is_inside(part, segment=segment, stages=stages)
    per_tick = MICROSECONDS // view.store.ticks_per_second
    begun = begun_months(part, microseconds_per_tick=per_tick).astype(np.int64)
    first = int(begun.min())
    add = partial(_added_up, n_months=last - first + 1)
    opened, closed, value, deals = _open_deals(part)
    mine, is_shut = flags[deals], closed <= last
    changes = [
        add(opened - first, each, mine) - add(closed[is_shut] - first, each[is_shut], mine[is_shut])
        for each in (value, np.ones(len(value)))
    ]
    sums, n_open = np.cumsum(changes, axis=2)
    # Where no deal is open, what rounding left of those that were is nothing.
    pipeline = np.where(n_open > 0, sums, 0.0)
    n_new = add(begun - first, np.ones(len(begun)), flags)
    months, is_mine = months_in(view), np.repeat(flags, view.lengths)
    # A touchpoint in view is never before its journey's first.
    carried, n_carried = _carried(view, is_mine, months - first, add)
    is_valued = bool((~np.isnan(last_values(facts, view.journeys))).any())
    counted = np.concatenate([n_new, pipeline, carried, n_carried])
    return _Counted(first, counted, _touches(view, is_mine, months, spent), is_valued)


def _added_up(
    months: npt.NDArray[np.integer[Any]], values: Floats, flags: Flags, *, n_months: int
) -> Floats:
    """Values by month: of all, and of those inside."""
    return np.stack(
        [np.bincount(months, weights=values * kept, minlength=n_months) for kept in (1.0, flags)]
    ).astype(np.float64)


def _open_deals(part: Part) -> tuple[Ints, Ints, Floats, Ints]:
    """Spells of valued deals at whose end the month was another one, touch by touch.

    The months in which each began and ended (far in the future: it goes on), its value and the
    place of its journey in view.
    """
    view, facts = part
    opened, closed, owners = facts.kept("spells of deals", partial(_spells, facts))
    place_of = np.full(facts.view.n_journeys, -1, np.int64)
    place_of[view.journeys] = np.arange(view.n_journeys)
    deals = place_of[owners]
    kept = np.flatnonzero(deals >= 0)
    value = np.nan_to_num(last_values(facts, owners[kept]))
    return opened[kept], closed[kept], value, deals[kept]


def _spells(facts: ShardFacts) -> tuple[Ints, Ints, Ints]:
    """Spells as above of all journeys, whatever is in view, and the journey of each."""
    evidence, limit = facts.view, facts.silence.dormancy_limit
    values = evidence.numbers("value")
    if values is None:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, nothing
    first_valued = np.full(evidence.n_journeys, len(values), np.int64)
    rows = np.flatnonzero(values > 0)
    first_valued[owners_of(frozen(rows), evidence.offsets)[::-1]] = rows[::-1]
    rows = np.flatnonzero(facts.is_open)
    owners = owners_of(frozen(rows), evidence.offsets)
    kept = rows >= first_valued[owners]
    rows, owners = rows[kept], owners[kept]
    ticks = np.append(evidence.ticks, 0).astype(np.int64)
    begins = ticks[rows]
    is_last = rows + 1 == evidence.offsets[1:][owners]
    ends = np.minimum(np.where(is_last, _NEVER, ticks[rows + 1]), begins + limit + 1)
    goes_on = ends > facts.as_of
    per_tick = MICROSECONDS // evidence.store.ticks_per_second
    opened = months_of(begins, per_tick)
    closed = months_of(np.where(goes_on, facts.as_of, ends), per_tick)
    closed[goes_on] = _NEVER
    crosses = closed > opened
    return opened[crosses], closed[crosses], owners[crosses]


def _carried(
    view: View, is_mine: Flags, months: Array, add: Callable[..., Floats]
) -> tuple[Floats, Floats]:
    """What touchpoints in view cost by month, what those inside do, and how many say so."""
    costs = view.numbers("cost")
    known = np.empty(0, np.int64) if costs is None else np.flatnonzero(~np.isnan(costs))
    values = np.empty(0) if costs is None else costs[known]
    at, mine = months[known], is_mine[known]
    return add(at, values, mine), add(at, np.ones(len(known)), mine)[:1]


@dataclass(frozen=True, eq=False)
class _Spent:
    """Imported costs of a campaign, or else of a channel, in a month: one of each."""

    columns: npt.NDArray[np.object_]
    codes: Ints
    months: Ints
    costs: Floats


def _touches(view: View, is_mine: Flags, months: Array, spent: _Spent) -> Ints:
    """Touchpoints in view that each cost met, and those inside."""
    counts = np.zeros((2, len(spent.costs)), np.int64)
    for column in dict.fromkeys(spent.columns.tolist()):
        mine = np.flatnonzero(spent.columns == column)
        first, n_months = int(spent.months[mine].min()), int(np.ptp(spent.months[mine])) + 1
        wanted, codes = np.unique(spent.codes[mine], return_inverse=True)
        place_of_code = np.full(len(view.store.dictionaries[column]), -1, np.int64)
        place_of_code[wanted] = np.arange(len(wanted))
        places = place_of_code[view.codes(column)]
        rows = np.flatnonzero((places >= 0) & (months >= first) & (months < first + n_months))
        cells = places[rows] * n_months + (months[rows] - first)
        of_cost = codes * n_months + spent.months[mine] - first
        for row, some in enumerate((cells, cells[is_mine[rows]])):
            counts[row, mine] = np.bincount(some, minlength=len(wanted) * n_months)[of_cost]
    return counts


def _spent(log: TouchpointLog, costs_told: str) -> _Spent:
    """Imported costs of a campaign of the log, or else of a channel, by month."""
    del costs_told  # it only tells these costs from others
    costs = log.costs[log.costs["cost"].notna()]
    if len(costs["currency"].dropna().unique()) > 1:
        costs = costs.iloc[:0]
    months = costs["day"].to_numpy("datetime64[M]").astype(np.int64)
    rows = pd.DataFrame(
        {
            "month": months,
            "column": pd.Series(None, index=costs.index, dtype=object),
            "code": -1,
            "cost": costs["cost"],
        }
    )
    for column in _SPENT_ON:
        if column in log.store.text_columns:
            found = costs[column].str.casefold().map(_code_of_name(log, column))
            mine = found.notna() & (rows["code"] < 0)
            rows.loc[mine, "column"], rows.loc[mine, "code"] = column, found[mine].astype("int64")
    keys = ["column", "month", "code"]
    sums = rows[rows["code"] >= 0].groupby(keys)[["cost"]].sum().reset_index()
    column, month, code, cost = (sums[name].to_numpy() for name in (*keys, "cost"))
    return _Spent(column.astype(object), code, month, cost)


def _code_of_name(log: TouchpointLog, column: str) -> dict[str, int]:
    names = log.store.dictionaries[column].to_pylist()
    return {
        str(name).casefold(): code
        for code, name in reversed(list(enumerate(names)))
        if name is not None
    }
