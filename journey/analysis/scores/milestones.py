"""When journeys passed the posts of marketing and sales: lead, MQL, accepted, SQL, opportunity.

MQL and SQL are passed at the touches that mean it or, where the log has none, when the scoring
rules first held.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from journey.analysis.scores.codes import account_points, given_ever, scoring_of
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.kernels.scores import first_held
from journey.kernels.select import first_of
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.schema import SECONDS_PER_DAY
from journey.store.cache import keep
from journey.store.layout import Store, frozen
from journey.store.view import View, whole

QUALIFIED: Final[tuple[Literal["mql", "sql"], ...]] = ("mql", "sql")
"""Those that scoring rules can tell."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Verdicts = npt.NDArray[np.uint8]
Part = tuple[View, ShardFacts]

MILESTONES: Final[tuple[Meaning, ...]] = ("lead", "mql", "accepted", "sql", "opportunity")
"""In the order in which a lead passes them; between them it may be sent back."""


@dataclass(frozen=True, eq=False)
class Posts:
    """By what each milestone is passed in a log.

    A flag for each touchpoint type's code; or the definitions by whose scoring rules it is passed,
    for those in ``by_score``. ``key`` tells it from any other of the same log.
    """

    key: Hashable
    is_type: Mapping[Meaning, Flags]
    by_score: Mapping[Meaning, Definitions] = field(default_factory=dict[Meaning, Definitions])


def posts_of(log: TouchpointLog) -> Posts:
    """By what each milestone is passed in a log."""
    return posts_over(log.store, log.definitions)


def posts_over(store: Store, definitions: Definitions) -> Posts:
    """By what each milestone is passed, by some definitions of a store."""
    is_type: dict[Meaning, Flags] = {
        meaning: types_meaning(store, definitions, meaning) for meaning in MILESTONES
    }
    by_score: dict[Meaning, Definitions] = {}
    for name in QUALIFIED:
        by = getattr(definitions.scoring, name).by
        if by == "thresholds" or (by is None and not is_type[name].any()):
            by_score[name] = definitions
    return Posts(definitions.fingerprint, is_type, by_score)


def by_thresholds(definitions: Definitions) -> Posts:
    """MQL and SQL by the thresholds of scoring rules, whatever touchpoints say."""
    key = "thresholds", definitions.fingerprint
    return Posts(key, {}, dict.fromkeys(QUALIFIED, definitions))


def can_be_passed(posts: Posts, milestone: Meaning) -> bool:
    """Whether anything in a log can pass a milestone."""
    return milestone in posts.by_score or bool(posts.is_type[milestone].any())


def types_meaning(store: Store, definitions: Definitions, meaning: Meaning) -> Flags:
    """Which touchpoint types, by code as stored, have a meaning."""
    names = store.touchpoint_types
    meant = set(definitions.meanings.types(meaning, names))
    return frozen(np.array([name in meant for name in names], dtype=bool))


def first_passed(part: Part, posts: Posts, milestone: Meaning) -> Ints:
    """The row in the evidence (``facts.view``) at which each journey of a shard first passed.

    -1 where it never did. An opportunity is there from the first touch with an opportunity's id
    on, too.
    """
    facts, key = part[1], ("passed", milestone, posts.key)
    return facts.kept(key, partial(_first_passed, facts, posts, milestone))


def _first_passed(facts: ShardFacts, posts: Posts, milestone: Meaning) -> Ints:
    """What was ever passed, as far as it lies in the evidence: later touches change nothing."""
    evidence, verdicts = facts.view, facts.verdict_of_type
    about = posts.key, verdicts.tobytes(), evidence.store.fingerprint, evidence.shard.cut
    every = whole(evidence.store, evidence.shard)
    make = partial(_first_ever, every, verdicts, posts, milestone)
    places = keep(("passed ever", milestone, *about), make) - every.offsets[:-1]
    is_by_then = (places >= 0) & (places < evidence.lengths)
    return np.where(is_by_then, evidence.offsets[:-1] + places, -1)


def _first_ever(view: View, verdicts: Verdicts, posts: Posts, milestone: Meaning) -> Ints:
    if milestone in posts.by_score:
        return _first_scored(view, verdicts, posts.by_score[milestone], milestone)
    rows = first_of(view.types, view.offsets, posts.is_type[milestone])
    if milestone != "opportunity" or "opportunity_id" not in view.store.text_columns:
        return rows
    names = view.store.dictionaries["opportunity_id"]
    is_known = frozen(~names.is_null().to_numpy(zero_copy_only=False))
    with_id = first_of(view.codes("opportunity_id"), view.offsets, is_known)
    both = np.minimum(rows, with_id)
    return np.where(both < 0, np.maximum(rows, with_id), both)


def _first_scored(
    view: View, verdicts: Verdicts, definitions: Definitions, milestone: Meaning
) -> Ints:
    """The first row after which fit and engagement were as high as it takes, before any win.

    Looked at whenever something happens, not between touches, so that later ones change nothing.
    """
    store = view.store
    scoring = scoring_of(store, definitions)
    given = given_ever(view, scoring)
    won = first_of(view.types, view.offsets, frozen(verdicts == WON))
    rule = getattr(scoring.scoring, milestone)
    least = np.array([rule.fit if scoring.has_fit else -np.inf, rule.engagement, -np.inf])
    return first_held(
        given.classes,
        view.ticks,
        view.offsets[:-1],
        frozen(np.where(won < 0, view.offsets[1:], won)),
        given.starts,
        given.rules,
        given.points,
        scoring.fades,
        scoring.rate(SECONDS_PER_DAY * store.ticks_per_second),
        frozen(scoring.limits[scoring.touch_rules]),
        frozen(scoring.dimensions[scoring.touch_rules]),
        frozen(scoring.base(account_points(scoring, store.journey_accounts(view.shard)))),
        scoring.scoring.most,
        frozen(least),
    )
