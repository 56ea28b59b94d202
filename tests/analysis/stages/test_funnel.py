import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import (
    Definitions,
    Stage,
    back_moves,
    drop_offs,
    last_touchpoints,
    stage_funnel,
    time_to_next_stage,
)
from journey.analysis.stages.back_moves import BACK_COLUMNS
from journey.analysis.stages.members import ended_with
from tests import oracle
from tests.compare import same
from tests.examples import MODEL, journey_of, small_log
from tests.strategies import samples, seeded

SHARDS = st.sampled_from((None, 1, 2))
QUESTIONS = (
    (stage_funnel, oracle.stage_funnel),
    (drop_offs, oracle.drop_offs),
    (time_to_next_stage, oracle.time_to_next_stage),
    (last_touchpoints, oracle.last_touchpoints),
    (back_moves, oracle.back_moves),
)


@pytest.mark.parametrize(("question", "reference"), QUESTIONS)
def test_figures_equal_the_reference(question, reference):
    @given(samples(), SHARDS)
    def holds(sample, rows_per_shard):
        same(question(sample.log(rows_per_shard)), reference(sample.oracle()))

    holds()


@pytest.mark.parametrize(("question", "reference"), QUESTIONS)
@pytest.mark.parametrize("seed", [8, 9])
def test_figures_of_a_bigger_log_equal_the_reference(question, reference, seed):
    sample = seeded(seed)
    same(question(sample.log(100)), reference(sample.oracle()))


@pytest.mark.parametrize(("question", "reference"), QUESTIONS)
def test_figures_of_what_is_in_view_equal_the_reference(question, reference):
    # Journeys are chosen, touches are hidden; stages and outcomes stay those of whole journeys.
    sample = seeded(10)
    log = sample.log(100).where(industry="Software").exclude("Demo")
    chosen = oracle.exclude(oracle.where(sample.oracle(), "industry", ["Software"]), ["Demo"])
    same(question(log), reference(chosen))


@given(samples())
def test_fates_add_up_to_journeys_that_entered(sample):
    found = drop_offs(sample.log())
    fates = ["n_advanced", "n_won", "n_lost", "n_no_decision", "n_stalled", "n_in_progress"]
    assert found[fates].sum(axis=1).tolist() == found["n_entered"].tolist()


