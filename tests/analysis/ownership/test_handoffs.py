from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.analysis.ownership.promise_members import count_waiting, sent_back, waiting_for
from journey.analysis.ownership.promises import handoff_promises
from journey.definitions import Definitions
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.rules.meanings import Meanings
from journey.rules.ownership import Ownership
from tests import promised
from tests.compare import is_same
from tests.examples import small_log
from tests.strategies import samples, seeded

POSTS = Meanings(mql=("Mail",), accepted=("Call",), sql=(), opportunity=(), sent_back=("Ad",))
MODEL = Definitions(
    won=("Won",), dormancy_days=90, meanings=POSTS, ownership=Ownership(mql_hours=48)
)
STANDINGS = ("taken", "sent_back", "over", "waiting", "in_time", "late", "due", "past_due")


def handing(sample):
    """The same log under posts that its types pass."""
    rules = replace(sample.definitions, meanings=POSTS, ownership=Ownership(mql_hours=48))
    return replace(sample, definitions=rules)


@given(samples(), st.sampled_from((None, 2)))
def test_counts_equal_the_reference(sample, rows_per_shard):
    sample = handing(sample)
    log, reference = sample.log(rows_per_shard), sample.oracle()
    has_deals = "opportunity_id" in log.store.text_columns
    found = journey.handoffs(log)
    if "Call" not in log.type_names or "Mail" not in log.type_names:
        return
    told = {"by_deal": has_deals, "is_last": not has_deals}
    waits = list(promised.handoff_waits(reference, {"Mail"}, {"Call"}, {"Ad"}, **told))
    wanted = promised.figures(reference, waits, 48)
    for name, value in wanted.items():
        assert is_same(found[name][0], value), name
    again = journey.returned_leads(log)
    counts = {row.reason: (row.n_sent_back, row.n_journeys) for row in again.itertuples()}
    assert counts == promised.returns(reference, {"Ad"})


def check_opens(log):
    """Every count of journeys opens into as many, and groups add up to all."""
    promise = handoff_promises(log)[0]
    whole = journey.handoffs(log).iloc[0]
    assert waiting_for(log, promise).n_journeys == whole["n_journeys"]
    for standing, n in count_waiting(log, promise).items():
        assert waiting_for(log, promise, standing=standing).n_journeys == n
    for by in ("industry", "month"):
        parts = journey.handoffs_by(log, by=by)
        mine = parts[parts["source"] == promise.source]
        for name in ("n_waits", *(f"n_{standing}" for standing in STANDINGS)):
            assert mine[name].sum() == whole[name]
        for row in mine.itertuples():
            inside = waiting_for(log, promise, by=by, value=row.value)
            assert inside.n_journeys == row.n_journeys
            counts = count_waiting(log, promise, by=by, value=row.value)
            assert (counts["late"] > 0) == (row.n_late > 0)
            for standing, n in counts.items():
                stand = waiting_for(log, promise, standing=standing, by=by, value=row.value)
                assert stand.n_journeys == n
    for row in journey.returned_leads(log).itertuples():
        assert sent_back(log, reason=row.reason).n_journeys == row.n_journeys


def test_every_count_opens_and_shards_change_nothing():
    sample = handing(seeded(3))
    check_opens(sample.log(100))
    pd.testing.assert_frame_equal(
        journey.handoffs(sample.log(100)), journey.handoffs(sample.log(None))
    )


def test_those_still_waiting_count_for_as_long_as_they_waited():
    # a is answered after 1 day; b and c wait 10 days so far. Half were never answered by then.
    rows = [("a", 0, "Mail"), ("a", 1, "Call"), ("b", 0, "Mail"), ("c", 0, "Mail"), ("d", 10, "X")]
    found = journey.handoffs(small_log(rows, MODEL)).iloc[0]
    assert pd.isna(found["median_hours"])
    assert found[["n_waits", "n_in_time", "n_past_due"]].tolist() == [3, 1, 2]
    # Two of three judged are later than the two days promised.
    assert found["late_rate"] == pytest.approx(2 / 3)


def test_a_journey_decided_first_is_no_longer_waiting():
    rows = [("a", 0, "Mail"), ("a", 3, "Won"), ("a", 9, "Mail"), ("b", 0, "Mail"), ("b", 9, "Call")]
    found = journey.handoffs(small_log(rows, MODEL)).iloc[0]
    assert found[["n_over", "n_taken", "n_waiting"]].tolist() == [1, 1, 0]


