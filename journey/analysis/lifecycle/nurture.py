"""Nurture month by month: leads that came and came back, MQLs and their cost, messages."""

from collections import Counter
from functools import partial
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing, whole
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.lifecycle.cost_per import cost_per
from journey.analysis.lifecycle.lived import (
    Lived,
    Part,
    Span,
    flags_of,
    return_rows,
    span_between,
    span_of_month,
)
from journey.analysis.lifecycle.messages import MAIL, messages_by_month
from journey.analysis.scores.milestones import can_be_passed, posts_of
from journey.errors import ValueNotAllowedError
from journey.kernels.distinct import owners_of
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.selection import Keep, Since
from journey.store.layout import MICROSECONDS, frozen

Ints = npt.NDArray[np.int64]

Counted = Literal["new_leads", "reopened", "mqls"]
COUNTED: Final[tuple[Counted, ...]] = get_args(Counted)
"""Counts of journeys of a month, each by the flags of the lifecycle that have its name."""

UNDERCOUNTED: Final = (
    "Opens are undercounted where pictures are blocked, and made up by mail programs that load "
    "them unread. Go by clicks."
)
_OF_COSTS: Final = {
    "n_new_leads": "n_leads",
    **{name: name for name in ("n_mqls", "cost", "cost_per_mql", "value_per_mql")},
}
_TEXTS: Final = ("currency", "note")
_PASSED: Final[dict[str, Meaning]] = {"n_new_leads": "lead", "n_mqls": "mql"}
_COLUMNS: Final = (
    *("month", "currency", "n_new_leads", "n_reopened", "n_mqls", "cost", "cost_per_mql"),
    *("value_per_mql", "n_sent", "n_clicked", "click_through_rate", "n_opened", "open_rate"),
    "note",
)


def nurture_metrics(log: TouchpointLog) -> pd.DataFrame:
    """Leads, MQLs, their cost, and messages, by calendar month in UTC.

    Returns
    -------
    DataFrame
        One row per month from first to last, and per currency of costs (counts repeat on the rows
        of several): ``month``, ``currency`` (None: not said); ``n_new_leads`` (journeys that
        first became leads), ``n_reopened`` (dormant or sent back, then active again), ``n_mqls``;
        ``cost`` (campaigns, labour and technology of the month, as far as it is in view),
        ``cost_per_mql`` (cost / MQLs), ``value_per_mql`` (worth of those of them won by
        ``as_of`` / MQLs); ``n_sent``, messages sent in view; ``n_clicked`` of these, each once
        however often and whenever by ``as_of``, ``click_through_rate`` (clicked / sent);
        ``n_opened`` likewise, ``open_rate`` (opened / sent; undercounted, see ``UNDERCOUNTED``);
        ``note`` (why a cost is missing). Counts are missing where no touchpoint type has the
        meaning.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a"] * 4, "touchpoint": ["New lead", "E-mail sent", "E-mail sent",
    ...     "E-mail clicked"], "occurred_at": pd.to_datetime(["2026-01-01"] * 4)}))
    >>> nurture_metrics(log)[["n_new_leads", "n_sent", "click_through_rate"]].values.tolist()
    [[1, 2, 0.5]]
    """
    return log.shared(_nurture_metrics).copy(deep=False)


