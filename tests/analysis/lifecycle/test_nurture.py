"""Nurture: months, programmes, triggers, content, nurtured beside not nurtured."""

import math

import pandas as pd
import pytest

from journey import Definitions, journeys
from journey.analysis.content.assets import content_engagement
from journey.analysis.lifecycle.by_month import post_sale, reach_by_month
from journey.analysis.lifecycle.nurture import COUNTED, nurture_journeys, nurture_metrics
from journey.analysis.lifecycle.nurtured import nurtured_comparison, nurtured_journeys
from journey.analysis.lifecycle.programmes import nurture_programmes
from journey.analysis.lifecycle.reach import people_by, visitors_known
from journey.analysis.lifecycle.score_profile import score_profile
from journey.analysis.lifecycle.triggers import ignored_triggers, triggers
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from tests.examples import MODEL, small_log

# January is days 0 to 30, February 31 to 58, March 59 to 89, April from 90.
ROWS = [
    *[("a", 0, "New lead"), ("a", 5, "E-mail sent"), ("a", 6, "E-mail clicked")],
    *[("a", 40, "MQL"), ("a", 45, "Sent back"), ("a", 50, "Ad"), ("a", 95, "Won")],
    *[("b", 10, "New lead"), ("b", 12, "Pricing page"), ("b", 14, "Sales call")],
    *[("b", 20, "Pricing page"), ("b", 60, "Lost")],
    *[("c", 70, "E-mail sent"), ("c", 99, "Pricing page")],
]


def test_months_count_leads_returns_and_messages():
    found = nurture_metrics(small_log(ROWS)).set_index("month")
    assert found.index.tolist() == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert found["n_new_leads"].tolist() == [2, 0, 0, 0]
    assert found["n_mqls"].tolist() == [0, 1, 0, 0]
    assert found["n_reopened"].tolist() == [0, 1, 0, 0]
    assert found.loc["2026-01", ["n_sent", "click_through_rate"]].tolist() == [1, 1.0]
    # No type means opened: missing, not 0.
    assert found["n_opened"].isna().all()
    assert math.isnan(found.loc["2026-02", "click_through_rate"])


def test_who_buys_after_a_long_silence_came_back():
    # a bought after 150 days and b did something: both were dormant since day 90. So say journeys.
    log = small_log([("a", 0, "Demo"), ("a", 150, "Won"), ("b", 0, "Demo"), ("b", 150, "Demo")])
    assert nurture_metrics(log)["n_reopened"].sum() == 2
    assert journeys(log)["n_reopened"].tolist() == [1, 1]


@pytest.mark.parametrize("count", COUNTED)
def test_counts_of_a_month_open_into_their_journeys(count):
    log = small_log(ROWS)
    for view in (log, log.between("2026-01-08")):
        for row in nurture_metrics(view).to_dict("records"):
            assert nurture_journeys(view, count, row["month"]).n_journeys == row[f"n_{count}"]


def test_there_are_months_without_any_lead_or_cost():
    found = nurture_metrics(small_log([("a", 0, "E-mail sent"), ("a", 40, "E-mail sent")]))
    assert found["n_sent"].tolist() == [1, 1]
    assert nurture_metrics(small_log([("a", 0, "Other")])).columns[-1] == "note"
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'mqls'"):
        nurture_journeys(small_log(ROWS), "mql", "2026-01")


def test_grades_of_a_months_leads_are_those_at_its_end():
    found = score_profile(small_log(ROWS))
    assert found.groupby("month")["n_journeys"].sum().to_dict() == {"2026-01": 2}
    assert score_profile(small_log([("a", 0, "Ad")])).empty
    with pytest.raises(ValueNotAllowedError, match="1 or more"):
        score_profile(small_log(ROWS), limit=0)


@pytest.mark.parametrize(
    ("limit", "end", "months"),
    [
        # The log is read on day 150, in May; its last touch but that of an ad is of February.
        (3, None, []),
        (4, None, ["2026-02"]),
        (10**12, None, ["2026-01", "2026-02"]),
        (1, "2026-03-01", ["2026-02"]),
        (1, "2026-03-02", []),
    ],
)
def test_months_of_grades_are_counted_back_from_the_one_the_log_is_read_in(limit, end, months):
    log = small_log([("a", 0, "New lead"), ("b", 40, "New lead"), ("b", 150, "Ad")])
    view = log.where(touchpoint="New lead")
    found = score_profile(view.between(end=end), limit=limit)
    assert found["month"].unique().tolist() == months


