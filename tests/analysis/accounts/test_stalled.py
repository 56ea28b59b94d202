from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import stalled_accounts, value_at_risk
from journey.analysis.accounts.stalled import STALLED_COLUMNS
from tests import oracle
from tests.compare import same
from tests.examples import MODEL, small_log
from tests.strategies import samples, seeded


@given(samples(), st.sampled_from((None, 1, 2)))
def test_stalled_accounts_equal_the_reference(sample, rows_per_shard):
    found = stalled_accounts(sample.log(rows_per_shard))
    same(found, oracle.stalled_accounts(sample.oracle()))


@pytest.mark.parametrize("seed", [11, 12])
def test_a_bigger_log_equals_the_reference(seed):
    sample = with_winning_mails(seeded(seed, n_accounts=900))
    wanted = oracle.stalled_accounts(sample.oracle())
    assert any(row["next_touchpoint"] for row in wanted)
    same(stalled_accounts(sample.log(1_000)), wanted)


def with_winning_mails(sample):
    """Calls and demos become mails that we sent; a day after every fifth mail comes a win."""
    touches = [
        touch._replace(touchpoint="Mail", direction="was shown")
        if touch.touchpoint in ("Call", "Demo", "Mail")
        else touch
        for touch in sample.touches
        if touch.touchpoint != "Won"
    ]
    mails = [touch for touch in touches[::5] if touch.touchpoint == "Mail"]
    wins = [mail._replace(touchpoint="Won", at=mail.at + oracle.DAY) for mail in mails]
    return replace(sample, touches=(*touches, *wins))


@given(samples())
def test_the_list_has_exactly_the_stalled_journeys_in_view(sample):
    log = sample.log()
    assert len(stalled_accounts(log)) == log.where(outcome="stalled").n_journeys
    hidden = log.where(outcome=["won", "lost"])
    assert len(stalled_accounts(hidden)) == 0


def waits(n_short, *, days=1):
    """Journeys that each waited once in Nurture before going on to Convert and winning."""
    rows = []
    for number in range(n_short):
        name = f"w{number:02}"
        rows += [(name, 0, "Mail"), (name, days, "Demo"), (name, days, "Won")]
    return rows


def test_twenty_gaps_of_a_stage_make_its_own_norm():
    # 20 waits of 1 day in Nurture before going on; elsewhere 20 gaps of 0 (Demo → Won), and one
    # of 50 in Attract. Stalled is who is silent longer than 1 day; the log ends on day 51.
    rows = [*waits(20), ("x", 0, "Ad"), ("x", 50, "Ad"), ("s", 48, "Mail"), ("z", 51, "Ad")]
    found = stalled_accounts(small_log(rows)).set_index("account_id").loc["s"]
    assert (found["days_silent"], found["normal_days"]) == (3.0, 1.0)
    assert (found["n_gaps"], found["normal_of"]) == (20, "stage")
    assert found["reason"] == (
        "Silent 3 days in Nurture; 9 of 10 waits of those that moved on lasted at most 1 day."
    )


def test_with_fewer_gaps_the_norm_is_that_of_the_log_and_the_reason_says_so():
    # 19 waits of 1 day, 19 gaps of 0: the 90th percentile of all 38 gaps is 1 day too.
    rows = [*waits(19), ("s", 48, "Mail"), ("z", 51, "Ad")]
    found = stalled_accounts(small_log(rows)).set_index("account_id").loc["s"]
    assert (found["normal_days"], found["n_gaps"], found["normal_of"]) == (1.0, 38, "log")
    assert "in the whole log" in found["reason"]


def test_value_at_risk_is_the_value_times_the_chance_lost():
    # In Nurture were 20 that waited 1 day and won, and 5 that waited 40 days and were lost:
    # 20 of 25 won = 0.8; of those silent for 3 days or more 0 of 5. At risk: 100 · 0.8 = 80.
    rows = waits(20)
    for number in range(5):
        rows += [(f"l{number}", 0, "Mail"), (f"l{number}", 40, "Lost")]
    rows += [("s", 48, "Mail"), ("z", 51, "Ad")]
    value = [None] * (len(rows) - 2) + [100.0, None]
    log = small_log(rows, value=value)
    found = stalled_accounts(log).iloc[0]
    assert (found["win_rate_after_touch"], found["n_after_touch"]) == (0.8, 25)
    assert (found["win_rate_silent"], found["n_silent"]) == (0.0, 5)
    assert (found["value_at_risk"], found["precedent_days"]) == (pytest.approx(80), 3.0)
    assert value_at_risk(log) == pytest.approx(80)