def test_a_loss_ends_a_wait_though_the_customer_comes_back():
    # a: lost while it waited, back, a lead again and called: over, and answered after a day.
    # b: called, lost, back, and only then sent back: that took back no answer of before the loss.
    names = ["Mail", "Lost", "Ad", "Mail", "Call"]
    rows = [("a", day, name) for day, name in zip((0, 2, 9, 10, 11), names, strict=True)]
    names = ["Mail", "Call", "Lost", "Ad", "Back"]
    rows += [("b", day, name) for day, name in zip((0, 1, 2, 8, 9), names, strict=True)]
    model = replace(MODEL, lost=("Lost",), meanings=replace(POSTS, sent_back=("Back",)))
    found = journey.handoffs(small_log(rows, model)).iloc[0]
    assert found[["n_waits", "n_taken", "n_over", "n_sent_back"]].tolist() == [3, 2, 1, 0]
    assert found["median_hours"] == 24.0


def test_a_long_silence_ends_a_wait_though_the_customer_comes_back():
    # a: a lead on day 0, dormant from day 90 on, back on day 200: over after 90 days, and that we
    # called on day 201 answers nothing; a lead again on day 210, called a day later.
    names = ["Mail", "Ad", "Call", "Mail", "Call"]
    rows = [("a", day, name) for day, name in zip((0, 200, 201, 210, 211), names, strict=True)]
    # b: called before it went dormant; sent back after that takes nothing back.
    rows += [("b", 0, "Mail"), ("b", 1, "Call"), ("b", 150, "Ad"), ("b", 151, "Back")]
    model = replace(MODEL, meanings=replace(POSTS, sent_back=("Back",)))
    log = small_log(rows, model)
    found = journey.handoffs(log).iloc[0]
    assert found[["n_waits", "n_taken", "n_over", "n_sent_back"]].tolist() == [3, 2, 1, 0]
    assert found["n_waiting"] == 0
    # Two of the three were answered, each after a day; the third was given up after 90.
    assert found[["median_hours", "p90_hours"]].fillna(-1).tolist() == [24.0, -1]


def test_an_answer_to_a_dormant_journey_answers_nobody():
    # a was over on day 90; that we called on day 200 ended no wait, and it didn't come back.
    rows = [("a", 0, "Mail"), ("a", 200, "Call"), ("z", 201, "Ad")]
    found = journey.handoffs(small_log(rows, MODEL, direction=["did", "was shown", "did"])).iloc[0]
    assert found[["n_waits", "n_over", "n_taken"]].tolist() == [1, 1, 0]


def test_a_journey_fallen_silent_waits_until_it_was_over():
    # a was over on day 90. b was answered after 200 days, alone by then: all who still waited were.
    rows = [("a", 0, "Mail"), *(("b", day, "Mail") for day in (0, 80, 160)), ("b", 200, "Call")]
    found = journey.handoffs(small_log([*rows, ("z", 400, "Ad")], MODEL)).iloc[0]
    assert found[["n_over", "n_taken", "p90_hours"]].tolist() == [1, 1, 4800.0]


def test_posts_that_the_same_type_passes_are_one_and_a_deal_is_an_opportunity():
    rows = [("a", 0, "MQL"), ("a", 1, "SQL accepted"), ("a", 3, "Call")]
    log = small_log(rows, opportunity_id=[None, None, "D1"])
    found = journey.handoffs(log)
    assert found[["source", "target"]].to_numpy().tolist() == [
        ["mql", "accepted"],
        ["accepted", "opportunity"],
    ]
    assert found["median_hours"].tolist() == [24.0, 48.0]