def test_leads_of_a_view_without_any_are_0_where_a_type_means_them():
    log = small_log([("a", 0, "New lead"), ("b", 40, "E-mail sent")]).between("2026-02-01")
    assert nurture_metrics(log)["n_new_leads"].tolist() == [0]
    assert nurture_metrics(small_log([("b", 40, "E-mail sent")]))["n_new_leads"].isna().all()


def sent(account, *steps):
    return [(account, day, "E-mail sent", "Guide", content) for content, day in steps]


def programme_log(rows, **columns):
    frame = pd.DataFrame(rows, columns=["account", "day", "type", "campaign", "content"])
    return small_log(
        frame[["account", "day", "type"]].to_numpy().tolist(),
        campaign=frame["campaign"],
        content=frame["content"],
        **columns,
    )


def test_a_programme_is_a_path_with_a_leak():
    stays = [row for n in range(10) for row in sent(f"s{n}", ("One", 0), ("Two", 5), ("Three", 9))]
    leaves = [row for n in range(30) for row in sent(f"l{n}", ("One", 0), ("Two", 5))]
    gone = [(f"l{n}", 6, "E-mail unsubscribed", None, None) for n in range(30)]
    late = [*sent("late", ("One", 95)), ("late", 100, "Ad", None, None)]
    found = nurture_programmes(programme_log([*stays, *leaves, *gone, *late])).set_index("content")
    assert found.index.tolist() == ["One", "Two", "Three"]
    assert found["n_people"].tolist() == [41, 40, 10]
    assert found["n_went_on"].tolist() == [40, 10, 0]
    assert found["n_waiting"].tolist() == [1, 0, 0]
    assert found["n_unsubscribed"].tolist() == [0, 30, 0]
    assert found["n_left"].fillna(-1).tolist() == [0, 30, -1]
    assert found.loc["Two", "left_rate"] == 0.75
    assert found["is_leak"].tolist() == [False, True, False]


def test_who_got_a_later_step_before_has_not_gone_on():
    # Three take the steps in order; the fourth began with the last and then left at the first.
    steps = [row for n in range(3) for row in sent(f"s{n}", ("One", 0), ("Two", 5), ("Three", 9))]
    back = [*sent("back", ("Three", 0), ("One", 7)), ("end", 90, "Ad", None, None)]
    found = nurture_programmes(programme_log([*steps, *back])).set_index("content")
    assert found.loc["One", ["n_went_on", "n_left"]].tolist() == [3, 1]


def test_who_leaves_a_programme_leaves_it_at_its_last_message():
    rows = [
        ("a", 0, "E-mail sent", "Guide", "One"),
        ("a", 1, "E-mail sent", "News", "May"),
        ("a", 2, "E-mail unsubscribed", "Guide", None),
    ]
    found = nurture_programmes(programme_log(rows)).set_index("content")["n_unsubscribed"]
    assert found.to_dict() == {"One": 1, "May": 0}


def test_who_was_sent_nothing_by_name_leaves_what_was_sent_to_nobody_in_particular():
    # Two messages name nobody, one names p: q leaves the last of the two, p what p was sent.
    rows = [*sent("a", ("One", 0), ("Two", 5), ("Three", 9))]
    rows += [("a", 10, "E-mail unsubscribed", None, None)]
    for person, left in (("q", [0, 1, 0]), ("p", [0, 0, 1])):
        log = programme_log(rows, person_id=[None, None, "p", person])
        found = nurture_programmes(log).set_index("content")["n_unsubscribed"]
        assert found[["One", "Two", "Three"]].tolist() == left


def test_steps_of_two_people_of_one_account_are_apart():
    rows = [*sent("a", ("One", 0), ("Two", 5)), *sent("a", ("One", 0))]
    found = nurture_programmes(programme_log(rows, person_id=["p", "p", "q"]))
    assert found["n_people"].tolist() == [2, 1]


def test_without_campaigns_there_is_no_programme():
    assert nurture_programmes(small_log(ROWS)).empty
    assert nurture_programmes(programme_log([("a", 0, "Ad", "Spring", "One")])).empty


