from dataclasses import replace
from datetime import date

import pandas as pd

from journey import Definitions, score_versions
from journey.analysis.scores.versions import VERSION_COLUMNS
from journey.rules.score_rule import Rule
from journey.rules.scoring import Change, ScoringRules
from tests.examples import small_log

DEMO = Rule("engagement", 5, touchpoints=("Demo",))
FIRST = ScoringRules((DEMO,)).agreed(date(2026, 1, 1), "A start")
SECOND = replace(FIRST, half_life_days=14, rules=()).agreed(date(2026, 2, 1), "Faster")


def versions(scoring):
    found = score_versions(small_log([("a", 0, "Ad")], Definitions(scoring=scoring)))
    assert list(found.columns) == list(VERSION_COLUMNS)
    return found


def test_the_latest_version_is_first_and_says_what_it_changed():
    found = versions(SECOND)
    assert found["version"].tolist() == [2, 1]
    assert found["agreed_on"].tolist() == [pd.Timestamp("2026-02-01"), pd.Timestamp("2026-01-01")]
    assert found["changes"].tolist() == [
        "Removed: Engagement, Demo, +5 points; Engagement halves after 14 days, was 30 days",
        "The first version",
    ]
    assert found["n_rules"].tolist() == [0, 1]


def test_the_version_in_force_is_told_also_after_going_back():
    assert versions(SECOND)["is_in_force"].tolist() == [True, False]
    back = SECOND.as_of_version(1).agreed(date(2026, 3, 1), "Back")
    assert versions(back)["is_in_force"].tolist() == [True, False, True]
    # The file was changed by hand since.
    assert versions(replace(SECOND, half_life_days=3))["is_in_force"].tolist() == [False, False]


def test_of_versions_that_were_not_kept_only_date_and_note_are_known():
    old = ScoringRules((DEMO,), changes=(Change(1, date(2025, 1, 1), "Long ago"),))
    found = versions(old.agreed(date(2026, 1, 1), "Kept"))
    assert found["changes"].tolist() == [None, None]
    assert found["n_rules"].tolist() == [1, pd.NA]
    assert found["note"].tolist() == ["Kept", "Long ago"]


def test_without_versions_the_list_is_empty():
    found = versions(ScoringRules())
    assert found.empty
    assert found["version"].dtype == "int64"
