"""What was spent in view: costs of files and forms, and costs that touchpoints carry themselves."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from math import isnan
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import month_names, months_in
from journey.analysis.spending.names import called_as, names_of
from journey.analysis.spending.reach import TOLD_BY, narrowed
from journey.costs import costs_fingerprint, prorated
from journey.log import TouchpointLog
from journey.selection import Since, Step, Where
from journey.store.cache import keep
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Answer = TypeVar("Answer")
Carried = tuple[Ints, npt.NDArray[np.float64]]

KEYS: Final = ("month", "kind", "channel", "campaign", "currency")
_TEXTS: Final = ("kind", "channel", "campaign", "currency")
_CARRIED_BY: Final = ("channel", "campaign")
_NO_COSTS: Final = np.empty(0, np.int64), np.empty(0)


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
    spent = log.shared(_spent)
    columns = {
        name: pd.Series([key[at] for key in spent], dtype=object) for at, name in enumerate(KEYS)
    }
    costs = np.array([*spent.values()], np.float64)
    return pd.DataFrame({**columns, "cost": costs}).astype({"month": str})


def _spent(log: TouchpointLog) -> dict[tuple[str | None, ...], float]:
    """Costs by the keys of :func:`spending`, in its order."""
    sums = kept_for_costs(log, _paid)
    named = {currency for *_, currency in sums if currency is not None}
    of_all = named.pop() if len(named) == 1 else None
    total: defaultdict[tuple[str | None, ...], float] = defaultdict(float)
    for key, cost in (*sums.items(), *_carried(log)):
        total[(*key[:-1], of_all or key[-1])] += cost
    keys = sorted(total, key=lambda key: [(one is None, one or "") for one in key])
    return {key: total[key] for key in keys}


def spent_by(log: TouchpointLog, by: str) -> dict[tuple[str | None, str | None], dict[str, float]]:
    """What was spent in view by one column of :func:`spending` and currency, of each kind.

    A column that it hasn't is one of no value.
    """
    found: dict[tuple[str | None, str | None], dict[str, float]] = {}
    for key, cost in log.shared(_spent).items():
        told: dict[str, str | None] = dict(zip(KEYS, key, strict=True))
        of_kinds = found.setdefault((told.get(by), told["currency"]), {})
        of_kinds[str(told["kind"])] = of_kinds.get(str(told["kind"]), 0.0) + cost
    return found


def spent_by_currency(log: TouchpointLog, carried: float | None) -> dict[str | None, float]:
    """What was spent in view by currency (None: not said): the sums of :func:`spending`.

    Parameters
    ----------
    carried
        What touchpoints in view cost; none: they tell no cost.
    """
    paid = kept_for_costs(log, _paid_by_currency)
    named = [currency for currency in paid if currency is not None]
    if len(named) == 1:
        paid = dict[str | None, float]({named[0]: sum(paid.values())})
    if carried is None:
        return paid
    currency = named[0] if len(named) == 1 else None
    return paid | {currency: paid.get(currency, 0.0) + carried}


def _paid_by_currency(log: TouchpointLog) -> dict[str | None, float]:
    costs = costs_in_view(log)
    sums: defaultdict[str | None, float] = defaultdict(float)
    for currency, cost in zip(costs["currency"].tolist(), costs["cost"].tolist(), strict=True):
        if not isnan(cost):
            sums[currency if isinstance(currency, str) else None] += cost
    return dict(sums)


def kept_for_costs(log: TouchpointLog, question: Callable[[TouchpointLog], Answer]) -> Answer:
    """What only depends on costs imported and entered: on days, channels, campaigns in view."""
    about = log.as_of_tick, log.until, *filter(_narrows, log.steps)
    name = question.__module__, question.__qualname__
    key = (*name, log.store.fingerprint, costs_fingerprint(log.costs), about)
    return keep(key, partial(question, log))


def _narrows(step: Step) -> bool:
    return isinstance(step, Since) or (isinstance(step, Where) and step.column in TOLD_BY)


def costs_in_view(log: TouchpointLog) -> pd.DataFrame:
    """Imported and entered costs of the days, channels and campaigns in view, up to ``as_of``."""
    begins = [log.at(step.tick) for step in log.steps if isinstance(step, Since)]
    after = log.as_of_tick + 1 if log.until is None else log.until
    return narrowed(log, prorated(log.costs, max(begins, default=None), log.at(after)))


def _paid(log: TouchpointLog) -> dict[tuple[str | None, ...], float]:
    """Costs imported and entered, by the keys of :func:`spending`."""
    costs = costs_in_view(log)
    costs = costs[costs["cost"].notna()]
    columns = {
        "month": costs["day"].dt.strftime("%Y-%m").astype(object),
        "kind": costs["kind"].astype(object),
        **{name: called_as(log, name, costs[name]) for name in _CARRIED_BY},
        "currency": costs["currency"].astype(object),
    }
    keys = none_for_missing(pd.DataFrame(columns), _TEXTS)
    total: defaultdict[tuple[str | None, ...], float] = defaultdict(float)
    for *key, cost in zip(*(keys[name].tolist() for name in KEYS), costs["cost"], strict=True):
        total[tuple(key)] += cost
    return dict(total)


def _carried(log: TouchpointLog) -> list[tuple[tuple[str | None, ...], float]]:
    """Costs that touchpoints carry, by the keys of :func:`spending`."""
    channels, campaigns = (names_of(log, name) for name in _CARRIED_BY)
    answers = log.ask(partial(_carried_in, n_campaigns=len(campaigns)))
    places, costs = (np.concatenate(column) for column in zip(_NO_COSTS, *answers, strict=True))
    rest, campaign = np.divmod(places, len(campaigns))
    month, channel = np.divmod(rest, len(channels))
    named = zip(
        month_names(month), channel.tolist(), campaign.tolist(), costs.tolist(), strict=True
    )
    return [
        ((name, "campaign", channels[at], campaigns[of], None), cost)
        for name, at, of, cost in named
    ]


def _carried_in(view: View, *, n_campaigns: int) -> Carried:
    """Months, channels and campaigns as one code, and the costs that touchpoints there carry."""
    costs = view.numbers("cost")
    if costs is None:
        return _NO_COSTS
    rows = np.flatnonzero(~np.isnan(costs))
    n_channels = len(view.store.dictionaries.get("channel", (None,)))
    channel, campaign = (
        view.codes_of_rows(name, rows) if name in view.store.text_columns else 0
        for name in _CARRIED_BY
    )
    places = (
        months_in(view)[rows].astype(np.int64) * n_channels + channel
    ) * n_campaigns + campaign
    at, found = pd.factorize(places, sort=True)
    return found, np.bincount(at, costs[rows], len(found)).astype(np.float64)
