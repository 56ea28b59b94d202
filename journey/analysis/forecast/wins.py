"""How many journeys will be won in the coming weeks, and what they are worth.

Chances to move on, to be won or to end are counted over the whole log by stage and time in it
(:mod:`journey.analysis.forecast.chain`), and applied to the open journeys in view and to those
that will begin if journeys go on beginning as in the last 13 weeks. A win counts with its
journey's deal value or, where none is known, what wins of journeys of that age were worth
(:mod:`journey.analysis.forecast.worth`). What journeys did so far is all that is known: no plan,
season or price.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.forecast.chain import (
    FIRST_DAYS,
    N_AGES,
    Chances,
    chances,
    chances_to_win,
    drawn_chances,
)
from journey.analysis.forecast.worth import (
    DAYS_A_SPAN,
    MIDDLES,
    N_SPANS,
    SUMS,
    Worth,
    added_up,
    drawn_worth,
    spans_of,
    worth_of,
)
from journey.analysis.stages.outcomes import last_values, values_at_win
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.facts import WON as IS_WON
from journey.kernels.stays import OPEN, OVER, WON, count_stays
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

WEEKS: Final = 13
MOST_WEEKS: Final = 104
WEEKS_OF_BEGINNINGS: Final = 13
"""Journeys that began so recently tell how many will begin."""

INTERVAL: Final = (10.0, 90.0)
"""Percentiles between which four of five outcomes are expected."""

N_DRAWS: Final = 100
N_SAMPLES: Final = 20
"""Courses drawn of each draw of the chances."""

_DAYS: Final = 7


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a forecast needs to know of a log.

    ``days`` and ``ways`` are those of ``count_stays``, of the whole log. Of the journeys in view:
    ``open_mass[layer, state, age]`` with the layers of :data:`LAYERS`; of those without a value
    ``valueless[state, age, span]`` by the age of the journey too; ``begun[week, state]``, journeys
    begun in the last weeks (0: the latest) by the state after their first touch. ``won_values``
    are the sums of :func:`journey.analysis.forecast.worth.added_up` of all won journeys.
    """

    days: Ints
    ways: Ints
    open_mass: Floats
    valueless: Ints
    begun: Ints
    won_values: Floats


LAYERS: Final = ("n", "value", "square_of_value")


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
    known = evidence_of(log)
    if not known.ways[:, :, -2].sum():
        return _forecast_frame(log, *_unknown(weeks))
    worth = worth_of(known.won_values)
    expected, _, from_open = _weekly(known, chances(known.days, known.ways), worth, weeks)
    samples = _courses(known, weeks, np.random.default_rng(seed))
    is_told = 1.0, 1.0 if known.won_values[0].any() else np.nan
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
    known = evidence_of(log)
    names = [*log.definitions.stage_names, None]
    left = known.ways.sum(axis=1)
    won = left[:, -2]
    told, worth = chances(known.days, known.ways), worth_of(known.won_values)
    by_week = [of_open[0] for _, of_open, _ in _by_week(known, told, worth, weeks)]
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


def evidence_of(log: TouchpointLog) -> Evidence:
    """What a forecast of a log rests on."""
    n_stages = len(log.definitions.stages)
    question = partial(_evidence, as_of=log.as_of_tick, n_stages=n_stages)
    parts = log.ask_with_facts(question) or [_no_evidence(n_stages)]
    names = [one.name for one in fields(Evidence)]
    return Evidence(*(np.sum([getattr(part, name) for part in parts], axis=0) for name in names))


