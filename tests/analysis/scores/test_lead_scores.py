import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journey
from journey import Definitions, Stage
from journey.rules.score_rule import Rule
from journey.rules.scoring import Qualification, ScoringRules, Weights
from tests.examples import BEGIN, small_log

STAGES = (Stage("Attract", ("Ad", "Mail")), Stage("Buy", ("Demo",)), Stage("Expand", ("Renewal",)))
RULES = ScoringRules(
    (
        Rule("fit", 40, attribute="industry", one_of=("Retail",)),
        Rule("fit", 20, attribute="role", contains=("director",)),
        Rule("fit", -30, attribute="size", at_least=1000),
        Rule("engagement", 10, touchpoints=("Demo",), most=25),
        Rule("engagement", 4, channels=("Ads",)),
        Rule("relationship", 15, stages=("Buy",)),
        Rule("relationship", 10, least_days_known=10),
        Rule("relationship", 50, least_wins=1),
    ),
    half_life_days=10,
    weights=Weights(shown=0.5, in_person=1),
    mql=Qualification(40, 10),
    sql=Qualification(40, 20),
)
MODEL = Definitions(stages=STAGES, won=("Won",), scoring=RULES)
ROWS = [
    ("a", 0, "Ad"),
    ("a", 10, "Demo"),
    ("a", 20, "Demo"),
    ("b", 0, "Ad"),
    ("b", 20, "Won"),
    ("c", 20, "Mail"),
]
COLUMNS = {
    "channel": ["Ads", None, None, "Ads", None, "E-mail"],
    "direction": ["was shown", "did", "did", "did", "did", "was shown"],
    "person_id": ["p", "q", "q", "r", "r", None],
}
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["a", "b", "c"],
        "industry": ["Retail", " retail", "Mining"],
        "size": ["12", "1000", "many"],
    }
)
PEOPLE = pd.DataFrame(
    {"person_id": ["p", "q", "r"], "role": ["Clerk", "Managing Director", "Clerk"]}
)


@pytest.fixture(scope="module")
def scored():
    log = small_log(ROWS, MODEL, accounts=ACCOUNTS, people=PEOPLE, **COLUMNS)
    return journey.score_leads(log).set_index("account_id")


def test_scores_by_hand(scored):
    # a: retail 40, a director 20; ad 4 x 0.5 after two half-lives 0.5, demos 10 + 5; in Buy 15,
    # known for 20 days 10. b: retail 40, large -30; own ad 4 x 0.25; won 50, known 10. c: nothing.
    wanted = {"a": (60, 15.5, 25), "b": (10, 1, 60), "c": (0, 0, 0)}
    for name, scores in wanted.items():
        found = scored.loc[name, ["fit", "engagement", "relationship"]].tolist()
        assert found == pytest.approx(scores)
    assert scored["grade"].to_dict() == {"a": "A3", "b": "D4", "c": "D4"}


def test_reasons_name_the_rules_with_their_points(scored):
    assert scored.loc["a", "fit_reasons"] == "industry is Retail +40; role contains director +20"
    assert scored.loc["a", "engagement_reasons"] == "Demo +15; by Ads +0.5"
    assert scored.loc["b", "fit_reasons"] == "industry is Retail +40; size is at least 1000 -30"
    assert scored.loc["c", "engagement_reasons"] == "no rule applies"


def test_an_mql_is_one_when_both_thresholds_first_hold(scored):
    # a reaches 10 points with its first demo (10 + 1), before the second; never 20 (15.5).
    assert scored["is_mql"].to_dict() == {"a": True, "b": False, "c": False}
    assert scored.loc["a", "mql_at"] == BEGIN + pd.Timedelta(days=10)
    assert not scored["is_sql"].any()


def test_a_rule_gives_no_more_than_its_most():
    log = small_log([("a", 0, "Demo")] * 3, MODEL)
    assert journey.score_leads(log)["engagement"].tolist() == [25]  # 3 x 10 would be 30