def test_triggers_are_answered_ignored_or_waiting():
    log = small_log(ROWS)
    row = triggers(log).set_index("touchpoint").loc["Pricing page"]
    # b: a call two days later; nothing within a week; c: one day before the end.
    assert row[["n_touchpoints", "n_answered", "n_ignored", "n_waiting"]].tolist() == [3, 1, 1, 1]
    assert (row["answered_rate"], row["median_days"]) == (0.5, 2.0)
    assert ignored_triggers(log, "Pricing page").n_journeys == row["n_journeys_ignored"] == 1
    assert triggers(log, within_days=1).loc[0, "n_ignored"] == 2


def test_answers_count_whether_they_are_in_view_or_not():
    # a was called the day after, b on day 20: by channel or type the calls may be hidden.
    rows = [("a", 0, "Pricing page"), ("a", 1, "Sales call"), ("b", 0, "Pricing page")]
    rows += [("b", 20, "Sales call"), ("z", 40, "Ad")]
    log = small_log(rows, channel=["Web", "Phone", "Web", "Phone", "Web"])
    for view in (log, log.where(channel="Web"), log.exclude("Sales call")):
        found = triggers(view).iloc[0]
        assert found[["n_answered", "n_ignored", "median_days"]].tolist() == [1, 1, 1.0]
        assert ignored_triggers(view, "Pricing page").n_journeys == 1
    assert triggers(log.where(channel="Phone")).empty


def test_what_we_showed_somebody_is_no_trigger():
    rows = [("a", 0, "Pricing page"), ("a", 1, "Sales call"), ("a", 20, "Ad")]
    shown = small_log(rows, direction=["was shown", "did", "did"])
    assert triggers(shown).empty
    assert triggers(small_log([("a", 0, "Pricing page")])).empty
    with pytest.raises(ValueNotAllowedError, match="above 0"):
        triggers(shown, within_days=0)
    with pytest.raises(ValueNotAllowedError, match="Pricing page"):
        ignored_triggers(shown, "Prices page")


def test_nurtured_leads_beside_others_are_no_controlled_comparison():
    values = [9.0 if name == "Won" else None for _, _, name in ROWS]
    log = small_log(ROWS, value=values)
    found = nurtured_comparison(log).set_index("group")
    assert found["n_journeys"].tolist() == [1, 1]
    assert found["win_rate"].tolist() == [1.0, 0.0]
    assert found.loc["nurtured", ["median_value", "median_days"]].tolist() == [9.0, 95.0]
    assert set(found["note"]) == {"not a controlled comparison"}
    for group, nurtured in (("nurtured", True), ("not nurtured", False)):
        opened = nurtured_journeys(log, nurtured=nurtured)
        assert opened.n_journeys == found.loc[group, "n_journeys"]


def test_a_message_to_a_dormant_lead_nurtured_nobody():
    # a was given up on day 90 and mailed on day 150; b was mailed in time and is given up too.
    rows = [("a", 0, "New lead"), ("a", 150, "E-mail sent")]
    rows += [("b", 0, "New lead"), ("b", 5, "E-mail sent"), ("z", 151, "Ad")]
    direction = ["was shown" if name == "E-mail sent" else "did" for _, _, name in rows]
    found = nurtured_comparison(small_log(rows, direction=direction)).set_index("group")
    assert found["n_journeys"].to_dict() == {"nurtured": 1, "not nurtured": 1}


def test_a_customer_who_becomes_a_lead_after_the_win_is_no_decided_lead():
    # a was won on day 3 and filled in the form on day 5; b was a lead as it was lost.
    rows = [("a", 0, "Demo"), ("a", 3, "Won"), ("a", 5, "New lead"), ("a", 6, "E-mail sent")]
    rows += [("b", 0, "New lead"), ("b", 4, "Lost")]
    log = small_log(rows)
    found = nurtured_comparison(log).set_index("group")[["n_journeys", "n_won"]]
    assert found.to_numpy().tolist() == [[0, 0], [1, 0]]
    assert journeys(nurtured_journeys(log, nurtured=False))["account_id"].tolist() == ["b"]


def test_the_interval_of_a_median_goes_by_ranks():
    rows = [row for n in range(101) for row in lead(f"a{n:03}", n)]
    found = nurtured_comparison(small_log(rows)).iloc[1]
    # Days 0 to 100: 50 in the middle, 10 ranks of a hundred to both sides.
    assert found[["median_days", "days_from", "days_to"]].tolist() == [50.0, 40.0, 60.0]


def lead(account, days):
    return [(account, 0, "New lead"), (account, days, "Won")]


