"""What two versions of the rules differ in, told one by one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from journey.rules.score_rule import Rule
from journey.rules.scoring import Qualification, ScoringRules, Weights
from journey.rules.scoring_changes import differences

TRADE = Rule("fit", 40, "Our trade", attribute="industry", one_of=("Retail", "Logistics"))
DEMO = Rule("engagement", 5, touchpoints=("Demo",))
BEFORE = ScoringRules((TRADE, DEMO))


def changed(**fields):
    return differences(BEFORE, replace(BEFORE, **fields))


def test_what_is_the_same_has_no_differences():
    assert differences(BEFORE, BEFORE) == ()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ((TRADE,), ["Removed: Engagement, Demo, +5 points"]),
        (
            (TRADE, DEMO, Rule("engagement", -1, touchpoints=("Ad",))),
            ["New: Engagement, Ad, -1 point"],
        ),
        (
            (replace(TRADE, points=20, most=15), DEMO),
            ["Fit, Our trade: +20 points and at most 15, was +40 points"],
        ),
        (
            (replace(TRADE, name="Trade", bant="need"), DEMO),
            ["Fit, Need: Trade: was called Our trade"],
        ),
        (
            (replace(TRADE, one_of=("Retail",)), DEMO),
            ["Fit, Our trade: looks at industry is Retail, was industry is Retail or Logistics"],
        ),
        ((DEMO, TRADE), ["The rules stand in another order"]),
    ],
)
def test_rules_that_came_went_or_changed_are_told(rules, told):
    assert list(changed(rules=rules)) == told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"mql": Qualification(40, 50, "touchpoints")},
            (
                "MQL from fit 40 and engagement 50, by touchpoints alone, was from fit 40 and "
                "engagement 30, by touchpoints where the log has them, else thresholds"
            ),
        ),
        ({"half_life_days": 7}, "Engagement halves after 7 days, was 30 days"),
        (
            {"fit_grades": (9, 5, 1)},
            "Grades of fit A, B, C from 9, 5, 1 points, was from 60, 40, 20 points",
        ),
        ({"most": 50}, "A score has at most 50 points, was 100 points"),
        ({"weights": Weights(shown=0)}, "A touch shown or sent by us counts 0, was 0.1"),
    ],
)
def test_other_thresholds_are_told(fields, told):
    assert changed(**fields) == (told,)


RULES = some.sampled_from(
    [
        Rule(dimension, points, name, most=most, touchpoints=(touch,))
        for dimension in ("fit", "engagement")
        for points in (1, 2)
        for name in (None, "A", "B")
        for most in (None, 9)
        for touch in ("Ad", "Demo")
    ]
)
MANY = some.lists(RULES, max_size=4, unique=True).map(tuple)


@given(MANY, MANY)
def test_something_is_told_just_where_something_differs(before, after):
    told = differences(ScoringRules(before), ScoringRules(after))
    assert bool(told) == (before != after)
