"""Facts of journeys: stage after every touch, outcome, reopenings; read from all touchpoints.

Facts belong to journeys and don't change with what a view shows or hides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from journey.definitions import Definitions
from journey.kernels import facts as kernels
from journey.kernels.select import first_of, take
from journey.kernels.stages import stage_entries
from journey.runners import threads
from journey.store.layout import Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]

DORMANCY_PERCENTILE = 99
DORMANCY_LEAST_DAYS = 90
NORMAL_PERCENTILE = 90
NORMAL_LEAST_GAPS = 20


@dataclass(frozen=True, eq=False)
class ShardFacts:
    """Facts of one shard: per touchpoint the stages, per journey how it stands.

    ``view`` is the evidence they were read from: all journeys of the shard up to ``as_of``, in
    the shard's order, an empty one where a journey began later. ``entered[journey, stage]`` and
    ``advanced[journey, stage]`` are the first rows in the stage and in the next one after it
    (-1: none).
    """

    view: View
    current: npt.NDArray[np.int8]
    outcomes: npt.NDArray[np.uint8]
    decided_rows: Ints
    reopened: npt.NDArray[np.int32]
    entered: Ints
    advanced: Ints
    verdict_of_type: npt.NDArray[np.uint8]

    @property
    def last_rows(self) -> Ints:
        """The last touchpoint of each journey, in the evidence."""
        return self.view.offsets[1:] - 1

    @property
    def last_stages(self) -> npt.NDArray[np.int8]:
        """The stage each journey is in at ``as_of``, -1 before any."""
        if not len(self.current):
            return np.full(self.view.n_journeys, -1, np.int8)
        return self.current[self.last_rows]

    def stages_in(self, view: View) -> npt.NDArray[np.int8]:
        """The stage after each touchpoint of a view of the same shard, read from all of them."""
        evidence = self.view
        if evidence.offsets is evidence.shard.offsets:
            return view.gathered(self.current)
        of_shard = np.full(evidence.shard.n_touchpoints, -1, np.int8)
        shift = np.repeat(evidence.begins - evidence.offsets[:-1], evidence.lengths)
        of_shard[np.arange(len(self.current)) + shift] = self.current
        return view.gathered(frozen(of_shard))

    def reached(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Journeys that were ever in a wanted stage (last entry: before any)."""
        return first_of(self.current, self.view.offsets, wanted) >= 0


@dataclass(frozen=True, eq=False)
class Silence:
    """What silence is normal in each stage (last entry: before any), and when it ends a journey.

    ``is_own`` says whether a stage had enough gaps of its own.
    """

    dormancy_ticks: float
    normal_ticks: npt.NDArray[np.float64]
    n_gaps: Ints
    is_own: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Facts:
    """Facts of all shards."""

    shards: tuple[ShardFacts, ...]
    silence: Silence

    @property
    def n_bytes(self) -> int:
        """Memory held."""
        return sum(
            len(shard.current) + 16 * len(shard.outcomes) + 2 * shard.entered.nbytes
            for shard in self.shards
        )


@dataclass(frozen=True, eq=False)
class Rules:
    """Definitions as arrays over the codes of a store."""

    verdict_of_type: npt.NDArray[np.uint8]
    stage_of_type: npt.NDArray[np.int8]
    stage_of_value: npt.NDArray[np.int8] | None
    stage_of_channel: npt.NDArray[np.int8] | None
    is_shown: npt.NDArray[np.bool_] | None
    n_stages: int

    @property
    def go_by_type(self) -> bool:
        """Whether the type alone tells which stage a touchpoint enters."""
        return self.stage_of_value is None and self.stage_of_channel is None


@dataclass(frozen=True, eq=False)
class _Walked:
    entered: npt.NDArray[np.int8]
    current: npt.NDArray[np.int8]
    states: npt.NDArray[np.uint8]
    decided_rows: Ints


def read_facts(
    evidence: Sequence[View],
    rules: Rules,
    *,
    dormancy_days: float | None,
    ticks_per_day: float,
    as_of: int,
) -> Facts:
    """Walk every journey once, learn what silence is normal, then settle the outcomes."""
    walked = threads.ask(partial(_walk, rules=rules), evidence)
    pairs = list(zip(evidence, walked, strict=True))
    silence = _silence(pairs, rules.n_stages, dormancy_days, ticks_per_day)
    settle = partial(_settle, rules=rules, silence=silence, as_of=as_of)
    return Facts(tuple(threads.ask(settle, pairs)), silence)


def rules_of(store: Store, definitions: Definitions) -> Rules:
    """Translate names into codes."""
    stage_rules = {
        rule: {
            item: code
            for code, stage in enumerate(definitions.stages)
            for item in getattr(stage, rule)
        }
        for rule in ("touchpoints", "values", "channels")
    }
    verdicts = {
        item: state
        for state, items in (
            (kernels.WON, definitions.won),
            (kernels.LOST, definitions.lost),
            (kernels.NO_DECISION, definitions.no_decision),
        )
        for item in items
    }
    types = store.touchpoint_types
    shown = _lookup(store, "direction", {"was shown": 1}, default=0)
    return Rules(
        np.array([verdicts.get(name, kernels.UNDECIDING) for name in types], dtype=np.uint8),
        np.array([stage_rules["touchpoints"].get(name, -1) for name in types], dtype=np.int8),
        _lookup(store, "stage", stage_rules["values"], default=-1),
        _lookup(store, "channel", stage_rules["channels"], default=-1),
        None if shown is None else shown.astype(bool),
        len(definitions.stages),
    )


