"""Scoring rules translated to the codes of a store, so that touches are scored by their class.

Touches that no rule tells apart are of one class: what each rule gives a class is looked up once,
however many touches there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journey.definitions import Definitions
from journey.facts import ShardFacts, entered_stages
from journey.kernels.facts import UNDECIDING, WON
from journey.kernels.select import take
from journey.reading import rules_for
from journey.rules.score_rule import DIMENSIONS, Rule
from journey.rules.scoring import ScoringRules, rules_in_force
from journey.store.cache import keep, memory
from journey.store.layout import Store, frozen, narrowest
from journey.store.view import View, whole

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ENTERED = "stage entered"
"""Stands among the columns of touches for the stage that a touch enters by the definitions."""

MOST_COMBINATIONS = 100_000
"""Of classes of columns; where more could be, only those that occur are looked up."""


@dataclass(frozen=True, eq=False)
class Condition:
    """Which codes of a column of touches pass."""

    column: str
    passes: Flags


@dataclass(frozen=True, eq=False)
class ColumnClasses:
    """The classes of a column's codes: codes of one class pass the same tests."""

    column: str
    class_of_code: npt.NDArray[Any]
    passes: Flags

    @property
    def n_classes(self) -> int:
        """How many there are."""
        return len(self.passes)


@dataclass(frozen=True, eq=False)
class GivenPoints:
    """The class of each touch of the evidence, and what the rules of touches give each class.

    Rule ``rules[k]``, a place among those of touches, gives ``points[k]``.
    """

    classes: npt.NDArray[Any]
    starts: Ints
    rules: Ints
    points: Floats


