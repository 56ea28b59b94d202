from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, Stage, forecast_wins, from_frame, outcomes, win_chances
from journey.analysis.forecast.evidence import learnt_of, open_of
from journey.errors import ValueNotAllowedError
from tests import oracle
from tests.examples import MODEL, small_log
from tests.strategies import samples, seeded

SHARDS = st.sampled_from((None, 1, 2))
ONE_STAGE = Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",))
FIGURES = ["expected_wins", "low", "high", "expected_value", "value_low", "value_high"]


def lives(reference):
    """Of each journey: days at risk, ways on, and the stage and age of those still open."""
    days, ways, still = Counter(), Counter(), Counter()
    for case, journey in reference.journeys.items():
        over = journey.outcome in oracle.DECIDED
        end = reference.ended_at(case)
        path = [(t.now, t.at) for t in journey.before_end]
        path = path or [(None, end)]
        stays = [path[0], *(b for a, b in pairwise(path) if a[0] != b[0])]
        for number, (stage, since) in enumerate(stays):
            is_last = number + 1 == len(stays)
            age = ((end if is_last else stays[number + 1][1]) - since) // oracle.DAY
            goes_on = over or not is_last
            days[stage] += age + goes_on
            if goes_on:
                to = stays[number + 1][0] if not is_last else journey.outcome == "won"
                ways[stage, to] += 1
            elif case in reference.view:
                still[stage] += 1
    return days, ways, still


@given(samples(), SHARDS)
def test_evidence_equals_the_reference(sample, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    days, ways, still = lives(reference)
    found, still_open = learnt_of(log), open_of(log)
    names = [*log.definitions.stage_names, None]
    targets = [*names, True, False]  # a win, another end
    assert dict(zip(names, found.days.sum(axis=1).tolist(), strict=True)) == {
        name: days[name] for name in names
    }
    assert {
        (a, b): n
        for a, row in zip(names, found.ways.sum(axis=1).tolist(), strict=True)
        for b, n in zip(targets, row, strict=True)
        if n
    } == {key: n for key, n in ways.items() if n}
    open_by_stage = still_open.open_mass[0].sum(axis=1).tolist()
    assert dict(zip(names, open_by_stage, strict=True)) == {n: still[n] for n in names}


def test_mail_to_a_dormant_journey_prolongs_no_stay():
    # Two touches, then silence: a day in Attract, 90 in Convert and, as it ends, the day it does.
    # z began on the last day.
    rows = [("a", 0, "Ad"), ("a", 1, "Demo"), ("a", 150, "Mail"), ("z", 151, "Ad")]
    log = small_log(rows, direction=["did", "did", "was shown", "did"])
    assert learnt_of(log).days.sum(axis=1).tolist() == [2, 0, 91, 0, 0]


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
    parts = frame["from_open"] + frame["from_new"]
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
