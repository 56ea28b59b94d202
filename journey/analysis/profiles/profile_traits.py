"""What journeys with a trait, or with two, come to, against those without."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.comparisons import (
    adjusted_for_many,
    exact_chance,
    lift,
    with_and_without,
)
from journey.analysis.figures.statistics import wilson
from journey.analysis.profiles.criteria import MOST_KNOWN, Segment
from journey.analysis.profiles.spans import Until
from journey.analysis.profiles.traits import Traits, attributes_of, count_traits, traits_of
from journey.log import TouchpointLog
from journey.schema import LEAST_CERTAIN, SMALL_SAMPLE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
Figures = dict[str, npt.NDArray[Any]]

WINS_MORE, WINS_LESS, LOSES_MORE = "wins more", "wins less", "loses more"
NO_DIFFERENCE, BY_ONE_PART, TOO_FEW = "no clear difference", "explained by one part", "too few"
ON_THE_WAY = "on nearly every way to a win"

NEARLY_ALL: Final = 0.95
"""What so many of the won journeys have is a step of buying, no sign of who buys."""

RATES: Final = (
    *("n_journeys", "n_won", "win_rate", "low", "high"),
    *("n_rest", "rest_win_rate", "rest_low", "rest_high"),
    *("lift", "lift_least", "lift_most", "chance"),
    *("n_lost", "lost_rate", "rest_lost_rate", "lost_lift", "lost_lift_least", "lost_lift_most"),
    "lost_chance",
)
MOST_LISTS: Final = 8
"""Lists of traits whose words are remembered; filters seldom change the list."""

Pairs = tuple[tuple[str, tuple[str | None, ...]], ...]

_COLUMNS: Final = ("kind", "n_traits", "profile", *RATES, "verdict", "segment")


def profile_traits(log: TouchpointLog) -> pd.DataFrame:
    """How often journeys with a trait, or two, are won and lost, against those without.

    Traits are the attributes of accounts (of people, where accounts have none or journeys are
    those of people) and behaviours: touchpoint types and channels had before the journey was
    decided. Journeys of which an attribute is not known are on neither side.

    Returns
    -------
    DataFrame
        One row per trait, and per pair of traits that at least 30 journeys have: ``kind``
        (``attribute``, ``behaviour`` or ``both``), ``n_traits``, ``profile`` in words;
        ``n_journeys`` with it, ``n_won`` of these, ``win_rate`` (won / all with it, open ones
        among them) with its 95 % Wilson interval ``low``, ``high``; ``n_rest`` to
        ``rest_high``, the same of those without; ``lift`` (the one rate / the other) with its 95 %
        interval; ``chance`` (Fisher's exact test, adjusted by Benjamini and Hochberg for all rows
        tested of the kind; missing for fewer than 30 journeys, which are not tested); ``n_lost``
        to ``lost_chance``, the same for lost ones; ``verdict``; ``segment``, the criteria. The
        least likely by chance first.

        Verdicts: ``wins more``, ``loses more`` and ``wins less`` where the chance is 5 % or less;
        of a pair only if its interval lies above (below) the rate of each part without the other,
        else ``explained by one part``; ``on nearly every way to a win`` where 95 % of won
        journeys have the behaviour; ``no clear difference``; ``too few``.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> days = pd.to_datetime(["2026-01-01"] * 40)
    >>> log = from_frame(pd.DataFrame({"occurred_at": days, "account_id": map(str, range(40)),
    ...     "touchpoint": ["Won"] * 10 + ["Ad"] * 30}), definitions=Definitions(won=("Won",)),
    ...     accounts=pd.DataFrame({"account_id": map(str, range(40)),
    ...     "industry": ["Retail"] * 35 + ["Travel"] * 5}))
    >>> profile_traits(log).loc[:, ["profile", "n_journeys", "n_won", "verdict"]].head(2)
               profile  n_journeys  n_won              verdict
    0           Had Ad          30      0            wins less
    1  Industry Retail          35     10  no clear difference
    """
    return _told(log, traits_of(log))


def attribute_traits(log: TouchpointLog) -> pd.DataFrame:
    """The rows of :func:`profile_traits` that are of attributes alone."""
    return _told(log, attributes_of(log))


def _told(log: TouchpointLog, traits: Traits) -> pd.DataFrame:
    """Figures, verdict, words and criteria of every trait and pair, the least by chance first."""
    cells = _cells(traits, count_traits(log, traits, until="decision"))
    kinds, segments, words = _words_of(traits, cells.places)
    n_traits = np.array([len(places) for places in cells.places], dtype=np.int64)
    figures = rates_of(cells.inside, cells.base)
    for name in ("chance", "lost_chance"):
        figures[name] = _adjusted(figures[name], kinds, figures["n_journeys"] >= SMALL_SAMPLE)
    columns = {
        "kind": kinds,
        "n_traits": n_traits,
        "profile": words,
        **figures,
        "verdict": _verdicts(figures, n_traits > 1, cells),
        "segment": segments,
    }
    order = _least_by_chance(figures, words)
    return pd.DataFrame({name: columns[name][order] for name in _COLUMNS})


def _least_by_chance(figures: Figures, words: Objects) -> Ints:
    """The order of rows; those never tested come last, the larger before the smaller."""
    least = np.fmin(figures["chance"], figures["lost_chance"])
    told = zip(np.nan_to_num(least, nan=np.inf), -figures["n_journeys"], words, strict=True)
    keys = list(told)
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Traits and pairs: their places; journeys, won, lost inside and where it can be told.

    ``parts`` are those that have one trait of a pair and not the other; none for a single one.
    ``on_the_way`` is what has a behaviour that nearly all won journeys have.
    """

    places: list[tuple[int, ...]]
    inside: Ints
    base: Ints
    parts: tuple[Ints, Ints]
    on_the_way: Flags


