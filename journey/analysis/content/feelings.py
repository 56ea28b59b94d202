"""How people feel at which stage and touchpoint: by a sentiment column, survey answers or texts."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from journey.store.cache import keep
from journey.store.layout import Shard, Store, frozen
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
    told = _told_of(view)
    at, _ = view.in_view(told.rows, told.journeys)
    return np.bincount(told.sources[at] + 1, minlength=len(SOURCES) + 1)[1:]


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


@dataclass(frozen=True, eq=False)
class _Told:
    """The touches of a shard that tell a feeling, or have a text that should: mostly few of all.

    ``rows`` in the shard, position of their journeys there, scores (not a number: none), and the
    place of what they are from among the sources (-1: not said). Kept narrow, as in some logs
    every touch tells one.
    """

    rows: npt.NDArray[np.uint32]
    journeys: npt.NDArray[np.uint32]
    scores: Floats
    sources: npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class _Scored:
    """The touches in view that have a score: as above, and the place of their journeys in view."""

    rows: Ints
    journeys: Ints
    scores: Floats
    sources: npt.NDArray[np.int8]
    owners: Ints


def _told_of(view: View) -> _Told:
    """What the touches of the whole shard tell, whatever is in view."""
    key = "feelings", view.store.fingerprint, view.shard.cut
    return keep(key, partial(_read_told, view.store, view.shard))


def _read_told(store: Store, shard: Shard) -> _Told:
    scores = shard.numbers.get("sentiment", np.full(len(shard.ticks), np.nan))
    has_score = ~np.isnan(scores)
    values = store.dictionaries.get(SENTIMENT_FROM)
    sources = np.where(has_score, 0, -1).astype(np.int8)
    if values is not None:
        places = [SOURCES.index(name) if name in SOURCES else -1 for name in values.to_pylist()]
        sources = np.array(places, np.int8)[store.codes(shard, SENTIMENT_FROM)]
    rows = np.flatnonzero(has_score | (sources >= 0))
    journeys = np.searchsorted(shard.offsets, rows, side="right") - 1
    return _Told(rows.astype(np.uint32), journeys.astype(np.uint32), scores[rows], sources[rows])


def _scored(part: Part) -> _Scored:
    told = _told_of(part[0])
    at, owners = part[0].in_view(told.rows, told.journeys)
    has_score = ~np.isnan(told.scores[at])
    at, owners = at[has_score], owners[has_score]
    rows, journeys = told.rows[at].astype(np.int64), told.journeys[at].astype(np.int64)
    return _Scored(rows, journeys, told.scores[at], told.sources[at], owners)


def _types_at(view: View, rows: Ints) -> Ints:
    """Types of some rows of the shard, as the view calls them."""
    codes = view.shard.codes["touchpoint"][rows]
    return (codes if view.new_codes is None else view.new_codes[codes]).astype(np.int64)


def _sums(part: Part, *, by: Sequence[Dimension], shape: tuple[int, ...]) -> Floats:
    """By group: scores, journeys with one, their sum, that of their squares, those of texts."""
    view, facts = part
    told = _scored(part)
    n = int(np.prod(shape))
    groups = np.zeros(len(told.rows), np.int64)
    for dimension, size in zip(by, shape, strict=True):
        if dimension == "stage":
            stages = facts.stages_at(told.rows, told.journeys).astype(np.int64)
            codes = np.where(stages < 0, size - 1, stages)
        elif dimension == "touchpoint":
            codes = _types_at(view, told.rows)
        else:
            codes = facts.outcomes[told.journeys].astype(np.int64)
        groups = groups * size + codes
    is_first = firsts(frozen(groups), frozen(told.owners), n)
    sums = np.empty((5, n))
    sums[0] = np.bincount(groups, minlength=n)
    sums[1] = np.bincount(groups[is_first], minlength=n)
    sums[2] = np.bincount(groups, weights=told.scores, minlength=n)
    sums[3] = np.bincount(groups, weights=told.scores**2, minlength=n)
    is_from_text = told.sources == SOURCES.index(FROM_TEXT)
    sums[4] = np.bincount(groups, weights=is_from_text, minlength=n)
    return sums


def _has_felt(part: Part, *, stage: int | None, touchpoint: int | None) -> Flags:
    view, facts = part
    told = _scored(part)
    kept = np.ones(len(told.rows), dtype=bool)
    if stage is not None:
        kept &= facts.stages_at(told.rows, told.journeys) == stage
    if touchpoint is not None:
        kept &= _types_at(view, told.rows) == touchpoint
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[told.owners[kept]] = True
    return flags
