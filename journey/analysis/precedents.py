"""What ended the silence of decided journeys, and how often a win followed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journey.analysis.statistics import wilson
from journey.facts import ShardFacts
from journey.kernels.facts import UNDECIDING
from journey.kernels.stages import answers_to_silence
from journey.log import TouchpointLog
from journey.proposals import is_outreach
from journey.schema import SMALL_SAMPLE
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]


@dataclass(frozen=True, eq=False)
class NextTouch:
    """The touch after a long silence that was followed by a win most often, and its evidence.

    Decided journeys whose first such silence in the stage it ended (``n_with``) against those
    where another touch that decides nothing did (``n_without``). Where a deciding touch ended it
    there was no next best touch to take, so these journeys are on neither side. ``is_ours`` tells
    what a seller can bring about from what customers do by themselves.
    """

    touchpoint: str | None = None
    is_ours: bool = False
    win_rate: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    n_with: int = 0
    without_rate: float = float("nan")
    n_without: int = 0


def next_touches(log: TouchpointLog) -> list[NextTouch]:
    """For each stage, and last for journeys before any, what best ended a long silence there."""
    return log.once(_next_touches)


def _next_touches(log: TouchpointLog) -> list[NextTouch]:
    names = log.store.touchpoint_types
    shape = 2, len(log.definitions.stages), len(names)
    decided, won = sum(log.ask_with_facts(_count_answers), np.zeros(shape, np.int64))
    may_help, ours = log.rules.verdict_of_type == UNDECIDING, _ours(log)
    found = [
        _best(names, decided[stage], won[stage], may_help=may_help, ours=ours)
        for stage in range(shape[1])
    ]
    return [*found, NextTouch()]


def _count_answers(part: Part) -> Ints:
    """Decided and won journeys of one shard by stage and by the touch that ended a silence."""
    _, facts = part
    view = facts.view
    counts = answers_to_silence(
        facts.current,
        view.types,
        view.ticks,
        view.offsets,
        facts.silence.normal_ticks,
        facts.n_stages,
        len(view.type_names),
        facts.outcomes,
    )
    return np.array(counts)


def _best(names: list[str], decided: Ints, won: Ints, *, may_help: Flags, ours: Flags) -> NextTouch:
    """The touch with the highest win rate above that without it, 30 journeys at least.

    Only touches that may help, deciding nothing, are on either side. What we can bring about comes
    first; what customers do by themselves only where nothing of ours went with more wins.
    """
    decided, won = np.where(may_help, decided, 0), np.where(may_help, won, 0)
    n_without = decided.sum() - decided
    usable = (decided >= SMALL_SAMPLE) & (n_without > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (won.sum() - won) / n_without
        gains = np.where(usable, won / decided - without, 0.0)
    for allowed in (ours, np.ones_like(ours)):
        among = np.where(allowed, gains, 0.0)
        if np.any(among > 0):
            best = int(np.argmax(among))
            rate, low, high = map(float, wilson(won[best], decided[best]))
            n_with, n_others = int(decided[best]), int(n_without[best])
            return NextTouch(
                names[best],
                bool(ours[best]),
                rate,
                low,
                high,
                n_with,
                float(without[best]),
                n_others,
            )
    return NextTouch()


def _ours(log: TouchpointLog) -> Flags:
    """Types that the seller brings about: most often shown, by direction; else by their name."""
    names = log.store.touchpoint_types
    counts = sum(log.ask_with_facts(_count_directions), np.zeros((2, len(names)), np.int64))
    n_told, n_shown = counts
    by_name = np.array([is_outreach(name) for name in names], dtype=bool)
    return np.where(n_told > 0, 2 * n_shown > n_told, by_name)


def _count_directions(part: Part) -> Ints:
    """By type: the touches of one shard of which a direction is told, and those that were shown."""
    view = part[1].view
    counts = np.zeros((2, len(view.type_names)), np.int64)
    if "direction" in view.store.text_columns:
        words = view.store.dictionaries["direction"].to_pylist()
        codes = view.codes("direction")
        told = np.array([word is not None for word in words])[codes]
        shown = np.array([word == "was shown" for word in words])[codes]
        for row, flags in enumerate((told, shown)):
            counts[row] = np.bincount(view.types[flags], minlength=counts.shape[1])
    return counts
