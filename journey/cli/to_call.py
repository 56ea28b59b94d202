"""Stalled accounts that can be called, without those snoozed or handled in the app."""

from argparse import Namespace

import pandas as pd

import journey
from journey.cli.names import names_dataset
from journey.log import TouchpointLog
from journey.runners.spark import is_address
from journey.wording import counted
from journey.worklist import load_marks, with_marks
from journey.workspace import workspace_root


def stalled(log: TouchpointLog, given: Namespace) -> pd.DataFrame:
    """The stalled accounts to call, or where they are asked for the unnamed visitors."""
    asked = _asked(log, given)
    return _to_call(asked, given, journey.stalled_accounts(asked))


def calls(log: TouchpointLog, given: Namespace) -> pd.DataFrame:
    """The stalled accounts to call, as a CRM imports them."""
    return _to_call(journey.who_can_be_called(log), given, journey.call_list(log))


def visitor_text(log: TouchpointLog, given: Namespace) -> str:
    """That nobody can call the account asked about; empty where somebody can."""
    own = log.where({log.store.case_role: given.account})
    if not journey.unnamed_visitors(own).n_journeys:
        return ""
    return (
        f"{given.account} is an unnamed visitor, whom nobody can call: what others did, no advice."
    )


def left_out_text(log: TouchpointLog, given: Namespace) -> str:
    """How many stalled accounts are not listed, and why; empty where none is left out."""
    marked = _marked(_asked(log, given), given)
    counts = {} if marked is None else marked.value_counts().to_dict()
    said = [f"{counts[kind]:,} {kind}" for kind in ("snoozed", "handled") if counts.get(kind)]
    done = f"Left out: {' and '.join(said)} in the app. --all shows them too." if said else ""
    return " ".join(words for words in (_unnamed_text(log, given), done) if words)


def nobody_to_call(log: TouchpointLog, given: Namespace) -> str:
    """Why no account is to be called."""
    marked = _marked(_asked(log, given), given)
    if marked is not None and marked.notna().any():
        return "every open journey that is silent longer than is normal is snoozed or handled."
    if not _lists_unnamed(given) and _n_stalled(journey.unnamed_visitors(log)):
        return "every open journey that is silent longer than is normal is an unnamed visitor's."
    return "no open journey in view is silent longer than is normal."


def _n_stalled(log: TouchpointLog) -> int:
    """How many journeys of a log are stalled."""
    counts = journey.outcomes(log).set_index("outcome")["n_journeys"]
    return int(counts["stalled"])


def _unnamed_text(log: TouchpointLog, given: Namespace) -> str:
    """Of how many stalled journeys those listed are, where some are of unnamed visitors."""
    n_unnamed, n_all = _n_stalled(journey.unnamed_visitors(log)), _n_stalled(log)
    if not n_unnamed:
        return ""
    of = f"{n_all - n_unnamed:,} of {counted(n_all, 'stalled journey')} can be called"
    visitors = counted(n_unnamed, "unnamed visitor")
    if _lists_unnamed(given):
        return f"{of}; listed: {visitors}, whom nobody can call."
    return f"{of}; left out: {visitors}. stalled --unnamed lists them."


def _lists_unnamed(given: Namespace) -> bool:
    return given.command == "stalled" and given.unnamed


def _asked(log: TouchpointLog, given: Namespace) -> TouchpointLog:
    """Who is asked about: those who can be called, or the unnamed visitors alone."""
    return (
        journey.unnamed_visitors(log) if _lists_unnamed(given) else journey.who_can_be_called(log)
    )


def _to_call(log: TouchpointLog, given: Namespace, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of stalled accounts, in their order, that nobody snoozed or handled."""
    marked = _marked(log, given)
    return frame if marked is None else frame[marked.isna().to_numpy()].reset_index(drop=True)


def _marked(log: TouchpointLog, given: Namespace) -> pd.Series | None:
    """What was done about each stalled account; none where nothing can have been."""
    if given.all or not names_dataset(given.sources) or is_address(given.sources[0]):
        return None
    marks = load_marks(workspace_root(), given.sources[0])
    if not marks:
        return None
    stalled = journey.stalled_accounts(log)
    return with_marks(stalled, marks, case=log.case, as_of=log.as_of)["marked"]
