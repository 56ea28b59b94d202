"""What journeys of one shard did in a period: the flags that every lifecycle count adds up.

A count and the list it opens into are made by the same flags, so they can't disagree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.analysis.lifecycle.churn import churn_rows
from journey.analysis.scores.milestones import Posts, first_passed, posts_over, types_meaning
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.facts import LOST, NO_DECISION, WON
from journey.kernels.returns import returns
from journey.kernels.select import first_of, take
from journey.log import TouchpointLog
from journey.rules.meanings import MEANINGS, Meaning
from journey.rules.words import plain_words, says
from journey.store.cache import memory
from journey.store.layout import Array, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

_COMPETITOR: Final = r"competit|competid|concurren|konkurr|wettbewerb|rival"
_REFERRAL: Final = r"referral|referred|word of mouth|recommend|empfehl|recommand"
_SHOWN: Final = "was shown"
_Words = tuple[Posts, Mapping[Meaning, Flags], Flags, Flags, Flags]
BUYING: Final[tuple[Meaning, ...]] = ("renewal", "upsell", "cross_sell")


@dataclass(frozen=True, eq=False, repr=False)
class Span:
    """A period from ``begin`` to before ``end``, and what the words of a log mean.

    ``key`` tells it from any other, so that it can be part of a step.
    """

    key: str
    begin: int
    end: int
    posts: Posts
    is_type: Mapping[Meaning, Flags]
    is_competitor: Flags
    """By type: it says that a competitor won."""
    reasons: Flags
    """By code of the reason: it names a competitor; empty where there are none."""
    referring: Flags
    """By code of the channel: customers come by recommendation; empty where there are none."""

    def __repr__(self) -> str:
        """The same in every process, as a fingerprint must be."""
        return f"Span({self.key})"

    def __eq__(self, other: object) -> bool:
        """Equal keys are equal spans."""
        return isinstance(other, Span) and other.key == self.key

    def __hash__(self) -> int:
        """By the key."""
        return hash(self.key)


def span_of(log: TouchpointLog, *, days: float) -> Span:
    """The last so many days of a log up to ``as_of``."""
    is_cut = log.until is not None and log.until == log.as_of_tick
    end = log.as_of_tick if is_cut else log.as_of_tick + 1
    return span_between(log, end - round(days * log.ticks_per_day), end)


def span_of_month(log: TouchpointLog, month: str) -> Span:
    """A calendar month in UTC (``YYYY-MM``)."""
    first = np.datetime64(month, "M")
    begin, end = (
        int((first + step).astype("datetime64[s]").astype(np.int64)) * log.store.ticks_per_second
        for step in range(2)
    )
    return span_between(log, begin, end)


def span_between(log: TouchpointLog, begin: int, end: int) -> Span:
    """A period from one tick to before another."""
    store, definitions = log.store, log.definitions
    key = ("lifecycle words", store.fingerprint, definitions.fingerprint)
    said = memory.get(key, partial(_words_of, store, definitions), n_bytes=lambda _: 2**16)
    key = f"{begin}:{end}:{store.fingerprint}:{definitions.fingerprint}"
    return Span(key, begin, end, *said)


def _words_of(store: Store, definitions: Definitions) -> _Words:
    return (
        posts_over(store, definitions),
        {meaning: types_meaning(store, definitions, meaning) for meaning in MEANINGS},
        _saying(_COMPETITOR, store.touchpoint_types),
        _saying(_COMPETITOR, _values_of(store, "reason")),
        _saying(_REFERRAL, _values_of(store, "channel")),
    )


def period_before(log: TouchpointLog, span: Span) -> TouchpointLog:
    """The log as it was when a period began: its last days are the period before."""
    return log.between(end=log.at(span.begin))


def _saying(pattern: str, names: Sequence[str | None]) -> Flags:
    flags = [name is not None and says(pattern, plain_words(name)) for name in names]
    return frozen(np.array(flags, dtype=bool))


@dataclass(frozen=True, eq=False)
class Lived:
    """The journeys in view of one shard, and a period.

    Rows are places in the evidence; flags and counts are by journey of the evidence until
    :meth:`in_view` chooses those in view.
    """

    part: Part
    span: Span

    @property
    def facts(self) -> ShardFacts:
        """What is true of the journeys."""
        return self.part[1]

    @property
    def evidence(self) -> View:
        """All touches of the shard up to ``as_of``."""
        return self.part[1].view

    def in_view(self, flags: Flags) -> Flags:
        """Of flags of all journeys those of journeys in view."""
        return flags[self.part[0].journeys]

    def ticks_at(self, rows: Ints) -> Ints:
        """Times of some rows."""
        return self.evidence.ticks[rows].astype(np.int64)

    @cached_property
    def rows(self) -> Ints:
        """Rows of the period, of all journeys."""
        ticks = self.evidence.ticks
        return np.flatnonzero((ticks >= self.span.begin) & (ticks < self.span.end))

    @cached_property
    def owners(self) -> Ints:
        """The journey of each row of the period."""
        return owners_of(frozen(self.rows), self.evidence.offsets)

    @cached_property
    def types(self) -> Array:
        """Types of the rows of the period."""
        return self.evidence.codes("touchpoint")[self.rows]

    @cached_property
    def by_customer(self) -> Flags:
        """Rows of the evidence in which somebody did something, not only was shown it."""
        return is_by_customer(self.evidence)

    @cached_property
    def won_rows(self) -> Ints:
        """The winning row of each journey, -1 where it isn't won."""
        return np.where(self.facts.outcomes == WON, self.facts.decided_rows, -1)

    def during(self, ticks: Array) -> Flags:
        """Which instants lie in the period."""
        return (ticks >= self.span.begin) & (ticks < self.span.end)

    def passed(self, milestone: Meaning) -> Ints:
        """The row at which each journey passed a milestone, -1 where it never did."""
        return first_passed(self.part, self.span.posts, milestone)

    def at_rows(self, rows: Ints) -> Flags:
        """Journeys whose row (-1: none) lies in the period."""
        found = np.zeros(len(rows), dtype=bool)
        known = rows >= 0
        found[known] = self.during(self.evidence.ticks[rows[known]])
        return found

    def having(self, is_type: Flags) -> Flags:
        """Journeys with a touch of some types in the period."""
        found = np.zeros(self.evidence.n_journeys, dtype=bool)
        found[self.owners[is_type[self.types]]] = True
        return found

    def meaning(self, meaning: Meaning) -> Flags:
        """Journeys with a touch of a meaning in the period."""
        return self.having(self.span.is_type[meaning])

    @cached_property
    def first_rows(self) -> Ints:
        """The first row of each journey, -1 where it had not begun."""
        begun = self.evidence.lengths > 0
        return np.where(begun, self.evidence.offsets[:-1], -1)

    @cached_property
    def buying(self) -> Flags:
        """By type: it is a purchase, first or again."""
        found = self.facts.verdict_of_type == WON
        for meaning in BUYING:
            found = found | self.span.is_type[meaning]
        return frozen(found)

    def flags(self, name: str, of: str | None = None) -> Flags:
        """The journeys, in view or not, that a count is of: made once for facts and period."""

        def make() -> Flags:
            return FLAGS[name](self) if of is None else FLAGS_OF[name](self, of)

        return self.facts.kept(("lived", name, of, self.span.key), make)

    @property
    def began_by_referral(self) -> Flags:
        """Journeys whose first touch is a recommendation, by its type or its channel."""
        key = "began by referral", self.span.key
        return self.facts.kept(key, self._began_by_referral)

    def _began_by_referral(self) -> Flags:
        types = self.evidence.codes("touchpoint")
        found = _at(self.span.is_type["referral"], types, self.first_rows)
        if len(self.span.referring):
            found |= _at(self.span.referring, self.evidence.codes("channel"), self.first_rows)
        return found

    @cached_property
    def lost_to_competitor(self) -> Flags:
        """Lost journeys whose last deciding touch, or its reason, names a competitor."""
        types = self.evidence.codes("touchpoint")
        found = _at(self.span.is_competitor, types, self.facts.decided_rows)
        if len(self.span.reasons):
            reasons = self.evidence.codes("reason")
            found |= _at(self.span.reasons, reasons, self.facts.decided_rows)
        return found & (self.facts.outcomes == LOST)


