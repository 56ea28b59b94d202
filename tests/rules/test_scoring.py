from dataclasses import replace
from datetime import date

import pytest

from journey import Definitions
from journey.definitions import dumps, loads
from journey.errors import DefinitionsError
from journey.rules.score_rule import Rule
from journey.rules.scoring import Change, Qualification, ScoringRules, Weights, rules_in_force

FULL = ScoringRules(
    (
        Rule("fit", 40, "Our trade", "need", attribute="industry", one_of=("Retail",)),
        Rule("fit", 5, attribute="size", at_least=50, at_most=999.5),
        Rule("engagement", -2.5, most=10, meanings=("unsubscribed",), channels=("E-mail",)),
        Rule("relationship", 5, stages=("Buy",), least_days_known=30),
    ),
    half_life_days=14,
    weights=Weights(shown=0),
    fit_grades=(9, 5, 1),
    mql=Qualification(5, 5, "thresholds"),
    changes=(Change(2, date(2026, 3, 31), "Agreed in spring"),),
)


def test_rules_come_back_from_a_file_as_they_were():
    definitions = Definitions(scoring=FULL)
    assert loads(dumps(definitions)) == definitions
    assert "[scoring" not in dumps(Definitions())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("half_life_days = 0", "half_life_days is 0; a number above 0"),
        ("fit_grades = [1, 2, 3]", "each number must be below"),
        ("most = 'x'", "a number above 0"),
        ("colour = 1", "has the key 'colour'"),
        ("mql = {fit = 1, engagement = 1, by = 'touchpoint'}", "Did you mean 'touchpoints'"),
        ("mql.fit = 5", "the least engagement is None"),
        ("weights.shown = -1", "a number of 0 or more"),
        ("[[scoring.rules]]\ndimension = 'fi'", "Did you mean 'fit'"),
        ("[[scoring.rules]]\ndimension = 'fit'", "points of a rule of fit is None"),
        ("[[scoring.rules]]\ndimension = 'fit'\npoints = 1", "looks at nothing"),
        ("[[scoring.rules]]\ndimension = 'fit'\npoints = 1\nattribute = 'size'", "needs an"),
        ("[[scoring.rules]]\ndimension = 'fit'\npoints = 1\none_of = ['x']", "looks at nothing"),
        (
            "[[scoring.rules]]\ndimension = 'fit'\npoints = 1\nstages = ['x']",
            "tells of the relationship",
        ),
        (
            "[[scoring.rules]]\ndimension = 'fit'\npoints = 1\ntouchpoints = ['x']\nstages = ['y']",
            "looks at touchpoints, stages",
        ),
        ("[[scoring.changes]]\nversion = 0\non = 2026-01-01\nnote = 'x'", "a whole number"),
        ("[[scoring.changes]]\nversion = 1\non = 'May'\nnote = 'x'", "a date is needed"),
        (
            "[[scoring.changes]]\nversion = 1\non = 2026-01-01\nnote = 'x'\nagreed.most = 0",
            "version 1, [scoring]: most is 0",
        ),
    ],
)
def test_what_cannot_be_used_is_said(text, words):
    with pytest.raises(DefinitionsError) as raised:
        loads(f"[scoring]\n{text}")
    assert words in str(raised.value)
    assert "[scoring" in str(raised.value)


def test_versions_count_up():
    agreed = FULL.agreed(date(2026, 6, 30), "Half-life shorter")
    assert (FULL.version, agreed.version, ScoringRules().version) == (2, 3, 0)
    with pytest.raises(DefinitionsError, match="higher number"):
        ScoringRules(changes=agreed.changes[::-1])


def test_an_agreed_version_is_kept_whole_and_comes_back_from_the_file():
    agreed = FULL.agreed(date(2026, 6, 30), "Half-life shorter")
    later = replace(agreed, rules=(), half_life_days=99).agreed(date(2026, 7, 1), "Anew")
    assert later.changes[1].agreed == replace(FULL, changes=())
    assert later.changes[0].agreed is None  # of a time when only date and note were kept
    definitions = Definitions(scoring=later)
    assert loads(dumps(definitions)) == definitions
    plain = Definitions(scoring=ScoringRules().agreed(date(2026, 1, 1), "All as proposed"))
    assert loads(dumps(plain)).scoring.changes[0].agreed == ScoringRules()


def test_the_next_version_keeps_the_rules_it_replaces_where_only_a_note_was_kept():
    later = FULL.followed_by(replace(FULL, rules=()), date(2026, 6, 30), "None")
    assert later.as_of_version(2).rules == FULL.rules
    assert later.as_of_version(3).rules == ()
    # What was kept stays, and rules that stay as they are do not stand for an earlier version.
    again = later.followed_by(replace(later, half_life_days=9), date(2026, 7, 1), "Faster")
    assert again.changes[:2] == later.changes
    assert FULL.followed_by(FULL, date(2026, 6, 30), "Kept").changes[0] == FULL.changes[0]


def test_a_version_comes_back_as_the_next_one_and_none_is_lost():
    agreed = FULL.agreed(date(2026, 6, 30), "Shorter")
    later = replace(agreed, rules=()).agreed(date(2026, 7, 1), "None")
    back = later.as_of_version(3).agreed(date(2026, 8, 1), "Back")
    assert back.rules == FULL.rules
    assert [one.version for one in back.changes] == [2, 3, 4, 5]
    with pytest.raises(DefinitionsError, match="Versions: 2, 3, 4"):
        later.as_of_version(9)
    with pytest.raises(DefinitionsError, match="version 2 only date and note"):
        later.as_of_version(2)


def test_a_version_holds_no_versions():
    agreed = FULL.agreed(date(2026, 6, 30), "Shorter")
    with pytest.raises(DefinitionsError, match="holds versions itself"):
        Change(9, date(2026, 7, 1), "Odd", agreed)


def test_rules_follow_a_stage_to_its_new_name():
    rules = ScoringRules(
        (
            Rule("engagement", 1, enters=("Buy", "See")),
            Rule("relationship", 5, stages=("Buy",)),
        )
    ).renamed({"Buy": "Close"})
    assert [rule.words for rule in rules.rules] == ["enters Close or See", "in Close"]


def test_versions_follow_a_stage_to_its_new_name():
    later = replace(FULL.agreed(date(2026, 6, 30), "A start"), rules=())
    renamed = later.renamed({"Buy": "Close"})
    assert renamed.as_of_version(3).rules[-1].words == "in Close known for 30 days"
    assert renamed.as_of_version(3).rules[:-1] == FULL.rules[:-1]
    assert renamed.changes[0] == FULL.changes[0]  # a note alone has no rules to follow


def test_only_dimensions_without_rules_are_proposed():
    given = ScoringRules((Rule("engagement", 1, touchpoints=("Ad",)),))
    found = rules_in_force(given, ("Attract", "Buy"))
    assert [rule.words for rule in found.of("engagement")] == ["Ad"]
    assert found.of("fit") == ()
    assert [rule.points for rule in found.of("relationship")][:2] == [25, 50]


def test_rules_say_what_they_look_at():
    words = [rule.words for rule in FULL.rules]
    assert words == [
        "Need: Our trade",
        "size is at least 50 and is at most 999.5",
        "unsubscribed by E-mail",
        "in Buy known for 30 days",
    ]