@dataclass(frozen=True, eq=False)
class Scoring:
    """The rules in force over the codes of a store.

    ``of_accounts[rule]`` are the accounts that a rule of their attributes is about,
    ``tests_of[rule]`` what a touch must pass for a rule of touches; a rule in neither looks at
    where a journey stands, or at what the log doesn't have (``missing``).
    """

    definitions: Definitions
    scoring: ScoringRules
    tests: Sequence[Condition]
    tests_of: dict[int, list[int]]
    of_accounts: dict[int, Flags]
    missing: dict[int, str]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force."""
        return self.scoring.rules

    @property
    def has_fit(self) -> bool:
        """Whether any rule tells of fit."""
        return bool(self.scoring.of("fit"))

    @cached_property
    def touch_rules(self) -> Ints:
        """The rules of touches."""
        return np.array(sorted(self.tests_of), np.int64)

    @cached_property
    def dimensions(self) -> Ints:
        """The dimension of each rule."""
        return np.array([DIMENSIONS.index(rule.dimension) for rule in self.rules], np.int64)

    @cached_property
    def limits(self) -> Floats:
        """So many points each rule gives at most."""
        return np.array([rule.limit for rule in self.rules], float)

    @cached_property
    def fades(self) -> Flags:
        """Which rules of touches fade."""
        is_engagement = self.dimensions[self.touch_rules] == DIMENSIONS.index("engagement")
        return frozen(is_engagement.astype(bool))

    @cached_property
    def columns(self) -> list[ColumnClasses]:
        """The columns that tests look at, by their classes."""
        names = dict.fromkeys(test.column for test in self.tests)
        return [_column_classes(name, self.tests) for name in names]

    @property
    def n_bytes(self) -> int:
        """Memory held."""
        n_accounts = sum(flags.nbytes for flags in self.of_accounts.values())
        return n_accounts + 2 * sum(test.passes.nbytes for test in self.tests)

    def rate(self, ticks_per_day: float) -> float:
        """How fast points of engagement fade, per tick."""
        return float(np.log(2) / (self.scoring.half_life_days * ticks_per_day))

    def base(self, points: Floats) -> Floats:
        """Points by rule summed by dimension."""
        totals = np.zeros((len(points), len(DIMENSIONS)))
        for dimension in range(len(DIMENSIONS)):
            totals[:, dimension] = points[:, self.dimensions == dimension].sum(axis=1)
        return totals

    def in_dimensions(self, points: Floats) -> Floats:
        """Points by rule as points by dimension, at most as many as allowed."""
        return np.clip(self.base(points), -self.scoring.most, self.scoring.most)


def scoring_of(store: Store, definitions: Definitions) -> Scoring:
    """The rules in force of some definitions over a store."""
    key = ("scoring", store.fingerprint, definitions.fingerprint)
    make = partial(_scoring, store, definitions)
    return memory.get(key, make, n_bytes=lambda scoring: scoring.n_bytes)


def given_points(facts: ShardFacts, scoring: Scoring) -> GivenPoints:
    """What the rules of touches give the touches of the evidence."""
    key = "points given", scoring.definitions.fingerprint
    return facts.kept(key, partial(_given_by_then, facts.view, scoring))


def given_ever(view: View, scoring: Scoring) -> GivenPoints:
    """The same of all touches of the shard of a view, however early that is cut."""
    store, shard = view.store, view.shard
    key = "points ever given", scoring.definitions.fingerprint, store.fingerprint, shard.cut
    return keep(key, partial(_given_points, whole(store, shard), scoring))


def _given_by_then(evidence: View, scoring: Scoring) -> GivenPoints:
    given = given_ever(evidence, scoring)
    return replace(given, classes=evidence.gathered(given.classes))


def _given_points(view: View, scoring: Scoring) -> GivenPoints:
    codes: npt.NDArray[Any] = np.zeros(view.n_touchpoints, np.uint8)
    n_classes = [column.n_classes for column in scoring.columns]
    total = int(np.prod(n_classes, dtype=np.int64))
    wide = narrowest(total)
    for column in scoring.columns:
        own = take(column.class_of_code, _codes(view, scoring, column.column))
        codes = codes.astype(wide, copy=False) * wide.type(column.n_classes) + own.astype(wide)
    present: Ints = np.arange(total)
    if total > MOST_COMBINATIONS:
        present, codes = np.unique(codes, return_inverse=True)
        codes = codes.astype(narrowest(max(len(present), 1)))
    passes = np.ones((len(present), len(scoring.tests)), dtype=bool)
    left = present.astype(np.int64)
    for column in reversed(scoring.columns):
        left, own = np.divmod(left, column.n_classes)
        passes &= column.passes[own]
    points = _points_of_classes(passes, scoring)
    classes, rules = np.nonzero(points)
    starts = np.searchsorted(classes, np.arange(len(present) + 1))
    given = points[classes, rules]
    return GivenPoints(frozen(codes), frozen(starts), frozen(rules), frozen(given))


def account_points(scoring: Scoring, accounts: npt.NDArray[Any]) -> Floats:
    """What rules of attributes give some accounts, by rule."""
    points = np.zeros((len(accounts), len(scoring.rules)))
    for rule, flags in scoring.of_accounts.items():
        given = min(max(scoring.rules[rule].points, -scoring.limits[rule]), scoring.limits[rule])
        points[:, rule] = flags[accounts] * given
    return points


def known_accounts(store: Store, column: str) -> Flags:
    """The accounts of which an attribute is known."""
    codes, values = store.account_codes(column)
    return _flags(pc.is_valid(values))[codes]


def known_touches(view: View, column: str) -> Flags:
    """The touches that tell an attribute, of themselves or of who made them."""
    found = _touch_attribute(column, view.store)
    if found is None:
        return np.zeros(view.n_touchpoints, dtype=bool)
    codes_of, values = found
    return _flags(pc.is_valid(values))[view.codes(codes_of)]


def winning_rows(facts: ShardFacts, definitions: Definitions) -> Ints:
    """The touches of the evidence that win."""
    key = "winning rows", definitions.fingerprint
    return facts.kept(key, partial(_winning_rows, facts.view, definitions))


def _winning_rows(view: View, definitions: Definitions) -> Ints:
    is_win = rules_for(view.store, definitions).verdict_of_type == WON
    return np.flatnonzero(take(frozen(is_win), view.codes("touchpoint")))


def _points_of_classes(passes: Flags, scoring: Scoring) -> Floats:
    """What each rule of touches gives each class."""
    shown, in_person, known = (passes[:, place] for place in range(N_WEIGHTS))
    weights = scoring.scoring.weights
    personal = np.select(
        [shown, in_person, known],
        [weights.shown, weights.in_person, weights.known],
        weights.anonymous,
    )
    points = np.zeros((len(passes), len(scoring.touch_rules)))
    for place, rule in enumerate(scoring.touch_rules):
        given = passes[:, scoring.tests_of[int(rule)]].all(axis=1) * scoring.rules[rule].points
        points[:, place] = given * personal if scoring.fades[place] else given
    return points


def _codes(view: View, scoring: Scoring, column: str) -> npt.NDArray[Any]:
    if column != ENTERED:
        return view.codes(column)
    rules = rules_for(view.store, scoring.definitions)
    entered = entered_stages(view, rules)
    decides = take(frozen(rules.verdict_of_type != UNDECIDING), view.codes("touchpoint"))
    # Being won or lost enters a stage, but is nothing that a lead did.
    return frozen((np.where(decides, -1, entered) + 1).astype(np.uint8))


def _column_classes(column: str, tests: Sequence[Condition]) -> ColumnClasses:
    mine = [place for place, test in enumerate(tests) if test.column == column]
    by_code = np.column_stack([tests[place].passes for place in mine])
    classes, class_of_code = np.unique(by_code, axis=0, return_inverse=True)
    passes = np.ones((len(classes), len(tests)), dtype=bool)
    passes[:, mine] = classes
    narrow = class_of_code.ravel().astype(narrowest(len(classes)))
    return ColumnClasses(column, frozen(narrow), passes)


# ---- translation

N_WEIGHTS = 3
"""The first tests tell how personal a touch is: shown, in person, by somebody known."""


def _scoring(store: Store, definitions: Definitions) -> Scoring:
    scoring = rules_in_force(definitions.scoring, definitions.stage_names)
    tests = _weight_tests(store, definitions)
    tests_of: dict[int, list[int]] = {}
    of_accounts: dict[int, Flags] = {}
    missing: dict[int, str] = {}
    for place, rule in enumerate(scoring.rules):
        column = rule.attribute
        if rule.goes_by == "attribute" and column in store.accounts.column_names:
            codes, values = store.account_codes(str(column))
            of_accounts[place] = _matching(rule, values)[codes]
            continue
        wanted = [] if rule.goes_by == "standing" else _tests_of_rule(rule, store, definitions)
        if isinstance(wanted, str):
            missing[place] = wanted
        elif wanted:
            tests_of[place] = list(range(len(tests), len(tests) + len(wanted)))
            tests += wanted
    return Scoring(definitions, scoring, tests, tests_of, of_accounts, missing)


def _weight_tests(store: Store, definitions: Definitions) -> list[Condition]:
    """Shown by the log's direction, or else by what types mean; known by the person's id."""
    shown = _meaning(store, definitions, ("sent", "ad_shown"))
    if "direction" in store.text_columns:
        shown = _among(store, "direction", ("was shown",))
    known = np.ones(len(store.touchpoint_types), dtype=bool)
    by_whom = Condition("touchpoint", known)
    if "person_id" in store.text_columns:
        people = store.dictionaries["person_id"]
        by_whom = Condition("person_id", ~people.is_null().to_numpy(zero_copy_only=False))
    return [shown, _meaning(store, definitions, ("conversation",)), by_whom]


def _tests_of_rule(rule: Rule, store: Store, definitions: Definitions) -> list[Condition] | str:
    """What a touch must pass for a rule; or else the column that the log doesn't have."""
    if rule.attribute is not None:
        return _attribute_tests(rule, rule.attribute, store)
    columns: dict[str, Sequence[str]] = {
        "touchpoint": rule.touchpoints,
        "channel": rule.channels,
        "content": rule.contents,
    }
    found: list[Condition] = []
    for column, values in columns.items():
        if values and column not in store.text_columns:
            return column
        if values:
            found.append(_among(store, column, values))
    if rule.meanings:
        found.append(_meaning(store, definitions, rule.meanings))
    if rule.enters:
        names = (None, *definitions.stage_names)
        found.append(Condition(ENTERED, np.array([name in rule.enters for name in names])))
    return found


