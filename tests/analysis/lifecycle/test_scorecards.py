"""The figures of each stage, and the journeys they open into."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from journey import Definitions, Stage
from journey.analysis.lifecycle.by_month import post_sale
from journey.analysis.lifecycle.scorecards import (
    counts_journeys,
    lifecycle_journeys,
    lifecycle_metrics,
    sentence_of,
    stages_of_roles,
    stages_without_role,
)
from journey.analysis.lifecycle.stage_movement import moved_between, stage_movement
from journey.costs import costs_frame
from journey.errors import ValueNotAllowedError
from tests.examples import MODEL, small_log

# The period is days 60 to 100, the one before 20 to 60.
ROWS = [
    *[("a", 10, "New lead"), ("a", 30, "MQL"), ("a", 62, "SQL accepted"), ("a", 70, "Won")],
    *[("a", 80, "Onboarding"), ("a", 90, "Renewal"), ("a", 95, "Support ticket")],
    *[("b", 65, "Form"), ("b", 66, "New lead"), ("b", 67, "E-mail sent")],
    *[("b", 68, "E-mail opened"), ("b", 69, "E-mail clicked"), ("b", 75, "MQL"), ("b", 100, "Ad")],
    *[("c", 21, "New lead"), ("c", 40, "Lost to competitor")],
    *[("d", 5, "Referral given"), ("d", 50, "Won"), ("d", 99, "Contract cancelled")],
    *[("e", 64, "E-mail sent"), ("e", 72, "Sent back"), ("e", 85, "Ad")],
]
MODEL_OF_ROWS = replace(MODEL, lost=("Lost to competitor",))
VALUE_OF = {("a", "Won"): 100.0, ("a", "Renewal"): 30.0, ("d", "Won"): 50.0}


@pytest.fixture(scope="module")
def log():
    values = [VALUE_OF.get((account, name)) for account, _, name in ROWS]
    made = small_log(ROWS, MODEL_OF_ROWS, value=values)
    costs = pd.DataFrame({"day": ["2026-03-05", "2026-01-25"], "cost": [80.0, 7.0]})
    return replace(made, costs=costs_frame(costs.assign(currency="EUR")))


@pytest.fixture(scope="module")
def found(log):
    return lifecycle_metrics(log, days=40).set_index(["role", "metric"])


EXPECTED = {
    # a, b, d, e were touched, a, c, d before; b and e began.
    ("attract", "people"): (4, None, 3),
    ("attract", "new_audience"): (2, None, 1),
    ("capture", "new_leads"): (1, None, 1),
    ("capture", "known_leads"): (3, None, 2),
    # b answered the form and is a lead.
    ("capture", "leads_by_call_to_action"): (1, 1, None),
    # e was sent back on day 72 and did something on day 85.
    ("nurture", "reopened"): (1, None, 0),
    ("nurture", "mqls"): (1, None, 1),
    ("nurture", "click_through_rate"): (1, 2, None),
    ("nurture", "clicked_unopened_rate"): (0, 1, None),
    ("nurture", "cost_per_mql"): (80, 1, 7),
    ("nurture", "value_per_mql"): (0, 1, 0),
    ("convert", "sqls"): (1, None, 0),
    ("convert", "sent_back"): (1, None, 0),
    ("convert", "won"): (1, None, 1),
    ("convert", "lost_to_competitor"): (0, None, 1),
    ("convert", "win_rate"): (1, 1, 0.5),
    ("convert", "won_value"): (100, None, 50),
    ("convert", "cost_per_customer"): (80, 1, 7),
    ("expand", "customers"): (2, None, 1),
    ("expand", "onboarding"): (1, None, 0),
    ("expand", "renewals"): (1, None, 0),
    ("expand", "repeat_rate"): (1, 2, 0),
    ("expand", "existing_revenue"): (30, None, 0),
    # 100 and 30 of a, 50 of d.
    ("expand", "lifetime_value"): (180, 2, 50),
    # d was a customer as the period began, and left.
    ("expand", "churn_rate"): (1, 1, None),
}


@pytest.mark.parametrize(("key", "wanted"), EXPECTED.items(), ids=str)
def test_figures_are_as_counted_by_hand(found, key, wanted):
    row = found.loc[[key]].iloc[0]
    top, bottom, before = wanted
    assert row["numerator"] == top
    assert row["value"] == (top if bottom is None else top / bottom)
    assert np.isnan(row["denominator"]) if bottom is None else row["denominator"] == bottom
    assert np.isnan(row["previous_value"]) if before is None else row["previous_value"] == before


def test_medians_to_a_win(found):
    # a: four touches, from day 10 to day 70.
    assert found.loc[("convert", "touches_to_win"), "value"] == 4
    assert found.loc[("convert", "days_to_win"), "value"] == 60


def test_messages_and_content_are_counted_as_they_are_in_view():
    # By mail one message was sent and clicked; the texts are out of view.
    rows = [("a", 0, "E-mail sent"), ("a", 1, "SMS sent"), ("a", 1, "SMS clicked")]
    rows += [("a", 1, "E-mail clicked"), ("a", 2, "SMS sent")]
    log = small_log(
        rows, channel=["Email", "SMS", "SMS", "Email", "SMS"], content=["A", "B", "B", "A", "B"]
    )
    for view, n_sent, n_clicked in ((log, 3, 2), (log.where(channel="Email"), 1, 1)):
        told = lifecycle_metrics(view, days=30).set_index("metric")
        rate = told.loc["click_through_rate", ["numerator", "denominator"]]
        assert rate.tolist() == [n_clicked, n_sent]
        # No type of this log means a message opened, so nobody knows which clicked ones were not.
        unopened = told.loc["clicked_unopened_rate"]
        assert unopened[["value", "numerator", "denominator"]].isna().all()
        assert unopened["sentence"].startswith("No touchpoint type means a message opened.")
        assert told.loc["touches", "value"] == n_clicked + n_sent


LEFT = [("a", 0, "Demo"), ("a", 10, "Won")]


@pytest.mark.parametrize(
    ("rows", "n_left", "n_customers"),
    [
        # The period is the last 90 days, from day 111 on.
        ([*LEFT, ("a", 150, "Lost")], 1, 1),
        ([*LEFT, ("a", 150, "Contract cancelled"), ("b", 0, "Ad"), ("b", 9, "Won")], 1, 2),
        # What was cancelled before the sale cost no customer.
        ([("a", 0, "Demo"), ("a", 5, "Meeting cancelled"), ("a", 10, "Won")], 0, 1),
        # Who had left before the period began is no customer at its start.
        ([*LEFT, ("a", 50, "Lost"), ("a", 150, "Lost")], 0, 0),
    ],
)
def test_customers_leave_by_a_loss_or_what_says_so_after_the_win(rows, n_left, n_customers):
    log = small_log([*rows, ("z", 200, "Ad")])
    found = lifecycle_metrics(log).set_index("metric").loc["churn_rate"]
    assert found[["numerator", "denominator"]].tolist() == [n_left, n_customers]
    opened = lifecycle_journeys(log, "expand", "churn_rate")
    assert opened.n_journeys == n_left
    by_month = post_sale(log).set_index("month")["n_churn"]
    # May is days 120 to 150; the loss of day 50 is in February.
    assert by_month["2026-05"] == (150 in {day for _, day, _ in rows})
    assert by_month["2026-02"] == (50 in {day for _, day, _ in rows})
    assert by_month.sum() == sum(day in (50, 150) for _, day, _ in rows)


def test_where_nothing_tells_of_churn_it_is_missing_and_not_0():
    kept = small_log([*LEFT, ("b", 0, "Demo"), ("b", 5, "Lost"), ("z", 200, "Ad")])
    unsold = small_log([("a", 0, "Contract cancelled")], replace(MODEL, won=()))
    for log in (kept, unsold):
        assert np.isnan(lifecycle_metrics(log).set_index("metric").loc["churn_rate", "value"])
        assert post_sale(log)["n_churn"].isna().all()


@pytest.mark.parametrize(
    ("values", "won", "again"),
    [
        # 9 came before the win, 30 and 20 after.
        ((9, None, 30, 20), 9, 50),
        # No value is known as a is won: the last one after is what the win brought.
        ((None, None, 30, 20), 20, 30),
        ((None, None, 30, None), 30, 0),
        ((None, None, None, None), 0, 0),
    ],
)
def test_money_counts_once(values, won, again):
    rows = [("a", 0, "Demo"), ("a", 1, "Won"), ("a", 2, "Renewal"), ("a", 3, "Upsell")]
    log = small_log([*rows, ("z", 3, "Ad")], value=[*values, 1.0])
    found = lifecycle_metrics(log).set_index("metric")["numerator"]
    assert found[["won_value", "existing_revenue"]].tolist() == [won, again]
    assert found["lifetime_value"] == won + again


def test_a_sentence_can_be_written_by_another_hand(found):
    assert found.loc[("convert", "cost_per_customer"), "currency"] == "EUR"
    rows = {row["metric"]: row for row in found.reset_index().to_dict("records")}

    def write(value, unit):
        return f"<{value:g} {unit}>"

    # 80 were spent in the period and 7 before, on one customer each.
    assert sentence_of(rows["cost_per_customer"], days=40, write=write) == (
        "<80 money> EUR spent for each of <1 number> customers won; "
        "<7 money> in the 40 days before."
    )
    assert sentence_of(rows["shares_per_view"], days=40, write=write).startswith("No touchpoint")


def test_sentences_say_the_figure_and_the_one_before(found):
    assert found.loc[("convert", "win_rate"), "sentence"] == (
        "100% of 1 decided was won; 50% in the 40 days before."
    )
    assert found.loc[("nurture", "cost_per_mql"), "sentence"] == (
        "80 EUR spent for each of 1 MQL; 7 in the 40 days before."
    )
    assert bool(found.loc[("convert", "win_rate"), "is_small"])


@pytest.mark.parametrize("days", [40, 25])
def test_every_count_of_journeys_opens_into_exactly_as_many(log, days):
    frame = lifecycle_metrics(log, days=days)
    n_opened = 0
    for row in frame.itertuples():
        for is_denominator in (False, True):
            n = row.denominator if is_denominator else row.numerator
            if np.isnan(n) or not counts_journeys(row.metric, row.role, denominator=is_denominator):
                continue
            opened = lifecycle_journeys(
                log, row.role, row.metric, of=row.of, days=days, denominator=is_denominator
            )
            assert opened.n_journeys == n, (row.metric, row.of, is_denominator)
            n_opened += 1
    assert n_opened > 25


def test_what_the_log_lacks_is_said_in_words():
    found = lifecycle_metrics(small_log([("a", 0, "Ad"), ("a", 9, "Mail")], Definitions()))
    told = found.set_index(["role", "metric"])["sentence"]
    assert "means a renewal. Say in the definitions which do." in told["expand", "renewals"]
    assert told["convert", "won"].startswith("No touchpoint wins a journey.")
    assert told["convert", "cost_per_customer"].startswith("No touchpoint wins")
    assert told["attract", "consumers_per_content"].startswith("No touch names its content")
    missing = found[found["value"].isna()]
    assert len(missing)
    assert missing["sentence"].str.len().gt(20).all()


def test_a_period_without_anything_has_counts_of_0_and_reasons(log):
    found = lifecycle_metrics(log.between(end="2025-06-01"), days=30)
    assert found["numerator"].fillna(0).eq(0).all()
    told = found.set_index(["role", "metric"])["sentence"]
    assert told["convert", "win_rate"] == "No journey was decided in these 30 days."
    assert told["nurture", "cost_per_mql"] == "No cost known in these 30 days."


def test_other_models_have_roles_and_say_which_stage_has_none():
    names = ("Awareness", "Interest", "Consideration", "Purchase", "Zebra", "Loyalty")
    log = small_log([("a", 0, "Ad")], Definitions(stages=tuple(Stage(name) for name in names)))
    assert stages_without_role(log) == ["Zebra"]
    assert stages_of_roles(log)["convert"] == "Purchase"
    found = lifecycle_metrics(log).drop_duplicates("role").set_index("role")["stage"]
    assert found.to_dict() == stages_of_roles(log)
    lacking = small_log([("a", 0, "Ad")], Definitions(stages=(Stage("Awareness"), Stage("Zebra"))))
    assert stages_of_roles(lacking)["expand"] is None


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda log: lifecycle_metrics(log, days=0), "above 0"),
        (lambda log: lifecycle_journeys(log, "convert", "wons"), "Did you mean 'convert won'"),
        (lambda log: lifecycle_journeys(log, "convert", "won_value"), "counts no journeys"),
    ],
)
def test_what_can_not_be_asked_is_refused(log, ask, words):
    with pytest.raises(ValueNotAllowedError, match=words):
        ask(log)


def test_no_decision_is_counted_when_silence_ended_the_journey():
    # a was silent from day 1, so over on day 91; the mail of day 150 is ours and changes nothing.
    rows = [("a", 0, "Ad"), ("a", 1, "Demo"), ("a", 150, "Mail"), ("b", 151, "Ad")]
    made = small_log(rows, direction=["did", "did", "was shown", "did"])
    found = lifecycle_metrics(made, days=75).set_index("metric").loc["no_decision"]
    assert found["value"] == 1
    found = lifecycle_metrics(made, days=55).set_index("metric").loc["no_decision"]
    assert (found["value"], found["previous_value"]) == (0, 1)


@pytest.mark.parametrize(("days", "is_covered"), [(29.9, True), (30.1, False), (90, False)])
def test_days_before_the_log_begins_are_not_compared_with(days, is_covered):
    # The log is of days 0 to 60, so that two periods of just 30 days lie in it.
    rows = [("a", 0, "Ad"), ("a", 1, "New lead"), ("a", 45, "MQL"), ("b", 60, "New lead")]
    found = lifecycle_metrics(small_log(rows), days=days).set_index(["role", "metric"])
    before = found.filter(like="previous_")
    leads = found.loc["capture", "new_leads"]
    assert before.notna().any(axis=None) == is_covered
    assert leads["sentence"].endswith("nothing to compare with in the 90 days before.") == (
        days == 90
    )
    if is_covered:
        assert (leads["value"], leads["previous_value"]) == (1, 1)


def test_a_view_that_begins_later_has_nothing_before():
    rows = [("a", 0, "Ad"), ("b", 70, "Ad"), ("c", 100, "Ad")]
    view = small_log(rows).between("2026-02-20")
    found = lifecycle_metrics(view, days=40).set_index("metric").loc["people"]
    assert found["value"] == 2
    assert np.isnan(found["previous_value"])


@pytest.mark.parametrize("days", [float("inf"), float("nan"), -1, 36_526, 1e300])
@pytest.mark.parametrize(
    "ask",
    [
        lifecycle_metrics,
        stage_movement,
        lambda log, *, days: lifecycle_journeys(log, "convert", "won", days=days),
        lambda log, *, days: moved_between(log, "Attract", "Convert", days=days),
    ],
)
def test_a_period_has_a_length_that_a_calendar_knows(log, ask, days):
    with pytest.raises(ValueNotAllowedError, match="at most 36,525"):
        ask(log, days=days)


def test_a_century_is_a_period(log):
    assert lifecycle_metrics(log, days=36_525)["previous_value"].isna().all()
