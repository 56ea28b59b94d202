"""Reach and sharing by month, and what customers did after the sale by month."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.lifecycle.churn import churn_rows, tells_churn
from journey.analysis.lifecycle.reach import monthly_touches, people_by
from journey.analysis.scores.milestones import types_meaning
from journey.analysis.stages.months import months
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
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
    people = people_by(log, by="month").rename(columns={"value": "month"})
    begun = months(log)[["month", "n_journeys_started"]]
    frame = begun.rename(columns={"n_journeys_started": "n_new_journeys"})
    frame = frame.merge(people[["month", "n_people"]], on="month", how="left")
    touched = _wide(log, ("ad_shown", "shared"), frame["month"])
    shown = log.costs.dropna(subset="n_impressions")
    told = shown.groupby(shown["day"].dt.strftime("%Y-%m"))["n_impressions"].sum()
    return pd.DataFrame(
        {
            "month": frame["month"],
            "n_people": frame["n_people"].fillna(0).astype("Int64"),
            "n_new_journeys": frame["n_new_journeys"].astype("Int64"),
            "n_impressions": touched["n_ad_shown"],
            "n_platform_impressions": frame["month"].map(told).astype("Int64"),
            "n_shared": touched["n_shared"],
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
    frame = _wide(log, AFTER_SALE, months(log)["month"])
    return frame.assign(n_churn=_churn(log, frame["month"]))


def _churn(log: TouchpointLog, named: pd.Series) -> pd.Series:
    """Touchpoints in view at which customers left, by month; missing where nothing tells of it."""
    is_churn = types_meaning(log.store, log.definitions, "churn")
    has_win = bool(set(log.definitions.won) & set(log.store.touchpoint_types))
    if not (has_win and tells_churn(log, is_churn)):
        return pd.Series(pd.NA, named.index, dtype="Int64")
    counts: Counter[str] = Counter()
    for codes, n in log.ask_with_facts(partial(_left, is_churn=is_churn)):
        counts.update(dict(zip(month_names(codes), n.tolist(), strict=True)))
    return named.map(counts).astype("Int64")


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


def _wide(log: TouchpointLog, meanings: Sequence[Meaning], named: pd.Series) -> pd.DataFrame:
    """Touchpoints by month, a column for each meaning; missing where no type has it."""
    counts = monthly_touches(log, meanings).reindex(named, fill_value=0).astype("Int64")
    unknown = [m for m in meanings if not types_meaning(log.store, log.definitions, m).any()]
    counts.loc[:, unknown] = pd.NA
    counts = counts.add_prefix("n_").reset_index(drop=True)
    return pd.concat([named.astype(object), counts], axis=1)
