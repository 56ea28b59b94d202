"""How many journeys will be won in the coming weeks, and what they are worth.

Chances to move on, to be won or to end are counted over the whole log by stage and time in it
(:mod:`journey.analysis.forecast.chain`), and applied to the open journeys in view and to those
that will begin if journeys go on beginning as in the last 13 weeks. A win counts with its
journey's deal value or, where none is known, what wins of journeys of that age were worth
(:mod:`journey.analysis.forecast.worth`). What journeys did so far is all that is known: no plan,
season or price.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.forecast.chain import Chances, chances, chances_to_win, drawn_chances
from journey.analysis.forecast.evidence import (
    DAYS_A_WEEK,
    WEEKS_OF_BEGINNINGS,
    Open,
    learnt_of,
    open_of,
)
from journey.analysis.forecast.worth import DAYS_A_SPAN, MIDDLES, Worth, drawn_worth, worth_of
from journey.errors import ValueNotAllowedError
from journey.kernels.chain import won_of_open
from journey.log import TouchpointLog
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEEKS: Final = 13
MOST_WEEKS: Final = 104
INTERVAL: Final = (10.0, 90.0)
"""Percentiles between which four of five outcomes are expected."""

N_DRAWS: Final = 100
N_SAMPLES: Final = 20
"""Courses drawn of each draw of the chances."""


def forecast_wins(log: TouchpointLog, *, weeks: int = WEEKS, seed: int = 0) -> pd.DataFrame:
    """Wins and their value expected in each week after ``as_of``, with an 80 % interval.

    Parameters
    ----------
    weeks
        How many, 1 to 104.
    seed
        Of the draws behind the intervals.

    Returns
    -------
    DataFrame
        One row per week: ``week`` (from 1), ``begins_at``, ``ends_at``; ``expected_wins`` with
        ``low``, ``high``, and the part of it ``from_open`` journeys and ``from_new`` ones that are
        still to begin; ``expected_value`` with ``value_low``, ``value_high``; the same of all
        weeks so far, as ``total_wins`` … ``total_value_high``. Not a number where nothing was won,
        value where no win has one.

    Raises
    ------
    ValueNotAllowedError
        If there are not 1 to 104 weeks.

    Examples
    --------
    One journey was won on its eleventh day in its stage, another is open after ten days: one way
    on in 21 days at risk, seven of these and the win in the second week. With 30 days at the rate
    of all ages, a day's chance is (1 + 30 / 21) / (7 + 30) = 0.066 until the two weeks are over,
    which the open one has four days to go, then 1 / 21: 1 - 0.934 ** 4 * 0.952 ** 3 = 0.34.

    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "c"], "touchpoint": ["Demo", "Won", "Demo", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-11"] * 2)}),
    ...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",)))
    >>> forecast_wins(log.where(account_id="b"), weeks=1)["from_open"].round(2).tolist()
    [0.34]
    """
    check_weeks(weeks)
    if not log.n_journeys:
        return _forecast_frame(log, np.zeros((0, 2)), np.zeros((0, 0, 2)), np.zeros(0))
    learnt, known = learnt_of(log), open_of(log)
    if not learnt.ways[:, :, -2].sum():
        return _forecast_frame(log, *_unknown(weeks))
    expected, _, from_open = _weekly(known, log.once(_expected_ahead, weeks))
    samples = _courses(log, known, weeks, seed)
    is_told = 1.0, 1.0 if learnt.won_values[0].any() else np.nan
    return _forecast_frame(log, expected[:, 0] * is_told, samples * is_told, from_open[:, 0])


def _unknown(weeks: int) -> tuple[Floats, Floats, Floats]:
    """What stands where nothing can be foretold."""
    nothing = np.full((weeks, 1, 2), np.nan)
    return nothing[:, 0], nothing, nothing[:, 0, 0]


def win_chances(log: TouchpointLog, *, weeks: int = WEEKS) -> pd.DataFrame:
    """The open journeys in view by stage, and how likely they are won within some weeks.

    Returns
    -------
    DataFrame
        One row per stage with open journeys, in order, those before any last: ``stage`` (None:
        before any); ``n_open``; ``win_rate``, mean chance of these to be won within the weeks;
        ``expected_wins``; ``expected_value``; ``n_won``, journeys of the whole log won from this
        stage, of ``n_left`` that ever left it. Not a number where nothing was ever won.

    Raises
    ------
    ValueNotAllowedError
        If there are not 1 to 104 weeks.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "c"], "touchpoint": ["Demo", "Won", "Demo", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-11"] * 2)}),
    ...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",)))
    >>> win_chances(log, weeks=1)["win_rate"].round(2).tolist()  # b, as reckoned in forecast_wins
    [0.34]
    """
    check_weeks(weeks)
    known = open_of(log)
    names = [*log.definitions.stage_names, None]
    left = learnt_of(log).ways.sum(axis=1)
    won = left[:, -2]
    by_week = [of_open[0] for of_open in _by_week(known, log.once(_expected_ahead, weeks))]
    layers = np.sum(by_week, axis=0).T
    if not won.sum():
        layers = np.full_like(layers, np.nan)
    n_open = known.open_mass[0].sum(axis=1)
    frame = pd.DataFrame(
        {
            "stage": pd.Series(names, dtype=object),
            "n_open": n_open.astype(np.int64),
            "win_rate": layers[0] / np.maximum(n_open, 1),
            "expected_wins": layers[0],
            "expected_value": layers[1],
            "n_won": won,
            "n_left": left.sum(axis=1),
        }
    )
    return frame[frame["n_open"] > 0].reset_index(drop=True)


def check_weeks(weeks: int) -> None:
    """Refuse a forecast of no weeks or of too many."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueNotAllowedError(
            f"A forecast of {weeks} weeks was asked for. Allowed are 1 to {MOST_WEEKS}."
        )


