"""What campaigns cost, beside the touchpoints they made."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import months_in
from journey.kernels.distinct import firsts, owners_of
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

BOTH, COSTS_ONLY, TOUCHPOINTS_ONLY = "both", "costs only", "touchpoints only"

_KEYS: Final = ("campaign", "month")
_COSTS: Final = ("cost", "n_impressions", "n_clicks")
_COUNTS: Final = ("n_touchpoints", "n_journeys")

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
    touched = _touched(log)
    spent = _spent(log, set(touched["campaign"]))
    both = spent.merge(touched, on=list(_KEYS), how="outer")
    both[list(_COUNTS)] = both[list(_COUNTS)].fillna(0).astype("int64")
    in_costs, in_log = set(spent["campaign"]), set(touched["campaign"])
    both["found_in"] = [
        BOTH
        if name in in_costs and name in in_log
        else COSTS_ONLY
        if name in in_costs
        else TOUCHPOINTS_ONLY
        for name in both["campaign"]
    ]
    ordered = both.sort_values([*_KEYS, "currency"], ignore_index=True, na_position="last")
    columns = [*_KEYS, "currency", *_COSTS, *_COUNTS, "found_in"]
    return none_for_missing(ordered[columns], ("campaign", "currency"))


def _spent(log: TouchpointLog, known: set[str]) -> pd.DataFrame:
    """Costs by campaign as the touchpoints call it, month and currency."""
    costs = log.costs[log.costs["kind"] == "campaign"]
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
    grouped = rows.groupby([*_KEYS, "currency"], dropna=False, as_index=False)
    return grouped[list(_COSTS)].sum(min_count=1)


def _touched(log: TouchpointLog) -> pd.DataFrame:
    """Touchpoints and journeys of each campaign by month."""
    if "campaign" not in log.origin.text_columns:
        names: list[str | None] = []
        parts: list[tuple[Codes, Codes, Codes, Codes]] = []
    else:
        names = log.origin.dictionaries["campaign"].to_pylist()
        parts = log.ask(_counted)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    codes, months, n_touchpoints, n_journeys = columns or [np.empty(0, np.int64)] * 4
    stamps = np.datetime_as_string(months.astype("datetime64[M]"))
    frame = pd.DataFrame(
        {
            "campaign": pd.Series([names[code] for code in codes], dtype=object),
            "month": pd.Series(stamps.tolist(), dtype=object),
            "n_touchpoints": n_touchpoints,
            "n_journeys": n_journeys,
        }
    )
    known = frame[frame["campaign"].notna()]
    return known.groupby(list(_KEYS), as_index=False)[list(_COUNTS)].sum()


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
