"""How many journeys will be won in the coming weeks, and what they are worth.

Chances to move on, to be won or to end are counted over the whole log by stage and time in it
(:mod:`journey.analysis.forecast.chain`), and applied to the open journeys in view, to those that
are over and may come back, and to those that will begin if journeys go on beginning as in the last
13 weeks. A win counts with its journey's deal value or, where none is known, what wins of journeys
of that age were worth (:mod:`journey.analysis.forecast.worth`). What journeys did so far is all
that is known: no plan, season or price. What these did in the past makes the interval wider
(:mod:`journey.analysis.forecast.misses`).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.forecast.chain import (
    N_AGES,
    Chances,
    chances,
    chances_to_win,
    drawn_chances,
)
from journey.analysis.forecast.evidence import (
    DAYS_A_WEEK,
    WEEKS_OF_BEGINNINGS,
    Alive,
    Learnt,
    alive_in,
    learnt_of,
)
from journey.analysis.forecast.misses import spread_of_misses, spread_of_values
from journey.analysis.forecast.worth import DAYS_A_SPAN, MIDDLES, Worth, drawn_worth, worth_of
from journey.errors import ValueNotAllowedError
from journey.kernels.chain import won_by_week
from journey.log import TouchpointLog
from journey.store.layout import frozen

Floats = npt.NDArray[np.float64]

WEEKS: Final = 13
MOST_WEEKS: Final = 104

INTERVAL: Final = (10.0, 90.0)
"""Percentiles between which four of five outcomes are expected."""

N_DRAWS: Final = 50
N_SAMPLES: Final = 40
"""Courses drawn of each draw of the chances."""

_DAYS: Final = DAYS_A_WEEK


@dataclass(frozen=True, eq=False)
class Weekly:
    """What is expected by week and draw of the chances.

    ``wins[week, draw, source]`` of open journeys, of those that are over, of those to begin;
    ``value`` and ``square`` of values; ``sure[draw]``, the chances of journeys known, squared and
    added up: the surer they are the less is left to chance.
    """

    wins: Floats
    value: Floats
    square: Floats
    sure: Floats


@dataclass(frozen=True, eq=False)
class Ahead:
    """The weeks ahead as all journeys of a log let expect them, whoever is in view.

    ``gained[week, state, age, draw]`` is the chance to be won in that week;
    ``of_first_day[week, draw, day, state]`` that of a journey to be won by a day since its first;
    ``squared[draw, state, age]`` the chance of all weeks, squared.
    """

    gained: Floats
    of_first_day: Floats
    squared: Floats
    worth: Worth


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
        ``low``, ``high``, and the part of it ``from_open`` journeys, ``from_over`` (lost, closed
        or dormant, that come back) and ``from_new`` ones that are still to begin;
        ``expected_value`` with ``value_low``, ``value_high``; the same of all weeks so far, as
        ``total_wins`` … ``total_value_high``. Not a number where nothing was won, value where no
        win has one.

    Raises
    ------
    ValueNotAllowedError
        If there are not 1 to 104 weeks.

    Examples
    --------
    Of those at risk half are won on a day and half are lost, and so is the third in the end.

    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b", "c", "a", "b"],
    ...     "touchpoint": ["Demo", "Demo", "Demo", "Won", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01 08:00"] * 3 + ["2026-01-01 12:00"] * 2)}),
    ...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",)))
    >>> forecast_wins(log.where(account_id="c"), weeks=1)["from_open"].round(2).tolist()
    [0.5]
    """
    check_weeks(weeks)
    return _forecast_frame(log, *_foretold(log, log.shared(alive_in), weeks, seed))


def forecast_total(log: TouchpointLog, weeks: int, seed: int) -> Floats:
    """The last totals of :func:`forecast_wins`: expected, low, high, each of wins and of value."""
    expected, samples, _ = _foretold(log, alive_in(log), weeks, seed)
    low, high = _interval(samples.sum(axis=0)[None])
    return np.concatenate([expected.sum(axis=0)[None], low, high])