@given(samples(), SHARDS)
def test_every_stage_opens_into_its_journeys(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    for row in stage_funnel(log).to_dict("records"):
        assert log.where(reached_stage=row["stage"]).n_journeys == row["n_journeys"]
        now = log.where(current_stage=row["stage"], outcome=["stalled", "in_progress"])
        assert now.n_journeys == row["n_now"]


def test_conversion_counts_who_entered_the_next_stage_after_this_one():
    # a: Attract → Nurture; b: Nurture, then Attract, then Nurture again, so it converted too;
    # c: Nurture, then Attract: it reached both, but never Nurture after Attract.
    rows = [("a", 0, "Ad"), ("a", 1, "Mail")]
    rows += [("b", 0, "Mail"), ("b", 1, "Ad"), ("b", 2, "Mail")]
    rows += [("c", 0, "Mail"), ("c", 1, "Ad")]
    attract, nurture = stage_funnel(small_log(rows)).head(2).to_dict("records")
    assert (attract["n_journeys"], attract["n_advanced"]) == (3, 2)
    assert attract["conversion_rate"] == pytest.approx(2 / 3)
    assert (nurture["n_journeys"], nurture["n_in_order"], nurture["reached_share"]) == (3, 2, 1.0)


def test_an_open_journey_is_never_counted_as_dropped():
    # Of four in Attract one is lost, one parked, one in progress, one stalled (silent for 30
    # days, the only gap of the log being 1 day): 2 of 4 dropped.
    rows = [("a", 30, "Ad"), ("a", 31, "Lost"), ("b", 31, "Ad"), ("c", 1, "Ad")]
    rows += [("d", 31, "Ad"), ("d", 31, "Parked")]
    found = drop_offs(small_log(rows)).iloc[0]
    assert found["n_entered"] == 4
    assert found[["n_lost", "n_no_decision", "n_stalled", "n_in_progress"]].tolist() == [1, 1, 1, 1]
    assert found["drop_off_rate"] == 0.5


def test_a_win_that_skips_stages_is_no_drop_off():
    # Won in Attract: in Expand from then on, Nurture and Convert never entered.
    log = small_log(journey_of("Ad 0", "Won 1"))
    attract, nurture, convert = drop_offs(log).to_dict("records")
    assert (attract["n_won"], attract["drop_off_rate"]) == (1, 0.0)
    assert (nurture["n_entered"], convert["n_entered"]) == (0, 0)
    assert stage_funnel(log)["n_journeys"].tolist() == [1, 0, 0, 1]


def test_a_win_enters_its_own_stage_and_then_the_last():
    # Won is a touch of Convert: a enters it with its win, and goes on into Expand at once. b was
    # won from Convert; c is still there. As many can be listed.
    stages = (Stage("Attract", ("Ad",)), Stage("Convert", ("Demo", "Won")), Stage("Expand"))
    rows = [("a", 0, "Ad"), ("a", 2, "Won"), ("b", 0, "Demo"), ("b", 1, "Won"), ("c", 2, "Demo")]
    log = small_log(rows, Definitions(stages=stages, won=("Won",)))
    found = stage_funnel(log)
    assert found["n_journeys"].tolist() == [1, 3, 2]
    assert found["n_advanced"].tolist() == [1, 2, 0]
    assert log.where(reached_stage="Convert").n_journeys == 3
    # In Convert 0 days and 1 day; half of three have gone on after 1.
    assert time_to_next_stage(log)["median_days"].tolist() == [2.0, 1.0]


def test_time_to_next_censors_open_journeys_at_the_end_of_the_log():
    # In Attract for 2 days (then on), 4 (then on), and 10 (open, the log ends on day 10).
    # Surviving: 2/3 after 2 days, 1/3 after 4, so the median is 4 days; a tenth never is reached.
    rows = [("a", 0, "Ad"), ("a", 2, "Mail"), ("b", 0, "Ad"), ("b", 4, "Mail"), ("c", 0, "Ad")]
    found = time_to_next_stage(small_log([*rows, ("d", 10, "Demo")])).iloc[0]
    assert (found["n_journeys"], found["n_advanced"], found["n_censored"]) == (3, 2, 1)
    assert found["median_days"] == 4.0
    assert np.isnan(found["p90_days"])


def test_time_to_next_censors_lost_journeys_at_their_loss():
    # a lost after 1 day leaves the others: 1/2 after 2 days, so the median is 2, not 3.
    rows = [("a", 0, "Ad"), ("a", 1, "Lost"), ("b", 0, "Ad"), ("b", 2, "Mail")]
    rows += [("c", 0, "Ad"), ("c", 3, "Mail"), ("d", 99, "Demo")]
    assert time_to_next_stage(small_log(rows)).iloc[0]["median_days"] == 2.0


def test_time_to_next_censors_dormant_journeys_when_they_went_dormant():
    # a was over on day 90. b went on after 200 days, alone in Attract by then: all have gone on.
    # Had a been there until the log ends on day 400, only half of them had.
    rows = [("a", 0, "Ad"), *(("b", day, "Ad") for day in (0, 80, 160)), ("b", 200, "Mail")]
    found = time_to_next_stage(small_log([*rows, ("c", 400, "Lost")]))
    assert found.iloc[0][["n_advanced", "n_censored", "p90_days"]].tolist() == [1, 1, 200.0]


def test_last_touchpoints_before_the_end_beside_those_of_journeys_that_went_on():
    # a and b were lost in Nurture after a Mail and after a Call, c went on and had a Mail.
    rows = [
        ("a", 0, "Mail"),
        ("a", 1, "Lost"),
        ("b", 0, "Mail"),
        ("b", 1, "Call"),
        ("b", 2, "Lost"),
    ]
    rows += [("c", 0, "Mail"), ("c", 1, "Demo")]
    call, mail = last_touchpoints(small_log(rows)).to_dict("records")
    assert (call["touchpoint"], call["last_share"], call["went_on_share"]) == ("Call", 0.5, 0.0)
    assert (mail["touchpoint"], mail["last_share"], mail["went_on_share"]) == ("Mail", 0.5, 1.0)


def test_shares_of_drop_offs_are_of_all_of_them_and_of_nobody_unknown():
    # Both are lost in Convert, b by its only touch; nobody went on, so of none it can be told.
    stages = (Stage("Convert", ("Demo", "Lost")), Stage("Expand", ("Renewal",)))
    model = Definitions(stages, lost=("Lost",))
    log = small_log([("a", 0, "Demo"), ("a", 1, "Lost"), ("b", 0, "Lost")], model)
    row = last_touchpoints(log).iloc[0]
    assert row[["stage", "touchpoint", "last_share"]].tolist() == ["Convert", "Demo", 0.5]
    assert np.isnan(row["went_on_share"])


def test_what_we_send_after_the_end_is_no_last_touchpoint():
    # a was lost and b fell silent, both after a Mail by themselves; the Call is ours, and later.
    rows = [("a", 0, "Mail"), ("a", 2, "Lost"), ("a", 9, "Call"), ("b", 0, "Mail")]
    rows += [("b", 95, "Call"), ("z", 99, "Ad")]
    directions = ["did", "did", "was shown", "did", "was shown", "did"]
    log = small_log(rows, direction=directions)
    assert last_touchpoints(log)[["touchpoint", "n_last"]].to_numpy().tolist() == [["Mail", 2]]
    assert ended_with(log, "Nurture", "Mail").n_journeys == 2
    assert ended_with(log, "Nurture", "Call").n_journeys == 0


def test_back_moves_name_the_most_frequent_reason():
    rows = [("a", 0, "Demo"), ("a", 1, "Mail"), ("a", 2, "Demo"), ("a", 3, "Mail")]
    rows += [("b", 0, "Demo"), ("b", 1, "Mail"), ("c", 0, "Mail"), ("c", 1, "Ad")]
    reasons = [None, "budget", None, "timing", None, "timing", None, None]
    first, second = back_moves(small_log(rows, reason=reasons)).to_dict("records")
    assert first == {
        "source_stage": "Convert",
        "target_stage": "Nurture",
        "n_moves": 3,
        "n_journeys": 2,
        "reason": "timing",
    }
    assert (second["target_stage"], second["reason"]) == ("Attract", None)


@pytest.mark.parametrize("rows", [[], [("a", 0, "Chat")]])
def test_where_nothing_enters_a_stage_all_counts_are_0(rows):
    log = small_log(rows)
    assert stage_funnel(log)["n_journeys"].tolist() == [0, 0, 0, 0]
    assert drop_offs(log)["n_entered"].tolist() == [0, 0, 0]
    assert time_to_next_stage(log)["n_journeys"].tolist() == [0, 0, 0]
    assert list(back_moves(log).columns) == list(BACK_COLUMNS)
    assert len(back_moves(log)) == len(last_touchpoints(log)) == 0
    assert "went_on_share" in last_touchpoints(log).columns


def test_a_model_of_one_stage_has_no_next():
    log = small_log(
        journey_of("Ad 0", "Lost 1"), Definitions(stages=MODEL.stages[:1], won=("Won",))
    )
    assert len(drop_offs(log)) == len(time_to_next_stage(log)) == 0
    assert "p90_days" in time_to_next_stage(log).columns
    assert np.isnan(stage_funnel(log)["conversion_rate"]).all()
