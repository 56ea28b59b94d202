"""Where the definitions don't meet the log, or each other: rules that match nothing."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import pandas as pd

from journey.definitions import Definitions
from journey.log import TouchpointLog
from journey.rules.stage_roles import ROLES
from journey.schema import DECIDED

GAP_COLUMNS = ("rule", "stage", "item", "nearest", "warning")

_MATCHED_IN = {"touchpoints": "touchpoint", "values": "stage", "channels": "channel"}
"""The column of the log that a rule of a stage is looked for in."""

_NOUNS = {"touchpoint": "touchpoint type", "stage": "stage value", "channel": "channel"}

_SAID = {
    "stage_roles": "plays a part of the lifecycle",
    "scoring": "gives points in a scoring rule",
    "ownership": "has owners or a promise",
}
_Gap = tuple[str, str | None, str, str | None, str]


def definition_gaps(log: TouchpointLog) -> pd.DataFrame:
    """Items of the definitions that match no value in the log, or no stage, whatever is in view.

    Returns
    -------
    DataFrame
        One row per such item: ``rule`` (``touchpoints``, ``values`` or ``channels`` of a stage;
        ``won``, ``lost`` or ``no_decision``; ``stage_roles``, ``scoring`` or ``ownership`` where
        these name a stage that is gone), ``stage`` (None but for rules of a stage), ``item``,
        ``nearest`` (the most similar value, None where none is similar), ``warning``
        (the same in words). In the order of the definitions.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a"], "occurred_at": pd.to_datetime(["2026-01-01"]),
    ...     "touchpoint": ["Closed won"]}), definitions=Definitions(won=("closed-won",)))
    >>> definition_gaps(log)["warning"].tolist()
    ["'closed-won' is to win a journey, but the log has no such touchpoint type. Did you mean
    'Closed won'?"]
    """
    known = {column: _values(log, column) for column in _NOUNS}
    rows = [
        (rule, stage, item, nearest, _warning(rule, stage, item, column, nearest))
        for rule, stage, column, items in _rules(log.definitions)
        for item in items
        if item not in known[column]
        for nearest in [_nearest(item, known[column])]
    ]
    rows += _gone_stages(log.definitions)
    return pd.DataFrame(rows, columns=list(GAP_COLUMNS), dtype=object)


def _rules(definitions: Definitions) -> Iterator[tuple[str, str | None, str, Sequence[str]]]:
    """Rule, stage, column that it is matched in, items."""
    for stage in definitions.stages:
        for rule, column in _MATCHED_IN.items():
            yield rule, stage.name, column, getattr(stage, rule)
    for outcome in DECIDED:
        yield outcome, None, "touchpoint", getattr(definitions, outcome)


def _gone_stages(definitions: Definitions) -> list[_Gap]:
    """What is said of stages that are not there: removed, or called otherwise since."""
    stages = dict.fromkeys(definitions.stage_names)
    named = dict.fromkeys(_stages_named(definitions))
    return [
        (part, None, stage, nearest, f"{stage!r} {_SAID[part]}, but is no stage.{_hint(nearest)}")
        for part, stage in named
        if stage not in stages
        for nearest in [_nearest(stage, stages)]
    ]


def _stages_named(definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Part of the definitions and stage that it names."""
    for role in ROLES:
        for stage in getattr(definitions.stage_roles, role) or ():
            yield "stage_roles", stage
    for rule in definitions.scoring.rules:
        for stage in (*rule.enters, *rule.stages):
            yield "scoring", stage
    for owners in definitions.ownership.stages:
        yield "ownership", owners.stage


def _values(log: TouchpointLog, column: str) -> dict[str, None]:
    """The values of a column in their order."""
    store = log.store
    if column == "touchpoint":
        return dict.fromkeys(store.touchpoint_types)
    names = store.dictionaries[column].to_pylist() if column in store.text_columns else []
    return dict.fromkeys(name for name in names if name is not None)


def _nearest(item: str, names: dict[str, None]) -> str | None:
    """The name spelt most alike, case and punctuation aside."""
    by_words = {_words(name): name for name in names}
    near = get_close_matches(_words(item), list(by_words), n=1)
    return by_words[near[0]] if near else None


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _warning(rule: str, stage: str | None, item: str, column: str, nearest: str | None) -> str:
    ends = {"won": "win a journey", "lost": "lose one", "no_decision": "end one undecided"}
    role = f"enter {stage!r}" if stage is not None else ends[rule]
    return f"{item!r} is to {role}, but the log has no such {_NOUNS[column]}.{_hint(nearest)}"


def _hint(nearest: str | None) -> str:
    return f" Did you mean {nearest!r}?" if nearest is not None else ""
