"""What scoring rules give journeys at a moment: now, at a past date, just before a win."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journey.analysis.scores.codes import (
    Scoring,
    account_points,
    given_points,
    winning_rows,
)
from journey.facts import ShardFacts
from journey.kernels.scores import points_at, running_points
from journey.schema import SECONDS_PER_DAY
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]


@dataclass(frozen=True, eq=False)
class Moments:
    """Journeys of the evidence, each with the row before which and the instant at which to score.

    All are places or ticks of the evidence; a journey's rows are those before its end.
    """

    journeys: Ints
    ends: Ints
    ticks: Ints


def at_as_of(facts: ShardFacts, chosen: Ints, as_of: int) -> Moments:
    """Some journeys with all they did by ``as_of``."""
    ends = facts.view.offsets[1:][chosen]
    return Moments(chosen, ends, np.full(len(chosen), as_of, np.int64))


def totals_of(facts: ShardFacts, scoring: Scoring, as_of: int) -> Floats:
    """Points by dimension of all journeys, with all they did by ``as_of``."""
    every = np.arange(facts.view.n_journeys)

    def make() -> Floats:
        return scoring.in_dimensions(points_of(facts, scoring, at_as_of(facts, every, as_of)))

    return facts.kept(("scores", scoring.definitions.fingerprint, as_of), make)


def points_of(facts: ShardFacts, scoring: Scoring, moments: Moments) -> Floats:
    """What each rule in force gives each of some journeys at its moment."""
    evidence = facts.view
    given = given_points(facts, scoring)
    by_touch = points_at(
        given.classes,
        evidence.ticks,
        frozen(evidence.offsets[:-1][moments.journeys]),
        frozen(moments.ends),
        frozen(moments.ticks),
        given.starts,
        given.rules,
        given.points,
        scoring.fades,
        scoring.rate(ticks_per_day(evidence)),
    )
    return _with_others(facts, scoring, moments, by_touch)


def given_at(facts: ShardFacts, scoring: Scoring, moments: Moments) -> Flags:
    """Which rules had given each of some journeys anything by its moment, faded or not."""
    evidence = facts.view
    given = given_points(facts, scoring)
    n_given = points_at(
        given.classes,
        evidence.ticks,
        frozen(evidence.offsets[:-1][moments.journeys]),
        frozen(moments.ends),
        frozen(moments.ticks),
        given.starts,
        given.rules,
        frozen(np.ones_like(given.points)),
        scoring.fades,
        0.0,
    )
    return _with_others(facts, scoring, moments, n_given) != 0


def running_points_of(facts: ShardFacts, scoring: Scoring, journey: int, ticks: Ints) -> Floats:
    """What each rule in force gives one journey at each of some instants, in order."""
    evidence = facts.view
    begin, end = evidence.offsets[journey], evidence.offsets[journey + 1]
    given, own = given_points(facts, scoring), frozen(evidence.ticks[begin:end])
    by_touch = running_points(
        frozen(given.classes[begin:end]),
        own,
        frozen(ticks),
        given.starts,
        given.rules,
        given.points,
        scoring.fades,
        scoring.rate(ticks_per_day(evidence)),
    )
    ends = begin + np.searchsorted(own, ticks, side="right")
    moments = Moments(np.full(len(ticks), journey), ends.astype(np.int64), ticks)
    return _with_others(facts, scoring, moments, by_touch)


def ticks_per_day(view: View) -> float:
    """The units of time of a view's store in a day."""
    return SECONDS_PER_DAY * view.store.ticks_per_second


def _with_others(facts: ShardFacts, scoring: Scoring, moments: Moments, by_touch: Floats) -> Floats:
    """Points by rule: of touches, of attributes, of where journeys stand."""
    evidence = facts.view
    accounts = evidence.store.journey_accounts(evidence.shard)[moments.journeys]
    points = account_points(scoring, accounts)
    limits = scoring.limits[scoring.touch_rules]
    points[:, scoring.touch_rules] = np.clip(by_touch, -limits, limits)
    return points + _standing_points(facts, scoring, moments)


def _standing_points(facts: ShardFacts, scoring: Scoring, moments: Moments) -> Floats:
    """What rules give for the stage, the days known and the wins of journeys at their moments."""
    evidence, n_moments = facts.view, len(moments.journeys)
    points = np.zeros((n_moments, len(scoring.rules)))
    places = [n for n, rule in enumerate(scoring.rules) if rule.goes_by == "standing"]
    if not places:
        return points
    begins = evidence.offsets[:-1][moments.journeys]
    has_touch = moments.ends > begins
    stage, days = np.full(n_moments, -1), np.zeros(n_moments)
    stage[has_touch] = facts.current[moments.ends[has_touch] - 1]
    known = moments.ticks[has_touch] - evidence.ticks[begins[has_touch]].astype(np.int64)
    days[has_touch] = known / ticks_per_day(evidence)
    wins = winning_rows(facts, scoring.definitions)
    n_wins = np.searchsorted(wins, moments.ends) - np.searchsorted(wins, begins)
    names = (*scoring.definitions.stage_names, None)
    for place in places:
        rule = scoring.rules[place]
        holds = has_touch.copy()
        if rule.stages:
            holds &= np.array([name in rule.stages for name in names])[stage]
        if rule.least_days_known is not None:
            holds &= days >= rule.least_days_known
        if rule.least_wins is not None:
            holds &= n_wins >= rule.least_wins
        points[:, place] = holds * rule.points
    return np.clip(points, -scoring.limits, scoring.limits)
