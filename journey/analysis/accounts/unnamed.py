"""Whom somebody can call, and the visitors of whom no more than an id is known.

A visitor is unnamed where the import found neither a person nor an account for it. A log that
tells no visitor from others, as it knows all of them by name or none, stays whole.

Examples
--------
>>> import pandas as pd
>>> from journey import from_frame, unnamed_visitors, who_can_be_called
>>> log = from_frame(
...     pd.DataFrame({"account_id": ["acme", "cookie-7"], "touchpoint": "Page",
...                   "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02"])}),
...     accounts=pd.DataFrame({"account_id": ["acme", "cookie-7"],
...                            "known as": ["company", "visitor"]}))
>>> who_can_be_called(log).n_journeys, unnamed_visitors(log).n_journeys, log.n_journeys
(1, 1, 2)
"""

from journey.log import TouchpointLog
from journey.schema import KNOWN_AS, VISITOR


def who_can_be_called(log: TouchpointLog) -> TouchpointLog:
    """The same log without the journeys of unnamed visitors: those of companies, people, deals."""
    if not _tells_visitors(log):
        return log
    return log.where({KNOWN_AS: [one for one in log.filter_values(KNOWN_AS) if one != VISITOR]})


def unnamed_visitors(log: TouchpointLog) -> TouchpointLog:
    """The same log with only the journeys that :func:`who_can_be_called` leaves out."""
    return log.where({KNOWN_AS: VISITOR} if _tells_visitors(log) else {"outcome": ()})


def _tells_visitors(log: TouchpointLog) -> bool:
    return KNOWN_AS in log.filter_columns and VISITOR in log.filter_values(KNOWN_AS)