@dataclass(frozen=True, eq=False)
class Ahead:
    """The days ahead as all journeys of a log let expect them, whoever is open.

    ``gained[week, draw, state, age]`` is the chance to be won in that week;
    ``of_first_day[week, draw, day, state]`` that of a journey to be won by a day since its first.
    """

    gained: Floats
    of_first_day: Floats
    worth: Worth


def _ahead(drawn: Chances, worth: Worth, weeks: int) -> Ahead:
    before, gained = np.float64(0), list[Floats]()
    of_first_day: list[Floats] = []
    for day, won in enumerate(chances_to_win(drawn, weeks * DAYS_A_WEEK), start=1):
        of_first_day.append(won[:, :, 0])
        if not day % DAYS_A_WEEK:
            gained.append(won - before)
            before = won
    n_draws, n_states = drawn.ways.shape[:2]
    by_day = np.array(of_first_day).reshape(weeks, DAYS_A_WEEK, n_draws, n_states)
    return Ahead(frozen(np.array(gained)), by_day.transpose(0, 2, 1, 3), worth)


def _expected_ahead(log: TouchpointLog, weeks: int) -> Ahead:
    """What lies ahead by the chances that were counted."""
    known = learnt_of(log)
    return _ahead(chances(known.days, known.ways), worth_of(known.won_values), weeks)


def _drawn_ahead(log: TouchpointLog, weeks: int, seed: int) -> tuple[Ahead, Any]:
    """What may lie ahead, and where the numbers drawn then stand."""
    known, rng = learnt_of(log), np.random.default_rng(seed)
    drawn = drawn_chances(known.days, known.ways, n_draws=N_DRAWS, rng=rng)
    worth = drawn_worth(known.won_values, n_draws=N_DRAWS, rng=rng)
    return _ahead(drawn, worth, weeks), rng.bit_generator.state


def _weekly(
    known: Open, ahead: Ahead, *, rng: np.random.Generator | None = None
) -> tuple[Floats, Floats, Floats]:
    """By week and draw: wins and value expected, ``[week, draw, 2]``; squared value; wins of open.

    The number of journeys that begin is the mean of the last weeks or, with ``rng``, one drawn
    about it.
    """
    worth, (weeks, n_draws) = ahead.worth, ahead.gained.shape[:2]
    a_day = _begin_a_day(known, n_draws, rng)
    weekly = np.zeros((weeks, n_draws, 4))
    for place, of_open in enumerate(_by_week(known, ahead)):
        # Journeys begun on each day so far are won as those on their first day were by then.
        new = (a_day[:, None] * ahead.of_first_day[place]).sum(axis=(1, 2))
        value = worth.at(np.array([(place + 1) * DAYS_A_WEEK / 2]))[:, 0]
        of_new = new[:, None] * np.stack([np.ones_like(value), value, worth.square * value**2], 1)
        found = of_open.sum(axis=1)
        weekly[place] = np.column_stack([found + of_new, found[:, 0]])
    return weekly[..., :2], weekly[..., 2], weekly[..., 3]


