"""Where journeys turn back to an earlier stage, and the reason given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.facts import ShardFacts
from journey.kernels.distinct import firsts
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]
Reasons = tuple[Ints, Ints]
"""Pairs of stages with a reason, by one number each, and how many moves back had them."""

BACK_COLUMNS = ("source_stage", "target_stage", "n_moves", "n_journeys", "reason")


@dataclass(frozen=True, eq=False)
class BackRows:
    """Moves back: the touchpoint that makes each, stages before and after, and the journey.

    Touchpoints and journeys are places in the evidence.
    """

    rows: Ints
    sources: Ints
    targets: Ints
    journeys: Ints


def back_moves(log: TouchpointLog) -> pd.DataFrame:
    """Moves of journeys back to an earlier stage.

    Returns
    -------
    DataFrame
        One row per pair of stages: ``source_stage``, ``target_stage``, ``n_moves``,
        ``n_journeys``, ``reason`` (the most frequent one given, where the log has one). By
        ``n_moves``, largest first.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> stages = (Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))
    >>> days = [f"2026-01-0{day}" for day in (1, 3, 4, 1, 9)]
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": list("aaabb"), "touchpoint": ["Ad", "Demo", "Ad", "Ad", "Lost"],
    ...     "occurred_at": pd.to_datetime(days)}), definitions=Definitions(stages, lost=("Lost",)))
    >>> back_moves(log)[["source_stage", "target_stage", "n_moves"]].values.tolist()
    [['Nurture', 'Attract', 1]]
    """
    stages = log.definitions.stage_names
    answers = log.ask_with_facts(partial(_back_counts, n_stages=len(stages)))
    empty = np.zeros((2, len(stages) ** 2), np.int64)
    n_moves, n_journeys = sum((counts for counts, _ in answers), empty)
    pairs = np.flatnonzero(n_moves)
    reason_of = _main_reasons(log, [reasons for _, reasons in answers])
    sources, targets = np.divmod(pairs, len(stages) or 1)
    columns = (
        [stages[code] for code in sources],
        [stages[code] for code in targets],
        n_moves[pairs],
        n_journeys[pairs],
        pd.Series([reason_of.get(pair) for pair in pairs.tolist()], dtype=object),
    )
    found = pd.DataFrame(dict(zip(BACK_COLUMNS, columns, strict=True)))
    return found.sort_values("n_moves", ascending=False, kind="stable", ignore_index=True)


def back_rows(part: Part) -> BackRows:
    """Moves back of the journeys of one shard that are in view."""
    view, facts = part
    every = facts.kept("back moves", partial(_all_back_rows, facts))
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    mine = in_view[every.journeys]
    return BackRows(*(getattr(every, one.name)[mine] for one in fields(BackRows)))


def _all_back_rows(facts: ShardFacts) -> BackRows:
    evidence, current = facts.view, facts.current
    owners = np.repeat(np.arange(evidence.n_journeys), np.diff(evidence.offsets))
    back = (current[1:] < current[:-1]) & (current[1:] >= 0) & (owners[1:] == owners[:-1])
    rows = np.flatnonzero(back) + 1
    return BackRows(
        rows, current[rows - 1].astype(np.int64), current[rows].astype(np.int64), owners[rows]
    )


def _back_counts(part: Part, *, n_stages: int) -> tuple[Ints, Reasons]:
    """Moves back and journeys that make them, by pair of stages; and moves by pair and reason."""
    evidence, moves, n_pairs = part[1].view, back_rows(part), n_stages**2
    pairs = moves.sources * n_stages + moves.targets
    once = pairs[firsts(frozen(pairs), frozen(moves.journeys), n_pairs)]
    counts = np.stack([np.bincount(found, minlength=n_pairs) for found in (pairs, once)])
    if "reason" not in evidence.store.text_columns:
        return counts, (pairs[:0], pairs[:0])
    n_reasons = len(evidence.store.dictionaries["reason"])
    given = pairs * n_reasons + evidence.codes("reason")[moves.rows]
    return counts, np.unique(given, return_counts=True)


def _main_reasons(log: TouchpointLog, parts: Sequence[Reasons]) -> dict[int, str]:
    """The reason given most for each pair of stages, of equally frequent ones the first by name."""
    if "reason" not in log.store.text_columns:
        return {}
    names: list[str | None] = log.store.dictionaries["reason"].to_pylist()
    counts = Counter[int]()
    for given, n_moves in parts:
        counts.update(dict(zip(given.tolist(), n_moves.tolist(), strict=True)))
    told = [(divmod(key, len(names)), n_moves) for key, n_moves in counts.items()]
    known = [(-n, name, pair) for (pair, code), n in told if (name := names[code]) is not None]
    return {pair: name for _, name, pair in sorted(known, reverse=True)}
