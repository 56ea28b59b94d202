from dataclasses import replace

import pandas as pd
import pytest

import journey
from journey import Definitions, Stage
from journey.analysis.scores.scored_leads import graded, qualified
from journey.errors import ValueNotAllowedError
from journey.rules.score_rule import Rule
from journey.rules.scoring import Qualification, ScoringRules
from tests.examples import small_log

STAGES = (Stage("Read", ("Ad", "Guide", "Leaflet")), Stage("Buy", ("Demo",)))
RULES = ScoringRules(
    (
        Rule("fit", 10, attribute="trade", one_of=("Good",)),
        Rule("fit", 5, attribute="planet", one_of=("Mars",)),
        Rule("engagement", 10, touchpoints=("Guide",)),
        Rule("engagement", 10, touchpoints=("Leaflet",)),
        Rule("engagement", -10, touchpoints=("Demo",)),
        Rule("relationship", 5, stages=("Buy",)),
        Rule("relationship", 5, least_wins=1),
    ),
    mql=Qualification(10, 10, "thresholds"),
)
MODEL = Definitions(stages=STAGES, won=("Won",), lost=("Lost",), scoring=RULES)


def group(name, n, n_won, *touches):
    """So many journeys, of which the first won; every other one reads the leaflet too."""
    rows = []
    for number in range(n):
        case = f"{name} {number:03}"
        mine = [*touches, *(["Leaflet"] if number % 2 else [])]
        rows += [(case, day, touch) for day, touch in enumerate(mine)]
        rows.append((case, 9, "Won" if number < n_won else "Lost"))
        if number < n_won:
            rows.append((case, 10, "Guide"))  # too late to count for anything
    return rows


# 40 read the guide and 24 of them won, 40 did not and 8 won; a demo had 60 in all, half of each.
ROWS = [
    *group("guide demo", 30, 20, "Ad", "Guide", "Demo"),
    *group("guide", 10, 4, "Ad", "Guide"),
    *group("plain demo", 30, 8, "Ad", "Demo"),
    *group("plain", 10, 0, "Ad"),
    ("open", 0, "Guide"),
]


@pytest.fixture(scope="module")
def log():
    cases = sorted({row[0] for row in ROWS})
    trades = ["Good" if case.startswith("guide") else "Bad" for case in cases]
    return small_log(ROWS, MODEL, accounts=pd.DataFrame({"account_id": cases, "trade": trades}))


def test_a_rule_is_held_against_who_won_with_it_and_without(log):
    found = journey.rule_support(log).set_index("rule")
    with_it = found.loc["Guide", ["n_with", "win_rate", "n_without", "without_rate"]].tolist()
    assert with_it == [40, 0.6, 40, 0.2]
    assert found["verdict"].to_dict() == {
        "trade is Good": "supported",
        "planet is Mars": "not in the log",
        "Guide": "supported",
        "Leaflet": "not supported",
        "Demo": "too few",  # all that reached its stage had it
        "in Buy": "too few",  # 20 never were in it
        "has won": "too few",  # nobody had, before the win
    }
    assert found.loc["Guide", "meaning"] == (
        "The data agree: 60% of 40 with it won, 20% of 40 without."
    )


def test_a_rule_of_an_attribute_is_judged_where_it_is_known():
    # Of 60 good and bad ones 30 each; 40 of no known trade, all lost, say nothing of the trade.
    rows = [*group("guide", 30, 15, "Ad"), *group("plain", 30, 15, "Ad"), *group("x", 40, 0, "Ad")]
    cases = sorted({row[0] for row in rows})
    trades = [{"g": "Good", "p": "Bad", "x": None}[case[0]] for case in cases]
    accounts = pd.DataFrame({"account_id": cases, "trade": trades})
    # The same of a person who took part.
    jobs = pd.DataFrame({"person_id": cases, "job": trades})
    of_job = Rule("fit", 5, attribute="job", one_of=("Good",))
    rules = replace(RULES, rules=(RULES.rules[0], of_job))
    log = small_log(
        rows,
        replace(MODEL, scoring=rules),
        accounts=accounts,
        people=jobs,
        person_id=[case if touch == "Ad" else None for case, _, touch in rows],
    )
    support = journey.rule_support(log).set_index("rule")
    for column in ("trade", "job"):
        row = support.loc[f"{column} is Good"]
        assert row[["n_with", "win_rate", "n_without", "without_rate"]].tolist() == [30, 0.5] * 2
        rates = "50% of 30 with it won, 50% of 30 without"
        assert row["meaning"] == f"No clear difference: {rates}, where {column} is known."


