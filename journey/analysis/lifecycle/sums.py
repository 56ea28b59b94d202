"""What lifecycle figures are made of: numbers that add up over shards, medians, costs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.distinct import distinct
from journey.analysis.lifecycle.cost_per import MIXED, NOT_KNOWN, REFUNDED
from journey.analysis.lifecycle.lived import FLAGS, Lived, Part, Span, is_by_customer
from journey.analysis.lifecycle.reach import people_by_each, visitors_known
from journey.analysis.spending.reach import WIDER, are_wider
from journey.analysis.spending.spending import spent_by_currency
from journey.analysis.stages.outcomes import values_at_win
from journey.kernels.distinct import owners_of
from journey.kernels.select import rows_of_ranges
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.rules.meanings import Meaning
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Key = tuple[str, str | None]
"""A figure, and of which channel, call to action or campaign; None: of all."""

TOUCHES: Final[tuple[Meaning, ...]] = ("sent", "opened", "clicked", "shared", "ad_shown")
_ANSWERS: Final[tuple[Meaning, ...]] = ("clicked", "opened")
MOST_NAMED: Final = 5
"""Channels, calls to action and campaigns with a row of their own."""


@dataclass(frozen=True, eq=False)
class Figures:
    """The numbers of one period; the currency of its costs, or why there are none."""

    numbers: dict[Key, float]
    currency: str | None
    cost_note: str | None

    def get(self, name: str, of: str | None = None) -> float:
        """A number; not a number where there is none."""
        return self.numbers.get((name, of), np.nan)

    def named(self, name: str) -> list[str]:
        """What a figure is told of by name, largest first."""
        found = [(n, of) for (known, of), n in self.numbers.items() if known == name and of]
        return [of for _, of in sorted(found, key=lambda pair: (-pair[0], pair[1]))]


def figures_of(log: TouchpointLog, span: Span) -> Figures:
    """All numbers of one period."""
    total: Counter[Key] = Counter()
    campaigns: Counter[str] = Counter()
    for shard in log.ask_with_facts(partial(_sums, span=span)):
        total.update(shard[0])
        campaigns.update(shard[1])
    numbers: dict[Key, float] = {key: float(n) for key, n in total.items()}
    top = sorted(campaigns.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMED]
    numbers |= {("won_after_campaign", name): float(n) for name, n in top}
    numbers |= _people(log, span) | _medians(log, span)
    cost, currency, note = _costs(log, span)
    if cost is not None:
        numbers["cost", None] = cost
    return Figures(numbers, currency, note)


def _sums(part: Part, *, span: Span) -> tuple[dict[Key, float], dict[str, int]]:
    lived = Lived(part, span)
    sums: dict[Key, float] = {
        (name, None): lived.in_view(lived.flags(name)).sum() for name in FLAGS
    }
    shown = np.flatnonzero(lived.during(part[0].ticks))
    sums["touches", None] = len(shown)
    calls = np.flatnonzero(span.is_type["call_to_action"])
    for name in (lived.evidence.store.touchpoint_types[code] for code in calls):
        if lived.in_view(lived.flags("touched", name)).any():
            for key in ("answered", "answered_leads"):
                sums[key, name] = lived.in_view(lived.flags(key, name)).sum()
    return sums | _mail(lived, shown) | _money(lived) | _profiles(lived), _campaigns(lived)


def _mail(lived: Lived, shown: Ints) -> dict[Key, float]:
    """Messages and content, as touchpoints in view: sent, opened, clicked, shared and viewed.

    Of those clicked also how many were never seen to be opened.
    """
    view, is_type = lived.part[0], lived.span.is_type
    types = view.codes("touchpoint")[shown]
    clicked, opened = _messages(view, *(shown[is_type[name][types]] for name in _ANSWERS))
    n_either = len(distinct(np.concatenate([clicked, opened])))
    n_both = len(clicked) + len(opened) - n_either
    views = 0
    if "content" in view.store.text_columns:
        names = view.store.dictionaries["content"]
        is_known = view.codes("content")[shown] < len(names) - names.null_count
        views = int((is_known & is_by_customer(view)[shown]).sum())
    return {
        **{(meaning, None): is_type[meaning][types].sum() for meaning in TOUCHES},
        ("messages_clicked", None): len(clicked),
        ("messages_clicked_unopened", None): len(clicked) - n_both,
        ("content_views", None): views,
    }


def _messages(view: View, *rows: Ints) -> list[Ints]:
    """By whom and in which message, of each choice of rows of a view, each once, as one number."""
    found = np.concatenate([owners_of(frozen(some), view.offsets) for some in rows])
    every = np.concatenate(rows)
    for name in ("person_id", "campaign", "content"):
        if name in view.store.text_columns:
            pairs = found * len(view.store.dictionaries[name]) + view.codes(name)[every]
            found = np.unique(pairs, return_inverse=True)[1]
    return [distinct(some) for some in np.split(found, np.cumsum([len(one) for one in rows])[:-1])]


def _money(lived: Lived) -> dict[Key, float]:
    """Value won in the period, what customers spent again, and all that customers were worth."""
    view, facts = lived.part
    worth = values_at_win(facts, view.journeys)
    is_won = lived.in_view(lived.won_rows >= 0)
    won_now = lived.in_view(lived.at_rows(lived.won_rows))
    by_referral = lived.in_view(lived.began_by_referral)
    is_mql = lived.in_view(lived.flags("mqls"))
    now, later = (spent[view.journeys] for spent in _spent_again(lived))
    lifetime = (worth + later)[is_won]
    return {
        ("won_value", None): float(worth[won_now].sum()),
        ("referred_value", None): float(worth[won_now & by_referral].sum()),
        ("mql_value", None): float(worth[is_mql].sum()),
        ("existing_revenue", None): float(now.sum()),
        ("lifetime_revenue", None): float(lifetime.sum()),
        ("valued_customers", None): float((lifetime > 0).sum()),
    }


def _spent_again(lived: Lived) -> tuple[Floats, Floats]:
    """What each customer spent again in the period, and ever.

    Where no value was known as a journey was won, its last one after stands for the win, and is
    not spent again.
    """
    key = "spent again", lived.span.key
    return lived.facts.kept(key, partial(_spent, lived))


def _spent(lived: Lived) -> tuple[Floats, Floats]:
    evidence = lived.evidence
    values = evidence.numbers("value")
    if values is None:
        return np.zeros(evidence.n_journeys), np.zeros(evidence.n_journeys)
    rows = np.flatnonzero(values > 0)
    owners = owners_of(frozen(rows), evidence.offsets)
    won = lived.won_rows[owners]
    of_win = np.full(evidence.n_journeys, -1, np.int64)
    of_win[owners] = rows
    of_win[owners[rows <= won]] = -1
    is_bought = lived.buying[evidence.codes("touchpoint")[rows]]
    again = is_bought & (won >= 0) & (rows > won) & (rows != of_win[owners])
    rows, owners, spent = rows[again], owners[again], values[rows[again]]
    now = spent * lived.during(lived.ticks[rows])
    n = evidence.n_journeys
    of_journeys: tuple[Floats, Floats] = np.zeros(n), np.zeros(n)
    for total, costs in zip(of_journeys, (now, spent), strict=True):
        np.add.at(total, owners, costs)
    return of_journeys


def _profiles(lived: Lived) -> dict[Key, float]:
    """Attributes of the accounts of new leads: how many there could be, and how many are known."""
    view, store = lived.part[0], lived.evidence.store
    names = [name for name in store.accounts.column_names if name != "known as"]
    chosen = lived.in_view(lived.flags("new_leads"))
    accounts = store.journey_accounts(view.shard)[view.journeys[chosen]]
    filled = 0
    for name in names:
        codes, values = store.account_codes(name)
        is_null = values.is_null().to_numpy(zero_copy_only=False)
        filled += int((~is_null[codes[accounts]]).sum())
    return {
        ("profile_filled", None): filled,
        ("profile_cells", None): len(names) * len(accounts),
    }


def _campaigns(lived: Lived) -> dict[str, int]:
    """Journeys in view won in the period by each campaign met before the win."""
    if "campaign" not in lived.evidence.store.text_columns:
        return {}
    key = "campaigns before wins", lived.span.key
    owners, codes = lived.facts.kept(key, partial(_campaigns_met, lived))
    in_view = np.zeros(lived.evidence.n_journeys, dtype=bool)
    in_view[lived.part[0].journeys] = True
    names = lived.evidence.store.dictionaries["campaign"].to_pylist()
    counts = np.bincount(codes[in_view[owners]], minlength=len(names)).tolist()
    return {name: n for name, n in zip(names, counts, strict=True) if n and name is not None}


def _campaigns_met(lived: Lived) -> tuple[Ints, Ints]:
    """Pairs of a journey won in the period and a campaign met before the win, each once."""
    evidence, begins = lived.evidence, lived.evidence.offsets[:-1]
    n_names = len(evidence.store.dictionaries["campaign"])
    won = np.flatnonzero(lived.at_rows(lived.won_rows))
    rows = rows_of_ranges(begins, frozen(lived.won_rows), won)
    owners = np.repeat(won, (lived.won_rows - begins)[won])
    codes = evidence.codes("campaign")[rows].astype(np.int64)
    return np.divmod(distinct(owners * n_names + codes), n_names)


def _people(log: TouchpointLog, span: Span) -> dict[Key, float]:
    """People met, by channel too; people for each piece of content; visitors who became known."""
    columns = log.store.text_columns
    bys = [None, *(name for name in ("channel", "content") if name in columns)]
    frames = people_by_each(log, bys, since=span.begin, until=span.end)
    told = {by: frame.dropna(subset="value") for by, frame in zip(bys, frames, strict=True) if by}
    found: dict[Key, float] = {("people", None): float(frames[0]["n_people"].sum())}
    if "channel" in told:
        for row in _rows(told["channel"].head(MOST_NAMED)):
            found["people", str(row[0])], found["touches", str(row[0])] = row[1], row[2]
    if "content" in told:
        found["consumers", None] = float(told["content"]["n_people"].sum())
        found["contents", None] = float(len(told["content"]))
    known, met = visitors_known(log, since=span.begin, until=span.end)
    return found | {("visitors", None): float(met), ("known_visitors", None): float(known)}


def _rows(frame: pd.DataFrame) -> Iterable[tuple[str, float, float]]:
    return zip(frame["value"], frame["n_people"], frame["n_touchpoints"], strict=True)


def _medians(log: TouchpointLog, span: Span) -> dict[Key, float]:
    """Median touches and days from the first touch to the win, of journeys won in the period."""
    first = log.ask_with_facts(partial(_efforts_counted, span=span))
    look = partial(_efforts_within, span=span)
    _, found = percentiles(first, log.ask_with_facts, look, [(0, 50), (1, 50)], 2)
    return {
        ("touches_to_win", None): float(found[0]),
        ("days_to_win", None): float(found[1]) / log.ticks_per_day,
    }


def _efforts_counted(part: Part, *, span: Span) -> Cells:
    return first_cells(*_efforts(part, span), 2)


def _efforts_within(part: Part, targets: Targets, *, span: Span) -> tuple[Ints, Ints]:
    return within(*_efforts(part, span), targets)


def _efforts(part: Part, span: Span) -> tuple[Ints, Floats]:
    """Touches (group 0) and ticks (group 1) to the win of each journey won in the period."""
    lived = Lived(part, span)
    chosen = part[0].journeys[lived.in_view(lived.at_rows(lived.won_rows))]
    begins, won = lived.evidence.offsets[:-1][chosen], lived.won_rows[chosen]
    touches, ticks = won - begins + 1, lived.ticks[won] - lived.ticks[begins]
    groups = np.repeat(np.arange(2), len(chosen))
    return groups, np.concatenate([touches, ticks]).astype(np.float64)


def _costs(log: TouchpointLog, span: Span) -> tuple[float | None, str | None, str | None]:
    """What was spent in the period and in which currency, or why that is not known."""
    spent = spent_by_currency(log.between(log.at(span.begin)))
    if not spent:
        return None, None, NOT_KNOWN
    if are_wider(log):
        return None, None, WIDER
    if len(spent) > 1:
        return None, None, MIXED
    [(currency, cost)] = spent.items()
    if cost < 0:
        return None, None, REFUNDED
    return cost, currency, None
