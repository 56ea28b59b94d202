from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.lifecycle.stage_movement import look_first, moved_between, stage_movement
from journey.errors import ValueNotAllowedError
from tests import oracle
from tests.examples import small_log
from tests.strategies import samples

# The period is days 60 to 100, the one before 20 to 60: 40 began in Nurture before each.
BEFORE = [
    touch
    for n in range(40)
    for touch in (
        [(f"a{n}", 15, "Mail"), (f"a{n}", 30, "Demo"), (f"a{n}", 35, "Lost")]
        if n < 20
        else [(f"a{n}", 15, "Mail"), (f"a{n}", 40, "Lost")]
    )
]
NOW = [
    touch
    for n in range(40)
    for touch in (
        [(f"b{n}", 55, "Mail"), (f"b{n}", 70, "Demo")]
        if n < 2
        else [(f"b{n}", 55, "Mail"), (f"b{n}", 65, "Mail")]
    )
]
LOG = small_log([*BEFORE, *NOW, ("c", 100, "Ad")])


def test_moves_are_shares_of_who_was_in_the_stage():
    found = stage_movement(LOG, days=40).set_index(["source_stage", "target_stage"])
    row = found.loc[("Nurture", "Convert")]
    # The lost ones were no longer in the stage as the period began.
    assert row[["n_journeys", "n_in_source", "share"]].tolist() == [2, 40, 0.05]
    # b came on day 55, so both groups were in Nurture in the period before; half of a went on.
    assert row[["previous_n_journeys", "previous_n_in_source"]].tolist() == [20, 80]
    assert row["change"] == pytest.approx(-0.2)
    assert row["is_worse"]
    assert moved_between(LOG, "Nurture", "Convert", days=40).n_journeys == 2


def test_a_reopened_journey_is_in_the_stage_it_came_back_to():
    # a and c were lost in Nurture before the period, and came back with a Demo; b waited there.
    rows = [("a", 0, "Mail"), ("a", 2, "Lost"), ("a", 35, "Demo"), ("b", 20, "Mail")]
    rows += [("c", 0, "Mail"), ("c", 2, "Lost"), ("c", 36, "Demo"), ("z", 40, "Ad")]
    row = stage_movement(small_log(rows), days=10).iloc[0]
    assert row[["n_journeys", "n_in_source"]].tolist() == [2, 3]
    # Had c come back without a move, it would be there as well.
    rows[6] = ("c", 36, "Call")
    row = stage_movement(small_log(rows), days=10).iloc[0]
    assert row[["n_journeys", "n_in_source"]].tolist() == [1, 3]


@pytest.mark.parametrize("day", [9, 35])
def test_what_we_send_to_who_is_lost_brings_nobody_into_a_stage(day):
    # a is lost since day 2, whatever we send before the period or in it; b alone was in Nurture.
    rows = [("a", 0, "Mail"), ("a", 2, "Lost"), ("a", day, "Mail")]
    rows += [("b", 10, "Mail"), ("b", 35, "Demo"), ("c", 40, "Ad")]
    direction = ["did", "did", "was shown", *["did"] * 3]
    row = stage_movement(small_log(rows, direction=direction), days=10).iloc[0]
    assert row[["n_journeys", "n_in_source", "share"]].tolist() == [1, 1, 1.0]


def moves_in_words(reference, begin):
    """Moves since an instant, and who was in each stage, by journey walked touch by touch."""
    moves, inside = set(), set()
    for case, journey in reference.journeys.items():
        begun = [touch for touch in journey.touches if touch.at < begin]
        state, n_before = "open", 0
        if begun:
            walked = oracle.walk(begun, reference.definitions, reference.dormancy)
            _, state, *_, n_before, _ = walked
            is_dormant = state == "open" and begin - begun[-1].at > reference.dormancy
            came_back = journey.n_reopened > n_before
            if came_back or not (is_dormant or state in oracle.OVER_UNWON):
                inside.add((case, begun[-1].now))
        stages = [None, *journey.stages]
        for place in range(len(begun), len(journey.touches)):
            before, after = stages[place : place + 2]
            if before != after:
                moves |= {(case, before, after)} if before else set()
                inside |= {(case, before), (case, after)}
    return Counter(move[1:] for move in moves), Counter(stage for _, stage in inside)


@given(samples(), st.sampled_from((None, 1, 2)), st.sampled_from((5, 40, 120)))
def test_movement_equals_the_reference(sample, rows_per_shard, days):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    # The period ends with the last instant of the log, which is part of it.
    tick = round(1_000_000 / log.store.ticks_per_second)
    moves, inside = moves_in_words(reference, reference.as_of + tick - days * oracle.DAY)
    found = stage_movement(log, days=days)
    found = found[found["n_journeys"] > 0].set_index(["source_stage", "target_stage"])
    assert found["n_journeys"].to_dict() == dict(moves)
    assert found["n_in_source"].to_dict() == {move: inside[move[0]] for move in moves}
    assert (found["share"] <= 1).all()


def test_where_to_look_first_needs_enough_journeys():
    first = look_first(stage_movement(LOG, days=40))
    assert first[["source_stage", "target_stage"]].to_numpy().tolist() == [["Nurture", "Convert"]]
    assert first["is_clear"].tolist() == [True]
    few = small_log([*BEFORE[:9], *NOW[:9], ("c", 100, "Ad")])
    assert look_first(stage_movement(few, days=40)).empty


def test_a_change_beyond_chance_comes_before_a_worse_one_that_may_be_chance():
    columns = ["source_stage", "change", "change_low", "change_high", "is_worse"]
    rows = [("A", -0.03, -0.07, 0.01, True), ("B", -0.12, -0.2, -0.04, False)]
    found = pd.DataFrame(rows, columns=columns).assign(n_in_source=90, previous_n_in_source=90)
    assert look_first(found)["source_stage"].tolist() == ["B"]
    # What got worse beyond chance leads, however much something else got better.
    found.loc[0, "change_high"] = -0.01
    assert look_first(found)["source_stage"].tolist() == ["A"]
    # Where nothing is beyond chance, what got worse leads alone.
    found[["change_low", "change_high"]] = [-0.2, 0.2]
    assert look_first(found)["source_stage"].tolist() == ["A"]


def test_going_back_more_often_is_worse():
    rows = [("a", 0, "Demo"), ("a", 50, "Mail"), ("b", 0, "Ad"), ("b", 60, "Ad")]
    row = stage_movement(small_log(rows), days=20).iloc[0]
    assert (row["direction"], row["share"]) == ("back", 1.0)
    assert np.isnan(row["change"]) or row["is_worse"]


def test_nothing_moves_in_a_log_without_stages():
    found = stage_movement(small_log([("a", 0, "Other"), ("a", 1, "Another")]))
    assert found.empty
    assert look_first(found).empty


def test_what_can_not_be_asked_is_refused():
    with pytest.raises(ValueNotAllowedError, match="above 0"):
        stage_movement(LOG, days=-1)
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'Nurture'"):
        moved_between(LOG, "Nurturing", "Convert")
