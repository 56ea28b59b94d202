"""How people feel at which stage and touchpoint: by a sentiment column, survey answers or texts."""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import Z_95
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.distinct import firsts
from journey.log import TouchpointLog
from journey.schema import (
    COMMENTS_NOT_READ,
    FROM_SCORE,
    FROM_TEXT,
    NO_FEELING,
    NOT_ENGLISH,
    OUTCOMES,
    SENTIMENT_FROM,
)
from journey.selection import Keep
from journey.store.layout import frozen
from journey.store.view import View
from journey.wording import counted

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]
Dimension = Literal["stage", "touchpoint", "outcome"]

DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
SOURCES: Final = (FROM_SCORE, FROM_TEXT, NOT_ENGLISH, NO_FEELING)


def feelings(
    log: TouchpointLog, *, by: Sequence[Dimension] = ("stage", "touchpoint")
) -> pd.DataFrame:
    """Mean sentiment of touches that have one, as scored in the log or read from their comment.

    Parameters
    ----------
    by
        What the means are of: ``stage`` (the journey is in after the touch), ``touchpoint``,
        ``outcome`` of the journey, or several of them.

    Returns
    -------
    DataFrame
        One row per combination that has a score: the columns of ``by`` (None: before any stage);
        ``n_scores``, touches with a score; ``n_from_text`` of them read from a comment;
        ``n_journeys`` that have one; ``mean_sentiment`` in the unit of the log, with its 95 %
        interval ``low``, ``high`` (normal; not a number for a single score). In the order of
        stages, by name of touchpoint, in the order of outcomes; no rows without any sentiment.

    Raises
    ------
    ValueNotAllowedError
        If means can't be taken by that.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a", "b"], "touchpoint": "Call",
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 3), "sentiment": [0.5, 0.1, None]}))
    >>> feelings(log, by=["touchpoint"])[["touchpoint", "n_scores", "mean_sentiment"]]
      touchpoint  n_scores  mean_sentiment
    0       Call         2             0.3
    """
    for dimension in by:
        if dimension not in DIMENSIONS:
            raise ValueNotAllowedError.among(dimension, DIMENSIONS, what="What means are taken by")
    names = [_names(log, dimension) for dimension in by]
    shape = tuple(map(len, names))
    empty = np.zeros((5, int(np.prod(shape))))
    sums = sum(log.ask_with_facts(partial(_sums, by=tuple(by), shape=shape)), empty)
    groups = _in_order(np.flatnonzero(sums[0]), by, names)
    places = np.unravel_index(groups, shape) if shape else ()
    named = {
        dimension: pd.Series([own[place] for place in mine.tolist()], dtype=object)
        for dimension, own, mine in zip(by, names, places, strict=True)
    }
    return pd.DataFrame({**named, **_means(sums[:, groups])})


def sentiment_sources(log: TouchpointLog) -> pd.DataFrame:
    """Where the sentiment of the touches in view is from, and texts that have none.

    Returns
    -------
    DataFrame
        ``source``: ``score`` of the log, ``text`` of a comment, and the comments without a
        sentiment, ``not English`` (probably) and ``no feeling found``; ``n_touchpoints`` in view.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": "Call",
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2), "sentiment": [0.5, None]}))
    >>> sentiment_sources(log).values.tolist()
    [['score', 1], ['text', 0], ['not English', 0], ['no feeling found', 0]]
    """
    counts = sum(log.ask(_count_sources), np.zeros(len(SOURCES), np.int64))
    return pd.DataFrame({"source": SOURCES, "n_touchpoints": counts})


def sources_text(log: TouchpointLog) -> str:
    """What the scores in view are from, or why comments gave none; empty without comments.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": "Call",
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2), "sentiment": [0.5, None],
    ...     "sentiment_from": ["text", "not English"]}))
    >>> sources_text(log)
    '1 of 1 score is read word by word from an English text, -1 to 1. 1 text has none: ...'
    """
    n_scored, n_read, n_foreign, n_flat = sentiment_sources(log)["n_touchpoints"].tolist()
    if not n_read + n_foreign + n_flat:
        notes = log.report.notes if log.report else ()
        return next((note for note in notes if note.startswith(COMMENTS_NOT_READ)), "")
    n_all, n_without = n_scored + n_read, n_foreign + n_flat
    text = (
        f"{n_read:,} of {counted(n_all, 'score')} {'is' if n_all == 1 else 'are'} read word by "
        "word from an English text, -1 to 1."
    )
    if not n_without:
        return text
    return (
        f"{text} {counted(n_without, 'text')} {'has' if n_without == 1 else 'have'} none: "
        f"{n_foreign:,} probably not in English, {n_flat:,} without a word that tells a feeling."
    )


def _count_sources(view: View) -> Ints:
    return np.bincount(_sources(view) + 1, minlength=len(SOURCES) + 1)[1:]


