"""Which calls to action which segment answers, and what follows."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.scores.milestones import types_meaning
from journey.analysis.stages.segments import members, segmentation
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

COLUMNS = (
    *("call_to_action", "value", "n_segment", "n_journeys", "answer_rate", "low", "high"),
    *("n_decided", "win_rate"),
)


def calls_to_action(log: TouchpointLog, *, by: str) -> pd.DataFrame:
    """How many journeys of each segment answered each call to action.

    Touchpoint types are calls to action by their meaning ``call_to_action``.

    Parameters
    ----------
    by
        An attribute of accounts or people, or a column of touchpoints; segments as in
        ``segment_breakdown``.

    Returns
    -------
    DataFrame
        One row per call and segment: ``call_to_action``, ``value`` (None: not known);
        ``n_segment`` journeys of the segment; ``n_journeys`` of these that answered;
        ``answer_rate`` (``n_journeys`` / ``n_segment``) with its 95 % Wilson interval ``low``,
        ``high``; ``n_decided`` of those that answered, ``win_rate`` of these. By call, most
        journeys first, then ``n_segment``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "b"], "channel": ["Ads", "Ads"],
    ...     "touchpoint": ["Contact form", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}))
    >>> calls_to_action(log, by="channel")[["call_to_action", "value", "n_journeys", "answer_rate"]]
      call_to_action value  n_journeys  answer_rate
    0   Contact form   Ads           1          0.5
    """
    segments = segmentation(log.store, by).names
    calls = np.flatnonzero(types_meaning(log.store, log.definitions, "call_to_action"))
    question = partial(_count_answers, by=by, calls=tuple(calls.tolist()))
    shape = len(calls) + 1, len(segments)
    n_all, n_decided, n_won = sum(log.ask_with_facts(question), np.zeros((3, *shape), np.int64))
    frame = _answers(n_all, n_decided, n_won)
    names = log.store.touchpoint_types
    frame["call_to_action"] = [names[calls[place]] for place in frame["call"]]
    frame["value"] = pd.Series([segments[place] for place in frame["segment"]], dtype=object)
    if not log.definitions.won:
        frame["win_rate"] = np.nan
    return _largest_first(frame[frame["n_call"] > 0])


def _largest_first(frame: pd.DataFrame) -> pd.DataFrame:
    order, is_up = ["n_call", "call_to_action", "n_segment"], [False, True, False]
    return frame.sort_values(order, ascending=is_up, kind="stable", ignore_index=True)[
        list(COLUMNS)
    ]


def _answers(n_all: Ints, n_decided: Ints, n_won: Ints) -> pd.DataFrame:
    """Rates of every call in every segment that has journeys, by their places."""
    call, segment = np.nonzero(np.broadcast_to(n_all[-1] > 0, n_all[:-1].shape))
    rate, low, high = wilson(n_all[call, segment], n_all[-1, segment])
    return pd.DataFrame(
        {
            "call": call,
            "segment": segment,
            "n_segment": n_all[-1, segment],
            "n_journeys": n_all[call, segment],
            "answer_rate": rate,
            "low": low,
            "high": high,
            "n_decided": n_decided[call, segment],
            "win_rate": wilson(n_won[call, segment], n_decided[call, segment])[0],
            "n_call": n_all[:-1].sum(axis=1)[call],
        }
    )


def has_answered(part: Part, *, call: int) -> Flags:
    """Journeys in view with a touch of a type."""
    view, _ = part
    rows = np.flatnonzero(view.codes("touchpoint") == call)
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[np.searchsorted(view.offsets, rows, side="right") - 1] = True
    return flags


def _count_answers(part: Part, *, by: str, calls: tuple[int, ...]) -> Ints:
    """Journeys, decided ones and won ones by call (last: all) and segment."""
    view, facts = part
    segments = segmentation(view.store, by)
    journey, segment = members(view, segments)
    outcomes = facts.outcomes[view.journeys]
    kinds = (np.ones(view.n_journeys, dtype=bool), outcomes <= NO_DECISION, outcomes == WON)
    counts = np.zeros((3, len(calls) + 1, len(segments.names)), np.int64)
    answered = [*(has_answered(part, call=call) for call in calls), kinds[0]]
    for place, flags in enumerate(answered):
        for kind, chosen in enumerate(kinds):
            mine = segment[(flags & chosen)[journey]]
            counts[kind, place] = np.bincount(mine, minlength=len(segments.names))
    return counts
