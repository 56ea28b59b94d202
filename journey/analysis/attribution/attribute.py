"""Which channels get credit for the journeys won, by seven models side by side.

The path of a journey is its touches in view before the one that decided it, or up to the silence
that ended it: the winning touch and all after it get no credit. Open journeys are left out. First
and last touch get all; linear gives each touch the same; position 40 % to the first, 40 % to the
last and 20 % to all between; time decay halves by each half-life before the last touch of the path;
Markov goes by removal effects in a first-order chain of journeys won and of those over without a
win; Shapley by the wins of journeys whose channels all lie in a set, which parts each win equally
over its different channels. The value of a win is the last above 0 known by then, else the last
known after it, else 0. All this is an account of what stood on the way, not of causes.

References
----------
Anderl, E., Becker, I., von Wangenheim, F. & Schumann, J. H. (2016): Mapping the customer journey.
International Journal of Research in Marketing 33(3), 457-474.
Zhao, K., Mahboobi, S. H. & Bagheri, S. R. (2018): Shapley value methods for attribution modeling
in online advertising. arXiv:1804.05327.

Examples
--------
One win, touched by Ads and a week later by E-mail: by time decay 1/3 and 2/3.

>>> from journey import Definitions, from_frame
>>> log = from_frame(pd.DataFrame({
...     "account_id": ["a", "a", "a"], "touchpoint": ["Ad", "Mail", "Deal won"],
...     "channel": ["Ads", "E-mail", None],
...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-09"])}),
...     definitions=Definitions(won=("Deal won",)))
>>> found = attribute(log).set_index(["model", "channel"])["n_conversions"]
>>> found["first"].to_dict()
{'Ads': 1.0, 'E-mail': 0.0}
>>> found["time_decay"].round(3).to_dict()
{'E-mail': 0.667, 'Ads': 0.333}
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from journey.analysis.attribution.counted_paths import paths_of
from journey.analysis.attribution.intervals import intervals, with_markov, with_rest
from journey.analysis.attribution.markov import as_shares, removal_shares
from journey.analysis.attribution.tally import (
    Tally,
    count_moves,
    tally,
    tally_paths,
    units_of,
)
from journey.errors import ValueNotAllowedError
from journey.log import TouchpointLog

MODELS: Final = ("first", "last", "linear", "position", "time_decay", "markov", "shapley")
"""In the order of every table and picture."""

HALF_LIFE_DAYS: Final = 7.0
DECIMALS: Final = 9
"""Credits that differ by less are alike: sums in another order must not change the ranking."""

_COMPUTED: Final = ("first", "last", "linear", "position", "time_decay", "shapley", "markov")
_UNTIMED: Final = tuple(model for model in MODELS if model != "time_decay")


def attribute(
    log: TouchpointLog,
    *,
    by: str = "channel",
    half_life_days: float = HALF_LIFE_DAYS,
    seed: int = 0,
) -> pd.DataFrame:
    """Credit for the journeys won, shared out over the values of a column touched before the win.

    Parameters
    ----------
    by
        A text column of touchpoints; beyond 100 values the least touched are taken as ``Other``.
    half_life_days
        Of time decay.
    seed
        Of the bootstrap over journeys: the same seed gives the same intervals.

    Returns
    -------
    DataFrame
        One row per model and value: ``model``; ``channel``, the value (None: won without any
        before); ``n_conversions``, credit in won journeys, with its 95 % interval ``low``,
        ``high``; ``value``, credit in their value at the win, with ``value_low``, ``value_high``;
        ``removal_effect`` (Markov alone: share of the chance to win lost without it);
        ``n_journeys``, won journeys that have it on their path. Both credits add up to what is
        won in view. By model, then credit, largest first, None last.

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
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-09"])}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> attribute(log)[["model", "n_conversions"]].values.tolist()[:2]
    [['first', 1.0], ['last', 1.0]]
    """
    _check_half_life(half_life_days)
    return log.shared(_attributed, by, half_life_days, seed).copy(deep=False)


def _attributed(log: TouchpointLog, by: str, half_life_days: float, seed: int) -> pd.DataFrame:
    units = units_of(log, by)
    known = tally(log, units, half_life_days=half_life_days, seed=seed)
    return _credit_frame(known, units.names, MODELS, seed=seed)


def attribute_paths(paths: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """The same credit from paths that come counted, as ad platforms export them.

    Parameters
    ----------
    paths
        One row per path: ``path`` (channels in order, parted by ``>``), ``n_conversions`` and
        ``value`` of the journeys of that path that were won, ``n_nulls`` that were not.
    seed
        Of the bootstrap over journeys.

    Returns
    -------
    DataFrame
        As of :func:`attribute`, but without time decay: such paths tell no times.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    ValueNotAllowedError
        If a count is below 0 or not whole, or a value belongs to no conversion.

    Examples
    --------
    >>> paths = pd.DataFrame({"path": ["A > B", "B"], "n_conversions": [2, 0],
    ...     "value": [10.0, 0.0], "n_nulls": [0, 2]})
    >>> found = attribute_paths(paths).set_index(["model", "channel"])
    >>> found.loc["linear", "n_conversions"].to_dict()
    {'A': 1.0, 'B': 1.0}

    All ways lead by B and half of them by A: without B no chance to win is left, without A half.
    So B gets 1 / 1.5 of the value.

    >>> found.loc["markov", "removal_effect"].to_dict()
    {'B': 1.0, 'A': 0.5}
    >>> found.loc["markov", "value"].round(2).to_dict()
    {'B': 6.67, 'A': 3.33}
    """
    units, counted = paths_of(paths, seed=seed)
    known = tally_paths(counted, units, half_life=1.0)
    return _credit_frame(known, units.names, _UNTIMED, seed=seed)


def removal_effects(log: TouchpointLog, *, by: str = "channel") -> pd.DataFrame:
    """Share of the chance to win that is lost if a value of a column is removed from all paths.

    Returns
    -------
    DataFrame
        One row per value on any path of a journey that is over: ``channel``, the value;
        ``removal_effect`` (1 - chance to win without it / chance to win). Largest first.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Deal won"], "channel": ["Ads", None],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-08"])}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> removal_effects(log)
      channel  removal_effect
    0     Ads             1.0
    """
    units = units_of(log, by)
    moves = count_moves(log, units)
    present = moves[:-1].sum(axis=1) > 0
    found = removal_shares(moves)
    frame = pd.DataFrame({"channel": pd.Series(units.names, dtype=object), "removal_effect": found})
    ranked = frame.assign(rank=-frame["removal_effect"].round(DECIMALS))[present]
    return ranked.sort_values(["rank", "channel"], ignore_index=True).drop(columns="rank")


def _check_half_life(days: float) -> None:
    if not 0 < days < np.inf:
        raise ValueNotAllowedError(
            f"The half-life is {days} days. Allowed is any length above 0, such as 7."
        )


def _credit_frame(
    known: Tally, names: Sequence[str], models: Sequence[str], *, seed: int
) -> pd.DataFrame:
    moves = known.moves.sum(axis=0).astype(np.float64)
    without = known.without.sum(axis=1)
    effects = removal_shares(moves)
    figures = with_markov(known.credit.sum(axis=1), as_shares(effects))
    low, high = intervals(known, seed=seed)
    chosen = [_COMPUTED.index(model) for model in models]
    # Wins and worth, by model and unit, those without a unit last.
    found, low, high = (part[:, chosen] for part in (with_rest(figures, without), low, high))
    is_shown = np.append(moves[:-1].sum(axis=1) > 0, without[0] > 0)
    removal = np.full(found.shape[1:], np.nan)
    removal[models.index("markov"), :-1] = effects
    model, unit = np.nonzero(np.broadcast_to(is_shown, removal.shape))
    alphabet = np.append(np.argsort(np.argsort(names)), -1)
    is_rest = unit == len(names)
    order = np.lexsort((alphabet[unit], -found[0, model, unit].round(DECIMALS), is_rest, model))
    model, unit = model[order], unit[order]
    n_journeys = np.append(known.n_journeys, np.rint(without[0]).astype(np.int64))
    figures_of = {
        "n_conversions": found[0],
        "value": found[1],
        "low": low[0],
        "high": high[0],
        "value_low": low[1],
        "value_high": high[1],
        "removal_effect": removal,
    }
    return pd.DataFrame(
        {
            "model": np.array(models, dtype=object)[model],
            "channel": pd.Series(np.array([*names, None], dtype=object)[unit], dtype=object),
            **{name: figure[model, unit] for name, figure in figures_of.items()},
            "n_journeys": n_journeys[unit],
        }
    )