@pytest.mark.parametrize("n_mails", [0, 1])
def test_what_followed_a_decision_is_no_silence_before_it(n_mails):
    # Silent for 40 days in Nurture were x and y, until they were won and lost: 1 of 2 won, as did
    # 11 of all 22. That our mail followed 10 losses after 50 days says nothing of waiting leads.
    rows = [(f"w{n}", day, "Mail") for n in range(10) for day in range(13)]
    rows += [(f"w{n}", 13, "Won") for n in range(10)]
    rows += [(f"l{n}", day, name) for n in range(10) for day, name in ((0, "Mail"), (1, "Lost"))]
    rows += [("x", 0, "Mail"), ("x", 45, "Won"), ("y", 0, "Mail"), ("y", 45, "Lost")]
    rows += [("s", 20, "Mail"), ("q", 60, "Ad")]
    ours = [(f"l{n}", 51, "Mail") for n in range(10)] * n_mails
    direction = ["did"] * len(rows) + ["was shown"] * len(ours)
    log = small_log([*rows, *ours], direction=direction, value=[100.0] * len(direction))
    found = stalled_accounts(log).iloc[0]
    assert (found["account_id"], found["days_silent"]) == ("s", 40.0)
    assert (found["win_rate_after_touch"], found["n_after_touch"]) == (0.5, 22)
    assert (found["win_rate_silent"], found["n_silent"]) == (0.5, 2)
    assert found["value_at_risk"] == 0


def test_a_silence_while_a_journey_was_lost_is_none_of_an_open_one():
    # y was silent for 45 days in Nurture, and then lost. x was lost after a day; that it came back
    # after 44 more, and won, says nothing of leads that are silent and not lost. Of 22 journeys 21
    # won, of those silent for 40 days none of one: 100 · 21 / 22 is at risk.
    rows = waits(20)
    rows += [("x", 0, "Mail"), ("x", 1, "Lost"), ("x", 45, "Mail"), ("x", 46, "Won")]
    rows += [("y", 0, "Mail"), ("y", 45, "Lost"), ("s", 20, "Mail"), ("q", 60, "Ad")]
    value = [100.0 if name == "s" else None for name, _, _ in rows]
    found = stalled_accounts(small_log(rows, value=value)).iloc[0]
    assert (found["account_id"], found["n_after_touch"]) == ("s", 22)
    assert (found["n_silent"], found["win_rate_silent"]) == (1, 0.0)
    assert found["value_at_risk"] == pytest.approx(100 * 21 / 22)


def test_the_last_stage_is_not_won_because_wins_lead_there():
    # 30 wins put their journey in Expand; 30 others were there while open, 24 days, and were lost.
    rows = [
        (f"{kind}{n}", day, name)
        for n in range(30)
        for kind, steps in (
            ("w", ((0, "Mail"), (1, "Won"), (2, "Renewal"))),
            ("l", ((0, "Mail"), (1, "Renewal"), (25, "Lost"))),
        )
        for day, name in steps
    ]
    rows += [("s", 20, "Renewal"), ("q", 60, "Ad")]
    found = stalled_accounts(small_log(rows, value=[100.0] * len(rows))).iloc[0]
    assert (found["account_id"], found["stage"]) == ("s", "Expand")
    assert (found["win_rate_after_touch"], found["n_after_touch"]) == (0.0, 30)
    assert (found["n_silent"], found["precedent_days"], found["value_at_risk"]) == (30, 24.0, 0)


def test_a_silence_without_precedent_is_judged_by_the_longest_that_has_one():
    # 20 waited 1 day in Nurture; 15 of them won, 5 were lost: 0.75. Nobody was ever silent for
    # 8 days; of the 20 silent longest (1 day) 15 won: nothing is known to be lost by silence.
    rows = [
        (name, day, "Lost" if touchpoint == "Won" and name >= "w15" else touchpoint)
        for name, day, touchpoint in waits(20)
    ]
    rows += [("s", 1, "Mail"), ("z", 9, "Ad")]
    found = stalled_accounts(small_log(rows, value=[9.0] * len(rows))).iloc[0]
    assert (found["account_id"], found["days_silent"]) == ("s", 8.0)
    assert (found["win_rate_silent"], found["n_silent"]) == (0.75, 20)
    assert (found["precedent_days"], found["value_at_risk"]) == (1.0, 0.0)