def _lookup(
    store: Store, column: str, meaning: dict[str, int], *, default: int
) -> npt.NDArray[np.int8] | None:
    if column not in store.text_columns or not meaning:
        return None
    names = store.dictionaries[column].to_pylist()
    return np.array(
        [default if name is None else meaning.get(name, default) for name in names], dtype=np.int8
    )


def entered_stages(view: View, rules: Rules) -> npt.NDArray[np.int8]:
    """The stage that each touchpoint enters (-1: none): by type, stage column, channel."""
    entered = take(rules.stage_of_type, view.codes("touchpoint"))
    for column, lookup in (("stage", rules.stage_of_value), ("channel", rules.stage_of_channel)):
        if lookup is not None:
            entered = np.where(entered >= 0, entered, lookup[view.codes(column)])
    return entered


def _by_customer(view: View, rules: Rules) -> npt.NDArray[np.bool_]:
    if rules.is_shown is None:
        return np.ones(view.n_touchpoints, dtype=bool)
    return ~rules.is_shown[view.codes("direction")]


def _run(
    view: View, rules: Rules, entered: npt.NDArray[np.int8], dormancy: float
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint8], Ints, npt.NDArray[np.int32]]:
    return kernels.walk(
        entered,
        take(rules.verdict_of_type, view.types),
        _by_customer(view, rules),
        view.ticks,
        view.offsets,
        rules.n_stages - 1,
        dormancy,
    )


def _walk(view: View, *, rules: Rules) -> _Walked:
    entered = entered_stages(view, rules)
    current, states, decided, _ = _run(view, rules, entered, np.inf)
    return _Walked(entered, current, states, decided)


def _silence(
    pairs: Sequence[tuple[View, _Walked]],
    n_stages: int,
    dormancy_days: float | None,
    ticks_per_day: float,
) -> Silence:
    every = np.concatenate([np.empty(0, np.int64), *threads.ask(_all_gaps, pairs)])
    won = np.concatenate([np.empty(0, np.int64), *threads.ask(_won_gaps, pairs)])
    any_won = any(bool(np.any(walked.states == kernels.WON)) for _, walked in pairs)
    least = DORMANCY_LEAST_DAYS * ticks_per_day
    if dormancy_days is not None:
        dormancy = dormancy_days * ticks_per_day
    else:
        limit = _percentile(won if any_won else every, DORMANCY_PERCENTILE, unknown=0.0)
        dormancy = max(limit, least)
    advanced = threads.ask(_gaps_before_advance, pairs)
    stages = np.concatenate([np.empty(0, np.int8), *(stage for stage, _ in advanced)])
    gaps = np.concatenate([np.empty(0, np.int64), *(gap for _, gap in advanced)])
    n_gaps = np.bincount(stages, minlength=n_stages + 1).astype(np.int64)
    is_own = n_gaps >= NORMAL_LEAST_GAPS
    of_all = _percentile(every, NORMAL_PERCENTILE, unknown=np.inf)
    normal = np.full(n_stages + 1, of_all)
    for stage in np.flatnonzero(is_own):
        normal[stage] = _percentile(gaps[stages == stage], NORMAL_PERCENTILE, unknown=of_all)
    return Silence(dormancy, normal, n_gaps, is_own)


def _all_gaps(pair: tuple[View, _Walked]) -> Ints:
    view, _ = pair
    return kernels.gaps_of(view.ticks, view.offsets, np.ones(view.n_journeys, dtype=bool))


def _won_gaps(pair: tuple[View, _Walked]) -> Ints:
    view, walked = pair
    return kernels.gaps_of(view.ticks, view.offsets, walked.states == kernels.WON)


def _gaps_before_advance(pair: tuple[View, _Walked]) -> tuple[npt.NDArray[np.int8], Ints]:
    view, walked = pair
    return kernels.gaps_before_advance(walked.current, view.ticks, view.offsets)


def _percentile(values: Ints, percent: int, *, unknown: float) -> float:
    """In whole ticks, so that rounding can't tell equal silences apart."""
    if not len(values):
        return unknown
    place, hundredths = divmod((len(values) - 1) * percent, 100)
    low, high = kernels.values_at(values, place)
    return float(np.rint(low + (high - low) * hundredths / 100))


def _settle(
    pair: tuple[View, _Walked], *, rules: Rules, silence: Silence, as_of: int
) -> ShardFacts:
    view, walked = pair
    _, states, _, reopened = _run(view, rules, walked.entered, silence.dormancy_ticks)
    outcomes = kernels.settle(
        walked.current,
        states,
        view.ticks,
        view.offsets,
        as_of,
        silence.dormancy_ticks,
        silence.normal_ticks,
    )
    entered, advanced = stage_entries(walked.current, view.offsets, rules.n_stages)
    return ShardFacts(
        view=view,
        current=frozen(walked.current),
        outcomes=frozen(outcomes),
        decided_rows=frozen(walked.decided_rows),
        reopened=frozen(reopened),
        entered=frozen(entered),
        advanced=frozen(advanced),
        verdict_of_type=rules.verdict_of_type,
    )
