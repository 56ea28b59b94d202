"""Waits for an answer that was promised: when they began, what ended them, whether in time.

Two kinds of promise. A *handoff*: a lead that came to a post is to be taken on at a later post, or
sent back. A *reaction*: a journey that entered a stage is to get a touch of the department that
leads it. The clock runs from the first such touch, whatever repeats it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from journey.analysis.figures.month_codes import months_of
from journey.analysis.figures.statistics import kaplan_meier, wilson
from journey.analysis.ownership.promise_events import Handoff, Promise, Reaction, events_of
from journey.analysis.stages.segments import segmentation
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.promises import OVER, SENT_BACK, TAKEN, WAITING, pair_events
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.schema import DECIDED
from journey.store.layout import MICROSECONDS, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Part = tuple[View, ShardFacts]

Standing = Literal["taken", "sent_back", "over", "waiting", "in_time", "late", "due", "past_due"]

POSTS: Final[tuple[Meaning, ...]] = ("mql", "accepted", "sql", "opportunity")
FIGURES: Final = (
    "n_waits",
    "n_journeys",
    "n_taken",
    "n_sent_back",
    "n_over",
    "n_waiting",
    "n_in_time",
    "n_late",
    "n_due",
    "n_past_due",
    "median_hours",
    "p90_hours",
)
NO_FIGURES: Final = tuple(np.nan if name.endswith("_hours") else 0 for name in FIGURES)
HOURS: Final = 24.0
MONTH: Final = "month"
"""Groups waits by the month in which they began, in place of a column's values."""


Wait = tuple[npt.NDArray[np.float64], Bytes, Ints]
"""Of the waits of a group how long they were, how they ended, and the numbers of their journeys."""


@dataclass(frozen=True, eq=False)
class Waits:
    """Waits of one shard's journeys in view: places in the evidence, and how long they were.

    They lasted until first answered; ``ends`` is the touch that took an answer back, if one did.
    """

    journeys: Ints
    begins: Ints
    ends: Ints
    hows: Bytes
    ticks: npt.NDArray[np.float64]


def handoff_promises(log: TouchpointLog) -> list[Handoff]:
    """The handoffs of a log: from each post that it has to the next one it has.

    Posts that the same touchpoint types pass are one.
    """
    meanings, names = log.definitions.meanings, log.store.touchpoint_types
    passed_by = {post: meanings.types(post, names) for post in POSTS}
    has_deals = "opportunity_id" in log.store.text_columns
    posts: list[Meaning] = []
    for post in POSTS:
        is_known = bool(passed_by[post]) or (post == "opportunity" and has_deals)
        if is_known and not (posts and passed_by[post] == passed_by[posts[-1]]):
            posts.append(post)
    return [
        Handoff(
            source,
            posts[place + 1],
            log.definitions.ownership.hours_of(source),
            passed_by[source],
            tuple(dict.fromkeys(name for later in posts[place + 1 :] for name in passed_by[later])),
            meanings.types("sent_back", names),
            ends_with_opportunity="opportunity" in posts[place + 1 :] and has_deals,
            is_last=place + 2 == len(posts),
        )
        for place, source in enumerate(posts[:-1])
    ]


def reaction_promises(log: TouchpointLog) -> list[Reaction]:
    """The stages in which a lead promised to act within some hours."""
    ownership = log.definitions.ownership
    owners = [ownership.of_stage(stage) for stage in log.definitions.stage_names]
    return [
        Reaction(one.stage, position, one.sla_hours, one.leads, ownership)
        for position, one in enumerate(owners)
        if one.leads and one.sla_hours is not None
    ]


def promise_figures(
    log: TouchpointLog, promises: Sequence[Promise], *, by: str | None = None
) -> dict[tuple[int, int], list[float]]:
    """Figures of waits, in the order of :data:`FIGURES`, by promise and group.

    Parameters
    ----------
    by
        A column whose values are the groups, or ``month``; none: all waits are one group.

    Returns
    -------
    dict
        Place of the promise and number of the group (code of the value; months since 1970) to
        figures.
    """
    question = partial(_waits_by_group, promises=tuple(promises), by=by)
    limits = tuple(limit_ticks(log, promise.hours) for promise in promises)
    # Every wait weighs on the curve, so that no histogram gives it exactly: a bucket has them all.
    merge = partial(_merged, limits=limits, ticks_per_hour=log.ticks_per_day / HOURS)
    answers = log.ask_in_buckets_with_facts(question, merge)
    return {key: figures for answer in answers for key, figures in answer.items()}


def figures_columns(rows: Sequence[Sequence[float]]) -> dict[str, npt.NDArray[Any]]:
    """Rows of :data:`FIGURES` as columns, with the share that was late."""
    values = np.array(rows, dtype=float).reshape(-1, len(FIGURES)).T
    columns: dict[str, npt.NDArray[Any]] = {
        name: column.astype(np.int64) if name.startswith("n_") else column
        for name, column in zip(FIGURES, values, strict=True)
    }
    n_missed = columns["n_late"] + columns["n_past_due"]
    rate, low, high = wilson(n_missed, n_missed + columns["n_in_time"])
    return columns | {"late_rate": rate, "late_low": low, "late_high": high}


def limit_ticks(log: TouchpointLog, hours: float | None) -> float:
    """What was promised in the store's unit of time; not a number where nothing was."""
    return np.nan if hours is None else hours * log.ticks_per_day / HOURS


def group_names(log: TouchpointLog, by: str, groups: Sequence[int]) -> list[str | None]:
    """What groups are called: values of the column, or months as ``YYYY-MM``."""
    if by == MONTH:
        return [str(np.datetime64(group, "M")) for group in groups]
    names = segmentation(log.store, by).names
    return [names[group] for group in groups]


