"""The same figures for each value of an attribute: which segments win, and where they drop off."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from journey.analysis.figures.statistics import wilson
from journey.analysis.stages.funnel import entries_of
from journey.analysis.stages.outcomes import ticks_to_win
from journey.errors import ColumnNotFoundError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.schema import OUTCOMES
from journey.selection import JOURNEY_FACTS, filter_columns
from journey.store.cache import memory
from journey.store.layout import Store
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

WON, NO_DECISION = 0, 2


@dataclass(frozen=True, eq=False)
class Segmentation:
    """How the entries of a dictionary fall into segments.

    ``segment_of`` gives the segment of each entry of ``column``'s dictionary; ``names`` their
    values, None last where there is one.
    """

    column: str
    of_journey: bool
    segment_of: Ints
    names: tuple[str | None, ...]

    @property
    def n_bytes(self) -> int:
        """Memory held."""
        return self.segment_of.nbytes + 64 * len(self.names)


def segment_breakdown(log: TouchpointLog, *, by: str) -> pd.DataFrame:
    """Journeys, wins and time to win for each value of an attribute.

    Parameters
    ----------
    by
        An attribute of accounts (each journey is in one segment), an attribute of people or a
        column of touchpoints (a journey is in every segment that takes part in it, and in none
        named only if no touch has a value).

    Returns
    -------
    DataFrame
        One row per value: ``value`` (None: not known), ``n_journeys``, ``n_won``, ``win_rate``
        (won / all journeys of the segment) with its 95 % Wilson interval ``low``, ``high``;
        ``n_decided`` and ``decided_win_rate`` (won / decided); ``median_days_to_win`` (first
        touch to winning touch, of won journeys); ``n_lost``, ``n_no_decision``, ``n_stalled``,
        ``n_in_progress``. By ``n_journeys``, largest first.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": ["Deal won", "Ad"], "channel": ["CRM", "Ads"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> segment_breakdown(log, by="channel")[["value", "n_journeys", "n_won", "win_rate"]]
      value  n_journeys  n_won  win_rate
    0   Ads           1      0       0.0
    1   CRM           1      1       1.0
    """
    names = segmentation(log.store, by).names
    answers = log.ask_with_facts(partial(_count_segments, by=by))
    counts = sum((answer[0] for answer in answers), np.zeros((len(names), len(OUTCOMES)), np.int64))
    waits, look = [answer[1] for answer in answers], partial(_waits_within, by=by)
    halves = [(segment, 50) for segment in range(len(names))]
    _, medians = percentiles(waits, log.ask_with_facts, look, halves, len(names))
    frame = _breakdown_frame(names, counts, medians / log.ticks_per_day)
    return _largest_first(frame[frame["n_journeys"] > 0])


def segment_wins(log: TouchpointLog, *, by: Sequence[str]) -> dict[str, Ints]:
    """Journeys and wins for each value of several attributes of accounts, asked at once.

    Returns
    -------
    dict
        For each attribute ``[journeys or won, value]``, values in the order of ``segmentation``.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(
    ...     pd.DataFrame({"account_id": ["a", "b"], "touchpoint": ["Deal won", "Ad"],
    ...         "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}),
    ...     accounts=pd.DataFrame({"account_id": ["a", "b"], "size": ["L", "M"]}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> segment_wins(log, by=("size",))["size"].tolist()
    [[1, 1, 0], [1, 0, 0]]
    """
    sizes = [len(segmentation(log.store, column).names) for column in by]
    answers = log.ask_with_facts(partial(_count_wins, by=tuple(by)))
    nothing = np.zeros((2, sum(sizes)), np.int64)
    parts = np.split(sum(answers, nothing), np.cumsum(sizes)[:-1], axis=1) if sizes else []
    return dict(zip(by, parts, strict=True))


def segment_stages(log: TouchpointLog, *, by: str) -> pd.DataFrame:
    """Stages reached and drop-off for each value of an attribute, ``by`` as in the breakdown.

    Returns
    -------
    DataFrame
        One row per value and stage: ``value``, ``stage``, ``n_journeys`` (of the segment),
        ``n_reached``, ``reached_share`` (of the segment's journeys), ``n_dropped`` (lost or no
        decision, never went on to the next stage), ``drop_off_rate`` (of those that reached the
        stage; not a number for the last). Segments as in :func:`segment_breakdown`, largest
        first; stages in order.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 3), "channel": ["Web", "Web", "Mail"]}),
    ...     definitions=Definitions((Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))))
    >>> found = segment_stages(log, by="channel")
    >>> found.loc[found["stage"] == "Nurture", ["value", "n_reached"]].values.tolist()
    [['Mail', 0], ['Web', 1]]
    """
    names = segmentation(log.store, by).names
    stages = log.definitions.stage_names
    ask = partial(_count_stages, by=by, n_stages=len(stages))
    empty = np.zeros((3, len(names), len(stages)), np.int64)
    n_journeys, n_reached, n_dropped = sum(log.ask_with_facts(ask), empty)
    values = np.repeat(np.array(names, dtype=object), len(stages))
    frame = pd.DataFrame(
        {
            "value": pd.Series(values, dtype=object),
            "stage": list(stages) * len(names),
            "n_journeys": n_journeys.ravel(),
            "n_reached": n_reached.ravel(),
            "reached_share": wilson(n_reached, n_journeys)[0].ravel(),
            "n_dropped": n_dropped.ravel(),
            "drop_off_rate": wilson(n_dropped, n_reached)[0].ravel(),
        }
    )
    frame.loc[frame["stage"] == stages[-1], "drop_off_rate"] = np.nan
    return _largest_first(frame[frame["n_journeys"] > 0])


def segmentation(store: Store, by: str) -> Segmentation:
    """How a column divides a log."""
    key = ("segmentation", store.fingerprint, by)
    return memory.get(key, partial(_segmentation, store, by), n_bytes=lambda s: s.n_bytes)


def _segmentation(store: Store, by: str) -> Segmentation:
    columns = [name for name in filter_columns(store) if name not in JOURNEY_FACTS]
    if by not in columns:
        raise ColumnNotFoundError.among(by, columns, where="the log")
    if by in store.text_columns:
        names = tuple(store.dictionaries[by].to_pylist())
        return Segmentation(by, by == store.case_role, np.arange(len(names)), names)
    is_account = by in store.accounts.column_names
    table = store.accounts if is_account else store.people
    values = table[by].combine_chunks()
    names = pc.unique(values).drop_null()
    ordered = names.take(pc.sort_indices(names))
    codes = pc.index_in(values, value_set=ordered).fill_null(len(ordered)).to_numpy()
    return Segmentation(
        "account_id" if is_account else "person_id",
        is_account,
        codes.astype(np.int64),
        (*ordered.to_pylist(), None),
    )


def members(view: View, segments: Segmentation) -> tuple[Ints, Ints]:
    """Journeys in view (by position) and the segments they are in, each pair once."""
    if segments.of_journey:
        store = view.store
        is_account = segments.column == "account_id"
        owners = store.journey_accounts(view.shard) if is_account else view.shard.cases
        return np.arange(view.n_journeys), segments.segment_of[owners[view.journeys]]
    found = segments.segment_of[view.codes(segments.column)]
    n_segments = len(segments.names)
    journeys = np.repeat(np.arange(view.n_journeys), np.diff(view.offsets))
    pairs = np.unique(journeys * n_segments + found)
    journey, segment = np.divmod(pairs, n_segments)
    if segments.names and segments.names[-1] is None:
        unknown = segment == n_segments - 1
        named = np.zeros(view.n_journeys, dtype=bool)
        named[journey[~unknown]] = True
        keep = ~(unknown & named[journey])
        journey, segment = journey[keep], segment[keep]
    return journey, segment


def _breakdown_frame(
    names: tuple[str | None, ...], counts: Ints, days: npt.NDArray[np.float64]
) -> pd.DataFrame:
    n_journeys, n_won = counts.sum(axis=1), counts[:, WON]
    n_decided = counts[:, : NO_DECISION + 1].sum(axis=1)
    rate, low, high = wilson(n_won, n_journeys)
    return pd.DataFrame(
        {
            "value": pd.Series(names, dtype=object),
            "n_journeys": n_journeys,
            "n_won": n_won,
            "win_rate": rate,
            "low": low,
            "high": high,
            "n_decided": n_decided,
            "decided_win_rate": wilson(n_won, n_decided)[0],
            "median_days_to_win": days,
            **{f"n_{name}": counts[:, code] for code, name in enumerate(OUTCOMES) if code != WON},
        }
    )


def _count_segments(part: Part, *, by: str) -> tuple[Ints, Cells]:
    """Journeys by segment and outcome; times to win by segment."""
    view, facts = part
    segments = segmentation(view.store, by)
    journey, segment = members(view, segments)
    outcomes = facts.outcomes[view.journeys[journey]]
    shape = len(segments.names), len(OUTCOMES)
    places = segment * len(OUTCOMES) + outcomes
    counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    return counts, first_cells(*_waits(part, journey, segment), shape[0])


def _count_wins(part: Part, *, by: Sequence[str]) -> Ints:
    """Journeys and wins of one shard by the values of all attributes, one after the other."""
    view, facts = part
    is_won = facts.outcomes[view.journeys] == WON
    counts: list[Ints] = [np.zeros((2, 0), np.int64)]
    for column in by:
        segments = segmentation(view.store, column)
        _, segment = members(view, segments)
        both = (segment, segment[is_won])
        counts.append(np.stack([np.bincount(one, minlength=len(segments.names)) for one in both]))
    return np.concatenate(counts, axis=1)


def _waits_within(part: Part, targets: Targets, *, by: str) -> tuple[Ints, Ints]:
    view, _ = part
    groups, waits = _waits(part, *members(view, segmentation(view.store, by)))
    return within(groups, waits, targets)


def _waits(part: Part, journey: Ints, segment: Ints) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Segment and time to win of every won journey."""
    view, facts = part
    chosen = view.journeys[journey]
    is_won = facts.outcomes[chosen] == WON
    return segment[is_won].astype(np.int64), ticks_to_win(facts, chosen[is_won])


def _count_stages(part: Part, *, by: str, n_stages: int) -> Ints:
    """Journeys, of these reached, of these dropped; by segment and stage."""
    view, _ = part
    segments = segmentation(view.store, by)
    entries = entries_of(part)
    journey, segment = members(view, segments)
    over = (entries.outcomes > WON) & (entries.outcomes <= NO_DECISION)
    dropped = entries.has_entered & ~entries.has_advanced & over[:, None]
    counts = np.zeros((3, len(segments.names), n_stages), np.int64)
    for stage in range(n_stages):
        for index, flags in enumerate((None, entries.has_entered, dropped)):
            mine = segment if flags is None else segment[flags[journey, stage]]
            counts[index, :, stage] = np.bincount(mine, minlength=len(segments.names))
    return counts


def _largest_first(frame: pd.DataFrame) -> pd.DataFrame:
    counts, values = frame["n_journeys"].tolist(), frame["value"].tolist()
    order = sorted(range(len(frame)), key=lambda row: (-counts[row], values[row] or ""))
    return frame.iloc[order].reset_index(drop=True)