def _attribute_tests(rule: Rule, column: str, store: Store) -> list[Condition] | str:
    found = _touch_attribute(column, store)
    if found is None:
        return column
    codes_of, values = found
    return [Condition(codes_of, _matching(rule, values))]


def _touch_attribute(column: str, store: Store) -> tuple[str, Any] | None:
    """Of a person who took part, or of a column of touches: by whose codes, and the values."""
    if column in store.text_columns:
        return column, store.dictionaries[column]
    if column in store.people.column_names and "person_id" in store.text_columns:
        return "person_id", store.people[column].combine_chunks()
    return None


def _among(store: Store, column: str, values: Sequence[str]) -> Condition:
    found = pc.is_in(store.dictionaries[column], value_set=pa.array(values, pa.string()))
    return Condition(column, found.to_numpy(zero_copy_only=False))


def _meaning(store: Store, definitions: Definitions, meanings: Sequence[Any]) -> Condition:
    names = store.touchpoint_types
    meant = {name for one in meanings for name in definitions.meanings.types(one, names)}
    return Condition("touchpoint", np.array([name in meant for name in names], dtype=bool))


def _matching(rule: Rule, values: Any) -> Flags:
    """Which values a rule of an attribute is about; case and blanks around don't matter."""
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))
    found = np.ones(len(plain), dtype=bool)
    if rule.one_of:
        wanted = pa.array([one.strip().lower() for one in rule.one_of], pa.string())
        found &= _flags(pc.is_in(plain, value_set=wanted))
    if rule.contains:
        parts = [_flags(pc.match_substring(plain, part.lower())) for part in rule.contains]
        found &= np.logical_or.reduce(parts)
    if rule.at_least is not None or rule.at_most is not None:
        texts = pd.Series(plain.to_pylist(), dtype=object)
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(float)
        lowest = -np.inf if rule.at_least is None else rule.at_least
        highest = np.inf if rule.at_most is None else rule.at_most
        found &= (numbers >= lowest) & (numbers <= highest)
    return found & _flags(pc.is_valid(plain))


def _flags(found: Any) -> Flags:
    return np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