def is_by_customer(view: View) -> Flags:
    """Touches in view in which somebody did something, not only was shown it."""
    store = view.store
    if "direction" not in store.text_columns:
        return np.ones(view.n_touchpoints, dtype=bool)

    def make() -> Flags:
        done = [name != _SHOWN for name in store.dictionaries["direction"].to_pylist()]
        return frozen(np.array(done, dtype=bool)[view.shard.codes["direction"]])

    return view.told("done", make)


def _at(flags: Flags, codes: Array, rows: Ints) -> Flags:
    """What flags by code say of some rows; nothing of row -1."""
    found = np.zeros(len(rows), dtype=bool)
    known = rows >= 0
    found[known] = flags[codes[rows[known]]]
    return found


def return_rows(lived: Lived) -> Ints:
    """Rows at which a journey that was dormant or sent back was active again."""
    evidence = lived.evidence
    types = evidence.codes("touchpoint")
    return returns(
        evidence.ticks,
        evidence.offsets,
        frozen(take(lived.facts.verdict_of_type, types)),
        frozen(lived.by_customer),
        frozen(take(lived.span.is_type["sent_back"], types)),
        float(lived.facts.silence.dormancy_ticks),
    )


def _reopened(lived: Lived) -> Flags:
    rows = return_rows(lived)
    rows = rows[lived.during(lived.ticks_at(rows))]
    found = np.zeros(lived.evidence.n_journeys, dtype=bool)
    found[np.searchsorted(lived.evidence.offsets, rows, side="right") - 1] = True
    return found


def _decided(lived: Lived, *codes: int) -> Flags:
    return np.isin(lived.facts.outcomes, codes) & lived.during(lived.facts.ended_ticks)


def _ever(lived: Lived, milestone: Meaning) -> Flags:
    return lived.passed(milestone) >= 0