def waits_of(part: Part, promise: Promise) -> Waits:
    """Waits of the journeys of one shard that are in view."""
    view, facts = part
    every = all_waits(facts, promise)
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    mine = in_view[every.journeys]
    return Waits(*(getattr(every, one.name)[mine] for one in fields(Waits)))


def all_waits(facts: ShardFacts, promise: Promise) -> Waits:
    """Waits of all journeys of one shard, in view or not."""
    return facts.kept(("waits", promise), partial(_all_waits, facts, promise))


def _all_waits(facts: ShardFacts, promise: Promise) -> Waits:
    evidence, ticks = facts.view, facts.view.ticks
    rows, does = events_of(facts, promise)
    owners = owners_of(frozen(rows), evidence.offsets)
    begun, answered, ended, lapsed, hows = pair_events(frozen(does), frozen(owners))
    journeys, begins = owners[begun], rows[begun]
    answers, ends, lapses = (
        np.where(found >= 0, rows[found] if len(rows) else found, -1)
        for found in (answered, ended, lapsed)
    )
    decided, is_decided = facts.decided_rows[journeys], facts.outcomes[journeys] < len(DECIDED)
    # Whatever came later, a wait during which its journey was decided ended there.
    is_cut = (lapses < 0) & (decided > begins) & ((answers < 0) | (answers > decided))
    is_over = is_cut | ((hows == WAITING) & is_decided)
    hows = np.where(is_over, OVER, hows).astype(np.uint8)
    answers, ends = (np.where(is_cut, decided, found) for found in (answers, ends))
    until = np.maximum(facts.ended_ticks[journeys], ticks[begins])
    until[answers >= 0] = ticks[answers[answers >= 0]]
    silent = lapses[lapses >= 0] - 1
    until[lapses >= 0] = ticks[silent].astype(np.int64) + facts.silence.dormancy_limit
    return Waits(journeys, begins, ends, hows, (until - ticks[begins]).astype(float))


def by_standing(waits: Waits, limit: float) -> Mapping[Standing, Flags]:
    """Which waits stand so, by standing: how they ended, or whether that was within the limit."""
    answered = (waits.hows == TAKEN) | (waits.hows == SENT_BACK)
    waiting, is_over_time = waits.hows == WAITING, waits.ticks > limit
    in_time = ~is_over_time & ~np.isnan(limit)
    return {
        "taken": waits.hows == TAKEN,
        "sent_back": waits.hows == SENT_BACK,
        "over": waits.hows == OVER,
        "waiting": waiting,
        "in_time": answered & in_time,
        "late": answered & is_over_time,
        "due": waiting & in_time,
        "past_due": waiting & is_over_time,
    }


def groups_of(part: Part, waits: Waits, by: str | None) -> Ints:
    """The group of each wait: one for all, the month it began, or the value of a column.

    A column of touchpoints is read at the touch that ended the wait, else at that which began it.
    """
    view, facts = part
    evidence, store = facts.view, view.store
    if by is None:
        return np.zeros(len(waits.begins), np.int64)
    if by == MONTH:
        return months_of(evidence.ticks[waits.begins], MICROSECONDS // store.ticks_per_second)
    segments = segmentation(store, by)
    if segments.of_journey and segments.column == "account_id":
        return segments.segment_of[store.journey_accounts(view.shard)[waits.journeys]]
    rows = np.where(waits.ends >= 0, waits.ends, waits.begins)
    return segments.segment_of[evidence.codes(segments.column)[rows]]


def _waits_by_group(
    part: Part, n_buckets: int, *, promises: Sequence[Promise], by: str | None
) -> list[dict[tuple[int, int], Wait]]:
    """Waits by promise and group, groups taking turns among buckets."""
    buckets: list[dict[tuple[int, int], Wait]] = [{} for _ in range(n_buckets)]
    for place, promise in enumerate(promises):
        waits = waits_of(part, promise)
        groups = groups_of(part, waits, by)
        order = np.argsort(groups, kind="stable")
        found, starts = np.unique(groups[order], return_index=True)
        for group, mine in zip(found.tolist(), np.split(order, starts[1:]), strict=False):
            n_journeys = np.array([len(np.unique(waits.journeys[mine]))])
            bucket = buckets[(place + group) % n_buckets]
            bucket[place, group] = waits.ticks[mine], waits.hows[mine], n_journeys
    return buckets


def _merged(
    parts: Sequence[dict[tuple[int, int], Wait]],
    *,
    limits: Sequence[float],
    ticks_per_hour: float,
) -> dict[tuple[int, int], list[float]]:
    """Figures of the groups of one bucket, all shards together."""
    figures: dict[tuple[int, int], list[float]] = {}
    for key in sorted({key for part in parts for key in part}):
        found = [part[key] for part in parts if key in part]
        ticks, hows, n_journeys = (np.concatenate(column) for column in zip(*found, strict=True))
        figures[key] = _figures(ticks, hows, limits[key[0]], ticks_per_hour)
        figures[key].insert(1, int(n_journeys.sum()))
    return figures


def _figures(
    ticks: npt.NDArray[np.float64], hows: Bytes, limit: float, ticks_per_hour: float
) -> list[float]:
    """All but the number of journeys, in the order of :data:`FIGURES`."""
    none = np.empty(0, np.int64)
    waits = Waits(none, none, none, hows, ticks)
    counts = [int(stand.sum()) for stand in by_standing(waits, limit).values()]
    times = kaplan_meier(ticks, (hows == TAKEN) | (hows == SENT_BACK), (0.5, 0.9))
    return [len(ticks), *counts, *(time / ticks_per_hour for time in times)]
