"""What campaigns cost, beside the touchpoints they made."""

from collections.abc import Collection
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import months_in
from journey.costs import costs_fingerprint
from journey.kernels.distinct import firsts, owners_of
from journey.log import TouchpointLog
from journey.store.cache import keep
from journey.store.layout import frozen
from journey.store.view import View

BOTH, COSTS_ONLY, TOUCHPOINTS_ONLY = "both", "costs only", "touchpoints only"

_ROW: Final = ("campaign", "month", "currency")
_COSTS: Final = ("cost", "n_impressions", "n_clicks")

Codes = npt.NDArray[np.int64]


def campaign_costs(log: TouchpointLog) -> pd.DataFrame:
    """What each campaign cost in each calendar month (UTC), and how often it was met there.

    Costs of labour and technology are left out. A campaign of the costs is that of the touchpoints
    which has its name (in capitals or not), else its id.

    Returns
    -------
    DataFrame
        One row per campaign, month and currency, currencies never being added up: ``campaign``
        (None: costs of no campaign), ``month`` (``YYYY-MM``), ``currency`` (None where it is not
        said or nothing was spent), ``cost`` (missing where nothing is known of that month),
        ``n_impressions``, ``n_clicks``, ``n_touchpoints`` in view and the ``n_journeys`` that
        have them (the same on the rows of several currencies), and ``found_in``: ``both``,
        ``costs only`` or ``touchpoints only``, for the campaign over all months. In the order of
        campaign and month. Filters narrow touchpoints, not costs. No rows where no cost is known
        and touchpoints have no ``campaign``.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "touchpoint": ["Ad"], "campaign": ["Spring"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"])}))
    >>> campaign_costs(log)[["campaign", "month", "n_touchpoints", "found_in"]].values.tolist()
    [['Spring', '2026-01', 1, 'touchpoints only']]
    """
    met = _met(log)
    in_log = frozenset(campaign for campaign, _ in met)
    key = "costs of campaigns", costs_fingerprint(log.costs), in_log
    spent = keep(key, partial(_spent, log.costs, in_log))
    found = list(zip(*(spent[name].tolist() for name in _ROW), strict=True))
    in_costs, months_known = {name for name, *_ in found}, {row[:2] for row in found}
    found += [(*month, None) for month in met if month not in months_known]
    counts = np.array([met.get(row[:2], (0, 0)) for row in found], np.int64).reshape(-1, 2)
    names, months, currencies = zip(*found, strict=True) if found else ((), (), ())
    frame = spent.reindex(range(len(found))).assign(
        campaign=pd.Series(names, dtype=object),
        month=pd.Series(months, dtype="str"),
        currency=pd.Series(currencies, dtype=object),
        n_touchpoints=counts[:, 0],
        n_journeys=counts[:, 1],
        found_in=pd.Series([_found_in(name, in_costs, in_log) for name in names], dtype="str"),
    )
    order = sorted(range(len(found)), key=lambda row: [(one is None, one) for one in found[row]])
    return frame.iloc[order].reset_index(drop=True)


def _found_in(name: str | None, in_costs: Collection[str | None], in_log: Collection[str]) -> str:
    if name not in in_costs:
        return TOUCHPOINTS_ONLY
    return BOTH if name in in_log else COSTS_ONLY


def _spent(costs: pd.DataFrame, known: frozenset[str]) -> pd.DataFrame:
    """Costs by campaign as the touchpoints call it, month and currency."""
    costs = costs[costs["kind"] == "campaign"]
    by_fold = {name.casefold(): name for name in sorted(known, reverse=True)}
    named = [
        by_fold.get(name.casefold(), by_fold.get(key.casefold(), name or key or None))
        for name, key in zip(
            costs["campaign"].fillna(""), costs["campaign_id"].fillna(""), strict=True
        )
    ]
    rows = costs.assign(
        campaign=pd.Series(named, index=costs.index, dtype=object),
        month=costs["day"].dt.strftime("%Y-%m").astype(object),
        currency=costs["currency"].astype(object),
    )
    grouped = rows.groupby(list(_ROW), dropna=False, as_index=False)
    return none_for_missing(grouped[list(_COSTS)].sum(min_count=1), ("campaign", "currency"))


def _met(log: TouchpointLog) -> dict[tuple[str, str], tuple[int, int]]:
    """Touchpoints and journeys of each campaign by month, where there are any."""
    parts = log.ask(_counted) if "campaign" in log.origin.text_columns else []
    if not parts:
        return {}
    codes, months, *counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    groups, places = np.unique(np.stack([codes, months]), axis=1, return_inverse=True)
    totals = np.zeros((len(groups[0]), 2), np.int64)
    np.add.at(totals, places, np.stack(counts, axis=1))
    names = log.origin.dictionaries["campaign"].to_pylist()
    stamps = np.datetime_as_string(groups[1].astype("datetime64[M]")).tolist()
    keys = zip((names[code] for code in groups[0].tolist()), stamps, strict=True)
    told = zip(keys, totals.tolist(), strict=True)
    return {key: (n, n_journeys) for key, (n, n_journeys) in told if key[0] is not None}


def _counted(view: View) -> tuple[Codes, Codes, Codes, Codes]:
    """Campaign, month, touchpoints and journeys; no journey is in two shards."""
    codes = view.gathered(view.shard.codes["campaign"]).astype(np.int64)
    months = months_in(view).astype(np.int64)
    first = int(months.min()) if len(months) else 0
    n_months = int(months.max(initial=first)) - first + 1
    groups = frozen(codes * n_months + months - first)
    n_groups = len(view.store.dictionaries["campaign"]) * n_months
    is_first = firsts(groups, owners_of(frozen(np.arange(len(groups))), view.offsets), n_groups)
    n_touchpoints = np.bincount(groups, minlength=n_groups)
    n_journeys = np.bincount(groups[is_first], minlength=n_groups)
    found = np.flatnonzero(n_touchpoints)
    code, month = np.divmod(found, n_months)
    return code, month + first, n_touchpoints[found], n_journeys[found]