def test_a_lead_taken_on_and_sent_back_later_counts_where_it_stood():
    meanings = replace(POSTS, sent_back=("Back",))
    model = replace(MODEL, meanings=meanings)
    rows = [
        *(("a", 0, "Mail"), ("a", 1, "Call"), ("a", 2, "Demo"), ("a", 5, "Back")),
        *(("b", 0, "Mail"), ("b", 1, "Call"), ("b", 2, "Won"), ("b", 5, "Back")),
        *(("c", 0, "Mail"), ("c", 1, "Back")),
    ]
    # Alone, Mail to Call is where a and c came back from; b was won before.
    found = journey.handoffs(small_log(rows, model)).iloc[0]
    assert found[["n_waits", "n_taken", "n_sent_back"]].tolist() == [3, 1, 2]
    # All were answered within a day, however much later a was sent back.
    assert (found["p90_hours"], found["n_late"]) == (24.0, 0)
    # The call that takes a lead on brings its deal along: the step from there holds the return.
    deals = [None, "D1", "D1", "D1", None, "D2", "D2", "D2", None, None]
    steps = journey.handoffs(small_log(rows, model, opportunity_id=deals))
    assert steps["n_taken"].tolist() == [2, 1]
    assert steps["n_sent_back"].tolist() == [1, 1]
    assert (
        steps["n_sent_back"].sum() + 1
        == journey.returned_leads(small_log(rows, model))["n_sent_back"].sum()
    )  # the return of b, won by then


@pytest.mark.parametrize("decision", ["Won", "Lost"])
def test_what_was_decided_first_is_no_lead_taken_on(decision):
    # a was decided a day after its mail, and called by us on day 30; b was called the day after.
    rows = [("a", 0, "Mail"), ("a", 1, decision), ("a", 30, "Call"), ("b", 0, "Mail")]
    directions = ["did", "did", "was shown", "did", "did"]
    log = small_log([*rows, ("b", 1, "Call")], replace(MODEL, lost=("Lost",)), direction=directions)
    found = journey.handoffs(log).iloc[0]
    assert found[["n_waits", "n_taken", "n_over"]].tolist() == [2, 1, 1]
    # b was answered after 24 hours, as long as a had waited: one of two by then.
    assert (found["median_hours"], found["n_in_time"], found["n_late"]) == (24.0, 1, 0)


def test_a_post_passed_with_its_deal_is_answered_at_once_though_the_deal_is_older():
    meanings = replace(POSTS, sql=("Demo",))
    rows = [("a", 0, "Mail"), ("a", 1, "Call"), ("a", 2, "Demo"), ("a", 3, "Ad")]
    log = small_log(rows, replace(MODEL, meanings=meanings), opportunity_id=[None, *["D"] * 3])
    found = journey.handoffs(log)
    assert found["target"].tolist() == ["accepted", "sql", "opportunity"]
    assert found["n_taken"].tolist() == [1, 1, 0]
    # The return counts once, at the last post that was reached.
    assert found["n_sent_back"].tolist() == [0, 0, 1]


def test_a_log_without_posts_has_no_handoffs():
    log = small_log([("a", 0, "Ad")])
    assert journey.handoffs(log).empty
    assert journey.handoffs_by(log, by="month").empty
    assert journey.returned_leads(log).empty
    assert "late_rate" in journey.handoffs(log).columns
    with pytest.raises(ColumnNotFoundError):
        journey.handoffs_by(log, by="owner")


def test_a_value_or_reason_that_is_not_there_is_refused():
    log = small_log([("a", 0, "Mail"), ("a", 1, "Call")], MODEL, reason=["Budget", None])
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'Budget'"):
        sent_back(log, reason="Budgett")
    with pytest.raises(ValueNotAllowedError):
        waiting_for(log, handoff_promises(log)[0], by="reason", value="x")


def test_the_planted_owner_breaks_the_promise(sample_dataset):
    log = journey.open_log(sample_dataset)
    by_owner = journey.handoffs_by(log, by="owner")
    mql = by_owner[by_owner["source"] == "mql"].set_index("value")
    slow, others = mql.loc["Marcus Thorne"], mql.drop("Marcus Thorne")
    assert (slow["n_taken"], slow["n_late"]) == (92, 80)
    assert (others["n_taken"].sum(), others["n_late"].sum()) == (460, 36)
    steps = journey.handoffs(log).set_index("source")[["n_taken", "n_sent_back"]]
    assert steps.loc[["mql", "accepted"]].to_numpy().tolist() == [[552, 0], [422, 179]]
    returned = journey.returned_leads(log).set_index("reason")["n_sent_back"]
    assert returned.to_dict() == {
        "No budget yet": 96,
        "Wrong timing": 36,
        "No decision maker": 25,
        "Need not clear": 22,
    }
    move = journey.journey_graph(log).edges["Sales call", "Sent back to marketing"]
    assert (move["reason"], move["n_reason"], move["n_with_reason"]) == ("No budget yet", 96, 179)
