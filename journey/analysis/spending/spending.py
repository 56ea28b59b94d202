"""What was spent in view: costs of files and forms, and costs that touchpoints carry themselves."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.spending.names import called_as, names_of
from journey.analysis.spending.reach import TOLD_BY, narrowed
from journey.costs import costs_fingerprint, prorated
from journey.log import TouchpointLog
from journey.selection import Since, Step, Where
from journey.store.cache import keep
from journey.store.layout import MICROSECONDS
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Answer = TypeVar("Answer")
Carried = tuple[Ints, Ints, npt.NDArray[np.float64]]

KEYS: Final = ("month", "kind", "channel", "campaign", "currency")
_TEXTS: Final = ("kind", "channel", "campaign", "currency")
_CARRIED_BY: Final = ("channel", "campaign")


def spending(log: TouchpointLog) -> pd.DataFrame:
    """Costs by month (UTC), kind, channel and campaign, of the days in view up to ``as_of``.

    A cost of a whole month counts by the share of its days in view. Channels and campaigns are
    called as touchpoints call them, in capitals or not. Costs that touchpoints in view carry are
    of the same currency as those imported where that is only one. Filters of channel and campaign
    narrow what was imported or entered too, others of journeys only what touchpoints carry.

    Returns
    -------
    DataFrame
        One row each: ``month`` (``YYYY-MM``), ``kind`` (campaign, labour, technology),
        ``channel``, ``campaign``, ``currency`` (None where not said), ``cost``; credit notes are
        below 0. In the order of the first five; no rows where no cost is known.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from journey import from_frame
    >>> from journey.costs import costs_frame
    >>> log = replace(from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "touchpoint": ["Ad"], "cost": [2.0], "channel": ["Ads"],
    ...     "occurred_at": pd.to_datetime(["2026-01-10"])})), costs=costs_frame(pd.DataFrame({
    ...     "day": ["2026-01-01"], "last_day": ["2026-01-31"], "kind": ["labour"],
    ...     "cost": [310.0]})))
    >>> spending(log)[["month", "kind", "channel", "cost"]].values.tolist()  # 10 of 31 days
    [['2026-01', 'campaign', 'Ads', 2.0], ['2026-01', 'labour', None, 100.0]]
    """
    return log.shared(_spending).copy()


def _spending(log: TouchpointLog) -> pd.DataFrame:
    return _added(_kept(log, _paid), _carried(log))


def spent_by_currency(log: TouchpointLog) -> dict[str | None, float]:
    """What was spent in view by currency (None: not said): the sums of :func:`spending`."""
    paid = _kept(log, _paid_by_currency)
    carried = [costs for costs in log.ask(_all_carried) if len(costs)]
    if not carried:
        return dict(paid)
    named = [currency for currency in paid if currency is not None]
    total = float(sum(costs.sum() for costs in carried))
    if len(named) == 1:
        return {named[0]: paid[named[0]] + total}
    return paid | {None: paid.get(None, 0.0) + total}


def _paid_by_currency(log: TouchpointLog) -> dict[str | None, float]:
    paid = _paid(log)
    spent = _added(paid, paid.head(0))
    return {
        currency: float(spent.loc[spent["currency"].isin([currency]), "cost"].sum())
        for currency in spent["currency"].unique()
    }


def _all_carried(view: View) -> npt.NDArray[np.float64]:
    """The sum of the costs that touchpoints of a shard carry, none where none does."""
    costs = view.numbers("cost")
    known = np.empty(0) if costs is None else costs[~np.isnan(costs)]
    return known[:0] if not len(known) else np.array([known.sum()])


def _added(paid: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    currencies = paid["currency"].dropna().unique()
    if len(currencies) == 1:
        paid, carried = (part.assign(currency=currencies[0]) for part in (paid, carried))
    both = pd.concat([paid, carried], ignore_index=True)
    found = both.groupby(list(KEYS), dropna=False)["cost"].sum().reset_index()
    return none_for_missing(found, _TEXTS)


def _kept(log: TouchpointLog, question: Callable[[TouchpointLog], Answer]) -> Answer:
    """What only depends on costs imported and entered: on days, channels, campaigns in view."""
    about = log.as_of_tick, log.until, *filter(_narrows, log.steps)
    name = question.__module__, question.__qualname__
    key = (*name, log.store.fingerprint, costs_fingerprint(log.costs), about)
    return keep(key, partial(question, log))


def _narrows(step: Step) -> bool:
    return isinstance(step, Since) or (isinstance(step, Where) and step.column in TOLD_BY)


def costs_in_view(log: TouchpointLog, *, to_as_of: bool) -> pd.DataFrame:
    """Imported and entered costs of the days, channels and campaigns in view.

    Parameters
    ----------
    to_as_of
        Whether costs of days after ``as_of`` are left out where no end was asked for.
    """
    begins = [log.at(step.tick) for step in log.steps if isinstance(step, Since)]
    end = log.as_of + pd.Timedelta(microseconds=1) if to_as_of else None
    if log.until is not None:
        end = log.at(log.until)
    return narrowed(log, prorated(log.costs, max(begins, default=None), end))


def _paid(log: TouchpointLog) -> pd.DataFrame:
    costs = costs_in_view(log, to_as_of=True)
    costs = costs[costs["cost"].notna()]
    return pd.DataFrame(
        {
            "month": costs["day"].dt.strftime("%Y-%m").astype(object),
            "kind": costs["kind"].astype(object),
            **{name: called_as(log, name, costs[name]) for name in _CARRIED_BY},
            "currency": costs["currency"].astype(object),
            "cost": costs["cost"],
        }
    )


def _carried(log: TouchpointLog) -> pd.DataFrame:
    names = {name: names_of(log, name) for name in _CARRIED_BY}
    per_tick = MICROSECONDS // log.store.ticks_per_second
    n_campaigns = len(names["campaign"])
    answers = log.ask(partial(_carried_in, n_campaigns=n_campaigns, per_tick=per_tick))
    months, places, costs = (
        np.concatenate([np.empty(0), *(answer[place] for answer in answers)]) for place in range(3)
    )
    channels, campaigns = np.divmod(places.astype(np.int64), n_campaigns)
    return pd.DataFrame(
        {
            "month": month_names(months.astype(np.int64)),
            "kind": "campaign",
            "channel": pd.Series([names["channel"][code] for code in channels], dtype=object),
            "campaign": pd.Series([names["campaign"][code] for code in campaigns], dtype=object),
            "currency": pd.Series([None] * len(costs), dtype=object),
            "cost": costs,
        }
    )


def _carried_in(view: View, *, n_campaigns: int, per_tick: int) -> Carried:
    """Months, places by channel and campaign, and the costs that touchpoints there carry."""
    costs = view.numbers("cost")
    if costs is None:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    rows = np.flatnonzero(~np.isnan(costs))
    channel, campaign = (
        view.codes(name)[rows].astype(np.int64)
        if name in view.store.text_columns
        else np.zeros(len(rows), np.int64)
        for name in _CARRIED_BY
    )
    month = months_of(view.ticks[rows], per_tick)
    keys = pd.DataFrame({"month": month, "place": channel * n_campaigns + campaign})
    summed = keys.assign(cost=costs[rows]).groupby(["month", "place"])["cost"].sum().reset_index()
    return (
        summed["month"].to_numpy(np.int64),
        summed["place"].to_numpy(np.int64),
        summed["cost"].to_numpy(np.float64),
    )
