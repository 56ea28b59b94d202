"""Stalled accounts of a stored data set without those that were snoozed or handled in the app."""

from argparse import Namespace

import pandas as pd

import journey
from journey.cli.names import names_dataset
from journey.log import TouchpointLog
from journey.runners.spark import is_address
from journey.worklist import load_marks, with_marks
from journey.workspace import workspace_root


def to_call(log: TouchpointLog, given: Namespace, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of stalled accounts, in their order, that nobody snoozed or handled."""
    marked = _marked(log, given)
    return frame if marked is None else frame[marked.isna().to_numpy()].reset_index(drop=True)


def left_out_text(log: TouchpointLog, given: Namespace) -> str:
    """How many stalled accounts are snoozed or handled; empty where none is left out."""
    marked = _marked(log, given)
    counts = {} if marked is None else marked.value_counts().to_dict()
    said = [f"{counts[kind]:,} {kind}" for kind in ("snoozed", "handled") if counts.get(kind)]
    return f"Left out: {' and '.join(said)} in the app. --all shows them too." if said else ""


def _marked(log: TouchpointLog, given: Namespace) -> pd.Series | None:
    """What was done about each stalled account; none where nothing can have been."""
    if given.all or not names_dataset(given.sources) or is_address(given.sources[0]):
        return None
    marks = load_marks(workspace_root(), given.sources[0])
    if not marks:
        return None
    stalled = journey.stalled_accounts(log)
    return with_marks(stalled, marks, case=log.case, as_of=log.as_of)["marked"]