def test_content_by_what_follows():
    rows = [
        *[
            ("a", 0, "Read", "G"),
            ("a", 1, "Read", "G"),
            ("a", 2, "MQL", None),
            ("a", 9, "Won", None),
        ],
        *[
            ("b", 0, "MQL", None),
            ("b", 1, "Read", "G"),
            ("c", 0, "Mail", "G"),
            ("c", 5, "Lost", None),
        ],
    ]
    frame = pd.DataFrame(rows, columns=["account", "day", "type", "content"])
    told = frame[["account", "day", "type"]].to_numpy().tolist()
    direction = ["was shown" if name == "Mail" else "did" for name in frame["type"]]
    row = content_engagement(small_log(told, content=frame["content"], direction=direction)).iloc[0]
    assert row[["n_shown", "n_engaged", "n_journeys"]].tolist() == [1, 3, 2]
    # b was an MQL before; a was not and is.
    assert row[["n_before_mql", "n_mql_after", "mql_rate"]].tolist() == [1, 1, 1.0]
    assert row[["n_decided", "n_won"]].tolist() == [1, 1]
    assert (row["next_touchpoint"], row["next_share"]) == ("MQL", 0.5)
    assert content_engagement(small_log(ROWS)).empty


@pytest.mark.parametrize("question", [content_engagement, nurture_programmes])
def test_of_journeys_that_are_none_there_is_no_content_and_no_programme(question):
    told = {"content": ["Guide"], "campaign": ["Spring"], "opportunity_id": [None]}
    log = small_log([("a", 0, "E-mail sent")], **told)
    assert len(question(log)) == 1
    found = question(log.by("opportunity"))
    assert found.empty
    assert found.columns.tolist() == question(log).columns.tolist()


def test_touches_with_content_are_those_in_view():
    # Of three touches with the guide one is left from day 20 on; it comes after the MQL, and the
    # win follows it.
    rows = [
        ("a", 0, "Read"),
        ("a", 1, "Read"),
        ("a", 2, "MQL"),
        ("a", 50, "Read"),
        ("a", 51, "Won"),
    ]
    log = small_log(rows, content=["Guide", "Guide", None, "Guide", None])
    whole = content_engagement(log).iloc[0]
    assert whole[["n_engaged", "n_before_mql", "n_mql_after"]].tolist() == [3, 1, 1]
    late = content_engagement(log.between("2026-01-20")).iloc[0]
    assert late[["n_engaged", "n_before_mql", "n_mql_after", "n_won"]].tolist() == [1, 0, 0, 1]
    assert late["next_touchpoint"] == "Won"


def test_people_are_counted_once_however_many_touches_they_have():
    log = small_log(
        [("a", 0, "X"), ("a", 1, "X"), ("b", 2, "X"), ("b", 40, "X")],
        person_id=["p", None, "p", None],
        anonymous_id=["v", "v", "w", None],
        channel=["Ads", "Ads", "Mail", None],
    )
    # p, the visitor v, and b itself.
    assert people_by(log, by=None)["n_people"].tolist() == [3]
    by_channel = people_by(log, by="channel").set_index("value")["n_people"]
    assert by_channel.to_dict() == {"Ads": 2, "Mail": 1, None: 1}
    assert people_by(log, by="month")["n_people"].tolist() == [2, 1]
    assert visitors_known(log, since=0, until=2**40) == (2, 2)
    with pytest.raises(ColumnNotFoundError, match="Did you mean 'channel'"):
        people_by(log, by="channels")


def test_reach_is_missing_where_the_log_has_none():
    found = reach_by_month(small_log(ROWS, MODEL))
    assert found["n_new_journeys"].tolist() == [2, 0, 1, 0]
    assert found["n_impressions"].isna().all()
    assert reach_by_month(small_log([], Definitions())).empty


def test_what_the_log_means_but_nobody_in_view_did_is_0_and_not_missing():
    rows = [("a", 0, "Renewal"), ("a", 1, "Ad view"), ("b", 40, "Demo")]
    view = small_log(rows, Definitions()).between("2026-02-01")
    [after] = post_sale(view).to_dict("records")
    assert (after["n_renewal"], pd.isna(after["n_upsell"])) == (0, True)
    [reach] = reach_by_month(view).to_dict("records")
    assert (reach["n_impressions"], pd.isna(reach["n_shared"])) == (0, True)
    assert post_sale(view)[["n_renewal", "n_upsell"]].dtypes.eq("Int64").all()
