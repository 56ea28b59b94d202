"""Reach and sharing by month, and what customers did after the sale by month."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import IntegerArray

from journey.analysis.figures.frames import whole
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.lifecycle.churn import churn_rows, tells_churn
from journey.analysis.lifecycle.reach import MONTH, monthly_touches, reached_by_each
from journey.analysis.scores.milestones import types_meaning
from journey.analysis.stages.months import months
from journey.costs import costs_fingerprint
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.store.cache import keep
from journey.store.layout import MICROSECONDS, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

AFTER_SALE: Final[tuple[Meaning, ...]] = (
    *("onboarding", "support", "renewal", "upsell", "cross_sell", "referral"),
)


def reach_by_month(log: TouchpointLog) -> pd.DataFrame:
    """People reached, impressions, content shared on and new audience by calendar month in UTC.

    Returns
    -------
    DataFrame
        One row per month from first to last: ``month``; ``n_people`` with a touchpoint in view;
        ``n_new_journeys`` (that began in it); ``n_impressions`` (touchpoints that show an ad to
        somebody the log knows; missing: no type means that); ``n_platform_impressions`` (as ad
        platforms count them, to anybody; missing: not told); ``n_shared`` (touchpoints that share
        content on; missing: no type means that).

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b", "b"], "touchpoint": ["Ad view", "Ad view", "Shared post"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-02-01"])}))
    >>> reach_by_month(log)[["n_people", "n_new_journeys", "n_impressions"]].values.tolist()
    [[2, 2, 2], [1, 0, 0]]
    """
    [reached] = reached_by_each(log, [MONTH])
    n_people = dict(zip(map(str, reached.names), reached.n_people.tolist(), strict=True))
    begun, touched = months(log), monthly_touches(log, ("ad_shown", "shared"))
    named = begun["month"].astype(object)
    key = "impressions by month", costs_fingerprint(log.costs)
    told = keep(key, partial(_platform_impressions, log.costs))
    return pd.DataFrame(
        {
            "month": named,
            "n_people": _counts(n_people, named),
            "n_new_journeys": begun["n_journeys_started"].astype("Int64"),
            "n_impressions": _counts(touched["ad_shown"], named),
            "n_platform_impressions": whole([told.get(month) for month in named]),
            "n_shared": _counts(touched["shared"], named),
        }
    )


def post_sale(log: TouchpointLog) -> pd.DataFrame:
    """What customers did after the sale, by calendar month in UTC, as touchpoints in view.

    Returns
    -------
    DataFrame
        One row per month from first to last: ``month``, ``n_onboarding``, ``n_support``,
        ``n_renewal``, ``n_upsell``, ``n_cross_sell``, ``n_referral``, ``n_churn`` (that say a
        customer left, or lose one, after the win); a column is missing on every row where no
        touchpoint type means that.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": ["Renewal", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-02-01"])}))
    >>> post_sale(log)[["month", "n_renewal", "n_upsell"]].values.tolist()
    [['2026-01', 1, <NA>], ['2026-02', 0, <NA>]]
    """
    named, touched = months(log)["month"].astype(object), monthly_touches(log, AFTER_SALE)
    columns = {f"n_{meaning}": _counts(touched[meaning], named) for meaning in AFTER_SALE}
    return pd.DataFrame({"month": named, **columns, "n_churn": _counts(_churn(log), named)})


def _platform_impressions(costs: pd.DataFrame) -> dict[str, int]:
    """Impressions as ad platforms count them, by the months in which they tell any."""
    shown = costs.dropna(subset="n_impressions")
    total: Counter[str] = Counter()
    named = shown["day"].dt.strftime("%Y-%m")
    for month, n in zip(named, shown["n_impressions"].astype("int64").tolist(), strict=True):
        total[month] += n
    return dict(total)


def _churn(log: TouchpointLog) -> dict[str, int] | None:
    """Touchpoints in view at which customers left, by month; none where nothing tells of it."""
    is_churn = types_meaning(log.store, log.definitions, "churn")
    has_win = bool(set(log.definitions.won) & set(log.store.touchpoint_types))
    if not (has_win and tells_churn(log, is_churn)):
        return None
    counts: Counter[str] = Counter()
    for codes, n in log.ask_with_facts(partial(_left, is_churn=is_churn)):
        counts.update(dict(zip(month_names(codes), n.tolist(), strict=True)))
    return dict(counts)


def _left(part: Part, *, is_churn: Flags) -> tuple[Ints, Ints]:
    """Months in which customers of a shard left, and by how many touches in view."""
    view, facts = part
    name = "has left", is_churn.tobytes()
    has_left = facts.kept(name, partial(_have_left, facts, is_churn))
    per_tick = MICROSECONDS // view.store.ticks_per_second
    left = view.ticks[facts.told_in(view, has_left)]
    return np.unique(months_of(left, per_tick), return_counts=True)


def _have_left(facts: ShardFacts, is_churn: Flags) -> Flags:
    """By touch of the evidence whether a customer left at it."""
    has_left = np.zeros(facts.view.n_touchpoints, dtype=bool)
    has_left[churn_rows(facts, is_churn)] = True
    return frozen(has_left)


def _counts(counts: Mapping[str, int] | None, named: Iterable[str]) -> IntegerArray:
    """Counts of some months; missing where no type has the meaning."""
    return whole([None if counts is None else counts.get(month, 0) for month in named])
