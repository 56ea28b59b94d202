"""What a lead, an MQL, an SQL and a customer cost, beside what they were worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.scores.milestones import Posts, can_be_passed, first_passed, posts_of
from journey.analysis.spending.names import called_as
from journey.analysis.spending.reach import SO_FAR, WIDER, are_wider, ends_early
from journey.analysis.spending.spending import spending
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
Part = tuple[View, ShardFacts]

By = Literal["period", "month", "channel"]
BYS: Final[tuple[By, ...]] = get_args(By)

POSTS: Final[dict[str, Meaning]] = {"lead": "lead", "mql": "mql", "sql": "sql"}
ENDS: Final = (*POSTS, "customer")
"""What a cost is given for each of."""

NOT_KNOWN: Final = "no cost known"
NOTHING: Final = "nothing spent"
REFUNDED: Final = "costs add up to less than 0"
MIXED: Final = "costs in several currencies"
OF_NONE: Final = "of no known channel"
NONE_PASSED: Final = "no lead, MQL, SQL or customer"

_MONTH, _CHANNEL, _KEYS = "month", "channel", ("month", "channel")


@dataclass(frozen=True, eq=False)
class _Passed:
    """Journeys of a shard that passed each post in view, by month and channel, and their worth."""

    post: Ints
    month: Ints
    channel: Ints
    n: Ints
    worth: npt.NDArray[np.float64]


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
        number); ``note`` says why a cost for each is missing, else that worth is only so far,
        where the period ends before the log. Currencies are never added up: counts repeat on
        their rows. Months in order, channels by cost, largest first.

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


def _untold(frame: pd.DataFrame) -> pd.DataFrame:
    """Without costs for each: the costs are not those of the journeys counted."""
    ratios = {f"cost_per_{name}": np.nan for name in ENDS}
    note = frame["note"].mask(frame["cost"].notna(), WIDER)
    return frame.assign(**ratios, note=note)


def _told(log: TouchpointLog, by: By) -> pd.DataFrame:
    """Counts beside costs, and what follows from both."""
    posts = posts_of(log)
    known = [name for name in ENDS if name not in POSTS or can_be_passed(posts, POSTS[name])]
    counts = _counted(log.shared(_passed), by, known)
    # A column without any name would be one of numbers, which meets none of texts.
    named = [frame.astype({by: object}) for frame in (counts, _spent(log, by))]
    both = named[0].merge(named[1], on=by, how="outer")
    told = _with_ratios(_ordered(both, by), by, known)
    told = _untold(told) if are_wider(log) else told
    return told.assign(note=told["note"].fillna(SO_FAR)) if ends_early(log) else told


def _passed(log: TouchpointLog) -> pd.DataFrame:
    """Journeys and their worth by post, month and channel."""
    posts = posts_of(log)
    begin = max((step.tick for step in log.steps if isinstance(step, Since)), default=None)
    per_tick = MICROSECONDS // log.store.ticks_per_second
    answers = log.ask_with_facts(
        partial(_passed_in, posts=posts, begin=begin, microseconds_per_tick=per_tick)
    )
    fields = ("post", "month", "channel", "n", "worth")
    columns = {
        name: np.concatenate([np.empty(0), *(getattr(one, name) for one in answers)])
        for name in fields
    }
    frame = pd.DataFrame(columns).astype({"post": int, "month": int, "channel": int})
    names: Sequence[str | None] = [None]
    if "channel" in log.store.text_columns:
        names = log.store.dictionaries["channel"].to_pylist()
    return pd.DataFrame(
        {
            "post": [ENDS[code] for code in frame["post"]],
            "month": month_names(frame["month"].to_numpy()),
            "channel": pd.Series([names[code] for code in frame["channel"]], dtype=object),
            "period": None,
            "n": frame["n"],
            "worth": frame["worth"],
        }
    )


def _passed_in(
    part: Part, *, posts: Posts, begin: int | None, microseconds_per_tick: int
) -> _Passed:
    view, facts = part
    evidence, chosen = facts.view, view.journeys
    ticks, worth = evidence.ticks, values_at_win(facts, chosen)
    passed = {name: first_passed(part, posts, meaning)[chosen] for name, meaning in POSTS.items()}
    is_won = facts.outcomes[chosen] == WON
    passed["customer"] = np.where(is_won, facts.decided_rows[chosen], -1)
    channels = _channels(part, passed["lead"])
    parts: list[pd.DataFrame] = []
    for code, name in enumerate(ENDS):
        rows = passed[name]
        mine = np.flatnonzero(rows >= 0)
        if begin is not None:
            mine = mine[ticks[rows[mine]] >= begin]
        found = {
            "post": np.full(len(mine), code),
            "month": months_of(ticks[rows[mine]], microseconds_per_tick),
            "channel": channels[mine],
            "worth": worth[mine],
        }
        parts.append(pd.DataFrame(found))
    keys = ["post", "month", "channel"]
    summed = pd.concat(parts).groupby(keys)["worth"].agg(["size", "sum"]).reset_index()
    return _Passed(*(summed[name].to_numpy() for name in (*keys, "size", "sum")))


def _channels(part: Part, leads: Ints) -> Ints:
    """The channel of each journey in view: of its lead touch, else of its first touch."""
    view, facts = part
    evidence = facts.view
    if "channel" not in evidence.store.text_columns:
        return np.zeros(view.n_journeys, np.int64)
    codes = evidence.codes("channel")
    names = evidence.store.dictionaries["channel"]
    is_null = names.is_null().to_numpy(zero_copy_only=False)
    first = codes[evidence.offsets[:-1][view.journeys]].astype(np.int64)
    of_lead = np.where(leads >= 0, codes[np.maximum(leads, 0)], first).astype(np.int64)
    return np.where(is_null[of_lead], first, of_lead)


def _counted(passed: pd.DataFrame, by: By, known: Sequence[str]) -> pd.DataFrame:
    """One row per value: how many passed each post, and their worth."""
    columns: dict[str, pd.Series] = {by: passed[by]}
    for name in ENDS:
        for column in ("n", "worth"):
            own = passed[column].where(passed["post"] == name, 0.0)
            columns[f"{column}_{name}"] = own if name in known else own * np.nan
    grouped = pd.DataFrame(columns).groupby(by, dropna=False, sort=False)
    return grouped.sum(min_count=1).reset_index().astype({by: object})


def _spent(log: TouchpointLog, by: By) -> pd.DataFrame:
    """One row per value and currency: cost by kind."""
    spent = spending(log).assign(period=None)
    spent["channel"] = called_as(log, "channel", spent["channel"])
    sums = spent.groupby([by, "currency", "kind"], dropna=False)["cost"].sum().reset_index()
    of_kinds: dict[tuple[object, object], dict[str, float]] = {}
    for row in none_for_missing(sums, [by, "currency"]).itertuples(index=False):
        value, currency, kind, cost = row
        of_kinds.setdefault((value, currency), {})[kind] = cost
    frame = pd.DataFrame(list(of_kinds), columns=[by, "currency"], dtype=object)
    for kind in KINDS:
        costs = [one.get(kind, np.nan) for one in of_kinds.values()]
        frame[f"{kind}_cost"] = np.array(costs, dtype=np.float64)
    # A kind of which no cost at all is known is not known to be 0.
    told = [f"{kind}_cost" for kind in KINDS if kind in set(spent["kind"])]
    frame[told] = frame[told].fillna(0.0)
    return frame.assign(cost=frame[told].sum(axis=1))


def _ordered(frame: pd.DataFrame, by: By) -> pd.DataFrame:
    if by == "channel":
        return frame.sort_values(
            ["cost", "n_lead"], ascending=False, kind="stable", ignore_index=True
        )
    return frame.sort_values([by, "currency"], ignore_index=True, na_position="last")


def _with_ratios(frame: pd.DataFrame, by: By, known: Sequence[str]) -> pd.DataFrame:
    counts = {f"n_{name}": 0.0 for name in known} | {f"worth_{name}": 0.0 for name in known}
    frame = frame.fillna(counts)
    n_currencies = frame.groupby(by, dropna=False)["cost"].transform("size")
    cost, is_mixed = frame["cost"].astype(float), n_currencies > 1
    of_none = frame[by].isna() & (by == "channel")
    n_passed = sum((frame[f"n_{name}"] for name in known), pd.Series(0.0, index=frame.index))
    can_divide = cost.notna() & (cost >= 0) & ~is_mixed & ~of_none
    columns: dict[str, object] = {
        name: frame[name] for name in (by, "currency", *(f"{kind}_cost" for kind in KINDS), "cost")
    }
    for name in ENDS:
        n = frame[f"n_{name}"].astype(float)
        some = n.where(n > 0)
        columns |= {
            f"n_{name}s": n.astype("Int64"),
            f"cost_per_{name}": (cost / some).where(can_divide),
            f"value_per_{name}": frame[f"worth_{name}"] / some,
        }
    notes = np.select(
        [of_none, cost.isna(), is_mixed, cost < 0, n_passed == 0, cost == 0],
        [OF_NONE, NOT_KNOWN, MIXED, REFUNDED, NONE_PASSED, NOTHING],
        default="",
    )
    note = pd.Series([text or None for text in notes], index=frame.index, dtype=object)
    return pd.DataFrame({**columns, "note": note})