def felt(
    log: TouchpointLog, *, stage: str | None = None, touchpoint: str | None = None
) -> TouchpointLog:
    """Journeys with a scored touch in a stage, of a touchpoint type, or both: ``n_journeys``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage or touchpoint type.
    """
    stages, types = log.definitions.stage_names, log.type_names
    for value, known, what in ((stage, stages, "stage"), (touchpoint, types, "touchpoint type")):
        if value is not None and value not in known:
            raise ValueNotAllowedError.among(value, known, what=f"The {what}")
    arguments = (
        ("stage", None if stage is None else stages.index(stage)),
        ("touchpoint", None if touchpoint is None else types.index(touchpoint)),
    )
    return log.keep(Keep(_has_felt, arguments))


def _means(sums: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Means with their intervals, of groups that have a score."""
    n, n_journeys, total, squares, n_from_text = sums
    mean = total / n
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.maximum(squares - n * mean**2, 0) / (n - 1))
    half = np.where(n > 1, Z_95 * spread / np.sqrt(n), np.nan)
    counts = {"n_scores": n, "n_from_text": n_from_text, "n_journeys": n_journeys}
    whole = {name: values.astype(np.int64) for name, values in counts.items()}
    return {**whole, "mean_sentiment": mean, "low": mean - half, "high": mean + half}


def _names(log: TouchpointLog, dimension: Dimension) -> Sequence[str | None]:
    """What the codes of a dimension are called."""
    if dimension == "stage":
        return (*log.definitions.stage_names, None)
    return log.type_names if dimension == "touchpoint" else OUTCOMES


def _in_order(groups: Ints, by: Sequence[Dimension], names: Sequence[Sequence[str | None]]) -> Ints:
    """Groups by stage and outcome in their order, touchpoints by name."""
    if not by:
        return groups
    keys: list[Ints] = []
    places = np.unravel_index(groups, tuple(map(len, names)))
    for dimension, own, mine in zip(by, names, places, strict=True):
        if dimension == "touchpoint":
            rank_of = {name: rank for rank, name in enumerate(sorted(map(str, own)))}
            keys.append(np.array([rank_of[str(own[place])] for place in mine.tolist()], np.int64))
        else:
            keys.append(mine)
    return groups[np.lexsort(keys[::-1])]


def _scored(part: Part) -> tuple[Ints, Floats]:
    """Rows of the view that have a score, and the scores."""
    scores = part[0].numbers("sentiment")
    if scores is None:
        return np.empty(0, np.int64), np.empty(0)
    rows = np.flatnonzero(~np.isnan(scores))
    return rows, scores[rows]


def _sums(part: Part, *, by: Sequence[Dimension], shape: tuple[int, ...]) -> Floats:
    """By group: scores, journeys with one, their sum, that of their squares, those of texts."""
    view, facts = part
    rows, scores = _scored(part)
    n = int(np.prod(shape))
    owners = np.repeat(np.arange(view.n_journeys), view.lengths)[rows]
    groups = np.zeros(len(rows), np.int64)
    for dimension, size in zip(by, shape, strict=True):
        if dimension == "stage":
            stages = facts.stages_in(view)[rows].astype(np.int64)
            codes = np.where(stages < 0, size - 1, stages)
        elif dimension == "touchpoint":
            codes = view.types[rows].astype(np.int64)
        else:
            codes = facts.outcomes[view.journeys[owners]].astype(np.int64)
        groups = groups * size + codes
    is_first = firsts(frozen(groups), frozen(owners), n)
    sums = np.empty((5, n))
    sums[0] = np.bincount(groups, minlength=n)
    sums[1] = np.bincount(groups[is_first], minlength=n)
    sums[2] = np.bincount(groups, weights=scores, minlength=n)
    sums[3] = np.bincount(groups, weights=scores**2, minlength=n)
    sums[4] = np.bincount(
        groups, weights=_sources(view)[rows] == SOURCES.index(FROM_TEXT), minlength=n
    )
    return sums


def _sources(view: View) -> npt.NDArray[np.int8]:
    """Where the sentiment of each touch in view is from, by its place in the sources; -1: none."""
    values = view.store.dictionaries.get(SENTIMENT_FROM)
    if values is None:
        scores = view.numbers("sentiment")
        has_none = np.ones(view.n_touchpoints, bool) if scores is None else np.isnan(scores)
        return np.where(has_none, -1, 0).astype(np.int8)
    places = [SOURCES.index(name) if name in SOURCES else -1 for name in values.to_pylist()]
    return np.array(places, np.int8)[view.codes(SENTIMENT_FROM)]


def _has_felt(part: Part, *, stage: int | None, touchpoint: int | None) -> Flags:
    view, facts = part
    rows, _ = _scored(part)
    kept = np.ones(len(rows), dtype=bool)
    if stage is not None:
        kept &= facts.stages_in(view)[rows] == stage
    if touchpoint is not None:
        kept &= view.types[rows] == touchpoint
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[np.searchsorted(view.offsets, rows[kept], side="right") - 1] = True
    return flags