def _nurture_metrics(log: TouchpointLog) -> pd.DataFrame:
    costs, returned, mail = cost_per(log), _returned(log), messages_by_month(log)
    rows: dict[str, list[int]] = {}
    for row, month in enumerate(costs["month"].tolist()):
        rows.setdefault(month, []).append(row)
    named = [*rows, *returned, *mail.index]
    months = _every_month(min(named), max(named)) if named else []
    # A month without costs has one row too, of what stands behind the last one: nothing.
    placed = [(month, row) for month in months for row in rows.get(month, [-1])]
    shown, at = [month for month, _ in placed], np.array([row for _, row in placed], np.int64)
    numbers = {
        name: np.append(costs[source].to_numpy(np.float64, na_value=np.nan), np.nan)[at]
        for name, source in _OF_COSTS.items()
    }
    posts = posts_of(log)
    for column, milestone in _PASSED.items():
        if can_be_passed(posts, milestone):
            numbers[column] = np.nan_to_num(numbers[column])
    numbers["n_reopened"] = np.array([returned.get(month, 0) for month in shown], np.float64)
    for kind in MAIL:
        n_of, none = (mail[kind].to_dict(), 0) if kind in mail else ({}, np.nan)
        numbers[f"n_{kind}"] = np.array([n_of.get(month, none) for month in shown], np.float64)
    sent = np.where(numbers["n_sent"] > 0, numbers["n_sent"], np.nan)
    numbers["click_through_rate"] = numbers["n_clicked"] / sent
    numbers["open_rate"] = numbers["n_opened"] / sent
    texts = {name: np.array([*costs[name], None], dtype=object)[at] for name in _TEXTS}
    columns = {name: whole(one) if name.startswith("n_") else one for name, one in numbers.items()}
    told = {"month": shown, **texts, **columns}
    frame = pd.DataFrame({name: told[name] for name in _COLUMNS})
    return none_for_missing(frame, _TEXTS).astype({"month": object})


def nurture_journeys(log: TouchpointLog, count: Counted, month: str) -> TouchpointLog:
    """The journeys behind a count of :func:`nurture_metrics` in a month (``YYYY-MM``).

    Parameters
    ----------
    count
        ``new_leads``, ``reopened`` or ``mqls``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such count.
    """
    if count not in COUNTED:
        raise ValueNotAllowedError.among(count, COUNTED, what="The count")
    arguments = (("span", _in_view(log, span_of_month(log, month))), ("name", count), ("of", None))
    return log.keep(Keep(flags_of, arguments))


def _in_view(log: TouchpointLog, month: Span) -> Span:
    """A month as far as it is in view."""
    begin = max([month.begin, *(step.tick for step in log.steps if isinstance(step, Since))])
    return span_between(log, begin, month.end)


def _returned(log: TouchpointLog) -> dict[str, int]:
    """Journeys that came back, by month."""
    begin = max((step.tick for step in log.steps if isinstance(step, Since)), default=-(2**62))
    span = span_between(log, begin, 2**62)
    per_tick = MICROSECONDS // log.store.ticks_per_second
    counts: Counter[int] = Counter()
    for months, n in log.ask_with_facts(partial(_returned_in, span=span, per_tick=per_tick)):
        counts.update(dict(zip(months.tolist(), n.tolist(), strict=True)))
    names = month_names(np.array(sorted(counts), np.int64))
    return {name: counts[month] for name, month in zip(names, sorted(counts), strict=True)}


def _returned_in(part: Part, *, span: Span, per_tick: int) -> tuple[Ints, Ints]:
    """The months in which journeys in view of one shard came back, and how many did in each."""
    view, facts = part
    key = "came back", span.key
    owners, months = facts.kept(key, partial(_months_of_returns, part, span, per_tick))
    is_shown = np.zeros(facts.view.n_journeys, dtype=bool)
    is_shown[view.journeys] = True
    return np.unique(months[is_shown[owners]], return_counts=True)


def _months_of_returns(part: Part, span: Span, per_tick: int) -> tuple[Ints, Ints]:
    """Journeys of one shard and the months in which they came back, each pair once."""
    lived = Lived(part, span)
    rows = return_rows(lived)
    rows = rows[lived.during(lived.ticks_at(rows))]
    months, owners = (
        months_of(lived.ticks_at(rows), per_tick),
        owners_of(frozen(rows), lived.evidence.offsets),
    )
    # Rows of a journey are in order, so are its months.
    is_new = (np.diff(owners, prepend=-1) != 0) | (np.diff(months, prepend=0) != 0)
    return owners[is_new], months[is_new]


def _every_month(first: str, last: str) -> list[str]:
    """All months from one to another."""
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    return month_names(months.astype(np.int64)).tolist()
