"""How the scores of one account rose and faded."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.scores.codes import scoring_of
from journey.analysis.scores.lead_scores import grade_names
from journey.analysis.scores.moments import running_points_of
from journey.analysis.stages.outcomes import instants, names_of_stages
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.rules.score_rule import DIMENSIONS
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]


def score_history(log: TouchpointLog, account_id: str) -> pd.DataFrame:
    """The three scores of one journey from its first touch to ``as_of``, whatever is in view.

    Each row is the score as it was known then; attributes carry no dates and count all along.

    Parameters
    ----------
    account_id
        The case: an account, or whatever ``by`` made a journey.

    Returns
    -------
    DataFrame
        One row at each touch, at each midnight (UTC) after the first, and at ``as_of``:
        ``occurred_at``, ``fit``, ``engagement``, ``relationship``, ``grade``, ``stage``. In order.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such account.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": ["Demo", "Demo"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-31"])}),
    ...     definitions=Definitions(stages=(Stage("Buy", ("Demo",)),)))
    >>> history = score_history(log, "a")
    >>> len(history), history["engagement"].iloc[[0, -1]].round(6).tolist()
    (31, [10.0, 5.0])
    """
    store = log.store
    code = store.dictionaries[store.case_role].index(pa.scalar(account_id, pa.string())).as_py()
    question = partial(
        _history,
        code=code,
        definitions=log.definitions,
        as_of=log.as_of_tick,
        day=round(log.ticks_per_day),
    )
    for frame in log.ask_with_facts(question) if code >= 0 else []:
        if frame is not None:
            return frame
    raise ValueNotAllowedError(
        f"There is no journey of {account_id!r} in this log. Take one from the list of journeys."
    )


def _history(
    part: Part, *, code: int, definitions: Definitions, as_of: int, day: int
) -> pd.DataFrame | None:
    """The scores of a journey; none if another shard has it, or it began later."""
    _, facts = part
    view = facts.view
    journey = int(np.searchsorted(view.shard.cases, code))
    if journey == len(view.shard.cases) or view.shard.cases[journey] != code:
        return None
    begin, end = view.offsets[journey], view.offsets[journey + 1]
    if begin == end:
        return None
    own = view.ticks[begin:end].astype(np.int64)
    midnights = np.arange(-(-int(own[0]) // day) * day, as_of + 1, day)
    ticks = np.unique(np.concatenate([own, midnights, [as_of]]))
    scoring = scoring_of(view.store, definitions)
    totals = scoring.in_dimensions(running_points_of(facts, scoring, journey, ticks))
    last = begin + np.searchsorted(own, ticks, side="right") - 1
    stages = names_of_stages(definitions.stage_names, facts.current[last])
    return pd.DataFrame(
        {
            "occurred_at": instants(view.store, ticks),
            **dict(zip(DIMENSIONS, totals.T, strict=True)),
            "grade": grade_names(totals, scoring),
            "stage": pd.Series(stages, dtype=object),
        }
    )
