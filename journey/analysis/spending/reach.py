"""How far costs of files and forms follow what is in view."""

from dataclasses import replace
from typing import Final

import pandas as pd

from journey.analysis.spending.names import called_as
from journey.log import TouchpointLog
from journey.selection import (
    EndAt,
    Having,
    HavingAt,
    HavingMove,
    HavingVariant,
    Keep,
    StartAt,
    Step,
    Where,
)

NOT_KNOWN: Final = "no cost known"
NOTHING: Final = "nothing spent"
REFUNDED: Final = "costs add up to less than 0"
MIXED: Final = "costs in several currencies"
WIDER: Final = "costs are of more journeys than the filters keep"
SO_FAR: Final = "worth only of wins so far: later ones are after the period"

TOLD_BY: Final = {"channel": ("channel",), "campaign": ("campaign", "campaign_id")}
"""Columns of costs that say what a filter of touchpoints asks."""


def narrowed(log: TouchpointLog, costs: pd.DataFrame) -> pd.DataFrame:
    """Costs of the channels and campaigns that filters of the log keep; days are not looked at."""
    for step in log.steps:
        if isinstance(step, Where) and step.column in TOLD_BY:
            told = [called_as(log, step.column, costs[name]) for name in TOLD_BY[step.column]]
            known = told[0] if len(told) == 1 else told[0].where(told[0].notna(), told[1])
            wanted = pd.Series(step.values, dtype=object)
            kept = known.isin(wanted.dropna()) | (known.isna() & bool(wanted.isna().any()))
            costs = costs[kept]
    return costs


def filters_beyond(log: TouchpointLog) -> list[str]:
    """The filters that narrow journeys in ways no cost can follow, in words.

    Leaving out those who will never buy is none: what was spent on them was spent for the others.
    """
    return list(dict.fromkeys(words for step in log.steps if (words := _beyond(step))))


def _beyond(step: Step) -> str | None:
    match step:
        case Where(column=column):
            return None if column in TOLD_BY else column
        case Having() | HavingMove() | HavingAt() | HavingVariant() | StartAt() | EndAt():
            return "touchpoint types"
        case Keep(leaves_out=leaves_out):
            return None if leaves_out else "chosen journeys"
        case _:
            return None


def are_wider(log: TouchpointLog) -> bool:
    """Whether costs of files and forms are of more journeys than those in view."""
    return not log.costs.empty and bool(filters_beyond(log))


def reach_text(log: TouchpointLog) -> str:
    """What filters in view do to costs, in a sentence; empty where there is nothing to say.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from journey import from_frame
    >>> from journey.costs import costs_frame
    >>> log = replace(from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "touchpoint": ["Ad"], "channel": ["Ads"], "content": ["Guide"],
    ...     "occurred_at": pd.to_datetime(["2026-01-10"])})),
    ...     costs=costs_frame(pd.DataFrame({"day": ["2026-01-01"], "cost": [9.0]})))
    >>> reach_text(log.where(content="Guide"))
    "Costs don't follow the filter of content: they are of all journeys, so no cost for each is ..."
    >>> reach_text(log.where(channel="Ads"))
    'Costs are those of the channel in view alone; costs of no channel are left out.'
    """
    beyond = filters_beyond(log)
    if log.costs.empty:
        return ""
    if beyond:
        return (
            f"Costs don't follow the filter of {' and '.join(beyond)}: they are of all journeys, "
            "so no cost for each is told."
        )
    asked = [step for step in log.steps if isinstance(step, Where)]
    named = dict.fromkeys(step.column for step in asked if None not in step.values)  # noqa: PD011
    if not named:
        return ""
    words = " and ".join(named)
    return f"Costs are those of the {words} in view alone; costs of no {words} are left out."


def ends_early(log: TouchpointLog) -> bool:
    """Whether a period is in view that ends before the log does."""
    return log.until is not None and log.until <= replace(log, until=None).as_of_tick


def worth_text(log: TouchpointLog) -> str:
    """What a period that ends before the log does to worth, in a sentence; empty if none does.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Lead", "Won"],
    ...     "occurred_at": pd.to_datetime(["2026-01-10", "2026-03-01"])}))
    >>> worth_text(log.between(end="2026-02-01"))
    'Worth counts wins before 2026-02-01 00:00 UTC alone, where the period ends; later wins of ...'
    >>> worth_text(log)
    ''
    """
    if not ends_early(log):
        return ""
    return (
        f"Worth counts wins before {log.as_of:%Y-%m-%d %H:%M} UTC alone, where the period ends; "
        "later wins of these leads are left out."
    )
