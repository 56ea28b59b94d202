"""Which activities raise the score, and which of them go with winning."""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.scores.codes import given_points, scoring_of
from journey.analysis.scores.evidence import COMPARED, compared, decided_moments
from journey.analysis.stages.outcomes import names_of_stages
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.facts import UNDECIDING
from journey.kernels.stages import journeys_having_type
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.store.layout import frozen
from journey.store.view import View, cut_after

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

MORE, FEWER, NONE, TOO_FEW = "more wins", "fewer wins", "no difference seen", "too few"


def score_drivers(log: TouchpointLog) -> pd.DataFrame:
    """For each touchpoint type the points it gives, and how often journeys with it win.

    Of decided journeys in view that reached the type's stage before they were decided, those with
    such a touch by then against those without. Who takes a step may differ from who does not in
    other ways too: an association, never a cause.

    Returns
    -------
    DataFrame
        One row per type that decides nothing and stands before a decision: ``touchpoint``,
        ``stage``, ``points_per_touch`` (of engagement, before any fading), ``n_with``,
        ``win_rate`` (of these) with its 95 % interval ``low``, ``high``, ``n_without``,
        ``without_rate``, ``difference`` (``win_rate`` less ``without_rate``) with
        ``difference_low``, ``difference_high``, ``goes_with`` (more wins, fewer wins, no difference
        seen, or too few: fewer than 30 on a side). By ``difference``, largest first, too few last.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Demo", "Won", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-01"])}),
    ...     definitions=Definitions(won=("Won",), lost=("Lost",)))
    >>> score_drivers(log)[["touchpoint", "win_rate", "without_rate", "goes_with"]]
      touchpoint  win_rate  without_rate goes_with
    0       Demo       1.0           0.0   too few
    """
    names = log.store.touchpoint_types
    n_stages = len(log.definitions.stages)
    stage_of = log.rules.stage_of_type
    answers = log.ask_with_facts(partial(_count, definitions=log.definitions))
    having = sum((answer[0] for answer in answers), np.zeros((2, len(names)), np.int64))
    reached = sum((answer[1] for answer in answers), np.zeros((2, n_stages + 1), np.int64))
    points, n_touches = sum((answer[2] for answer in answers), np.zeros((2, len(names))))
    # The last place of what was reached is all: it serves types that enter no stage.
    counts = np.stack([having, reached[:, stage_of] - having], axis=1).transpose(2, 1, 0)
    frame = compared(counts).assign(
        touchpoint=names,
        stage=pd.Series(names_of_stages(log.definitions.stage_names, stage_of), dtype=object),
        points_per_touch=points / np.maximum(n_touches, 1),
    )
    decides_nothing = log.rules.verdict_of_type == UNDECIDING
    frame = frame[decides_nothing & (frame["n_with"] > 0)]
    frame = frame.assign(goes_with=[_goes_with(row) for row in frame.itertuples()])
    columns = ["touchpoint", "stage", "points_per_touch", *COMPARED, "goes_with"]
    return none_for_missing(_ranked(frame)[columns], ["stage"])


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["few", "difference", "touchpoint"]
    marked = frame.assign(few=frame["goes_with"] == TOO_FEW)
    return marked.sort_values(keys, ascending=[True, False, True], ignore_index=True)


def _goes_with(row: Any) -> str:
    if min(row.n_with, row.n_without) < SMALL_SAMPLE:
        return TOO_FEW
    if row.difference_low > 0:
        return MORE
    return FEWER if row.difference_high < 0 else NONE


def _count(part: Part, *, definitions: Definitions) -> tuple[Ints, Ints, npt.NDArray[Any]]:
    """Of one shard: decided journeys by not won or won and type, then stage; points by type."""
    _, facts = part
    evidence = facts.view
    n_types, n_stages = len(evidence.type_names), facts.entered.shape[1]
    moments, is_won = decided_moments(part)
    ends = evidence.offsets[:-1].copy()
    ends[moments.journeys] = moments.ends
    before = cut_after(evidence, ends)
    members = np.zeros((evidence.n_journeys, 2), dtype=bool)
    members[moments.journeys, is_won.astype(int)] = True
    having = journeys_having_type(before.types, before.offsets, frozen(members), n_types)
    entered = facts.entered[moments.journeys]
    has_reached = (entered >= 0) & (entered < moments.ends[:, None])
    reached = np.zeros((2, n_stages + 1), np.int64)
    for won in (0, 1):
        mine = is_won == won
        reached[won] = [*has_reached[mine].sum(axis=0), mine.sum()]
    return having, reached, _points_by_type(facts, definitions)


def _points_by_type(facts: ShardFacts, definitions: Definitions) -> npt.NDArray[Any]:
    """Points of engagement that the touches of each type were given, and how many they are."""
    evidence = facts.view
    scoring = scoring_of(evidence.store, definitions)
    given = given_points(facts, scoring)
    n_classes, n_types = len(given.starts) - 1, len(evidence.type_names)
    classes = np.repeat(np.arange(n_classes), np.diff(given.starts))
    fading = given.points * scoring.fades[given.rules]
    of_class = np.bincount(classes, fading, minlength=n_classes)
    points = np.bincount(evidence.types, of_class[given.classes], minlength=n_types)
    return np.stack([points, np.bincount(evidence.types, minlength=n_types)])
