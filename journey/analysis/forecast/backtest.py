"""How good forecasts would have been: made again as of past days, beside what then happened.

Examples
--------
One journey begins each day and is won on the day after, so seven are won in each week. The forecast
of a week earlier is not tried: fewer than ten were won by then.

>>> from journey import Definitions, Stage, from_frame
>>> steps = [(n, step, n + (step == "Won")) for n in range(28) for step in ("Demo", "Won")]
>>> frame = pd.DataFrame(steps, columns=["account_id", "touchpoint", "day"])
>>> days = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.pop("day"), unit="D")
>>> log = from_frame(
...     frame.assign(occurred_at=days),
...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",)))
>>> forecast_backtest(log, weeks=1)["n_won"].tolist()
[7, 7]
"""

from functools import partial
from math import isnan
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.forecast.misses import LEAST_WON
from journey.analysis.forecast.wins import WEEKS, check_weeks, forecast_total
from journey.analysis.stages.outcomes import values_at_win
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.log import TouchpointLog
from journey.runners.threads import ask
from journey.store.view import View

Part = tuple[View, ShardFacts]

MOST_CUTS: Final = 8
BACKTEST_COLUMNS: Final = (
    *("made_at", "until_at", "expected_wins", "low", "high", "n_won", "is_inside"),
    *("expected_value", "value_low", "value_high", "value_won", "is_value_inside"),
)


def forecast_backtest(log: TouchpointLog, *, weeks: int = WEEKS, seed: int = 0) -> pd.DataFrame:
    """Forecasts as they would have been made in the past, from what was known then alone.

    The last was made so many weeks before ``as_of``, each other as many before the next, at most
    eight, as long as ten journeys were won by then and the log had run for so many weeks.
    Attributes have no dates: those of today are taken.

    Parameters
    ----------
    weeks
        Length of each forecast, 1 to 104.
    seed
        As in :func:`journey.forecast_wins`.

    Returns
    -------
    DataFrame
        One row per forecast, oldest first: ``made_at``, ``until_at``, ``expected_wins`` with its
        80 % interval ``low``, ``high``; ``n_won``, journeys in view really won in that time;
        ``is_inside``, whether it is in the interval; the same of value at the win:
        ``expected_value``, ``value_low``, ``value_high``, ``value_won``, ``is_value_inside``
        (none known where no win has a value).

    Raises
    ------
    ValueNotAllowedError
        If there are not 1 to 104 weeks.
    """
    check_weeks(weeks)
    if not log.n_journeys or log.first_at is None:
        return pd.DataFrame(columns=list(BACKTEST_COLUMNS))
    length = round(weeks * 7 * log.ticks_per_day)
    until = log.as_of_tick + 1
    nothing = np.zeros((2, MOST_CUTS + 1))
    n_won, value = sum(log.ask_with_facts(partial(_won, until=until, length=length)), nothing)
    ends = [log.at(until)]
    for window in range(MOST_CUTS):
        made = log.at(until - (window + 1) * length)
        has_history = made - log.first_at >= pd.Timedelta(weeks=weeks)
        if not has_history or n_won[window + 1 :].sum() < LEAST_WON:
            break
        ends.append(made)
    # None waits for another: each is one thread's work, drawing numbers for the most part.
    totals = ask(lambda made: forecast_total(log.between(end=made), weeks, seed), ends[1:])
    windows = zip(totals, ends[1:], ends, n_won.tolist(), value.tolist(), strict=False)
    rows = [_compared(*window) for window in windows]
    return pd.DataFrame(rows[::-1], columns=list(BACKTEST_COLUMNS))


def _compared(
    total: npt.NDArray[np.float64],
    made: pd.Timestamp,
    until: pd.Timestamp,
    n_won: float,
    value: float,
) -> dict[str, object]:
    (wins, expected_value), (low, value_low), (high, value_high) = total.tolist()
    is_known = not isnan(expected_value)
    return {
        "made_at": made,
        "until_at": until,
        "expected_wins": wins,
        "low": low,
        "high": high,
        "n_won": int(n_won),
        "is_inside": low <= n_won <= high,
        "expected_value": expected_value,
        "value_low": value_low,
        "value_high": value_high,
        "value_won": value if is_known else np.nan,
        "is_value_inside": value_low <= value <= value_high if is_known else None,
    }


def _won(part: Part, *, until: int, length: int) -> npt.NDArray[np.float64]:
    """Journeys in view won in each window before an instant, latest first, and their value.

    What was won before all windows stands in the last place.
    """
    view, facts = part
    won = view.journeys[facts.outcomes[view.journeys] == WON]
    at = facts.view.ticks[facts.decided_rows[won]].astype(np.int64)
    window = np.minimum((until - 1 - at) // length, MOST_CUTS)
    values = values_at_win(facts, won)
    counts = [np.bincount(window, weight, MOST_CUTS + 1) for weight in (np.ones(len(won)), values)]
    return np.array(counts, dtype=float)
