"""What became of decided journeys that were silent in a stage, and what ended their silence."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from journey.analysis.statistics import wilson
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, UNDECIDING, WON
from journey.kernels.stages import answers_to_silence, longest_silences
from journey.log import TouchpointLog
from journey.proposals import is_outreach
from journey.schema import SMALL_SAMPLE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
class Precedent:
    """What became of decided journeys of the whole log that were in a stage.

    ``silences`` are their longest silences there, sorted; ``n_won_from[k]`` how many of those
    with at least the ``k``-th silence won.
    """

    silences: Ints
    n_won_from: Ints
    next_touch: NextTouch

    def longest_known(self, ticks: Ints) -> Ints:
        """The silences asked for, cut to the longest that a decided journey ever had here."""
        return np.minimum(ticks, self.silences[-1]) if len(self.silences) else ticks

    def after_silence(self, ticks: Ints) -> tuple[Floats, Ints]:
        """Share that won of those ever silent at least so long there, and how many there were.

        A silence of 0 asks for all that were in the stage: each has just been touched once.
        """
        at = np.searchsorted(self.silences, ticks)
        n_silent = len(self.silences) - at
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.n_won_from[at] / n_silent, n_silent


def precedents(log: TouchpointLog) -> list[Precedent]:
    """For each stage, and last for journeys before any, what became of decided journeys."""
    n_stages = len(log.definitions.stages)
    ask = partial(_silences, n_stages=n_stages, as_of=log.as_of_tick)
    parts = [ask(facts) for facts in log.facts.shards]
    longest = np.concatenate([np.empty((0, n_stages), np.int64), *(part[0] for part in parts)])
    won = np.concatenate([np.empty(0, bool), *(part[1] for part in parts)])
    found: list[Precedent] = []
    for stage, touch in enumerate(_next_touches(log)):
        mine = longest[:, stage] >= 0
        order = np.argsort(longest[mine, stage], kind="stable")
        later = np.cumsum(won[mine][order][::-1])[::-1]
        found.append(Precedent(longest[mine, stage][order], np.append(later, 0), touch))
    return [*found, Precedent(np.empty(0, np.int64), np.zeros(1, np.int64), NextTouch())]


def _silences(facts: ShardFacts, *, n_stages: int, as_of: int) -> tuple[Ints, Flags]:
    """Longest silences by stage of the decided journeys of one shard, and which of them won."""
    view, outcomes = facts.view, facts.outcomes
    undecided = facts.decided_rows < 0
    longest = longest_silences(facts.current, view.ticks, view.offsets, as_of, undecided, n_stages)
    decided = (outcomes <= NO_DECISION) & (np.diff(view.offsets) > 0)
    return longest[decided], outcomes[decided] == WON


def _next_touches(log: TouchpointLog) -> list[NextTouch]:
    """For each stage the touch after a long silence there that went with most wins."""
    names = log.store.touchpoint_types
    n_stages = len(log.definitions.stages)
    decided = np.zeros((n_stages, len(names)), np.int64)
    won = np.zeros((n_stages, len(names)), np.int64)
    for facts in log.facts.shards:
        view = facts.view
        counts = answers_to_silence(
            facts.current,
            view.types,
            view.ticks,
            view.offsets,
            log.facts.silence.normal_ticks,
            n_stages,
            len(names),
            facts.outcomes,
        )
        decided += counts[0]
        won += counts[1]
    may_help, ours = log.rules.verdict_of_type == UNDECIDING, _ours(log)
    return [
        _best(names, decided[stage], won[stage], may_help=may_help, ours=ours)
        for stage in range(n_stages)
    ]


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
    n_told, n_shown = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    if "direction" in log.store.text_columns:
        words = log.store.dictionaries["direction"].to_pylist()
        told = np.array([word is not None for word in words])
        shown = np.array([word == "was shown" for word in words])
        for facts in log.facts.shards:
            codes = facts.view.codes("direction").astype(np.int64)
            n_told += np.bincount(facts.view.types[told[codes]], minlength=len(names))
            n_shown += np.bincount(facts.view.types[shown[codes]], minlength=len(names))
    by_name = np.array([is_outreach(name) for name in names], dtype=bool)
    return np.where(n_told > 0, 2 * n_shown > n_told, by_name)