def _cells(traits: Traits, counted: Ints) -> _Cells:
    """Every trait, and every pair of columns' traits that enough journeys have."""
    n_known = counted[0, traits.bases, traits.bases]
    # What all of them have tells nobody apart.
    tells = np.diagonal(counted[0])[:-1] < n_known
    singles = [
        place for place in np.flatnonzero(tells).tolist() if traits.value_of(place) is not None
    ]
    pairs = [
        (one, other)
        for one, other in combinations(singles, 2)
        if counted[0, one, other] >= SMALL_SAMPLE
        and (traits.columns[one] != traits.columns[other] or one >= traits.n_attributes)
    ]
    a = np.array([*singles, *(one for one, _ in pairs)], dtype=np.int64)
    b = np.array([*singles, *(other for _, other in pairs)], dtype=np.int64)
    base_a, base_b = traits.bases[a], traits.bases[b]
    inside = counted[:, a, b]
    # A journey has a trait only where its column is known, so two places are enough.
    parts = counted[:, a, base_b] - inside, counted[:, b, base_a] - inside
    kept = [*((place,) for place in singles), *pairs]
    n_won = np.diagonal(counted[1])
    is_common = (n_won >= NEARLY_ALL * n_won[-1]) & (n_won > 0)
    is_common[: traits.n_attributes] = False
    return _Cells(kept, inside, counted[:, base_a, base_b], parts, is_common[a] | is_common[b])


def rates_of(inside: Ints, base: Ints) -> Figures:
    """Figures of groups: all, won and lost inside, and of those of which it can be told."""
    n, n_won, n_lost = inside
    n_rest, won_rest, lost_rest = base - inside
    lost_ratio, lost_low, lost_high = lift(n_lost, n, lost_rest, n_rest)
    return {
        **with_and_without(n, n_won, n_rest, won_rest),
        "chance": exact_chance(n_won, n, base[1], base[0]),
        "n_lost": n_lost,
        "lost_rate": wilson(n_lost, n)[0],
        "rest_lost_rate": wilson(lost_rest, n_rest)[0],
        "lost_lift": lost_ratio,
        "lost_lift_least": lost_low,
        "lost_lift_most": lost_high,
        "lost_chance": exact_chance(n_lost, n, base[2], base[0]),
    }


