"""Facts of journeys: stage after every touch, outcome, reopenings; read from all touchpoints.

Facts belong to journeys and don't change with what a view shows or hides.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from journey.definitions import Definitions
from journey.kernels import facts as kernels
from journey.kernels.select import rows_before, take, take_ranges
from journey.kernels.stages import longest_silences, stage_entries
from journey.percentiles import Cells, Targets, percentiles
from journey.silence import Silence, Silent, in_order
from journey.store.cache import keep
from journey.store.layout import Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]

Answer = TypeVar("Answer")
Ask = Callable[[Callable[["Walked"], Any]], list[Any]]

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
    (-1: none); a winning row enters the stage it does by rule, and then the last one.
    ``silent_rows`` are the last rows before the silence that ended a journey without
    decision (-1: none did). ``is_shown`` says which directions are no doing of the customer.
    ``silence`` is that of the whole log. ``about`` tells these facts from all others: by their
    shard, the instant and the definitions.
    """

    about: Hashable
    view: View
    current: npt.NDArray[np.int8]
    outcomes: npt.NDArray[np.uint8]
    decided_rows: Ints
    silent_rows: Ints
    reopened: npt.NDArray[np.int32]
    entered: Rows
    advanced: Rows
    verdict_of_type: npt.NDArray[np.uint8]
    is_shown: npt.NDArray[np.bool_] | None
    silence: Silence
    as_of: int

    @property
    def n_bytes(self) -> int:
        """Memory it may hold."""
        return 2 * len(self.current) + 40 * len(self.outcomes) + 6 * self.entered.nbytes

    def kept(self, name: Hashable, make: Callable[[], Answer]) -> Answer:
        """What follows from these facts and what the name says: made once, whatever is in view."""
        return keep((name, self.about), make)

    @cached_property
    def silent(self) -> tuple[Silent, ...]:
        """Decided journeys by stage and longest silence there, whatever is in view."""
        view, limit = self.view, self.silence.dormancy_limit
        longest = longest_silences(
            self.current, view.ticks, view.offsets, self.is_open, self.as_of, limit, self.n_stages
        )
        is_won = self.outcomes[self.is_over] == kernels.WON
        return tuple(map(in_order, longest[self.is_over].T, repeat(is_won)))

    @cached_property
    def is_open(self) -> npt.NDArray[np.bool_]:
        """Whether each touch left its journey open: not decided, nor dormant and not come back."""
        view = self.view
        return frozen(
            kernels.open_after(
                take(self.verdict_of_type, view.types),
                _by_customer(view, self.is_shown),
                view.ticks,
                view.offsets,
                self.silence.dormancy_ticks,
            )
        )

    @property
    def is_over(self) -> npt.NDArray[np.bool_]:
        """Journeys that a touch or silence ended."""
        return (self.decided_rows >= 0) | (self.silent_rows >= 0)

    @cached_property
    def ended_ticks(self) -> Ints:
        """When a touch, or silence beyond dormancy, ended each journey; else ``as_of``."""
        found = np.full(len(self.outcomes), self.as_of, np.int64)
        limit = self.silence.dormancy_limit
        for rows, delay in ((self.decided_rows, 0), (self.silent_rows, limit)):
            known = np.flatnonzero(rows >= 0)
            found[known] = self.view.ticks[rows[known]].astype(np.int64) + delay
        return frozen(found)

    @cached_property
    def end_rows(self) -> Ints:
        """One past the last touch of each journey before it was over, else past its last one."""
        after_silence = np.where(self.silent_rows >= 0, self.silent_rows + 1, self.view.offsets[1:])
        return frozen(np.where(self.decided_rows >= 0, self.decided_rows, after_silence))

    @property
    def n_stages(self) -> int:
        """How many stages there are."""
        return self.entered.shape[1]

    @property
    def last_rows(self) -> Ints:
        """The last touchpoint of each journey, in the evidence."""
        return self.view.offsets[1:] - 1

    @cached_property
    def last_stages(self) -> npt.NDArray[np.int8]:
        """The stage each journey is in at ``as_of``, -1 before any."""
        if not len(self.current):
            return frozen(np.full(self.view.n_journeys, -1, np.int8))
        return frozen(self.current[self.last_rows])

    def stages_in(self, view: View) -> npt.NDArray[np.int8]:
        """The stage after each touchpoint of a view of the same shard, read from all of them."""
        return self.told_in(view, self.current)

    def rows_in(self, view: View) -> Ints:
        """Where each touchpoint of a view of the same shard stands in the evidence."""
        if view.rows is not None and self.view.offsets is self.view.shard.offsets:
            return frozen(view.rows.astype(np.int64))
        return self.told_in(view, frozen(np.arange(len(self.current))))

    def stages_at(self, rows: Ints, journeys: Ints) -> npt.NDArray[np.int8]:
        """The stage after some rows of the shard, which are of journeys at these positions."""
        evidence = self.view
        if evidence.offsets is evidence.shard.offsets:
            return self.current[rows]
        return self.current[rows + (evidence.offsets[:-1] - evidence.begins)[journeys]]

    def told_in(self, view: View, told: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Of what is told of each row of the evidence that of the touchpoints of a view."""
        evidence = self.view
        if evidence.offsets is evidence.shard.offsets:
            return view.gathered(told)
        shifts = (evidence.offsets[:-1] - evidence.begins)[view.journeys]
        if view.rows is None:
            return frozen(take_ranges(told, frozen(view.begins + shifts), view.offsets))
        return frozen(take(told, view.rows + np.repeat(shifts, view.lengths)))

    def ends_in(self, view: View) -> Ints:
        """One past the last touch in view of each journey in view before it was over."""
        chosen, evidence = view.journeys, self.view
        limits = (self.end_rows - evidence.offsets[:-1] + evidence.begins)[chosen]
        if view.rows is not None:
            return rows_before(view.rows, view.offsets, frozen(limits))
        return view.offsets[:-1] + np.clip(limits - view.begins, 0, view.lengths)

    def reached(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Journeys that ever entered a wanted stage."""
        return np.any(self.entered[:, wanted] >= 0, axis=1)


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
class Walked:
    """Every journey of a shard walked once, dormancy aside."""

    view: View
    entered: npt.NDArray[np.int8]
    current: npt.NDArray[np.int8]
    states: npt.NDArray[np.uint8]
    decided_rows: Ints
    reopened: npt.NDArray[np.int32]

    @property
    def n_bytes(self) -> int:
        """Memory held."""
        return 2 * len(self.current) + 13 * len(self.states)


def walk(evidence: View, rules: Rules) -> Walked:
    """Walk every journey of a shard: dormancy changes neither stages nor what decided."""
    entered = entered_stages(evidence, rules)
    every = evidence.offsets[:-1], evidence.offsets[1:]
    current, states, decided, reopened, _ = _run(evidence, rules, entered, *every, np.inf)
    return Walked(evidence, entered, current, states, decided, reopened)


def learn_silence(
    ask: Ask, n_stages: int, *, dormancy_days: float | None, ticks_per_day: float
) -> Silence:
    """What silence is normal, from the gaps in all shards.

    Parameters
    ----------
    ask
        Puts a question to every shard, walked.
    """
    every, won = n_stages, n_stages + 1
    first = [_first_cells(ask(partial(_count_gaps, n_stages=n_stages)), n_stages + 2)]
    within = partial(_gaps_within, n_stages=n_stages)
    wanted = [(stage, NORMAL_PERCENTILE) for stage in range(n_stages)]
    wanted += [(every, NORMAL_PERCENTILE), (every, DORMANCY_PERCENTILE), (won, DORMANCY_PERCENTILE)]
    counted, found = percentiles(first, ask, within, wanted, n_stages + 2)
    # In whole ticks, so that rounding can't tell equal silences apart.
    normal, limit_of_every, limit_of_won = np.split(np.rint(found), [n_stages + 1, n_stages + 2])
    if dormancy_days is not None:
        dormancy = dormancy_days * ticks_per_day
    else:
        limit = limit_of_won if any(ask(_has_won)) else limit_of_every
        dormancy = float(np.fmax(limit, DORMANCY_LEAST_DAYS * ticks_per_day)[0])
    n_gaps = np.append(counted[:n_stages], 0)
    is_own = n_gaps >= NORMAL_LEAST_GAPS
    of_all = normal[-1] if counted[every] else np.inf
    return Silence(dormancy, np.where(is_own, normal, of_all), n_gaps, is_own, int(counted[every]))


def settle(
    walked: Walked, rules: Rules, silence: Silence, as_of: int, about: Hashable
) -> ShardFacts:
    """The facts of a shard, once it is known what silence is normal."""
    view = walked.view
    states, reopened = walked.states.copy(), walked.reopened.copy()
    silent = np.full(view.n_journeys, -1, np.int64)
    dormant = kernels.journeys_pausing(view.ticks, view.offsets, silence.dormancy_ticks)
    if len(dormant):
        borders = frozen(view.offsets[dormant]), frozen(view.offsets[dormant + 1])
        again = _run(view, rules, walked.entered, *borders, silence.dormancy_ticks)
        states[dormant], reopened[dormant], silent[dormant] = again[1], again[3], again[4]
    outcomes = kernels.settle(
        *(walked.current, states, view.ticks, view.offsets, as_of),
        *(silence.dormancy_ticks, silence.normal_ticks),
    )
    is_silent = (states == kernels.OPEN) & (outcomes == kernels.NO_DECISION)
    silent = np.where(is_silent, view.offsets[1:] - 1, silent)
    won = frozen(np.where(states == kernels.WON, walked.decided_rows, -1))
    entered, advanced = stage_entries(
        walked.current, walked.entered, view.offsets, won, rules.n_stages
    )
    return ShardFacts(
        about=about,
        view=view,
        current=frozen(walked.current),
        outcomes=frozen(outcomes),
        decided_rows=frozen(walked.decided_rows),
        silent_rows=frozen(silent),
        reopened=frozen(reopened),
        entered=frozen(entered),
        advanced=frozen(advanced),
        verdict_of_type=rules.verdict_of_type,
        is_shown=rules.is_shown,
        silence=silence,
        as_of=as_of,
    )


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


def _by_customer(view: View, is_shown: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_]:
    if is_shown is None:
        return np.ones(view.n_touchpoints, dtype=bool)
    name = "by customer", is_shown.tobytes()
    return view.told(name, lambda: frozen(~is_shown[view.shard.codes["direction"]]))


def _run(
    view: View,
    rules: Rules,
    entered: npt.NDArray[np.int8],
    begins: Ints,
    ends: Ints,
    dormancy: float,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint8], Ints, npt.NDArray[np.int32], Ints]:
    return kernels.walk(
        entered,
        take(rules.verdict_of_type, view.types),
        _by_customer(view, rules.is_shown),
        view.ticks,
        begins,
        ends,
        rules.n_stages - 1,
        dormancy,
    )


def _has_won(walked: Walked) -> bool:
    return bool(np.any(walked.states == kernels.WON))


def _count_gaps(walked: Walked, *, n_stages: int) -> Ints:
    view = walked.view
    return kernels.count_gaps(walked.current, walked.states, view.ticks, view.offsets, n_stages)


def _first_cells(counts: Sequence[Ints], n_groups: int) -> Cells:
    """The gaps of all shards by group and cell; a shard ends at its longest."""
    total = np.zeros((n_groups, max((one.shape[1] for one in counts), default=0)), np.int64)
    for one in counts:
        total[:, : one.shape[1]] += one
    groups, keys = np.nonzero(total)
    bits = np.where(keys > 0, keys + kernels.FIRST_KEY, 0) << kernels.KEY_SHIFT
    return Cells(groups, bits, total[groups, keys], np.ones(n_groups, dtype=bool))


def _gaps_within(walked: Walked, targets: Targets, *, n_stages: int) -> tuple[Ints, Ints]:
    view = walked.view
    return kernels.gaps_within(
        walked.current,
        walked.states,
        view.ticks,
        view.offsets,
        n_stages,
        frozen(targets.starts),
        frozen(targets.lows),
        frozen(targets.highs),
    )
