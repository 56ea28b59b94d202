"""The versions of the scoring rules that were agreed on, and what changed from one to the next."""

import pandas as pd

from journey.log import TouchpointLog
from journey.rules.scoring import ScoringRules, rules_in_force
from journey.rules.scoring_changes import differences

VERSION_COLUMNS = ("version", "agreed_on", "note", "changes", "n_rules", "is_in_force")
FIRST = "The first version"


def score_versions(log: TouchpointLog) -> pd.DataFrame:
    """The versions of the scoring rules, the latest first, each with what it changed.

    Returns
    -------
    DataFrame
        One row per version: ``version``, ``agreed_on``, ``note``, ``changes`` (against the version
        before, one after the other in words; None where the rules of one of the two were not kept),
        ``n_rules`` (None where they were not kept), ``is_in_force`` (its rules are those in force:
        False for all once the file is changed by hand).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> first = ScoringRules(half_life_days=30).agreed(date(2026, 3, 31), "A start")
    >>> from dataclasses import replace
    >>> second = replace(first, half_life_days=14).agreed(date(2026, 6, 30), "Faster")
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "occurred_at": pd.to_datetime(["2026-01-01"]),
    ...     "touchpoint": ["Ad"]}), definitions=Definitions(scoring=second))
    >>> score_versions(log)[["version", "changes"]].to_numpy().tolist()
    [[2, 'Engagement halves after 14 days, was 30 days'], [1, 'The first version']]
    """
    scoring, stages = log.definitions.scoring, log.definitions.stage_names
    now = rules_in_force(scoring.alone, stages)
    rows = []
    for place, change in enumerate(scoring.changes):
        kept = change.agreed
        before = scoring.changes[place - 1].agreed if place else None
        rows.append(
            (
                change.version,
                pd.Timestamp(change.on),
                change.note,
                _changed(before, kept, is_first=change.version == 1),
                None if kept is None else len(kept.rules),
                kept is not None and rules_in_force(kept, stages) == now,
            )
        )
    frame = pd.DataFrame(rows[::-1], columns=list(VERSION_COLUMNS))
    kinds = {"version": "int64", "agreed_on": "datetime64[s]", "n_rules": "Int64"}
    return frame.astype({**kinds, "is_in_force": bool})


def _changed(
    before: ScoringRules | None, after: ScoringRules | None, *, is_first: bool
) -> str | None:
    """What a version changed, in words; none: it is not known."""
    if after is None:
        return None
    if is_first:
        return FIRST
    if before is None:
        return None
    return "; ".join(differences(before, after)) or "Nothing"