def _adjusted(chances: Floats, kinds: Objects, is_tested: Flags) -> Floats:
    """Chances adjusted for how many rows of their kind are tested; others have none."""
    adjusted = np.full(len(chances), np.nan)
    for kind in ("attribute", "behaviour", "both"):
        mine = (kinds == kind) & is_tested
        adjusted[mine] = adjusted_for_many(chances[mine])
    return adjusted


def _verdicts(figures: Figures, is_pair: Flags, cells: _Cells) -> Objects:
    won = figures["chance"] <= LEAST_CERTAIN
    lost = figures["lost_chance"] <= LEAST_CERTAIN
    rate, rest = figures["win_rate"], figures["rest_win_rate"]
    loses = figures["lost_rate"] > figures["rest_lost_rate"]
    low, high = figures["low"], figures["high"]
    _, lost_low, _ = wilson(cells.inside[2], cells.inside[0])
    of_parts = [_part_rate(part, 1) for part in cells.parts]
    lost_of_parts = [_part_rate(part, 2) for part in cells.parts]
    adds = ~is_pair | (low > np.maximum(*of_parts))
    takes = ~is_pair | (high < np.minimum(*of_parts))
    loses_by_both = ~is_pair | (lost_low > np.maximum(*lost_of_parts))
    is_up, is_down, is_lost = (
        won & (rate > rest),
        won & (rate < rest),
        lost & loses & (rate <= rest),
    )
    return np.select(
        [
            cells.inside[0] < SMALL_SAMPLE,
            cells.on_the_way,
            is_up & adds,
            is_lost & loses_by_both,
            is_down & takes,
            is_up | is_lost | is_down,
        ],
        [TOO_FEW, ON_THE_WAY, WINS_MORE, LOSES_MORE, WINS_LESS, BY_ONE_PART],
        default=NO_DIFFERENCE,
    ).astype(object)


def _part_rate(part: Ints, row: int) -> Floats:
    """The rate of those with one trait alone; where there are none, nothing to beat."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(part[row] / part[0])


def _words_of(traits: Traits, places: list[tuple[int, ...]]) -> tuple[Objects, Objects, Objects]:
    """Of traits and pairs the kind, their criteria, and these in words."""
    known = _known_words(traits)
    told = np.empty((3, len(places)), dtype=object)
    for row, pair in enumerate(places):
        if pair not in known:
            known[pair] = _told_by(traits, pair)
        told[:, row] = known[pair]
    return told[0], told[1], told[2]


@lru_cache(maxsize=MOST_LISTS)
def _known_words(traits: Traits) -> dict[tuple[int, ...], tuple[str, Segment, str]]:
    """Where what is told of traits is remembered: it is the same for every filter."""
    del traits
    return {}


def _told_by(traits: Traits, places: tuple[int, ...]) -> tuple[str, Segment, str]:
    """The kind of a trait or two, their criteria, and these in words."""
    who = [place for place in places if traits.kind(place) == "attribute"]
    did = [place for place in places if place not in who]
    return _criteria(
        tuple((traits.columns[place], (traits.value_of(place),)) for place in who),
        tuple((traits.columns[place], (traits.value_of(place),)) for place in did),
        "decision" if did or not traits.are_of_accounts else "as_of",
    )


@lru_cache(maxsize=MOST_KNOWN)
def _criteria(who: Pairs, did: Pairs, until: Until) -> tuple[str, Segment, str]:
    """What is told of a trait or two, which is the same for every filter."""
    segment = Segment(profile=who, has=did, until=until)
    kind = "both" if who and did else "attribute" if who else "behaviour"
    return kind, segment, str(segment).removesuffix("; before the decision")