def _bought_again(lived: Lived) -> Flags:
    """Customers with a purchase, renewal, upsell or cross-sell after the win, up to ``as_of``."""
    rows = np.flatnonzero(take(lived.buying, lived.evidence.codes("touchpoint")))
    owners = owners_of(frozen(rows), lived.evidence.offsets)
    won = lived.won_rows[owners]
    found = np.zeros(lived.evidence.n_journeys, dtype=bool)
    found[owners[(won >= 0) & (rows > won)]] = True
    return found


def _customers_before(lived: Lived) -> Flags:
    """Customers won before the period who had not left by its begin."""
    before = lived.won_rows >= 0
    before[before] = lived.ticks_at(lived.won_rows[before]) < lived.span.begin
    return before & ~_left(lived, -(2**62), lived.span.begin)


def _left(lived: Lived, begin: int, end: int) -> Flags:
    """Customers who left from one tick to before another."""
    rows = churn_rows(lived.facts, lived.span.is_type["churn"])
    rows = rows[(lived.ticks_at(rows) >= begin) & (lived.ticks_at(rows) < end)]
    found = np.zeros(lived.evidence.n_journeys, dtype=bool)
    found[np.searchsorted(lived.evidence.offsets, rows, side="right") - 1] = True
    return found


FLAGS: Final[Mapping[str, Callable[[Lived], Flags]]] = {
    "new_journeys": lambda lived: lived.at_rows(lived.first_rows),
    "active_journeys": lambda lived: np.bincount(
        lived.owners, minlength=lived.evidence.n_journeys
    ).astype(bool),
    "new_leads": lambda lived: lived.at_rows(lived.passed("lead")),
    "known_leads": lambda lived: _ever(lived, "lead"),
    "reopened": _reopened,
    "mqls": lambda lived: lived.at_rows(lived.passed("mql")),
    "accepted": lambda lived: lived.at_rows(lived.passed("accepted")),
    "sent_back": lambda lived: lived.meaning("sent_back"),
    "sqls": lambda lived: lived.at_rows(lived.passed("sql")),
    "won": lambda lived: _decided(lived, WON),
    "lost": lambda lived: _decided(lived, LOST),
    "lost_to_competitor": lambda lived: _decided(lived, LOST) & lived.lost_to_competitor,
    "no_decision": lambda lived: _decided(lived, NO_DECISION),
    "decided": lambda lived: _decided(lived, WON, LOST, NO_DECISION),
    "customers": lambda lived: lived.won_rows >= 0,
    "onboarded": lambda lived: lived.meaning("onboarding"),
    "supported": lambda lived: lived.meaning("support"),
    "renewed": lambda lived: lived.meaning("renewal"),
    "upsold": lambda lived: lived.meaning("upsell"),
    "cross_sold": lambda lived: lived.meaning("cross_sell"),
    "bought_again": _bought_again,
    "referrers": lambda lived: lived.meaning("referral"),
    "referred": lambda lived: lived.at_rows(lived.first_rows) & lived.began_by_referral,
    "referred_won": lambda lived: _decided(lived, WON) & lived.began_by_referral,
    "customers_before": _customers_before,
    "churned": lambda lived: (
        _left(lived, lived.span.begin, lived.span.end) & _customers_before(lived)
    ),
}
"""Which journeys each count of the lifecycle is of."""


def _answering(lived: Lived, of: str) -> Flags:
    """Journeys that answered a call to action in the period and were no lead before."""
    rows = lived.rows[lived.types == lived.evidence.store.touchpoint_types.index(of)]
    owners = owners_of(frozen(rows), lived.evidence.offsets)
    leads = lived.passed("lead")[owners]
    found = np.zeros(lived.evidence.n_journeys, dtype=bool)
    found[owners[(leads < 0) | (leads >= rows)]] = True
    return found


def _touching(lived: Lived, of: str) -> Flags:
    """Journeys with a touch of a type in the period."""
    return lived.having(np.array([name == of for name in lived.evidence.store.touchpoint_types]))


def _won_after_campaign(lived: Lived, of: str) -> Flags:
    """Journeys won in the period with a touch of a campaign before the win."""
    store = lived.evidence.store
    wanted = frozen(np.array([name == of for name in _values_of(store, "campaign")], dtype=bool))
    first = first_of(lived.evidence.codes("campaign"), lived.evidence.offsets, wanted)
    return _decided(lived, WON) & (first >= 0) & (first < lived.won_rows)


def _values_of(store: Store, column: str) -> list[str | None]:
    return store.dictionaries[column].to_pylist() if column in store.text_columns else []


FLAGS_OF: Final[Mapping[str, Callable[[Lived, str], Flags]]] = {
    "touched": _touching,
    "answered": _answering,
    "answered_leads": lambda lived, of: _answering(lived, of) & _ever(lived, "lead"),
    "won_after_campaign": _won_after_campaign,
}
"""Which journeys a count of one call to action, or of one campaign, is of."""


def flags_of(part: Part, *, span: Span, name: str, of: str | None) -> Flags:
    """The journeys in view that a count is of."""
    lived = Lived(part, span)
    return lived.in_view(lived.flags(name, of))