def test_without_rules_of_fit_it_is_neutral_and_its_threshold_does_not_count():
    rules = ScoringRules((RULES.rules[3],), half_life_days=10, mql=Qualification(99, 10))
    found = journey.score_leads(small_log(ROWS, Definitions(stages=STAGES, scoring=rules)))
    assert set(found["fit_reasons"]) == {"no rule is given: neutral"}
    assert set(found["grade"].str[0]) == {"?"}
    assert found.set_index("account_id")["is_mql"].to_dict() == {"a": True, "b": False, "c": False}


def test_touchpoints_that_mean_it_tell_who_is_an_mql():
    rows = [("a", 0, "MQL"), ("b", 0, "Demo"), ("b", 1, "Demo"), ("b", 2, "SQL accepted")]
    found = journey.score_leads(small_log(rows, MODEL)).set_index("account_id")
    assert found["is_mql"].to_dict() == {"a": True, "b": False}
    assert found["is_sql"].to_dict() == {"a": False, "b": True}


def test_a_rule_about_what_the_log_lacks_gives_nothing():
    rules = ScoringRules(
        (
            Rule("fit", 5, attribute="planet", one_of=("Mars",)),
            Rule("engagement", 5, contents=("Guide",)),
        )
    )
    found = journey.score_leads(small_log(ROWS, Definitions(stages=STAGES, scoring=rules)))
    assert not found[["fit", "engagement"]].any(axis=None)


def test_grades_count_every_journey_once(scored):
    log = small_log(ROWS, MODEL, accounts=ACCOUNTS, people=PEOPLE, **COLUMNS)
    grades = journey.score_grades(log)
    assert len(grades) == 16
    counts = grades.set_index(grades["fit_grade"] + grades["engagement_grade"])["n_journeys"]
    assert counts[counts > 0].to_dict() == scored["grade"].value_counts().to_dict()
    assert grades["n_won"].sum() == 1


def test_an_empty_log_has_no_scores():
    log = small_log([], MODEL)
    assert journey.score_leads(log).empty
    assert journey.score_grades(log)["n_journeys"].sum() == 0


TOUCHES = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 30), st.sampled_from(["Ad", "Demo", "Mail", "Won"])
    ),
    min_size=1,
    max_size=12,
)


@given(TOUCHES, TOUCHES, st.integers(1, 30))
@settings(max_examples=10)
def test_later_rows_never_change_a_past_score(known, later, day):
    """A row at the end itself is there in both, so that both are read at the same instant."""
    known = [*known, ("z", day, "Ad")]
    later = [(name, day + 1 + after, kind) for name, after, kind in later]
    past = BEGIN + pd.Timedelta(days=day)
    before = small_log([row for row in known if row[1] <= day], MODEL, accounts=ACCOUNTS)
    after = small_log([*known, *later], MODEL, accounts=ACCOUNTS)
    scores = [journey.score_leads(log.between(end=past)) for log in (before, after)]
    pd.testing.assert_frame_equal(*scores)


@given(TOUCHES, st.integers(1, 3))
@settings(max_examples=10)
def test_neither_shards_nor_the_order_of_rows_change_a_score(rows, rows_per_shard):
    frame = pd.DataFrame(
        [(name, BEGIN + pd.Timedelta(days=day), kind) for name, day, kind in dict.fromkeys(rows)],
        columns=["account_id", "occurred_at", "touchpoint"],
    ).drop_duplicates(["account_id", "occurred_at"])
    options = {"definitions": MODEL, "accounts": ACCOUNTS}
    whole = journey.score_leads(journey.from_frame(frame, **options))
    turned = journey.from_frame(frame[::-1], **options, rows_per_shard=rows_per_shard)
    pd.testing.assert_frame_equal(whole, journey.score_leads(turned))
    limited = journey.score_leads(turned, limit=2)
    pd.testing.assert_frame_equal(whole.head(2), limited)


def test_engagement_halves_in_a_half_life():
    log = small_log([("a", 0, "Demo"), ("b", 10, "Mail")], MODEL)
    engagement = journey.score_leads(log).set_index("account_id")["engagement"]
    assert engagement["a"] == pytest.approx(5)
