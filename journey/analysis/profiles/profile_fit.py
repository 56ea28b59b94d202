"""Are we selling to those who fit: new journeys, pipeline and spend inside a profile, by month."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.profiles.criteria import Segment, check_segment, is_inside
from journey.analysis.stages.months import begun_months, months_of
from journey.analysis.stages.outcomes import last_values
from journey.costs import costs_fingerprint
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.log import TouchpointLog
from journey.store.layout import MICROSECONDS, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

_SPENT_ON: Final = ("campaign", "channel")
_COUNTED: Final = (
    *("n_new", "n_new_inside", "pipeline", "pipeline_inside"),
    *("carried", "carried_inside", "n_carried", "n_valued"),
)
_NEVER: Final = np.iinfo(np.int64).max


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
        what met no touchpoint is in neither. Costs imported in several
        currencies are left out.

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
    per_tick = MICROSECONDS // log.store.ticks_per_second
    inside = partial(is_inside, segment=profile, stages=tuple(log.definitions.stage_names))
    question = partial(_count_months, inside=inside, as_of=log.as_of_tick, per_tick=per_tick)
    nothing = pd.DataFrame(columns=list(_COUNTED), dtype=float)
    counted = pd.concat([nothing, *log.ask_with_facts(question)]).groupby(level=0).sum()
    return _frame(counted, _shared_out(log, inside, per_tick))


def _frame(counted: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """The answer, of what was counted and of imported costs shared out."""
    carried = counted[["carried", "carried_inside"]].where(counted["n_carried"] > 0)
    shared = shared.reindex(counted.index)
    spend = pd.DataFrame(
        {
            name: carried[f"carried{part}"].add(shared[name], fill_value=0.0)
            for name, part in (("spend", ""), ("spend_inside", "_inside"))
        }
    )
    n_new, n_inside = (counted[name].astype("int64") for name in ("n_new", "n_new_inside"))
    share, low, high = wilson(n_inside, n_new)
    months = counted.index.to_numpy(np.int64).astype("datetime64[M]")
    # Where no deal was ever valued, it is not known what the pipeline is.
    is_valued = pd.Series(bool(counted["n_valued"].any()), index=counted.index)
    pipeline = counted[["pipeline", "pipeline_inside"]].where(is_valued)
    frame = pd.DataFrame(
        {
            "month": np.datetime_as_string(months).astype(object),
            "n_new": n_new,
            "n_new_inside": n_inside,
            "new_share": share,
            "low": low,
            "high": high,
            **pipeline,
            "pipeline_share": _share(pipeline["pipeline_inside"], pipeline["pipeline"]),
            **spend,
            "spend_share": _share(spend["spend_inside"], spend["spend"]),
        }
    )
    return frame.reset_index(drop=True)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole).where(whole > 0)


def _count_months(
    part: Part, *, inside: Callable[[Part], Flags], as_of: int, per_tick: int
) -> pd.DataFrame:
    """New journeys, pipeline and costs on touchpoints in one shard by month, and those inside."""
    view, facts = part
    if not view.n_journeys:
        return pd.DataFrame(columns=list(_COUNTED), dtype=float)
    flags = inside(part)
    begun = begun_months(part, microseconds_per_tick=per_tick).astype(np.int64)
    last = int(months_of(np.array([as_of]), per_tick).astype(np.int64)[0])
    first = int(begun.min())
    n_months = last - first + 1
    add = partial(_added_up, n_months=n_months)
    opened, closed, value, deals = _open_deals(part, per_tick)
    mine, is_shut = flags[deals], closed <= last
    changes = [
        add(opened - first, each, mine) - add(closed[is_shut] - first, each[is_shut], mine[is_shut])
        for each in (value, np.ones(len(value)))
    ]
    sums, n_open = np.cumsum(changes, axis=2)
    # Where no deal is open, what rounding left of those that were is nothing.
    pipeline, pipeline_inside = np.where(n_open > 0, sums, 0.0)
    n_new, n_new_inside = add(begun - first, np.ones(len(begun)), flags)
    costs = _carried(view, flags, first, n_months, per_tick)
    n_valued = np.full(n_months, np.count_nonzero(~np.isnan(last_values(facts, view.journeys))))
    columns = (n_new, n_new_inside, pipeline, pipeline_inside, *costs, n_valued)
    return pd.DataFrame(dict(zip(_COUNTED, columns, strict=True)), index=np.arange(first, last + 1))


def _added_up(months: Ints, values: Floats, flags: Flags, *, n_months: int) -> Floats:
    """Values by month: of all, and of those inside."""
    return np.stack(
        [np.bincount(months, weights=values * kept, minlength=n_months) for kept in (1.0, flags)]
    ).astype(np.float64)


def _open_deals(part: Part, per_tick: int) -> tuple[Ints, Ints, Floats, Ints]:
    """Spells of valued deals at whose end the month was another one, touch by touch.

    The months in which each began and ended (far in the future: it goes on), its value and the
    place of its journey in view.
    """
    view, facts = part
    evidence, limit = facts.view, facts.silence.dormancy_limit
    values = evidence.numbers("value")
    if values is None:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, np.empty(0), nothing
    place_of = np.full(evidence.n_journeys, -1, np.int64)
    place_of[view.journeys] = np.arange(view.n_journeys)
    first_valued = np.full(evidence.n_journeys, len(values), np.int64)
    rows = np.flatnonzero(values > 0)
    first_valued[owners_of(frozen(rows), evidence.offsets)[::-1]] = rows[::-1]
    rows = np.flatnonzero(facts.is_open)
    owners = owners_of(frozen(rows), evidence.offsets)
    kept = (place_of[owners] >= 0) & (rows >= first_valued[owners])
    rows, owners = rows[kept], owners[kept]
    ticks = np.append(evidence.ticks, 0).astype(np.int64)
    begins = ticks[rows]
    is_last = rows + 1 == evidence.offsets[1:][owners]
    ends = np.minimum(np.where(is_last, _NEVER, ticks[rows + 1]), begins + limit + 1)
    goes_on = ends > facts.as_of
    opened = months_of(begins, per_tick).astype(np.int64)
    closed = months_of(np.where(goes_on, facts.as_of, ends), per_tick).astype(np.int64)
    closed[goes_on] = _NEVER
    crosses = closed > opened
    deals = place_of[owners[crosses]]
    value = np.nan_to_num(last_values(facts, view.journeys))[deals]
    return opened[crosses], closed[crosses], value, deals


def _carried(
    view: View, flags: Flags, first: int, n_months: int, per_tick: int
) -> tuple[Floats, ...]:
    """What touchpoints in view cost by month, what those inside do, and how many say so."""
    costs = view.numbers("cost")
    if costs is None:
        return (np.zeros(n_months),) * 3
    known = np.flatnonzero(~np.isnan(costs))
    # A touchpoint in view is never before its journey's first.
    months = months_of(view.ticks[known], per_tick).astype(np.int64) - first
    mine = np.repeat(flags, view.lengths)[known]
    weights = (costs[known], costs[known] * mine, np.ones(len(known)))
    sums = (np.bincount(months, weights=weight, minlength=n_months) for weight in weights)
    return tuple(each.astype(np.float64) for each in sums)


def _shared_out(log: TouchpointLog, inside: Callable[[Part], Flags], per_tick: int) -> pd.DataFrame:
    """Imported costs by month that met touchpoints, and the part of these that is inside."""
    spent = log.once(_spent, costs_fingerprint(log.costs))
    touched = [
        _touches(log, str(column), tuple(sorted(set(mine["code"]))), inside, per_tick)
        for column, mine in spent.groupby("column")
    ]
    if not touched:
        return pd.DataFrame({"spend": [], "spend_inside": []}, dtype=float)
    met = spent.merge(pd.concat(touched), on=["column", "month", "code"])
    met["spend"], met["spend_inside"] = met["cost"], met["cost"] * met["n_inside"] / met["n"]
    return met.groupby("month")[["spend", "spend_inside"]].sum()


def _spent(log: TouchpointLog, costs_told: str) -> pd.DataFrame:
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
    return rows[rows["code"] >= 0].groupby(keys)[["cost"]].sum().reset_index()


def _code_of_name(log: TouchpointLog, column: str) -> dict[str, int]:
    names = log.store.dictionaries[column].to_pylist()
    return {
        str(name).casefold(): code
        for code, name in reversed(list(enumerate(names)))
        if name is not None
    }


def _touches(
    log: TouchpointLog,
    column: str,
    codes: tuple[int, ...],
    inside: Callable[[Part], Flags],
    per_tick: int,
) -> pd.DataFrame:
    """Touchpoints in view by month and code of a column, and those inside."""
    question = partial(_count_touches, column=column, codes=codes, inside=inside, per_tick=per_tick)
    counted = pd.concat(log.ask_with_facts(question)).groupby(["month", "code"]).sum()
    return counted.reset_index().assign(column=column)


def _count_touches(
    part: Part,
    *,
    column: str,
    codes: tuple[int, ...],
    inside: Callable[[Part], Flags],
    per_tick: int,
) -> pd.DataFrame:
    view, _ = part
    n_codes = len(view.store.dictionaries[column])
    is_wanted = np.zeros(n_codes, dtype=bool)
    is_wanted[list(codes)] = True
    found = view.codes(column)
    rows = np.flatnonzero(is_wanted[found])
    months = months_of(view.ticks[rows], per_tick).astype(np.int64)
    at, cells = pd.factorize(months * n_codes + found[rows], sort=True)
    mine = np.repeat(inside(part), view.lengths)[rows]
    n, n_inside = (np.bincount(some, minlength=len(cells)) for some in (at, at[mine]))
    columns = cells // n_codes, cells % n_codes, n, n_inside
    return pd.DataFrame(dict(zip(("month", "code", "n", "n_inside"), columns, strict=True)))
