"""What sets one version of the scoring rules apart from another, in plain words."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Final

from journey.rules.score_rule import Rule
from journey.rules.scoring import Cuts, Qualification, ScoringRules

_WEIGHTS: Final = {
    "shown": "A touch shown or sent by us",
    "anonymous": "A touch by a visitor not known",
    "known": "A touch by a known person",
    "in_person": "A touch in person",
}
_BY: Final = {
    None: "touchpoints where the log has them, else thresholds",
    "touchpoints": "touchpoints alone",
    "thresholds": "thresholds",
}
_Pair = tuple[Rule, Rule]


def differences(before: ScoringRules, after: ScoringRules) -> tuple[str, ...]:
    """What the later rules have that the earlier ones had not: one line for each change.

    Examples
    --------
    >>> before = ScoringRules((Rule("fit", 40, attribute="country", one_of=("Chad",)),))
    >>> after = ScoringRules((Rule("fit", 25, attribute="country", one_of=("Chad",)),), 14)
    >>> for line in differences(before, after):
    ...     print(line)
    Fit, country is Chad: +25 points, was +40 points
    Engagement halves after 14 days, was 30 days
    """
    return (*_of_rules(before.rules, after.rules), *_of_thresholds(before, after))


def _of_rules(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[str]:
    gone = [rule for rule in before if rule not in after]
    new = [rule for rule in after if rule not in before]
    pairs: list[_Pair] = []
    # First those that look at the same, then those of the same name, stand for each other.
    for alike in (_same_look, _same_name):
        for rule in list(new):
            old = next((one for one in gone if alike(one, rule)), None)
            if old is not None:
                pairs.append((old, rule))
                gone.remove(old)
                new.remove(rule)
    for old, rule in sorted(pairs, key=lambda pair: after.index(pair[1])):
        yield from _of_one_rule(old, rule)
    for rule in new:
        yield f"New: {_called(rule)}, {_points(rule)}"
    for rule in gone:
        yield f"Removed: {_called(rule)}, {_points(rule)}"
    if not pairs and not new and not gone and before != after:
        yield "The rules stand in another order"


def _same_look(one: Rule, other: Rule) -> bool:
    bare = (replace(rule, points=0, name=None, bant=None, most=None) for rule in (one, other))
    return len(set(bare)) == 1


def _same_name(one: Rule, other: Rule) -> bool:
    return one.name is not None and (one.dimension, one.name) == (other.dimension, other.name)


def _of_one_rule(old: Rule, new: Rule) -> Iterator[str]:
    name = _called(new)
    if old.points != new.points or old.most != new.most:
        yield f"{name}: {_points(new)}, was {_points(old)}"
    if (old.name, old.bant) != (new.name, new.bant):
        yield f"{name}: was called {old.words}"
    if not _same_look(old, new):
        yield f"{name}: looks at {new.looks_at}, was {old.looks_at}"


def _called(rule: Rule) -> str:
    return f"{rule.dimension.capitalize()}, {rule.words}"


def _points(rule: Rule) -> str:
    most = "" if rule.most is None else f" and at most {rule.most:g}"
    return f"{rule.points:+g} {'point' if abs(rule.points) == 1 else 'points'}{most}"


def _of_thresholds(before: ScoringRules, after: ScoringRules) -> Iterator[str]:
    said: dict[str, Callable[[ScoringRules], str]] = {
        "MQL": lambda rules: _qualifies(rules.mql),
        "SQL": lambda rules: _qualifies(rules.sql),
        "Engagement halves after": lambda rules: f"{rules.half_life_days:g} days",
        "Grades of fit A, B, C": lambda rules: _from(rules.fit_grades),
        "Grades of engagement 1, 2, 3": lambda rules: _from(rules.engagement_grades),
        "A score has at most": lambda rules: f"{rules.most:g} points",
    }
    said |= {
        f"{words} counts": lambda rules, name=name: f"{asdict(rules.weights)[name]:g}"
        for name, words in _WEIGHTS.items()
    }
    for words, of in said.items():
        if of(before) != of(after):
            yield f"{words} {of(after)}, was {of(before)}"


def _qualifies(rule: Qualification) -> str:
    return f"from fit {rule.fit:g} and engagement {rule.engagement:g}, by {_BY[rule.by]}"


def _from(cuts: Cuts) -> str:
    return f"from {cuts[0]:g}, {cuts[1]:g}, {cuts[2]:g} points"