def check_weeks(weeks: int) -> None:
    """Refuse a forecast of no weeks or of too many."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueNotAllowedError(
            f"A forecast of {weeks} weeks was asked for. Allowed are 1 to {MOST_WEEKS}."
        )


def _no_evidence(n_stages: int) -> Evidence:
    n_states, n_spans = n_stages + 1, len(FIRST_DAYS)
    return Evidence(
        np.zeros((n_states, n_spans), np.int64),
        np.zeros((n_states, n_spans, n_states + 2), np.int64),
        np.zeros((len(LAYERS), n_states, N_AGES)),
        np.zeros((n_states, N_AGES, N_SPANS), np.int64),
        np.zeros((WEEKS_OF_BEGINNINGS, n_states), np.int64),
        np.zeros((len(SUMS), N_SPANS)),
    )


def _evidence(part: Part, *, as_of: int, n_stages: int) -> Evidence:
    """What one shard adds."""
    view, facts = part
    evidence, n_states = facts.view, n_stages + 1
    per_day = round(86_400 * evidence.store.ticks_per_second)
    begins, ends, end_ticks, fates = _lives(facts)
    days, ways, states, ages = count_stays(
        facts.current, evidence.ticks, begins, ends, end_ticks, fates, FIRST_DAYS, per_day, n_stages
    )
    in_view = view.journeys
    still = in_view[fates[in_view] == OPEN]
    place = states[still] * N_AGES + np.clip(ages[still], 0, N_AGES - 1)
    values = last_values(facts, still)
    known = ~np.isnan(values)
    own = np.where(known, values, 0.0)
    weights = (np.ones(len(still)), own, own**2)
    mass = [np.bincount(place, weight, n_states * N_AGES) for weight in weights]
    won = np.flatnonzero(facts.outcomes == IS_WON)
    worth = values_at_win(facts, won)
    age_open, age_won = (
        (end_ticks[some] - evidence.ticks[begins[some]].astype(np.int64)) // per_day
        for some in (still, won)
    )
    without = (place * N_SPANS + spans_of(age_open))[~known]
    return Evidence(
        days,
        ways,
        np.array(mass, dtype=float).reshape(len(LAYERS), n_states, N_AGES),
        np.bincount(without, minlength=n_states * N_AGES * N_SPANS).reshape(-1, N_AGES, N_SPANS),
        _begun(facts, in_view, as_of, per_day * _DAYS, n_stages),
        added_up(age_won[worth > 0], worth[worth > 0]),
    )


def _lives(facts: ShardFacts) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint8]]:
    """Per journey its rows before the end, the tick of the end, and how it ends."""
    fates = np.where(facts.outcomes == IS_WON, WON, np.where(facts.is_over, OVER, OPEN))
    begins = frozen(facts.view.offsets[:-1])
    return begins, facts.end_rows, facts.ended_ticks, frozen(fates.astype(np.uint8))


def _begun(facts: ShardFacts, in_view: Ints, as_of: int, per_week: int, n_stages: int) -> Ints:
    """Journeys begun in each of the last weeks by the state after their first touch."""
    evidence = facts.view
    first = evidence.offsets[:-1][in_view]
    ago = (as_of - evidence.ticks[first].astype(np.int64)) // per_week
    state = facts.current[first].astype(np.int64)
    is_decided = facts.decided_rows[in_view] == first
    state = np.where((state < 0) | is_decided, n_stages, state)
    recent = ago < WEEKS_OF_BEGINNINGS
    shape = WEEKS_OF_BEGINNINGS, n_stages + 1
    place = ago[recent] * shape[1] + state[recent]
    return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)


def _weekly(
    known: Evidence,
    drawn: Chances,
    worth: Worth,
    weeks: int,
    *,
    rng: np.random.Generator | None = None,
) -> tuple[Floats, Floats, Floats]:
    """By week and draw: wins and value expected, ``[week, draw, 2]``; squared value; wins of open.

    The number of journeys that begin is the mean of the last weeks or, with ``rng``, one drawn
    about it.
    """
    a_day = _begin_a_day(known, len(drawn.ways), rng)
    weekly = np.zeros((weeks, len(drawn.ways), 4))
    for week, of_open, of_first_day in _by_week(known, drawn, worth, weeks):
        # Journeys begun on each day so far are won as those on their first day were by then.
        new = (a_day[:, None] * of_first_day).sum(axis=(1, 2))
        value = worth.at(np.array([week * _DAYS / 2]))[:, 0]
        of_new = new[:, None] * np.stack([np.ones_like(value), value, worth.square * value**2], 1)
        found = of_open.sum(axis=1)
        weekly[week - 1] = np.column_stack([found + of_new, found[:, 0]])
    return weekly[..., :2], weekly[..., 2], weekly[..., 3]


def _by_week(
    known: Evidence, drawn: Chances, worth: Worth, weeks: int
) -> Iterator[tuple[int, Floats, Floats]]:
    """Each week, what open journeys bring in it: wins, value and squared value by draw and state.

    Beside it the chance to have won by each of its days since the first day of a journey:
    ``[draw, day, state]``.
    """
    ages = MIDDLES * DAYS_A_SPAN
    before, of_first_day = np.float64(0), list[Floats]()
    for day, won in enumerate(chances_to_win(drawn, weeks * _DAYS), start=1):
        of_first_day.append(won[:, :, 0])
        if day % _DAYS:
            continue
        gained, before = won - before, won
        of_open = np.einsum("lsa,dsa->dsl", known.open_mass, gained)
        unvalued = np.einsum("sab,dsa->dsb", known.valueless, gained, optimize=True)
        value = worth.at(ages + day - _DAYS / 2)[:, None]
        of_open[..., 1] += (unvalued * value).sum(axis=2)
        of_open[..., 2] += (unvalued * worth.square * value**2).sum(axis=2)
        yield day // _DAYS, of_open, np.stack(of_first_day, axis=1)
        of_first_day.clear()


def _begin_a_day(known: Evidence, n_draws: int, rng: np.random.Generator | None) -> Floats:
    """Journeys that begin on a day, by draw and state."""
    weekly = known.begun.sum(axis=1)
    a_day = known.begun.sum(axis=0) / (WEEKS_OF_BEGINNINGS * _DAYS)
    mean = weekly.mean()
    if rng is None or not mean:
        return np.tile(a_day, (n_draws, 1))
    variance = max(weekly.var(ddof=1), mean) / WEEKS_OF_BEGINNINGS
    shape = mean**2 / variance
    return rng.gamma(shape, 1 / shape, size=(n_draws, 1)) * a_day


def _courses(known: Evidence, weeks: int, rng: np.random.Generator) -> Floats:
    """Courses that wins and value may take, ``[week, course, 2]``."""
    drawn = drawn_chances(known.days, known.ways, n_draws=N_DRAWS, rng=rng)
    worth = drawn_worth(known.won_values, n_draws=N_DRAWS, rng=rng)
    means, squares, _ = _weekly(known, drawn, worth, weeks, rng=rng)
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
        "begins_at": begins + pd.to_timedelta((number - 1) * _DAYS, unit="D"),
        "ends_at": begins + pd.to_timedelta(number * _DAYS, unit="D"),
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