def test_without_a_winning_rule_the_value_at_risk_is_unknown():
    rows = [*waits(20), ("s", 48, "Mail"), ("z", 51, "Ad")]
    model = replace(MODEL, won=(), no_decision=("Won",))
    log = small_log(rows, model, value=[9.0] * len(rows))
    found = stalled_accounts(log).iloc[0]
    assert np.isnan(value_at_risk(log))
    assert np.isnan(
        found[["value_at_risk", "win_rate_after_touch", "win_rate_silent"]].tolist()
    ).all()
    assert (found["deal_value"], found["n_after_touch"]) == (9.0, 20)


def test_a_deal_without_a_value_is_worth_the_median_won_one():
    rows = [*waits(20), ("s", 48, "Mail"), ("z", 51, "Ad")]
    value = [float(10 * (k // 3)) or None for k in range(60)] + [None, None]
    # Won values known: 10, 20 … 190 (the first has none): the median is 100.
    assert stalled_accounts(small_log(rows, value=value)).iloc[0]["deal_value"] == 100


def test_the_median_won_value_is_that_of_wins_as_they_were_made():
    # w was won for 10,000 and bought 500 more after: 10,000 is what a win is worth.
    rows = [("w", 0, "Demo"), ("w", 1, "Won"), ("w", 2, "Upsell"), ("s", 2, "Demo")]
    rows += [(f"z{n}", 60, "Ad") for n in range(6)]
    log = small_log(rows, value=[None, 10_000.0, 500.0, *[None] * 7])
    found = stalled_accounts(log).iloc[0]
    assert found[["account_id", "deal_value", "is_median_value"]].tolist() == ["s", 10_000, True]


def test_people_owner_and_missing_roles_are_named():
    rows = [*waits(20), ("s", 47, "Mail"), ("s", 48, "Mail"), ("z", 51, "Ad")]
    model = replace(MODEL, expected_roles=("Buyer", "User"))
    log = small_log(
        rows,
        model,
        accounts=pd.DataFrame({"account_id": ["s"], "owner": ["Ann"]}),
        people=pd.DataFrame({"person_id": ["p", "q"], "role": ["User", None]}),
        person_id=[None] * 60 + ["q", "p", None],
    )
    found = stalled_accounts(log).iloc[0]
    assert (found["owner"], found["people"], found["n_people"]) == ("Ann", "q; p", 2)
    assert found["missing_roles"] == "Buyer"


def test_an_empty_log_has_no_stalled_accounts():
    found = stalled_accounts(small_log([]))
    assert list(found.columns) == list(STALLED_COLUMNS)
    assert len(found) == 0


def test_a_stage_that_nothing_decided_has_an_unknown_value_at_risk():
    rows = [("a", 0, "Ad"), ("a", 1, "Ad"), ("s", 0, "Mail"), ("z", 9, "Ad")]
    found = stalled_accounts(small_log(rows)).set_index("account_id").loc["s"]
    assert np.isnan(found["value_at_risk"])
    assert found["n_after_touch"] == 0


@given(samples(), st.sampled_from((None, 1, 2)), st.integers(1, 4))
def test_the_first_of_the_list_are_those_of_the_whole(sample, rows_per_shard, limit):
    log = sample.log(rows_per_shard)
    pd.testing.assert_frame_equal(
        stalled_accounts(log, limit=limit), stalled_accounts(log).head(limit)
    )


@pytest.mark.parametrize("rows_per_shard", [None, 100])
def test_what_is_at_risk_in_all_is_what_the_list_adds_up_to(rows_per_shard):
    log = seeded(31).log(rows_per_shard)
    for view in (log, log.having("Ad")):
        risks = stalled_accounts(view)["value_at_risk"]
        assert risks.gt(0).any()
        assert value_at_risk(view) == pytest.approx(risks.sum(), rel=1e-9)


@pytest.mark.parametrize("limit", [1, 2, 7, 40, 1_000])
@pytest.mark.parametrize("rows_per_shard", [None, 90])
def test_the_first_of_a_bigger_list_are_those_of_the_whole(rows_per_shard, limit):
    # Silent for 8 days is stalled here: many are, with values of many sizes and none.
    log = seeded(33).log(rows_per_shard)
    whole = stalled_accounts(log)
    assert len(whole) > 7
    pd.testing.assert_frame_equal(stalled_accounts(log, limit=limit), whole.head(limit))


def test_the_first_are_found_where_nothing_is_known_to_win():
    # Without a winning touch no value is at risk: nothing finer can be asked about.
    sample = seeded(33)
    log = replace(sample, definitions=replace(sample.definitions, won=())).log(90)
    whole = stalled_accounts(log)
    assert len(whole) > 2
    assert whole["value_at_risk"].isna().all()
    pd.testing.assert_frame_equal(stalled_accounts(log, limit=2), whole.head(2))
