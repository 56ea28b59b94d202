"""What lifecycle figures are made of: numbers that add up over shards, medians, costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from journey.analysis.figures.distinct import distinct
from journey.analysis.lifecycle.lived import FLAGS, FLAGS_OF, Lived, Part, Span, is_by_customer
from journey.analysis.lifecycle.messages import answered
from journey.analysis.lifecycle.reach import reached_by_each, visitors_known
from journey.analysis.spending.reach import MIXED, NOT_KNOWN, REFUNDED, WIDER, are_wider
from journey.analysis.spending.spending import spent_by_currency
from journey.analysis.stages.outcomes import values_at_win
from journey.kernels.distinct import owners_of
from journey.kernels.select import rows_of_ranges, sums_of
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.rules.meanings import Meaning
from journey.store.cache import memory
from journey.store.layout import Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Key = tuple[str, str | None]
"""A figure, and of which channel, call to action or campaign; None: of all."""

Table = tuple[tuple[Key, ...], npt.NDArray[Any]]
"""Figures, and what each journey adds to them: a row each."""

TOUCHES: Final[tuple[Meaning, ...]] = ("sent", "shared", "ad_shown")
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
    """All numbers of one period, which lasts until all that is in view."""
    total: Counter[Key] = Counter()
    campaigns: Counter[str] = Counter()
    for shard in log.ask_with_facts(partial(_sums, span=span)):
        total.update(shard[0])
        campaigns.update(shard[1])
    recent = log.between(log.at(span.begin))
    for mail in recent.ask(partial(_mail, span=span)):
        total.update(mail)
    n_carried, cost = (total.pop((name, None), 0) for name in ("n_carried", "carried_cost"))
    carried = cost if n_carried else None
    numbers: dict[Key, float] = {key: float(n) for key, n in total.items()}
    top = sorted(campaigns.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMED]
    numbers |= {("won_after_campaign", name): float(n) for name, n in top}
    numbers |= _people(recent) | _visitors(log, span) | _medians(log, span)
    cost, currency, note = _costs(recent, carried)
    if cost is not None:
        numbers["cost", None] = cost
    return Figures(numbers, currency, note)


def _sums(part: Part, *, span: Span) -> tuple[dict[Key, float], dict[str, int]]:
    lived, journeys = Lived(part, span), part[0].journeys
    key = "sums", lived.span.key
    flags, amounts = lived.facts.kept(key, partial(_of_journeys, lived))
    sums: dict[Key, float] = {}
    for names, table in (flags, amounts):
        sums |= dict(zip(names, sums_of(table, journeys).tolist(), strict=True))
    for _, name in [key for key in flags[0] if key[0] == "touched"]:
        if not sums.pop(("touched", name)):
            sums = {key: n for key, n in sums.items() if key[1] != name}
    return sums, _campaigns(lived)


def _of_journeys(lived: Lived) -> tuple[Table, Table]:
    """Of every journey, in view or not, what counts of the period it is in, and its amounts."""
    flags: dict[Key, Flags] = {(name, None): made(lived) for name, made in FLAGS.items()}
    calls = np.flatnonzero(lived.span.is_type["call_to_action"])
    for name in (lived.evidence.store.touchpoint_types[code] for code in calls):
        for key in ("touched", "answered", "answered_leads"):
            flags[key, name] = FLAGS_OF[key](lived, name)
    amounts = _money(lived, flags["mqls", None]) | _profiles(lived, flags["new_leads", None])
    return _table(flags), _table(amounts)


def _table(columns: Mapping[Key, npt.NDArray[Any]]) -> Table:
    return tuple(columns), frozen(np.stack(list(columns.values()), axis=1))


def _mail(shown: View, span: Span) -> dict[Key, float]:
    """Touchpoints in view of the period: messages, content, and what they cost.

    Of messages sent also how many were clicked, opened, and clicked but never seen to be opened.
    """
    is_type, store = span.is_type, shown.store
    types = shown.codes("touchpoint")
    n_of_type = np.bincount(types, minlength=len(store.touchpoint_types))
    sent, reactions = is_type["sent"], (is_type["clicked"], is_type["opened"])
    rows = np.flatnonzero(sent[types])
    clicked, opened = (answered(shown, rows, sent, one, span.end) for one in reactions)
    views = 0
    if "content" in store.text_columns:
        names = store.dictionaries["content"]
        is_known = shown.codes("content") < len(names) - names.null_count
        views = int((is_known & is_by_customer(shown)).sum())
    costs = shown.numbers("cost")
    carried = np.empty(0) if costs is None else costs[~np.isnan(costs)]
    return {
        ("touches", None): shown.n_touchpoints,
        **{(meaning, None): n_of_type[is_type[meaning]].sum() for meaning in TOUCHES},
        ("sent_clicked", None): clicked.sum(),
        ("sent_opened", None): opened.sum(),
        ("sent_clicked_unopened", None): (clicked & ~opened).sum(),
        ("content_views", None): views,
        ("carried_cost", None): float(carried.sum()),
        ("n_carried", None): len(carried),
    }


def _money(lived: Lived, is_mql: Flags) -> dict[Key, Floats]:
    """Value won in the period, what customers spent again, and all that customers were worth."""
    worth = values_at_win(lived.facts, np.arange(lived.evidence.n_journeys))
    is_won, won_now = lived.won_rows >= 0, lived.at_rows(lived.won_rows)
    now, later = _spent(lived)
    lifetime = (worth + later) * is_won
    return {
        ("won_value", None): worth * won_now,
        ("referred_value", None): worth * (won_now & lived.began_by_referral),
        ("mql_value", None): worth * is_mql,
        ("existing_revenue", None): now,
        ("lifetime_revenue", None): lifetime,
        ("valued_customers", None): (lifetime > 0).astype(float),
    }


def _spent(lived: Lived) -> tuple[Floats, Floats]:
    """What each customer spent again in the period, and ever.

    Where no value was known as a journey was won, its last one after stands for the win, and is
    not spent again.
    """
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
    now = spent * lived.during(lived.ticks_at(rows))
    n = evidence.n_journeys
    of_journeys: tuple[Floats, Floats] = np.zeros(n), np.zeros(n)
    for total, costs in zip(of_journeys, (now, spent), strict=True):
        np.add.at(total, owners, costs)
    return of_journeys


def _profiles(lived: Lived, is_new: Flags) -> dict[Key, Floats]:
    """Attributes of the accounts of new leads: how many there could be, and how many are known."""
    store = lived.evidence.store
    names = [name for name in store.accounts.column_names if name != "known as"]
    key = "attributes filled", store.fingerprint
    filled = memory.get(key, partial(_filled, store, names), n_bytes=lambda n: n.nbytes)
    return {
        ("profile_filled", None): filled[store.journey_accounts(lived.evidence.shard)] * is_new,
        ("profile_cells", None): (len(names) * is_new).astype(np.float64),
    }


def _filled(store: Store, names: Sequence[str]) -> Floats:
    """How many of some attributes are known of each account."""
    filled = np.zeros(store.accounts.num_rows)
    for name in names:
        codes, values = store.account_codes(name)
        filled += ~values.is_null().to_numpy(zero_copy_only=False)[codes]
    return filled


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


def _visitors(log: TouchpointLog, span: Span) -> dict[Key, float]:
    """Visitors met in the period, and those of them who became known."""
    known, visitors = visitors_known(log, since=span.begin, until=span.end)
    return {("visitors", None): float(visitors), ("known_visitors", None): float(known)}


def _people(log: TouchpointLog) -> dict[Key, float]:
    """People met, by channel too, and people for each piece of content."""
    columns = log.store.text_columns
    bys = [None, *(name for name in ("channel", "content") if name in columns)]
    every = reached_by_each(log, bys)
    met = dict(zip(bys, every, strict=True))
    found: dict[Key, float] = {("people", None): float(met[None].n_people.sum())}
    if "channel" in met:
        told = met["channel"]
        order = np.argsort(-told.n_people, kind="stable")
        for at in [at for at in order if told.names[at] is not None][:MOST_NAMED]:
            found["people", told.names[at]] = float(told.n_people[at])
            found["touches", told.names[at]] = float(told.n_touchpoints[at])
    if "content" in met:
        is_known = np.array([name is not None for name in met["content"].names], dtype=bool)
        found["consumers", None] = float(met["content"].n_people[is_known].sum())
        found["contents", None] = float(is_known.sum())
    return found


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
    view, facts = part
    won, efforts = facts.kept(("efforts", span.key), partial(_efforts_of_all, Lived(part, span)))
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    chosen = efforts[:, in_view[won]]
    return np.repeat(np.arange(2), chosen.shape[1]), chosen.ravel()


def _efforts_of_all(lived: Lived) -> tuple[Ints, Floats]:
    """The journeys won in the period, and their touches and ticks to the win."""
    chosen = np.flatnonzero(lived.at_rows(lived.won_rows))
    begins, won = lived.evidence.offsets[:-1][chosen], lived.won_rows[chosen]
    touches, ticks = won - begins + 1, lived.ticks_at(won) - lived.ticks_at(begins)
    return chosen, np.stack([touches, ticks]).astype(np.float64)


def _costs(
    log: TouchpointLog, carried: float | None
) -> tuple[float | None, str | None, str | None]:
    """What was spent in view and in which currency, or why that is not known.

    Parameters
    ----------
    carried
        What touchpoints in view cost; none: they tell no cost.
    """
    spent = spent_by_currency(log, carried)
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
