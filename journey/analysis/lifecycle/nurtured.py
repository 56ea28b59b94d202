"""Leads that were nurtured beside those that were not: a comparison, not an experiment."""

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import Z_95, wilson
from journey.analysis.lifecycle.lived import Lived, Part, Span, span_of
from journey.analysis.stages.outcomes import values_at_win
from journey.kernels.distinct import owners_of
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.selection import Keep
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NOT_CONTROLLED: Final = "not a controlled comparison"
GROUPS: Final = ("nurtured", "not nurtured")
_VALUE, _DAYS = 0, 1
_N_SETS: Final = 2 * len(GROUPS)
"""Values and days of each group."""


def nurtured_comparison(log: TouchpointLog) -> pd.DataFrame:
    """Win rate, deal value and time to win of decided leads, sent messages before or not.

    A lead is nurtured if it was sent a message between becoming a lead and its decision; who
    became one only after the decision is neither. Who is nurtured and who is not differ in more
    than that: this is not a controlled comparison.

    Returns
    -------
    DataFrame
        Two rows: ``group`` (nurtured, not nurtured), ``n_journeys`` (decided leads), ``n_won``,
        ``win_rate`` (of these) with its 95 % Wilson interval ``low``, ``high``;
        ``median_value`` of those won with a known value, with the 95 % interval of the median by
        ranks ``value_from``, ``value_to``; ``median_days`` from the first touch to the win with
        ``days_from``, ``days_to``; ``note``.

    References
    ----------
    Conover, W. J. (1999). *Practical Nonparametric Statistics*, 3rd ed., section 3.2.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "a", "b", "b"], "value": [None, None, 9.0, None, None],
    ...     "touchpoint": ["New lead", "E-mail sent", "Won", "New lead", "Lost"],
    ...     "occurred_at": pd.to_datetime([f"2026-01-0{day}" for day in (1, 2, 5, 1, 3)])}),
    ...     definitions=Definitions(won=("Won",), lost=("Lost",)))
    >>> found = nurtured_comparison(log)[["group", "n_journeys", "win_rate", "median_days"]]
    >>> found.values.tolist()
    [['nurtured', 1, 1.0, 4.0], ['not nurtured', 1, 0.0, nan]]
    """
    span = span_of(log, days=1)
    counts = sum(log.ask_with_facts(partial(_counted, span=span)), np.zeros((2, 2), np.int64))
    rate, low, high = wilson(counts[:, 1], counts[:, 0])
    values, days = _medians(log, span)
    return pd.DataFrame(
        {
            "group": list(GROUPS),
            "n_journeys": counts[:, 0],
            "n_won": counts[:, 1],
            "win_rate": rate,
            "low": low,
            "high": high,
            **dict(zip(("median_value", "value_from", "value_to"), values, strict=True)),
            **dict(zip(("median_days", "days_from", "days_to"), days, strict=True)),
            "note": NOT_CONTROLLED,
        }
    )


def _medians(log: TouchpointLog, span: Span) -> tuple[Floats, Floats]:
    """Of value and of days: the median and the ends of its interval, each by group."""
    first = log.ask_with_facts(partial(_won_counted, span=span))
    look = partial(_won_within, span=span)
    n_known, _ = percentiles(first, log.ask_with_facts, look, [], _N_SETS)
    wanted = [(one, p) for one in range(_N_SETS) for p in _percents(int(n_known[one]))]
    _, found = percentiles(first, log.ask_with_facts, look, wanted, _N_SETS)
    low, middle, high = found.reshape(len(GROUPS), 2, 3).transpose(2, 1, 0)
    ends = np.stack([middle, low, high])
    return ends[:, _VALUE], ends[:, _DAYS] / log.ticks_per_day


def nurtured_journeys(log: TouchpointLog, *, nurtured: bool) -> TouchpointLog:
    """The decided leads of one group of :func:`nurtured_comparison`: its ``n_journeys``."""
    arguments = (("span", span_of(log, days=1)), ("nurtured", nurtured))
    return log.keep(Keep(_in_group, arguments))


def _percents(n: int) -> tuple[int, int, int]:
    """Percents whose ranks hold the median with 95 %, and 50 between them."""
    half = 50 * Z_95 / np.sqrt(max(n, 1))
    return max(int(np.floor(50 - half)), 0), 50, min(int(np.ceil(50 + half)), 100)


def _groups(part: Part, span: Span) -> tuple[Flags, Flags]:
    """Of the journeys in view which are decided leads, and which of these were nurtured."""
    view, facts = part
    decided, nurtured = facts.kept(("nurtured", span.key), partial(_all_groups, part, span))
    return decided[view.journeys], nurtured[view.journeys]


def _all_groups(part: Part, span: Span) -> tuple[Flags, Flags]:
    lived, facts = Lived(part, span), part[1]
    evidence = facts.view
    leads = lived.passed("lead")
    sent = np.flatnonzero(span.is_type["sent"][evidence.codes("touchpoint")])
    owners = owners_of(frozen(sent), evidence.offsets)
    counts = (leads[owners] >= 0) & (sent > leads[owners]) & (sent < facts.end_rows[owners])
    nurtured = np.zeros(evidence.n_journeys, dtype=bool)
    nurtured[owners[counts]] = True
    decided = (leads >= 0) & (leads < facts.end_rows) & (facts.outcomes <= NO_DECISION)
    return decided, nurtured


def _counted(part: Part, *, span: Span) -> Ints:
    """Decided leads and won ones, by group."""
    decided, nurtured = _groups(part, span)
    won = part[1].outcomes[part[0].journeys] == WON
    of_group = ((decided & nurtured), (decided & ~nurtured))
    return np.array([[flags.sum(), (flags & won).sum()] for flags in of_group])


def _won_counted(part: Part, *, span: Span) -> Cells:
    return first_cells(*_won(part, span), _N_SETS)


def _won_within(part: Part, targets: Targets, *, span: Span) -> tuple[Ints, Ints]:
    return within(*_won(part, span), targets)


def _won(part: Part, span: Span) -> tuple[Ints, Floats]:
    """Value and ticks to the win of won leads; groups are twice the group, one more for ticks."""
    decided, nurtured = _groups(part, span)
    lived, chosen = Lived(part, span), part[0].journeys
    won = np.flatnonzero(decided & (part[1].outcomes[chosen] == WON))
    group = np.where(nurtured[won], 0, 2)
    worth = values_at_win(part[1], chosen)[won]
    rows, begins = lived.won_rows[chosen[won]], lived.evidence.offsets[:-1][chosen[won]]
    ticks = (lived.ticks_at(rows) - lived.ticks_at(begins)).astype(np.float64)
    known = worth > 0
    groups = np.concatenate([group[known] + _VALUE, group + _DAYS])
    return groups.astype(np.int64), np.concatenate([worth[known], ticks])


def _in_group(part: Part, *, span: Span, nurtured: bool) -> Flags:
    decided, is_nurtured = _groups(part, span)
    return decided & (is_nurtured == nurtured)
