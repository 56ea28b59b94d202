import numpy as np
import pytest

from journey.analysis.lifecycle.stage_movement import look_first, moved_between, stage_movement
from journey.errors import ValueNotAllowedError
from tests.examples import small_log

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


def test_where_to_look_first_needs_enough_journeys():
    first = look_first(stage_movement(LOG, days=40))
    assert first[["source_stage", "target_stage"]].to_numpy().tolist() == [["Nurture", "Convert"]]
    assert first["is_clear"].tolist() == [True]
    few = small_log([*BEFORE[:9], *NOW[:9], ("c", 100, "Ad")])
    assert look_first(stage_movement(few, days=40)).empty


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
