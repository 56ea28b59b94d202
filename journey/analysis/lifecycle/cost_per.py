"""What a lead, an MQL, an SQL and a customer cost, beside what they were worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing, whole
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.scores.milestones import Posts, can_be_passed, first_passed, posts_of
from journey.analysis.spending.names import names_of
from journey.analysis.spending.reach import (
    MIXED,
    NOT_KNOWN,
    NOTHING,
    REFUNDED,
    SO_FAR,
    WIDER,
    are_wider,
    ends_early,
)
from journey.analysis.spending.spending import spent_by
from journey.analysis.stages.outcomes import values_at_win
from journey.costs import KINDS
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.selection import Since
from journey.store.layout import MICROSECONDS
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Key = tuple[str | None, str | None]
Part = tuple[View, ShardFacts]

By = Literal["period", "month", "channel"]
BYS: Final[tuple[By, ...]] = get_args(By)

POSTS: Final[dict[str, Meaning]] = {"lead": "lead", "mql": "mql", "sql": "sql"}
ENDS: Final = (*POSTS, "customer")
"""What a cost is given for each of."""

OF_NONE: Final = "of no known channel"
NONE_PASSED: Final = "no lead, MQL, SQL or customer"

_MONTH, _CHANNEL = "month", "channel"
_NO_JOURNEYS: Final = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)


@dataclass(frozen=True, eq=False)
class _Passed:
    """Journeys in view that passed each post, by month and code of the channel, and their worth."""

    post: Ints
    month: Ints
    channel: Ints
    n: Ints
    worth: Floats


def cost_per(log: TouchpointLog, *, by: By = "month") -> pd.DataFrame:
    """Cost for each lead, MQL, SQL and customer, all kinds of cost together, and value beside it.

    A journey counts once for each post, when it first passed it, if that is in view; customers
    are journeys won. By channel, a journey is of the channel of its lead touch, else of its first
    touch. Costs are those of :func:`spending`; labour and technology mostly have no channel.

    Parameters
    ----------
    by
        ``month`` (UTC), ``channel``, or ``period`` for all that is in view as one row.

    Returns
    -------
    DataFrame
        One row per month, channel (None: not known) or period, and currency (None: not said):
        ``month`` or ``channel`` or ``period`` (None), ``currency``, ``campaign_cost``,
        ``labour_cost``, ``technology_cost`` (each missing where no such cost is known at all),
        ``cost`` (the sum of what is known; missing: nothing is); for each
        of lead, mql, sql and customer ``n_…s`` (missing where no touchpoint type means one),
        ``cost_per_…`` (cost / number) and ``value_per_…`` (worth of those won by ``as_of`` /
        number; missing where nothing wins); ``note`` says why a cost for each is missing, else
        that worth is only so far, where the period ends before the log. Currencies are never
        added up: counts repeat on their rows. Months in order, channels by cost, largest first.

    Raises
    ------
    ValueNotAllowedError
        If costs can't be told by that.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from journey import Definitions, from_frame
    >>> from journey.costs import costs_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Lead created", "Deal won", "New lead"],
    ...     "value": [None, 80.0, None],
    ...     "occurred_at": pd.to_datetime(["2026-01-05", "2026-01-31", "2026-01-07"])}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> log = replace(log, costs=costs_frame(pd.DataFrame({
    ...     "day": ["2026-01-02", "2026-01-03"], "kind": ["campaign", "labour"],
    ...     "cost": [40.0, 10.0], "currency": "EUR"})))
    >>> found = cost_per(log)  # 50 spent on 2 leads, of which 1 is won and worth 80
    >>> found[["cost_per_lead", "value_per_lead", "cost_per_customer"]].values.tolist()
    [[25.0, 40.0, 50.0]]
    """
    if by not in BYS:
        raise ValueNotAllowedError.among(by, BYS, what="What costs are told by")
    return none_for_missing(_told(log, by), [by, "currency", "note"])


def _told(log: TouchpointLog, by: By) -> pd.DataFrame:
    """Counts beside costs, and what follows from both."""
    none = _no_counts(log)
    counts, spent = _counted(log, by, none), spent_by(log, by)
    told = {kind for costs in spent.values() for kind in costs}
    keys = [*spent, *((value, None) for value in counts if value not in {one for one, _ in spent})]
    costs = np.full((len(keys), len(KINDS)), np.nan)
    for row, of_kinds in zip(costs, spent.values(), strict=False):
        # A kind of which no cost at all is known is not known to be 0.
        row[:] = [of_kinds.get(kind, 0.0 if kind in told else np.nan) for kind in KINDS]
    passed = np.array([counts.get(value, none) for value, _ in keys])
    passed = passed.reshape(-1, 2, len(ENDS))
    order = _order(by, keys, costs, passed[:, 0, 0])
    frame = _framed(by, [keys[at] for at in order], costs[order], *passed[order].swapaxes(0, 1))
    if frame["n_customers"].isna().all():  # nothing wins, so nobody knows what would be worth it
        frame = frame.assign(**{f"value_per_{name}": np.nan for name in ENDS})
    if are_wider(log):  # the costs are not those of the journeys counted
        frame = frame.assign(**{f"cost_per_{name}": np.nan for name in ENDS})
        frame["note"] = frame["note"].mask(frame["cost"].notna(), WIDER)
    return frame.assign(note=frame["note"].fillna(SO_FAR)) if ends_early(log) else frame


def _no_counts(log: TouchpointLog) -> Floats:
    """No journeys and no worth for each end; not a number where nothing means one."""
    posts = posts_of(log)
    can_win = not set(log.definitions.won).isdisjoint(log.store.touchpoint_types)
    known = [can_be_passed(posts, POSTS[name]) if name in POSTS else can_win for name in ENDS]
    return np.where([known, known], 0.0, np.nan)


def _counted(log: TouchpointLog, by: By, none: Floats) -> dict[str | None, Floats]:
    """How many passed each post, and their worth, by value."""
    passed = log.shared(_passed)
    names: Sequence[str | None] = [None]
    values = np.zeros(len(passed.post), np.int64)
    if by == _MONTH:
        months, values = np.unique(passed.month, return_inverse=True)
        names = month_names(months).tolist()
    elif by == _CHANNEL:
        names, values = names_of(log, _CHANNEL), passed.channel
    table = np.zeros((len(names), *none.shape))
    for place, amounts in enumerate((passed.n, passed.worth)):
        np.add.at(table[:, place], (values, passed.post), amounts)
    return {names[value]: table[value] + none for value in np.unique(values).tolist()}


def _order(by: By, keys: Sequence[Key], costs: Floats, n_leads: Floats) -> list[int]:
    """Places of rows: by value and currency, or channels by cost."""

    def named(at: int) -> tuple[tuple[bool, str], ...]:
        return tuple((one is None, one or "") for one in keys[at])

    order = sorted(range(len(keys)), key=named)
    if by != _CHANNEL:
        return order
    ranks = np.isnan(costs).all(axis=1), -np.nansum(costs, axis=1), -np.nan_to_num(n_leads)
    rows = np.stack(ranks, axis=1).tolist()
    return sorted(order, key=rows.__getitem__)


def _passed(log: TouchpointLog) -> _Passed:
    """Journeys and their worth by post, month and channel."""
    posts = posts_of(log)
    begin = max((step.tick for step in log.steps if isinstance(step, Since)), default=None)
    n_channels = len(names_of(log, _CHANNEL))
    question = partial(_passed_in, posts=posts, begin=begin, n_channels=n_channels)
    answers = log.ask_with_facts(question)
    every = [np.concatenate(column) for column in zip(_NO_JOURNEYS, *answers, strict=True)]
    codes, places = np.unique(every[0].astype(np.int64), return_inverse=True)
    n, worth = (np.zeros(len(codes), one.dtype) for one in every[1:])
    np.add.at(n, places, every[1])
    np.add.at(worth, places, every[2])
    rest, channel = np.divmod(codes, n_channels)
    month, post = np.divmod(rest, len(ENDS))
    return _Passed(post, month, channel, n, worth)


def _passed_in(
    part: Part, *, posts: Posts, begin: int | None, n_channels: int
) -> tuple[Ints, Ints, Floats]:
    """Of journeys in view by month, post and channel as one code: how many, and their worth."""
    view, facts = part
    key = "passed in months", posts.key
    owners, ticks, codes, worth = facts.kept(key, partial(_passed_ever, part, posts, n_channels))
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    mine = in_view[owners] if begin is None else in_view[owners] & (ticks >= begin)
    codes, worth = codes[mine], worth[mine]
    low = codes.min(initial=0)
    n, sums = np.bincount(codes - low), np.bincount(codes - low, worth).astype(np.float64)
    found = np.flatnonzero(n)
    return found + low, n[found], sums[found]


def _passed_ever(part: Part, posts: Posts, n_channels: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Journeys of a shard that passed posts, when, by what code, and what they were worth."""
    facts = part[1]
    evidence, every = facts.view, np.arange(facts.view.n_journeys)
    passed = {name: first_passed(part, posts, meaning) for name, meaning in POSTS.items()}
    passed["customer"] = np.where(facts.outcomes == WON, facts.decided_rows, -1)
    channels = _channels(facts, passed["lead"])
    rows = np.stack([passed[name] for name in ENDS])
    post, owners = np.nonzero(rows >= 0)
    ticks = evidence.ticks[rows[post, owners]].astype(np.int64)
    months = months_of(ticks, MICROSECONDS // evidence.store.ticks_per_second)
    codes = (months * len(ENDS) + post) * n_channels + channels[owners]
    return owners, ticks, codes, values_at_win(facts, every)[owners]


def _channels(facts: ShardFacts, leads: Ints) -> Ints:
    """The channel of each journey of a shard: of its lead touch, else of its first touch."""
    evidence = facts.view
    if "channel" not in evidence.store.text_columns:
        return np.zeros(evidence.n_journeys, np.int64)
    names = evidence.store.dictionaries["channel"]
    is_null = names.is_null().to_numpy(zero_copy_only=False)
    codes = evidence.codes("channel")
    begun = evidence.lengths > 0
    first = np.full(evidence.n_journeys, len(names) - 1, np.int64)
    first[begun] = codes[evidence.offsets[:-1][begun]]
    is_lead = leads >= 0
    of_lead = first.copy()
    of_lead[is_lead] = codes[leads[is_lead]]
    return np.where(is_null[of_lead], first, of_lead)


def _framed(by: By, keys: Sequence[Key], costs: Floats, n: Floats, worth: Floats) -> pd.DataFrame:
    """Rows of value and currency with their costs by kind, and those for each end."""
    values = [value for value, _ in keys]
    is_known = ~np.isnan(costs).all(axis=1)
    cost = np.where(is_known, np.nansum(costs, axis=1), np.nan)
    is_mixed = np.array([values.count(value) > 1 for value in values], dtype=bool)
    of_none = np.array([value is None and by == _CHANNEL for value in values], dtype=bool)
    can_divide = is_known & (cost >= 0) & ~is_mixed & ~of_none
    columns: dict[str, Any] = {
        by: pd.Series(values, dtype=object),
        "currency": pd.Series([currency for _, currency in keys], dtype=object),
        **{f"{kind}_cost": of_kind for kind, of_kind in zip(KINDS, costs.T, strict=True)},
        "cost": cost,
    }
    for name, number, value in zip(ENDS, n.T, worth.T, strict=True):
        some = np.where(number > 0, number, np.nan)
        columns[f"n_{name}s"] = whole(number)
        columns[f"cost_per_{name}"] = np.where(can_divide, cost / some, np.nan)
        columns[f"value_per_{name}"] = value / some
    n_passed = np.nansum(n, axis=1)
    notes = np.select(
        [of_none, ~is_known, is_mixed, cost < 0, n_passed == 0, cost == 0],
        [OF_NONE, NOT_KNOWN, MIXED, REFUNDED, NONE_PASSED, NOTHING],
        default="",
    )
    note = pd.Series([text or None for text in notes.tolist()], dtype=object)
    return pd.DataFrame({**columns, "note": note})
