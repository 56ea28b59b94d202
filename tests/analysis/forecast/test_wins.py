from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, Stage, forecast_wins, from_frame, outcomes, win_chances
from journey.analysis.forecast.evidence import alive_in, learnt_of
from journey.analysis.forecast.wins import n_wins_learnt
from journey.errors import ValueNotAllowedError
from tests import oracle
from tests.examples import MODEL, small_log
from tests.strategies import samples, seeded

SHARDS = st.sampled_from((None, 1, 2))
ONE_STAGE = Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",))
FIGURES = ["expected_wins", "low", "high", "expected_value", "value_low", "value_high"]


def entries(reference, journey):
    """States entered one after the other, and when: a stage and whether it was further, over."""
    found, furthest = [], -1
    for place, touch in enumerate(journey.touches):
        before = journey.touches[place - 1]
        if found and journey.is_open[place - 1] and touch.at - before.at > reference.dormancy:
            found.append(("over", before.at + reference.dormancy))
        at = reference.stages.index(touch.now) if touch.now else -1
        state, furthest = "over", max(furthest, at)
        if journey.outcome == "won" and place == journey.decided:
            state = "won"
        elif journey.is_open[place]:
            state = (touch.now, furthest > at)
        if not found:
            found.append(((None, False) if state in ("over", "won") else state, touch.at))
        found.append((state, touch.at))
        if state == "won":
            break
    last = journey.touches[-1]
    if journey.is_open[-1] and reference.as_of - last.at > reference.dormancy:
        found.append(("over", last.at + reference.dormancy))
    return [found[0], *(b for a, b in pairwise(found) if a[0] != b[0])]


def lives(reference):
    """Of all journeys days at risk and ways on; by state those in view that are not won."""
    days, ways, still = Counter(), Counter(), Counter()
    for case, journey in reference.journeys.items():
        path = entries(reference, journey)
        for (state, since), (to, until) in pairwise(path):
            days[state] += (until - since) // oracle.DAY + 1
            ways[state, to] += 1
        state, since = path[-1]
        if state != "won":
            days[state] += (reference.as_of - since) // oracle.DAY
            still[state] += case in reference.view
    return days, ways, still


