from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.analysis.ownership.matrix import name_of, promises_made
from journey.analysis.ownership.promise_members import touched_by, waiting_for
from journey.definitions import Definitions, Stage
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.rules.ownership import Department, Ownership, StageOwners
from tests import promised
from tests.compare import is_same
from tests.examples import small_log
from tests.strategies import samples, seeded

RULES = Ownership(
    departments=(
        Department("Marketing", touchpoints=("Ad", "Mail")),
        Department("Sales", touchpoints=("Demo",), channels=("Field",)),
    ),
    stages=(StageOwners("Attract", ("Sales",), ("Marketing",), 36),),
)


def owned(sample):
    return replace(sample, definitions=replace(sample.definitions, ownership=RULES))


def department_of(touch):
    if touch.touchpoint in ("Ad", "Mail"):
        return "Marketing"
    return "Sales" if touch.touchpoint == "Demo" or touch.channel == "Field" else None


def touches_by_stage(reference):
    """Touches in view by stage and department, and the journeys that have one."""
    touches, journeys = Counter(), set()
    for case, mine in reference.view.items():
        for touch in mine:
            if touch.now is not None:
                key = touch.now, department_of(touch)
                touches[key] += 1
                journeys.add((case, *key))
    return touches, Counter(key[1:] for key in journeys)


@given(samples(), st.sampled_from((None, 2)))
def test_the_matrix_and_reactions_equal_the_reference(sample, rows_per_shard):
    sample = owned(sample)
    log, reference = sample.log(rows_per_shard), sample.oracle()
    touches, journeys = touches_by_stage(reference)
    matrix = journey.ownership_matrix(log)
    for row in matrix.itertuples():
        assert row.n_touchpoints == touches[row.stage, row.department]
        assert row.n_journeys == journeys[row.stage, row.department]
    waits = promised.reaction_waits(reference, "Attract", lambda t: department_of(t) == "Sales")
    wanted = promised.figures(reference, waits, 36)
    found = journey.service_levels(log)
    for name, value in wanted.items():
        if name in found:
            assert is_same(found[name][0], value), name


def test_every_count_opens_and_open_promises_are_those_counted():
    log = owned(seeded(5)).log(100)
    for row in journey.ownership_matrix(log).itertuples():
        assert touched_by(log, row.stage, row.department).n_journeys == row.n_journeys
    promise = promises_made(log)[0]
    level = journey.service_levels(log).iloc[0]
    assert waiting_for(log, promise).n_journeys == level["n_journeys"]
    waiting = journey.open_promises(log)
    assert waiting["is_past_due"].sum() == level["n_past_due"]
    assert len(waiting) == level["n_past_due"] + level["n_due"]
    assert (waiting["waited_hours"] > waiting["sla_hours"]).equals(waiting["is_past_due"])
    assert len(waiting) > 3
    pd.testing.assert_frame_equal(journey.open_promises(log, limit=3), waiting.head(3))
    by_month = journey.service_levels_by(log, by="month")
    assert by_month["n_waits"].sum() == level["n_waits"]
    pd.testing.assert_frame_equal(
        journey.ownership_matrix(log), journey.ownership_matrix(owned(seeded(5)).log(None))
    )


MODEL = Definitions(
    stages=(Stage("Attract", ("Ad",)), Stage("Convert", ("Demo",)), Stage("Expand"))
)


@pytest.mark.parametrize(
    ("owners", "gaps"),
    [
        ((), {"no lead"}),
        (("Marketing",), set()),
        (("Service",), {"lead has no touch"}),
        (("Marketing", "Sales"), {"several leads"}),
    ],
)
def test_gaps_are_named(owners, gaps):
    rules = Ownership(stages=(StageOwners("Attract", owners),))
    log = small_log([("a", 0, "Ad")], replace(MODEL, ownership=rules))
    frame = journey.ownership_matrix(log)
    assert set(frame.loc[frame["stage"] == "Attract", "gap"].dropna()) == gaps


def test_what_was_promised_is_counted_from_the_entry_of_the_stage():
    # The demo form enters Convert on day 1; sales calls on day 3, 48 hours later: in time at 48.
    rules = Ownership(stages=(StageOwners("Convert", ("Sales",), sla_hours=48),))
    log = small_log(
        [
            ("a", 0, "Ad"),
            ("a", 1, "Demo"),
            ("a", 3, "Sales call"),
            ("b", 1, "Demo"),
            ("c", 9, "Ad"),
        ],
        replace(MODEL, ownership=rules),
        owner=["Ann", "Ann", "Ann", "Bob", "Bob"],
    )
    level = journey.service_levels(log).iloc[0]
    assert (level["source"], level["target"]) == (None, "Sales")
    assert level[["n_waits", "n_in_time", "n_late", "n_past_due"]].tolist() == [2, 1, 0, 1]
    waiting = journey.open_promises(log).iloc[0]
    assert (waiting["account_id"], waiting["owner"]) == ("b", "Bob")
    # Waiting since day 1, the log is read on day 9.
    assert waiting["waited_hours"] == pytest.approx(8 * 24)
    assert waiting["due_at"] == pd.Timestamp("2026-01-04", tz="UTC")


def test_a_touch_after_the_loss_keeps_no_promise():
    # Lost on day 2 while it waited in Convert, where it stays; the mail of sales comes on day 9.
    rules = Ownership(stages=(StageOwners("Convert", ("Sales",), sla_hours=480),))
    rows = [("a", 1, "Demo"), ("a", 2, "Lost"), ("a", 9, "Sales mail")]
    model = replace(MODEL, lost=("Lost",), ownership=rules)
    log = small_log(rows, model, direction=["did", "did", "was shown"])
    level = journey.service_levels(log).iloc[0]
    assert level[["n_waits", "n_in_time", "n_over"]].tolist() == [1, 0, 1]


def test_a_log_without_owners_or_promises_has_a_matrix_and_nothing_due():
    log = small_log([("a", 0, "Ad")])
    assert journey.service_levels(log).empty
    assert journey.open_promises(log).empty
    assert len(journey.ownership_matrix(log)) == 4 * len(log.definitions.stages)
    with pytest.raises(ColumnNotFoundError):
        journey.service_levels_by(log, by="owner")
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'Sales'"):
        touched_by(log, "Attract", "Sale")


def test_the_sample_keeps_most_promises(sample_dataset):
    levels = journey.service_levels(journey.open_log(sample_dataset)).set_index("promise")
    assert levels[["source", "target"]].to_numpy().tolist() == [
        ["Marketing", "Sales"],
        ["Marketing", "Sales"],
        ["Sales", "Service"],
    ]
    assert levels.loc["MQL to accepted", "n_late"] == 116
    assert name_of(promises_made(journey.open_log(sample_dataset))[0]) == "MQL to accepted"


def test_a_stage_that_nobody_answered_is_over_with_the_journey():
    # Sales owes a touch from day 0 on; the journey went dormant on day 90, so that the call after
    # the customer came back on day 200 answers nothing, neither in time nor late.
    rows = [("a", 0, "Ad"), ("a", 200, "Ad"), ("a", 201, "Demo")]
    model = replace(MODEL, ownership=RULES, dormancy_days=90)
    log = small_log(rows, model)
    found = journey.service_levels(log).iloc[0]
    assert found[["n_waits", "n_over", "n_in_time", "n_late", "n_past_due"]].tolist() == (
        [1, 1, 0, 0, 0]
    )
