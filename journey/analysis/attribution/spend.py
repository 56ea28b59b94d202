"""What was spent on each channel, beside the value it gets credit for.

Costs are those imported, of the days in view, for channels and campaigns; and those that
touchpoints in view carry themselves, taken to be of the same currency where there is one. Where
a filter narrows credit in a way that costs can't follow, no return is told.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.attribution.attribute import HALF_LIFE_DAYS, attribute
from journey.analysis.attribution.tally import Units, codes_of, units_of
from journey.analysis.figures.frames import records
from journey.analysis.spending.costs import campaign_costs
from journey.analysis.spending.names import called_as
from journey.analysis.spending.reach import (
    MIXED,
    NOT_KNOWN,
    NOTHING,
    REFUNDED,
    WIDER,
    are_wider,
)
from journey.analysis.spending.spending import costs_in_view, kept_for_costs
from journey.log import TouchpointLog
from journey.schema import OTHER
from journey.store.view import View

OF_NONE: Final = "costs and wins of no known value"

_KEYS: Final = ["channel", "currency"]
_CREDIT: Final = ("model", "channel", "n_conversions", "value")


def return_on_spend(
    log: TouchpointLog, *, by: str = "channel", half_life_days: float = HALF_LIFE_DAYS
) -> pd.DataFrame:
    """Credit in value for each unit of money spent, by every model of attribution.

    Returns
    -------
    DataFrame
        One row per model, value of the column and currency: ``model``, ``channel`` (None: wins
        and costs of none), ``currency`` (None: not said), ``n_conversions`` and ``value`` as
        ``attribute`` has them, ``spend`` (missing: not known), ``return_on_spend`` (value / spend)
        and ``cost_per_conversion`` (spend / conversions), both missing where ``note`` says why.
        In the order of ``attribute``, what has costs alone last. No rows without any cost.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.
    ValueNotAllowedError
        If the half-life is not above 0.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Deal won"], "channel": ["Ads", None],
    ...     "cost": [20.0, None], "value": [None, 50.0],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-08"])}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> found = return_on_spend(log).set_index("channel")
    >>> found.loc["Ads", ["value", "spend", "return_on_spend"]].iloc[0].tolist()
    [50.0, 20.0, 2.5]
    """
    credit = attribute(log, by=by, half_life_days=half_life_days)
    spent = _spent_on(spend_by(log, by))
    rows = list(_beside(records(credit[list(_CREDIT)]), spent)) if spent else []
    return _with_ratios(rows, is_wider=are_wider(log))


def _spent_on(spent: pd.DataFrame) -> dict[str | None, list[tuple[str | None, float]]]:
    """Currency and amount of what was spent on each value."""
    found: dict[str | None, list[tuple[str | None, float]]] = {}
    for channel, currency, spend in zip(*(spent[name] for name in (*_KEYS, "spend")), strict=True):
        found.setdefault(channel, []).append((currency, spend))
    return found


def _beside(
    credit: Sequence[dict[str, Any]], spent: dict[str | None, list[tuple[str | None, float]]]
) -> Iterator[dict[str, Any]]:
    """Credit beside what was spent, model by model; what has costs alone comes last."""
    credited = {row["channel"] for row in credit}
    for model, rows in groupby(credit, key=itemgetter("model")):
        unmet: list[dict[str, Any]] = [
            {"model": model, "channel": channel, "n_conversions": 0.0, "value": 0.0}
            for channel in spent
            if channel not in credited
        ]
        for row in (*rows, *unmet):
            costs = spent.get(row["channel"], [(None, np.nan)])
            for currency, spend in costs:
                yield row | {"currency": currency, "spend": spend, "n_currencies": len(costs)}


def spend_by(log: TouchpointLog, by: str) -> pd.DataFrame:
    """Costs of each value of a column: ``channel`` (None: of none), ``currency``, ``spend``."""
    units = units_of(log, by)
    imported = _imported(log, by)
    named = {currency for _, currency in imported if currency is not None}
    of_all = named.pop() if len(named) == 1 else None
    own = {*units.names, None}
    total: defaultdict[tuple[str | None, str | None], float] = defaultdict(float)
    for (name, currency), spend in (*imported.items(), *_carried(log, units)):
        is_other = OTHER in units.names and name not in own
        total[OTHER if is_other else name, of_all or currency] += spend
    keys = sorted(total, key=lambda key: [(one is None, one or "") for one in key])
    columns = {
        name: pd.Series([key[at] for key in keys], dtype=object) for at, name in enumerate(_KEYS)
    }
    return pd.DataFrame({**columns, "spend": np.array([total[key] for key in keys], np.float64)})


def _with_ratios(rows: Sequence[dict[str, Any]], *, is_wider: bool) -> pd.DataFrame:
    numbers = ("n_conversions", "value", "spend", "n_currencies")
    n_conversions, value, spend, n_currencies = (
        np.array([row[name] for row in rows], dtype=np.float64) for name in numbers
    )
    texts = {
        name: pd.Series([row[name] for row in rows], dtype=dtype)
        for name, dtype in (("model", str), ("channel", object), ("currency", object))
    }
    is_none, is_known = texts["channel"].isna().to_numpy(), ~np.isnan(spend)
    is_plain = (spend > 0) & (n_currencies == 1) & ~is_none
    is_told = np.zeros_like(is_plain) if is_wider else is_plain
    notes = np.select(
        [
            is_none,
            ~is_known,
            np.full_like(is_none, is_wider),
            n_currencies > 1,
            spend == 0,
            spend < 0,
        ],
        [OF_NONE, NOT_KNOWN, WIDER, MIXED, NOTHING, REFUNDED],
        default="",
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        returned, cost = value / spend, spend / n_conversions
    return pd.DataFrame(
        texts
        | {
            "n_conversions": n_conversions,
            "value": value,
            "spend": spend,
            "return_on_spend": np.where(is_told, returned, np.nan),
            "cost_per_conversion": np.where(is_told & (n_conversions > 0), cost, np.nan),
            "note": pd.Series([note or None for note in notes.tolist()], dtype=object),
        }
    )


def _imported(log: TouchpointLog, by: str) -> dict[tuple[str | None, str | None], float]:
    """Costs of tables by value and currency; none but of channel or campaign."""
    if by == "channel":
        return kept_for_costs(log, _paid_by_channel)
    if by == "campaign":
        named = campaign_costs(replace(log, costs=costs_in_view(log)))
        return _added_up(named["campaign"], named)
    return {}


def _paid_by_channel(log: TouchpointLog) -> dict[tuple[str | None, str | None], float]:
    costs = costs_in_view(log)
    return _added_up(called_as(log, "channel", costs["channel"]), costs)


def _added_up(names: pd.Series, costs: pd.DataFrame) -> dict[tuple[str | None, str | None], float]:
    """Costs that are known, by name and currency (None: not said)."""
    total: defaultdict[tuple[str | None, str | None], float] = defaultdict(float)
    rows = zip(names, costs["currency"].tolist(), costs["cost"].tolist(), strict=True)
    for name, currency, cost in rows:
        if not np.isnan(cost):
            total[None if pd.isna(name) else name, None if pd.isna(currency) else currency] += cost
    return dict(total)


def _carried(log: TouchpointLog, units: Units) -> list[tuple[tuple[str | None, str | None], float]]:
    """Costs on touchpoints in view, by unit and no currency."""
    names = [*units.names, None]
    answers = log.ask(partial(_carried_in, units=units))
    known = [answer for answer in answers if answer is not None]
    spend, n_rows = sum(known, np.zeros((2, len(names))))
    return [((names[at], None), float(spend[at])) for at in np.flatnonzero(n_rows)]


def _carried_in(view: View, *, units: Units) -> npt.NDArray[np.float64] | None:
    """Sum and number of the costs that touchpoints of each unit carry, those of none last."""
    costs = view.numbers("cost")
    if costs is None:
        return None
    rows = np.flatnonzero(~np.isnan(costs))
    place = units.of_code[codes_of(view, units.column)[rows]]
    counted = np.where(place < 0, len(units.names), place)
    size = len(units.names) + 1
    sums = np.bincount(counted, costs[rows], size), np.bincount(counted, minlength=size)
    return np.stack(sums).astype(np.float64)
