"""Leads handed from marketing to sales: taken on or sent back, how soon, by whom, and why not."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.statistics import wilson
from journey.analysis.ownership.promises import (
    FIGURES,
    MONTH,
    NO_FIGURES,
    Handoff,
    figures_columns,
    group_names,
    handoff_promises,
    promise_figures,
)
from journey.analysis.scores.milestones import types_meaning
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

RETURN_COLUMNS = ("reason", "n_sent_back", "n_journeys", "n_taken_again", "n_won", "n_open")


def handoffs(log: TouchpointLog) -> pd.DataFrame:
    """Leads that came to a post, and what became of them there: taken on, or sent back.

    A wait begins when a journey comes to a post (MQL, accepted, SQL) and ends when it comes to the
    next one or beyond, or is sent back. Posts are found by the meanings of touchpoint types;
    those that the log does not have, or that the same types pass, are left out. An opportunity is
    there from the first touch with its id on, too. A lead that was taken on and is sent back
    before it comes to another post or is decided counts as sent back where it stood: at the step
    it took last.

    Returns
    -------
    DataFrame
        One row per handoff, in order: ``source``, ``target``; ``n_waits``, of these ``n_taken``,
        ``n_sent_back``, ``n_over`` (decided first or given up) and ``n_waiting``
        (the four add up); ``n_journeys`` that have one; ``taken_share`` (of those taken, sent
        back or over) with its 95 % Wilson interval ``taken_low``, ``taken_high``;
        ``median_hours``, ``p90_hours`` until half and nine tenths were first answered (Kaplan and
        Meier: those not answered count for as long as they waited); ``sla_hours`` as promised;
        of those answered ``n_in_time`` and ``n_late``, of those waiting ``n_due`` (still in time)
        and ``n_past_due``; ``late_rate`` ((late + past due) / (in time + late + past due)) with
        its interval ``late_low``, ``late_high``.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations.
    *Journal of the American Statistical Association* 53.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "b"], "touchpoint": ["MQL", "SAL", "MQL", "Sent back"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03"] + ["2026-01-01"] * 2)}))
    >>> handoffs(log)[["source", "target", "n_taken", "n_sent_back", "median_hours"]]
      source    target  n_taken  n_sent_back  median_hours
    0    mql  accepted        1            1           0.0
    """
    promises = handoff_promises(log)
    figures = promise_figures(log, promises)
    rows = [figures.get((place, 0), NO_FIGURES) for place in range(len(promises))]
    return _frame(promises, rows)


def handoffs_by(log: TouchpointLog, *, by: str) -> pd.DataFrame:
    """The same figures for each value of an attribute, or for each month.

    Parameters
    ----------
    by
        An attribute of accounts or people, or a column of touchpoints, which is read at the touch
        that ended the wait, else at that which began it. ``month``: when waits began, in UTC.

    Returns
    -------
    DataFrame
        As :func:`handoffs`, one row per handoff and ``value`` (None: not known). Months in the
        order of time; else ``n_waits``, largest first.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["MQL", "SAL", "MQL"], "channel": "Web",
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}))
    >>> handoffs_by(log, by="channel")[["value", "n_waits", "n_taken"]].values.tolist()
    [['Web', 2, 1]]
    """
    group_names(log, by, [])
    promises = handoff_promises(log)
    figures = promise_figures(log, promises, by=by)
    keys = sorted(figures)
    names = dict(zip(keys, group_names(log, by, [group for _, group in keys]), strict=True))
    if by != MONTH:
        n_waits = FIGURES.index("n_waits")
        keys.sort(key=lambda key: (key[0], -figures[key][n_waits], names[key] or ""))
    frame = _frame([promises[place] for place, _ in keys], [figures[key] for key in keys])
    frame.insert(2, "value", pd.Series([names[key] for key in keys], dtype=object))
    return frame


def returned_leads(log: TouchpointLog) -> pd.DataFrame:
    """Leads that sales sent back, by reason, and what became of them.

    Returns
    -------
    DataFrame
        One row per reason (None: none given): ``reason``; ``n_sent_back``, touches by which a
        lead went back; ``sent_back_share`` (of all of them); ``n_journeys`` that did; of these
        ``n_taken_again`` (accepted, SQL or opportunity after it), ``n_won`` in the end, and
        ``n_open``. By ``n_sent_back``, largest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Sent back", "SAL", "Sent back"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-01"]),
    ...     "reason": ["No budget", None, "No budget"]}))
    >>> returned_leads(log)[["reason", "n_sent_back", "n_taken_again"]]
          reason  n_sent_back  n_taken_again
    0  No budget            2              1
    """
    names = reason_names(log)
    question = partial(_count_returns, **return_flags(log), n_reasons=len(names))
    counts = sum(log.ask_with_facts(question), np.zeros((5, len(names)), np.int64))
    frame = pd.DataFrame(dict(zip(RETURN_COLUMNS[1:], counts, strict=True)))
    frame.insert(0, "reason", pd.Series(names, dtype=object))
    frame.insert(2, "sent_back_share", frame["n_sent_back"] / max(frame["n_sent_back"].sum(), 1))
    ordered = frame[frame["n_sent_back"] > 0].assign(label=lambda rows: rows["reason"].fillna(""))
    ranked = ordered.sort_values(
        ["n_sent_back", "label"], ascending=[False, True], ignore_index=True
    )
    return none_for_missing(ranked.drop(columns="label"), ["reason"])


def reason_names(log: TouchpointLog) -> list[str | None]:
    """The reasons of a log by code, only None where it has no such column."""
    has_reasons = "reason" in log.store.text_columns
    return log.store.dictionaries["reason"].to_pylist() if has_reasons else [None]


def return_flags(log: TouchpointLog) -> dict[str, Flags]:
    """Which types send a lead back, and which take one on."""
    meant = partial(types_meaning, log.store, log.definitions)
    taken = [meant(post) for post in ("accepted", "sql", "opportunity")]
    return {
        "sends_back": meant("sent_back"),
        "takes_on": frozen(np.logical_or.reduce(taken)),
    }


def return_rows(part: Part, *, sends_back: Flags) -> tuple[Ints, Ints, Ints]:
    """Rows by which leads of journeys in view went back, their journeys, and codes of reasons."""
    view, facts = part
    evidence = facts.view
    rows = np.flatnonzero(sends_back[evidence.types])
    owners = np.searchsorted(evidence.offsets, rows, side="right") - 1
    in_view = np.zeros(evidence.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    rows, owners = rows[in_view[owners]], owners[in_view[owners]]
    if "reason" not in evidence.store.text_columns:
        return rows, owners, np.zeros(len(rows), np.int64)
    return rows, owners, evidence.codes("reason")[rows].astype(np.int64)


def _count_returns(part: Part, *, sends_back: Flags, takes_on: Flags, n_reasons: int) -> Ints:
    """By reason: touches, journeys, those taken on again, won, open."""
    _, facts = part
    rows, owners, reasons = return_rows(part, sends_back=sends_back)
    last_taken = np.full(facts.view.n_journeys, -1, np.int64)
    taken = np.flatnonzero(takes_on[facts.view.types])
    last_taken[np.searchsorted(facts.view.offsets, taken, side="right") - 1] = taken
    again = last_taken[owners] > rows
    outcomes = facts.outcomes[owners]
    kept = (np.ones_like(again), again, outcomes == WON, outcomes > NO_DECISION)
    counts = [np.bincount(reasons, minlength=n_reasons)]
    for flags in kept:
        pairs = np.unique(owners[flags] * n_reasons + reasons[flags])
        counts.append(np.bincount(pairs % n_reasons, minlength=n_reasons))
    return np.stack(counts)


_OTHERS = (
    *("n_waits", "n_journeys", "n_taken", "n_sent_back", "n_over", "n_waiting"),
    *("taken_share", "taken_low", "taken_high", "median_hours", "p90_hours", "sla_hours"),
    *("n_in_time", "n_late", "n_due", "n_past_due", "late_rate", "late_low", "late_high"),
)


def _frame(promises: Sequence[Handoff], rows: Sequence[Any]) -> pd.DataFrame:
    columns: dict[str, Any] = figures_columns(rows)
    n_ended = columns["n_waits"] - columns["n_waiting"]
    share, low, high = wilson(columns["n_taken"], n_ended)
    columns |= {
        "source": pd.Series([one.source for one in promises], dtype=object),
        "target": pd.Series([one.target for one in promises], dtype=object),
        "taken_share": share,
        "taken_low": low,
        "taken_high": high,
        "sla_hours": np.array([one.hours for one in promises], dtype=float),
    }
    return pd.DataFrame({name: columns[name] for name in ("source", "target", *_OTHERS)})