def _foretold(
    log: TouchpointLog, known: Alive, weeks: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """By week wins and value expected, courses they may take, and where the wins come from."""
    if not log.n_journeys:
        return np.zeros((0, 2)), np.zeros((0, 0, 2)), np.zeros((0, 3))
    learnt = learnt_of(log, weeks=min(weeks, WEEKS))
    if not learnt.ways[:, :, -1].sum():
        return _unknown(weeks)
    weekly = _weekly(known, log.once(_expected_ahead, weeks))
    expected = np.stack([weekly.wins[:, 0].sum(axis=1), weekly.value[:, 0]], axis=1)
    samples = _courses(log, known, weeks, seed)
    is_told = _is_told(learnt)
    return expected * is_told, samples * is_told, weekly.wins[:, 0]


def _unknown(weeks: int) -> tuple[Floats, Floats, Floats]:
    """What stands where nothing can be foretold."""
    nothing = np.full((weeks, 1, 3), np.nan)
    return nothing[:, 0, :2], nothing[..., :2], nothing[:, 0]


def win_chances(log: TouchpointLog, *, weeks: int = WEEKS) -> pd.DataFrame:
    """The open journeys in view by stage, and how likely they are won within so many ``weeks``.

    Returns
    -------
    DataFrame
        One row per stage with open journeys, in order, those before any last: ``stage`` (None:
        before any); ``n_open``; ``win_rate``, mean chance of these to be won within the weeks;
        ``expected_wins``; ``expected_value``; ``n_won``, journeys of the whole log won from this
        stage, of ``n_left`` that ever left it. Not a number where nothing was ever won, value
        where no win has one.

    Raises
    ------
    ValueNotAllowedError
        If there are not 1 to 104 weeks.

    Examples
    --------
    Of those at risk half are won on a day and half are lost, and so is the third in the end.

    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b", "c", "a", "b"],
    ...     "touchpoint": ["Demo", "Demo", "Demo", "Won", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01 08:00"] * 3 + ["2026-01-01 12:00"] * 2)}),
    ...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",)))
    >>> win_chances(log, weeks=1)[["n_open", "win_rate", "n_won"]].round(2).values.tolist()
    [[1.0, 0.5, 1.0]]
    """
    check_weeks(weeks)
    learnt, known = learnt_of(log, weeks=min(weeks, WEEKS)), log.shared(alive_in)
    left = _by_stage(learnt.ways.sum(axis=1))
    won = left[:, -1]
    expected = _by_stage(_in_all(known, log.once(_expected_ahead, weeks)))
    wins, value = (expected * _is_told(learnt)).T
    n_open = _by_stage(known.mass[0].sum(axis=1))
    frame = pd.DataFrame(
        {
            "stage": pd.Series([*log.definitions.stage_names, None], dtype=object),
            "n_open": n_open.astype(np.int64),
            "win_rate": wins / np.maximum(n_open, 1),
            "expected_wins": wins,
            "expected_value": value,
            "n_won": won,
            "n_left": left.sum(axis=1),
        }
    )
    return frame[frame["n_open"] > 0].reset_index(drop=True)


def n_wins_learnt(log: TouchpointLog, *, weeks: int = WEEKS) -> int:
    """How many wins of the whole log chances are learnt from, from whatever stage.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Demo", "Won", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-02"])}),
    ...     definitions=Definitions((Stage("Convert", ("Demo",)),), won=("Won",)))
    >>> n_wins_learnt(log)
    1
    """
    return int(learnt_of(log, weeks=min(weeks, WEEKS)).ways[..., -1].sum())


def _is_told(learnt: Learnt) -> Floats:
    """1 where wins, and their value, can be foretold; else not a number."""
    return np.where([learnt.ways[:, :, -1].any(), learnt.won_values[0].any()], 1.0, np.nan)


def _in_all(known: Alive, ahead: Ahead) -> Floats:
    """Wins and value expected of journeys known in all weeks, by state."""
    return _by_week(known, ahead)[:, 0, :, :2].sum(axis=0)


def _by_stage(of_states: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Of the states of open journeys: those of a stage together, then before any."""
    n_stages = (len(of_states) - 2) // 2
    never_further, further, before, _ = np.split(of_states, [n_stages, 2 * n_stages, -1])
    return np.concatenate([never_further + further, before])


def check_weeks(weeks: int) -> None:
    """Refuse a forecast of no weeks or of too many."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueNotAllowedError(
            f"A forecast of {weeks} weeks was asked for. Allowed are 1 to {MOST_WEEKS}."
        )


def _ahead(drawn: Chances, worth: Worth, weeks: int) -> Ahead:
    n_draws, n_states = drawn.ways.shape[:2]
    gained = np.empty((weeks, n_states, N_AGES, n_draws))
    of_first_day = np.empty((weeks, n_draws, _DAYS, n_states))
    before = np.zeros(gained.shape[1:])
    for day, won in enumerate(chances_to_win(drawn, weeks * _DAYS)):
        week, place = divmod(day, _DAYS)
        of_first_day[week, :, place] = won[:, 0].T
        if place == _DAYS - 1:
            np.subtract(won, before, out=gained[week])
            before[:] = won
    squared = frozen((gained.sum(axis=0) ** 2).transpose(2, 0, 1))
    return Ahead(frozen(gained), of_first_day, squared, worth)


def _expected_ahead(log: TouchpointLog, weeks: int) -> Ahead:
    """What lies ahead by the chances that were counted."""
    known = learnt_of(log, weeks=min(weeks, WEEKS))
    return _ahead(chances(known.days, known.ways), worth_of(known.won_values), weeks)


def _drawn_ahead(log: TouchpointLog, weeks: int, seed: int) -> tuple[Ahead, Any]:
    """What may lie ahead, and where the numbers drawn then stand."""
    known, rng = learnt_of(log, weeks=min(weeks, WEEKS)), np.random.default_rng(seed)
    drawn = drawn_chances(known.days, known.ways, n_draws=N_DRAWS, rng=rng)
    worth = drawn_worth(known.won_values, n_draws=N_DRAWS, rng=rng)
    return _ahead(drawn, worth, weeks), rng.bit_generator.state


def _spreads(log: TouchpointLog, weeks: int) -> tuple[float, float]:
    """How far forecasts of wins and of values were off before, beyond chance."""
    known = learnt_of(log, weeks=weeks)
    return spread_of_misses(known, weeks), spread_of_values(known)


def _weekly(known: Alive, ahead: Ahead, *, rng: np.random.Generator | None = None) -> Weekly:
    """What is expected by week and draw.

    The number of journeys that begin is the mean of the last weeks or, with ``rng``, one drawn
    about it.
    """
    worth, (weeks, n_draws) = ahead.worth, ahead.of_first_day.shape[:2]
    a_day = _begin_a_day(known, n_draws, rng)
    # Journeys begun on each day so far are won as those on their first day were by then.
    new = np.einsum("ds,wdas->wd", a_day, ahead.of_first_day)
    worth_of_new = worth.at(np.arange(1, weeks + 1) * _DAYS / 2).T
    found = _by_week(known, ahead)
    is_open, is_over = found[:, :, :-1, 0].sum(axis=2), found[:, :, -1, 0]
    wins = np.stack([is_open, is_over, new], axis=2)
    of_known = found.sum(axis=2)
    value = of_known[..., 1] + new * worth_of_new
    square = of_known[..., 2] + new * worth.square * worth_of_new**2
    sure = np.einsum("sa,dsa->d", known.mass[0], ahead.squared)
    return Weekly(wins, value, square, sure)


def _by_week(known: Alive, ahead: Ahead) -> Floats:
    """What journeys known bring: wins, value, squared value, ``[week, draw, state, layer]``."""
    weeks, worth = len(ahead.gained), ahead.worth
    state, age, span, counts = known.without_value
    ahead_of_now = (np.arange(weeks, dtype=np.float64) + 0.5) * _DAYS
    ages = np.add.outer(ahead_of_now, MIDDLES * DAYS_A_SPAN)
    value = frozen(worth.at(ages.ravel()).T.reshape(*ages.shape, -1))
    told = frozen(known.mass), state, age, span, counts, value, worth.square
    return np.ascontiguousarray(won_by_week(ahead.gained, *told).transpose(0, 3, 2, 1))


def _begin_a_day(known: Alive, n_draws: int, rng: np.random.Generator | None) -> Floats:
    """Journeys that begin on a day, by draw and state."""
    weekly = known.begun.sum(axis=1)
    a_day = known.begun.sum(axis=0) / (WEEKS_OF_BEGINNINGS * _DAYS)
    mean = weekly.mean()
    if rng is None or not mean:
        return np.tile(a_day, (n_draws, 1))
    variance = max(weekly.var(ddof=1), mean) / WEEKS_OF_BEGINNINGS
    shape = mean**2 / variance
    return rng.gamma(shape, 1 / shape, size=(n_draws, 1)) * a_day


def _courses(log: TouchpointLog, known: Alive, weeks: int, seed: int) -> Floats:
    """Courses that wins and value may take, ``[week, course, 2]``."""
    ahead, state = log.once(_drawn_ahead, weeks, seed)
    rng = np.random.default_rng(seed)
    rng.bit_generator.state = state
    weekly = _weekly(known, ahead, rng=rng)
    of_wins, of_values = log.once(_spreads, min(weeks, WEEKS))
    times = _times(of_wins, rng)
    wins = _known_wins(weekly, times, rng) + rng.poisson(weekly.wins[:, None, :, 2] * times)
    value, square = weekly.value[:, None], weekly.square[:, None]
    # A sum of so many values has this mean and variance; a gamma with both is never below 0.
    has_value = (value > 0) & (square > 0)
    form = np.where(has_value, value, 1.0) ** 2 / np.where(has_value, square, 1.0)
    scale = np.where(has_value, square, 0.0) / np.where(has_value, value, 1.0)
    worths = rng.gamma(form * times) * scale * _times(of_values, rng)
    return np.stack([wins, worths], axis=-1).reshape(weeks, -1, 2)


def _times(spread: float, rng: np.random.Generator) -> Floats:
    """By sample and draw, how many times what is expected comes, of a mean of 1."""
    shape = N_SAMPLES, N_DRAWS
    return rng.gamma(1 / spread, spread, size=shape) if spread else np.ones(shape)


def _known_wins(weekly: Weekly, times: Floats, rng: np.random.Generator) -> Floats:
    """Wins of journeys known, ``[week, sample, draw]``, so many times what is expected.

    As if all had the same chance, of the same mean and variance of wins as their own have.
    """
    by_week = weekly.wins[..., :2].sum(axis=2)
    expected = np.maximum(by_week.sum(axis=0), 1e-12)
    chance = np.clip(weekly.sure / expected * times, 1e-12, 1.0)
    n_alike = expected * times / chance
    n_whole = np.floor(n_alike + rng.random(times.shape)).astype(np.int64)
    n_won = rng.binomial(n_whole, chance)
    shares = np.maximum(by_week, 0.0) + 1e-12
    shares /= shares.sum(axis=0)
    return rng.multinomial(n_won, shares.T).transpose(2, 0, 1).astype(float)


def _forecast_frame(
    log: TouchpointLog, expected: Floats, samples: Floats, wins_of: Floats
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
            columns |= dict(zip(("from_open", "from_over", "from_new"), wins_of.T, strict=True))
        columns |= {value: mean[:, 1], f"{of_value}low": low[:, 1], f"{of_value}high": high[:, 1]}
    return pd.DataFrame(columns)


def _interval(courses: Floats) -> Floats:
    """The ends of the interval, ``[end, week, 2]``."""
    return np.percentile(courses, INTERVAL, axis=1) if len(courses) else np.zeros((2, 0, 2))