def test_a_rule_that_speaks_against_what_wins_is_contradicted(log):
    rules = replace(RULES, rules=(Rule("engagement", -10, touchpoints=("Guide",)),))
    turned = log.with_definitions(replace(MODEL, scoring=rules))
    assert journey.rule_support(turned)["verdict"].iloc[0] == "contradicted"


def test_activities_are_compared_among_those_that_reached_their_stage(log):
    found = journey.score_drivers(log).set_index("touchpoint")
    counts = found.loc["Guide", ["n_with", "n_without", "points_per_touch"]].tolist()
    assert counts == [40, 40, 10]
    assert found.loc["Guide", "difference"] == pytest.approx(0.4)
    assert found.loc["Demo", ["n_with", "n_without"]].tolist() == [60, 0]
    assert found["goes_with"].to_dict() == {
        "Guide": "more wins",
        "Leaflet": "no difference seen",
        "Ad": "too few",  # nobody was without
        "Demo": "too few",
    }


def test_what_a_dormant_lead_was_sent_later_spoke_for_nobody():
    # a read the guide and was given up 90 days later; b was sent it after it was given up.
    rows = [("a", 0, "Guide"), ("b", 0, "Ad"), ("b", 150, "Guide"), ("z", 151, "Demo")]
    model = replace(MODEL, dormancy_days=90)
    log = small_log(rows, model, direction=["did", "did", "was shown", "did"])
    support = journey.rule_support(log).set_index("rule")
    guide = next(name for name in support.index if "Guide" in name)
    assert support.loc[guide, ["n_with", "n_without"]].tolist() == [1, 1]
    drivers = journey.score_drivers(log).set_index("touchpoint")
    assert drivers.loc["Guide", ["n_with", "n_without"]].tolist() == [1, 1]


def test_what_if_counts_who_won_after_they_qualified(log):
    lower = replace(RULES, mql=Qualification(0, 10))
    frame = journey.what_if(log, lower).set_index(["rules", "milestone"])
    now, then = frame.loc[("in force", "mql")], frame.loc[("proposed", "mql")]
    # In force: the 40 of the good trade, engaged by the guide. Proposed: 5 of the plain ones for
    # their leaflet too, and the open one; after a demo a leaflet only makes up for it.
    assert now[["n_qualified", "n_won", "n_decided", "n_won_without"]].tolist() == [40, 24, 40, 8]
    assert then[["n_qualified", "n_won", "n_decided"]].tolist() == [46, 24, 45]
    assert now["win_rate"] == pytest.approx(0.6)


def test_what_if_compares_thresholds_with_thresholds_where_touchpoints_count(log):
    by_touch = replace(RULES, mql=replace(RULES.mql, by="touchpoints"))
    view = log.with_definitions(replace(log.definitions, scoring=by_touch))
    frame = journey.what_if(view, by_touch).set_index(["rules", "milestone"])["n_qualified"]
    # No touchpoint means an MQL, 40 pass the thresholds; rules left alone change nothing.
    assert frame["in force", "mql"] == 0
    assert frame["thresholds in force", "mql"] == frame["proposed", "mql"] == 40


def test_counts_open_into_their_journeys(log):
    grades = journey.score_grades(log)
    for row in grades[grades["n_journeys"] > 0].itertuples():
        assert graded(log, row.fit_grade, row.engagement_grade).n_journeys == row.n_journeys
    assert qualified(log, "mql").n_journeys == 40
    with pytest.raises(ValueNotAllowedError, match="grade of fit"):
        graded(log, "E", "1")
    with pytest.raises(ValueNotAllowedError, match="grade of engagement"):
        graded(log, "A", "5")
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'mql'"):
        qualified(log, "mqls")


def test_a_log_without_journeys_has_no_evidence():
    empty = small_log([], MODEL)
    assert journey.score_drivers(empty).empty
    assert journey.rule_support(empty)["n_with"].sum() == 0
    assert journey.what_if(empty, RULES)["n_qualified"].sum() == 0
