"""What became of leads that the rules spoke for: other rules tried, rules without support."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import difference_of_rates, wilson
from journey.analysis.scores.codes import Scoring, known_accounts, known_touches, scoring_of
from journey.analysis.scores.milestones import (
    QUALIFIED,
    Posts,
    by_thresholds,
    first_passed,
    posts_of,
)
from journey.analysis.scores.moments import Moments, given_at
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.rules.score_rule import Rule
from journey.rules.scoring import ScoringRules
from journey.schema import SMALL_SAMPLE
from journey.selection import without_empty
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

IN_FORCE, THRESHOLDS_IN_FORCE, PROPOSED = "in force", "thresholds in force", "proposed"


def what_if(log: TouchpointLog, rules: ScoringRules) -> pd.DataFrame:
    """How many leads would be MQL and SQL by other rules, and how many of them won later.

    The other rules count by their thresholds of fit and engagement, whatever touchpoints say, so
    they compare with the thresholds in force; the rules in force count as they do everywhere.

    Parameters
    ----------
    rules
        The rules to try; they change nothing.

    Returns
    -------
    DataFrame
        Six rows, for the rules ``in force``, the ``thresholds in force`` and the rules
        ``proposed``, and the milestones ``mql`` and ``sql``: ``rules``, ``milestone``,
        ``n_qualified`` (journeys in view that passed it), ``n_won`` (of these won after it),
        ``win_rate`` (won / qualified, open ones among them) with its 95 % Wilson interval
        ``low``, ``high``, ``n_decided`` (of the qualified), ``decided_win_rate`` (won / decided),
        ``n_won_without`` (won journeys that did not pass it before the win).

    Examples
    --------
    By 20 points of engagement for a demo both would be MQLs; one of them won after it.

    >>> from journey import Definitions, from_frame
    >>> from journey.rules.scoring import Qualification
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "c"], "touchpoint": ["Demo", "Won", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-05"] * 2)}),
    ...     definitions=Definitions(won=("Won",)))
    >>> demos = Rule("engagement", 50, touchpoints=("Demo",))
    >>> found = what_if(log, ScoringRules((demos,), mql=Qualification(0, 20)))
    >>> mql = found[found["milestone"] == "mql"].set_index("rules")
    >>> mql.loc["proposed", ["n_qualified", "n_won"]].tolist()
    [2, 1]
    """
    tried = replace(log.definitions, scoring=rules)
    posts = {
        IN_FORCE: posts_of(log),
        THRESHOLDS_IN_FORCE: by_thresholds(log.definitions),
        PROPOSED: by_thresholds(tried),
    }
    question = partial(_count_qualified, posts=tuple(posts.values()))
    counts = sum(log.ask_with_facts(question), np.zeros((len(posts) * len(QUALIFIED), 4), np.int64))
    return _qualified(list(posts), counts)


def _qualified(rules: Sequence[str], counts: Ints) -> pd.DataFrame:
    """The rows of rules by milestone, from journeys qualified, decided, won later, won without."""
    n_qualified, n_decided, n_won, n_without = counts.T
    rate, low, high = wilson(n_won, n_qualified)
    return pd.DataFrame(
        {
            "rules": np.repeat(rules, len(QUALIFIED)),
            "milestone": [*QUALIFIED] * len(rules),
            "n_qualified": n_qualified,
            "n_won": n_won,
            "win_rate": rate,
            "low": low,
            "high": high,
            "n_decided": n_decided,
            "decided_win_rate": wilson(n_won, n_decided)[0],
            "n_won_without": n_without,
        }
    )


def rule_support(log: TouchpointLog) -> pd.DataFrame:
    """For each rule in force whether leads it spoke for won more often, or less, than others.

    Of decided journeys in view, those to which the rule gave points before they were decided
    against the others, so that like is compared with like: for rules of touchpoint types only
    journeys that had reached the earliest stage of these types, for rules of an attribute only
    those where it is known. A rule of a stage is held to apply to who was ever in it. An
    association, never a cause.

    Returns
    -------
    DataFrame
        One row per rule, in order: ``dimension``, ``rule``, ``points``, ``n_with``, ``win_rate``
        (of these) with its 95 % interval ``low``, ``high``, ``n_without``, ``without_rate``,
        ``difference`` (``win_rate`` less ``without_rate``) with ``difference_low``,
        ``difference_high``, ``verdict`` (supported, not supported, contradicted, too few: fewer
        than 30 on a side, not in the log), ``meaning`` in words.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "trade": ["Retail", "Mining"]})
    >>> retail = Rule("fit", 40, attribute="trade", one_of=("Retail",))
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": ["Won", "Lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}), accounts=accounts,
    ...     definitions=Definitions(won=("Won",), lost=("Lost",), scoring=ScoringRules((retail,))))
    >>> rule_support(log)[["rule", "win_rate", "without_rate", "verdict"]].head(1)
                  rule  win_rate  without_rate  verdict
    0  trade is Retail       1.0           0.0  too few
    """
    scoring = scoring_of(log.store, log.definitions)
    question = partial(_count_support, definitions=log.definitions)
    empty = np.zeros((len(scoring.rules), 2, 2), np.int64)
    counts = sum(log.ask_with_facts(question), empty)
    frame = compared(counts).assign(
        dimension=[rule.dimension for rule in scoring.rules],
        rule=[rule.words for rule in scoring.rules],
        points=np.array([rule.points for rule in scoring.rules], float),
    )
    rows = [*frame.itertuples()]
    missing = [scoring.missing.get(place) for place in range(len(rows))]
    verdicts = [
        _verdict(row) if column is None else "not in the log"
        for row, column in zip(rows, missing, strict=True)
    ]
    frame["verdict"] = verdicts
    frame["meaning"] = list(map(_meaning, rows, verdicts, missing, scoring.rules))
    order = ["dimension", "rule", "points", *COMPARED, "verdict", "meaning"]
    return frame[order]


COMPARED: Final = (
    *("n_with", "win_rate", "low", "high", "n_without", "without_rate"),
    *("difference", "difference_low", "difference_high"),
)


def compared(counts: Ints) -> pd.DataFrame:
    """Win rates with and without something, from counts by ``[thing, without, lost or won]``."""
    n_all, n_won = counts.sum(axis=2), counts[:, :, 1]
    rate, low, high = wilson(n_won[:, 0], n_all[:, 0])
    sides = n_won[:, 0], n_all[:, 0], n_won[:, 1], n_all[:, 1]
    difference, least, most = difference_of_rates(*sides)
    return pd.DataFrame(
        {
            "n_with": n_all[:, 0],
            "win_rate": rate,
            "low": low,
            "high": high,
            "n_without": n_all[:, 1],
            "without_rate": wilson(n_won[:, 1], n_all[:, 1])[0],
            "difference": difference,
            "difference_low": least,
            "difference_high": most,
        }
    )


def decided_moments(part: Part) -> tuple[Moments, Flags]:
    """The decided journeys of a shard in view just before they were, and which of them won.

    One that fell silent without being closed is read as of the last touch before that.
    """
    view, facts = part
    evidence = facts.view
    chosen = view.journeys[facts.outcomes[view.journeys] <= NO_DECISION]
    ends = facts.end_rows[chosen]
    last = evidence.ticks[np.maximum(ends - 1, 0)].astype(np.int64)
    return Moments(chosen, ends, last), facts.outcomes[chosen] == WON


def _count_qualified(part: Part, *, posts: Sequence[Posts]) -> Ints:
    """Journeys of one shard in view: qualified, of these decided, won later, won without."""
    view, facts = part
    chosen = view.journeys
    outcomes, decided = facts.outcomes[chosen], facts.decided_rows[chosen]
    is_won = outcomes == WON
    counts: list[list[int]] = []
    for one in posts:
        for name in QUALIFIED:
            rows = first_passed(part, one, name)[chosen]
            is_qualified = rows >= 0
            won_later = is_qualified & is_won & (rows < decided)
            flags = is_qualified, is_qualified & (outcomes <= NO_DECISION), won_later
            counts.append([int(mine.sum()) for mine in (*flags, is_won & ~won_later)])
    return np.array(counts, np.int64)


def _count_support(part: Part, *, definitions: Definitions) -> Ints:
    """Decided journeys of one shard by rule, whether it did not apply, and whether they won."""
    view, facts = part
    key = "rule support", definitions.fingerprint
    decided, sides = facts.kept(key, partial(_sides_of_all, facts, definitions))
    is_shown = np.zeros(facts.view.n_journeys, dtype=bool)
    is_shown[view.journeys] = True
    counts = [np.bincount(own, minlength=5)[:4] for own in sides[:, is_shown[decided]]]
    return np.array(counts, np.int64).reshape(-1, 2, 2)


def _sides_of_all(facts: ShardFacts, definitions: Definitions) -> tuple[Ints, Bytes]:
    """The decided journeys of a shard, and by rule the side each is on.

    Sides are twice whether the rule did not apply, one more if it was won; 4: not to be compared.
    """
    scoring = scoring_of(facts.view.store, definitions)
    moments, is_won = decided_moments((without_empty(facts.view), facts))
    applies = given_at(facts, scoring, moments)
    sides = np.full((len(scoring.rules), len(is_won)), 4, np.uint8)
    for place, of_rule in enumerate(sides):
        rule = scoring.rules[place]
        is_with = _were_in(facts, scoring, moments, rule) if rule.stages else applies[:, place]
        is_like = _has_reached(facts, scoring, moments, rule) & _is_known(facts, moments, rule)
        of_rule[is_like] = 2 * ~is_with[is_like] + is_won[is_like]
    return moments.journeys, sides


def _were_in(facts: ShardFacts, scoring: Scoring, moments: Moments, rule: Rule) -> Flags:
    """Journeys that were ever in the stages of a rule: those beyond went through them."""
    is_meant = [name in rule.stages for name in scoring.definitions.stage_names]
    entered = facts.entered[moments.journeys][:, is_meant]
    return np.any((entered >= 0) & (entered < moments.ends[:, None]), axis=1)


def _is_known(facts: ShardFacts, moments: Moments, rule: Rule) -> Flags:
    """Journeys of which the attribute that a rule looks at was known by then; else all."""
    view, column = facts.view, rule.attribute
    if column is None:
        return np.ones(len(moments.journeys), dtype=bool)
    if column in view.store.accounts.column_names:
        accounts = view.store.journey_accounts(view.shard)[moments.journeys]
        return known_accounts(view.store, column)[accounts]
    rows = np.flatnonzero(known_touches(view, column))
    begins = view.offsets[:-1][moments.journeys]
    return np.searchsorted(rows, moments.ends) > np.searchsorted(rows, begins)


def _has_reached(facts: ShardFacts, scoring: Scoring, moments: Moments, rule: Rule) -> Flags:
    """Journeys that had reached the earliest stage of the types a rule counts."""
    everybody = np.ones(len(moments.journeys), dtype=bool)
    if not (rule.touchpoints or rule.meanings):
        return everybody
    names = facts.view.store.touchpoint_types
    meant = {n for one in rule.meanings for n in scoring.definitions.meanings.types(one, names)}
    wanted = {*rule.touchpoints, *meant}
    stages = [
        place
        for place, stage in enumerate(scoring.definitions.stages)
        if wanted & set(stage.touchpoints)
    ]
    if not stages:
        return everybody
    entered = facts.entered[moments.journeys, stages[0]]
    return (entered >= 0) & (entered < moments.ends)


def _verdict(row: Any) -> str:
    if min(row.n_with, row.n_without) < SMALL_SAMPLE:
        return "too few"
    says = 1 if row.difference_low > 0 else -1 if row.difference_high < 0 else 0
    if says == np.sign(row.points):
        return "supported"
    return "contradicted" if says == -np.sign(row.points) and says else "not supported"


def _meaning(row: Any, verdict: str, missing: str | None, rule: Rule) -> str:
    if missing is not None:
        return f"The log has no {missing}, so the rule gives nothing."
    among = "" if rule.attribute is None else f", where {rule.attribute} is known"
    if verdict == "too few":
        return (
            f"Too few to tell: {row.n_with:,} decided journeys with it, {row.n_without:,} without"
            f"{among}; "
            f"{SMALL_SAMPLE} each are needed."
        )
    rates = (
        f"{row.win_rate:.0%} of {row.n_with:,} with it won, {row.without_rate:.0%} of "
        f"{row.n_without:,} without{among}"
    )
    verdicts = {
        "supported": f"The data agree: {rates}.",
        "not supported": f"No clear difference: {rates}.",
        "contradicted": f"The data say the opposite: {rates}.",
    }
    return verdicts[verdict]