def _by_week(known: Open, ahead: Ahead) -> Iterator[Floats]:
    """What open journeys bring in each week: wins, value, squared value by draw and state."""
    ages, worth = MIDDLES * DAYS_A_SPAN, ahead.worth
    found = np.nonzero(known.valueless)
    in_state, of_age, old = (frozen(place) for place in found)
    counts = frozen(known.valueless[found].astype(np.float64))
    mass = frozen(known.open_mass)
    for week, gained in enumerate(ahead.gained, start=1):
        value = frozen(worth.at(ages + (week - 0.5) * DAYS_A_WEEK))
        open_then = frozen(gained), mass, in_state, of_age, old, counts, value, worth.square
        yield won_of_open(*open_then)


def _begin_a_day(known: Open, n_draws: int, rng: np.random.Generator | None) -> Floats:
    """Journeys that begin on a day, by draw and state."""
    weekly = known.begun.sum(axis=1)
    a_day = known.begun.sum(axis=0) / (WEEKS_OF_BEGINNINGS * DAYS_A_WEEK)
    mean = weekly.mean()
    if rng is None or not mean:
        return np.tile(a_day, (n_draws, 1))
    variance = max(weekly.var(ddof=1), mean) / WEEKS_OF_BEGINNINGS
    shape = mean**2 / variance
    return rng.gamma(shape, 1 / shape, size=(n_draws, 1)) * a_day


def _courses(log: TouchpointLog, known: Open, weeks: int, seed: int) -> Floats:
    """Courses that wins and value may take, ``[week, course, 2]``."""
    ahead, state = log.once(_drawn_ahead, weeks, seed)
    rng = np.random.default_rng(seed)
    rng.bit_generator.state = state
    means, squares, _ = _weekly(known, ahead, rng=rng)
    shape = (len(means), N_SAMPLES, means.shape[1])
    wins = rng.poisson(np.broadcast_to(means[:, None, :, 0], shape)).astype(float)
    value = np.broadcast_to(means[:, None, :, 1], shape)
    spread = np.broadcast_to(squares[:, None, :], shape)
    # A sum of so many values has this mean and variance; a gamma with both is never below 0.
    has_value = (value > 0) & (spread > 0)
    form = np.where(has_value, value, 1.0) ** 2 / np.where(has_value, spread, 1.0)
    scale = np.where(has_value, spread, 0.0) / np.where(has_value, value, 1.0)
    return np.stack([wins, rng.gamma(form) * scale], axis=-1).reshape(len(means), -1, 2)


def _forecast_frame(
    log: TouchpointLog, expected: Floats, samples: Floats, from_open: Floats
) -> pd.DataFrame:
    weeks = len(expected)
    number = np.arange(1, weeks + 1)
    begins = pd.DatetimeIndex([log.as_of] * weeks, dtype="datetime64[us, UTC]")
    columns: dict[str, object] = {
        "week": number,
        "begins_at": begins + pd.to_timedelta((number - 1) * DAYS_A_WEEK, unit="D"),
        "ends_at": begins + pd.to_timedelta(number * DAYS_A_WEEK, unit="D"),
    }
    shown = ((expected, samples), (expected.cumsum(axis=0), samples.cumsum(axis=0)))
    heads = (("expected_wins", "", "expected_value", "value_"),)
    heads += (("total_wins", "total_", "total_value", "total_value_"),)
    for (mean, courses), (wins, of_wins, value, of_value) in zip(shown, heads, strict=True):
        low, high = _interval(courses)
        columns |= {wins: mean[:, 0], f"{of_wins}low": low[:, 0], f"{of_wins}high": high[:, 0]}
        if wins == "expected_wins":
            columns |= {"from_open": from_open, "from_new": mean[:, 0] - from_open}
        columns |= {value: mean[:, 1], f"{of_value}low": low[:, 1], f"{of_value}high": high[:, 1]}
    return pd.DataFrame(columns)


def _interval(courses: Floats) -> Floats:
    """The ends of the interval, ``[end, week, 2]``."""
    return np.percentile(courses, INTERVAL, axis=1) if len(courses) else np.zeros((2, 0, 2))