@given(samples(), SHARDS)
def test_evidence_equals_the_reference(sample, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    days, ways, still = lives(reference)
    found = learnt_of(log, weeks=13)
    stages = log.definitions.stage_names
    names = [(name, further) for further in (False, True) for name in stages]
    names += [(None, False), "over"]
    targets = [*names, "won"]
    assert dict(zip(names, found.days.sum(axis=1).tolist(), strict=True)) == {
        name: days[name] for name in names
    }
    assert {
        (a, b): n
        for a, row in zip(names, found.ways.sum(axis=1).tolist(), strict=True)
        for b, n in zip(targets, row, strict=True)
        if n
    } == {key: n for key, n in ways.items() if n}
    by_state = alive_in(log).mass[0].sum(axis=1).tolist()
    assert dict(zip(names, by_state, strict=True)) == {n: still[n] for n in names}


def test_mail_to_a_dormant_journey_prolongs_no_stay():
    # Two touches, then silence: a day in Attract and the day it left, 90 in Convert and, as it
    # ends, the day it does, then 60 days over. z began on the last day.
    rows = [("a", 0, "Ad"), ("a", 1, "Demo"), ("a", 150, "Mail"), ("z", 151, "Ad")]
    log = small_log(rows, direction=["did", "did", "was shown", "did"])
    assert learnt_of(log, weeks=13).days.sum(axis=1).tolist() == [2, 0, 91, *[0] * 6, 60]


def test_what_was_known_on_past_days_is_what_the_log_told_then():
    sample = seeded(7)
    sample = replace(sample, definitions=replace(sample.definitions, dormancy_days=90))
    whole = sample.log()
    # Touches are at midnight, and the log is read at noon.
    log = whole.between(end=whole.at(whole.as_of_tick - round(whole.ticks_per_day / 2)))
    now = learnt_of(log, weeks=4)
    for back in range(3):
        cut = log.at(log.as_of_tick - (back + 1) * round(28 * log.ticks_per_day))
        before = log.between(end=cut)
        then, alive = learnt_of(before, weeks=4), alive_in(before)
        for name, past in (("days", now.past_days), ("ways", now.past_ways)):
            np.testing.assert_array_equal(past[back], getattr(then, name))
        np.testing.assert_array_equal(now.past_mass[back], alive.mass[0])
        np.testing.assert_array_equal(now.past_begun[back], alive.begun.sum(axis=0))
        # A value that was told later is known now.
        assert (now.past_won_values[back, 0] >= then.won_values[0]).all()


@pytest.mark.parametrize("rows_per_shard", [None, 60])
def test_shards_do_not_matter(rows_per_shard):
    sample = seeded(3)
    wanted = forecast_wins(sample.log(), weeks=4)
    pd.testing.assert_frame_equal(forecast_wins(sample.log(rows_per_shard), weeks=4), wanted)


def test_every_open_journey_is_in_one_stage():
    log = seeded(4).log()
    counts = outcomes(log).set_index("outcome")["n_journeys"]
    stages = win_chances(log)
    assert stages["n_open"].sum() == counts["stalled"] + counts["in_progress"]
    assert stages["win_rate"].between(0, 1).all()
    assert (stages["n_won"] <= stages["n_left"]).all()


def test_the_parts_add_up_and_the_intervals_hold_what_is_expected():
    log = seeded(5).log()
    frame = forecast_wins(log, weeks=6)
    parts = frame["from_open"] + frame["from_over"] + frame["from_new"]
    np.testing.assert_allclose(parts, frame["expected_wins"])
    np.testing.assert_allclose(frame["expected_wins"].cumsum(), frame["total_wins"])
    assert frame["week"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["begins_at"].iloc[0] == log.as_of
    assert (frame["ends_at"] - frame["begins_at"] == pd.Timedelta(weeks=1)).all()
    last = frame.iloc[-1]
    assert last["total_low"] <= last["total_wins"] <= last["total_high"]
    assert last["total_value_low"] <= last["total_value"] <= last["total_value_high"]


def test_the_seed_settles_the_intervals_and_nothing_else():
    log = seeded(5).log()
    one, again, other = (forecast_wins(log, weeks=4, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert one["expected_wins"].tolist() == other["expected_wins"].tolist()
    assert one["value_high"].tolist() != other["value_high"].tolist()


def test_deal_values_count_and_the_mean_of_wins_stands_for_those_unknown():
    rows = [("w", 0, "Demo"), ("w", 3, "Won"), ("x", 0, "Demo"), ("y", 0, "Demo")]
    log = small_log(rows, ONE_STAGE, value=[None, 90.0, 30.0, None])
    x, y = (win_chances(log.where(account_id=case), weeks=1).iloc[0] for case in "xy")
    assert x["expected_value"] == pytest.approx(30 * x["expected_wins"])
    assert y["expected_value"] == pytest.approx(90 * y["expected_wins"])
    assert x["expected_wins"] == y["expected_wins"]


def test_more_journeys_begin_if_more_began():
    rows = [("w", 0, "Demo"), ("w", 3, "Won")]
    few, many = (
        forecast_wins(small_log([*rows, *((f"n{k}", 2, "Demo") for k in range(n))], ONE_STAGE))
        for n in (13, 26)
    )
    # One journey a week in the 13 weeks and that of w, against two and that of w.
    assert many["from_new"].sum() > few["from_new"].sum() > 0


def test_filters_choose_journeys_not_the_chances():
    log = seeded(6).log()
    half = log.where(account_id=[f"account {n:03}" for n in range(75)])
    rest = log.where(account_id=[f"account {n:03}" for n in range(75, 150)])
    parts = [forecast_wins(part, weeks=4)["from_open"] for part in (half, rest)]
    np.testing.assert_allclose(sum(parts), forecast_wins(log, weeks=4)["from_open"])


def test_without_a_win_nothing_can_be_told():
    frame = forecast_wins(small_log([("a", 0, "Demo"), ("a", 9, "Mail")], MODEL), weeks=2)
    assert frame["week"].tolist() == [1, 2]
    assert frame[FIGURES].isna().all(axis=None)


def test_an_empty_log_gives_no_rows_and_all_columns():
    columns = ["account_id", "touchpoint", "occurred_at"]
    empty = from_frame(
        pd.DataFrame(columns=columns).astype({"occurred_at": "datetime64[us, UTC]"}),
        definitions=MODEL,
    )
    full = forecast_wins(small_log([("a", 0, "Won")]), weeks=1)
    assert forecast_wins(empty).columns.tolist() == full.columns.tolist()
    assert forecast_wins(empty).empty
    assert win_chances(empty).empty


@pytest.mark.parametrize("weeks", [0, -1, 105])
def test_weeks_out_of_range_are_refused(weeks):
    with pytest.raises(ValueNotAllowedError, match=f"{weeks} weeks.*1 to 104"):
        forecast_wins(small_log([("a", 0, "Won")]), weeks=weeks)


def test_without_a_known_value_none_is_foretold():
    frame = forecast_wins(small_log([("a", 0, "Demo"), ("a", 3, "Won"), ("b", 0, "Demo")]))
    assert frame["total_wins"].notna().all()
    assert frame[["expected_value", "value_high", "total_value_low"]].isna().all(axis=None)
    log = small_log([("a", 0, "Demo"), ("a", 3, "Won"), ("b", 0, "Demo")], ONE_STAGE)
    assert win_chances(log)["expected_value"].isna().all()


@pytest.mark.parametrize("value", [0.0, -5.0])
def test_wins_worth_nothing_tell_no_value(value):
    rows = [("a", 0, "Demo"), ("a", 3, "Won"), ("b", 0, "Demo")]
    frame = forecast_wins(small_log(rows, ONE_STAGE, value=[value] * 3))
    assert frame["total_wins"].notna().all()
    assert frame["total_value"].isna().all()


def test_a_lost_journey_may_come_back_and_win():
    # a was lost and came back to win; b was lost as a was, and none is open or begins again.
    rows = [("a", 0, "Demo"), ("a", 1, "Lost"), ("a", 20, "Demo"), ("a", 21, "Won")]
    rows += [("b", 0, "Demo"), ("b", 1, "Lost"), ("z", 120, "Won")]
    frame = forecast_wins(small_log(rows, ONE_STAGE).where(account_id="b"))
    assert frame["from_over"].sum() > 0
    assert frame[["from_open", "from_new"]].sum().sum() == 0


def test_a_log_read_before_it_begins_foretells_nothing():
    log = small_log([("a", 0, "Demo"), ("a", 3, "Won")], ONE_STAGE)
    early = log.between(end=log.first_at - pd.Timedelta(days=30))
    assert forecast_wins(early).empty
    assert win_chances(early).empty


def test_who_wins_only_after_dormancy_may_win_in_any_stage():
    # Each comes back after 20 days, when 10 of silence had closed it, and wins: none of the wins
    # was won from a stage, and the chance of an open one goes by way of dormancy.
    model = Definitions((Stage("Convert", ("Demo",)),), won=("Won",), dormancy_days=10)
    days = [(str(n), n + day, name) for n in range(15) for day, name in ((0, "Demo"), (20, "Won"))]
    log = small_log([*days, ("open", 34, "Demo")], model)
    assert forecast_wins(log, weeks=4)["from_open"].sum() > 0
    found = win_chances(log, weeks=4).set_index("stage").loc["Convert"]
    assert found["n_won"] == 0
    assert found["expected_wins"] == pytest.approx(forecast_wins(log, weeks=4)["from_open"].sum())


def test_wins_that_chances_are_learnt_from_are_those_of_stages_without_open_journeys_too():
    # a is won from Convert; b stands in Attract. No open journey is in Convert.
    touches = [("a", 0, "Demo"), ("a", 1, "Won"), ("b", 1, "Ad")]
    stages = (Stage("Attract", ("Ad",)), Stage("Convert", ("Demo",)))
    log = small_log(touches, replace(MODEL, stages=stages, won=("Won",)))
    assert win_chances(log)["n_won"].sum() == 0
    assert n_wins_learnt(log) == 1
    assert n_wins_learnt(log.where(outcome="won")) == 1
