import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import journey
from journey import Definitions, Stage
from journey.analysis.scores import features
from journey.analysis.scores.features import features_of, known_after
from journey.analysis.scores.model import auc_of, regression_of
from tests.examples import small_log

MODEL = Definitions(stages=(Stage("Read", ("Ad", "Guide")),), won=("Won",), lost=("Lost",))


def made(n_journeys=400, **accounts):
    """Three of four readers of the guide win, one of four others; the ad says nothing."""
    rows = []
    for number in range(n_journeys):
        reads, luck = number % 2, number // 2 % 4
        wins = luck < 3 if reads else luck < 1
        case = f"{number:03}"
        rows += [(case, 0, "Ad"), (case, 5, "Guide" if reads else "Ad")]
        rows += [(case, 90, "Late, won" if wins else "Ad"), (case, 100, "Won" if wins else "Lost")]
    cases = sorted({row[0] for row in rows})
    attributes = pd.DataFrame(
        {"account_id": cases, **{n: make(cases) for n, make in accounts.items()}}
    )
    return small_log(rows, MODEL, accounts=attributes)


def test_it_finds_what_tells_wins_and_nothing_of_what_came_later():
    model = journey.fit_score_model(made(), after_days=30)
    assert model.problem is None
    assert (model.n_fitted, model.n_held_back) == (280, 120)
    auc = model.auc.set_index("score")
    # Of pairs three in four are told apart: 3/4 of winners read, 1/4 of losers; ties count half.
    assert auc.loc["model", "auc"] == pytest.approx(0.75, abs=0.1)
    assert auc.loc["model", "low"] > 0.5
    weights = model.weights.set_index("feature")["weight"]
    assert weights.idxmax() == "Guide"
    assert weights["Late, won"] == pytest.approx(0)  # it came after the moment
    assert model.calibration["n_journeys"].sum() == 120
    assert model.calibration["n_won"].sum() == model.n_held_back_won


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_counts_are_the_same_however_many_journeys_are_counted_at_once(monkeypatch, at_once):
    # b had 300 ads, which a narrow number can't hold, beside journeys of one touch each.
    rows = [("a", 0, "Ad"), *[("b", day / 100, "Ad") for day in range(300)], ("c", 0, "Guide")]
    rows += [(case, 40, "Won" if case == "b" else "Lost") for case in "abc"]
    monkeypatch.setattr(features, "COUNTED_AT_ONCE", at_once)
    log = small_log(rows, MODEL)
    found = known_after(log, features_of(log), after_days=30, seed=0)
    names = [one.value for one in features_of(log)]
    counted = np.expm1(found.numbers).round().astype(int)
    assert sorted(counted[:, names.index("Ad")].tolist()) == [0, 1, 300]
    assert sorted(counted[:, names.index("Guide")].tolist()) == [0, 0, 1]
    assert counted[found.is_won, names.index("Ad")].tolist() == [300]


def test_counting_needs_little_more_memory_than_the_counts(monkeypatch):
    # 20,000 journeys of two touches and 60 types: 1.2 MB of counts, 9.6 MB at eight bytes each.
    n_journeys, names = 20_000, [f"Type {n}" for n in range(60)]
    days = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta([0, 60] * n_journeys, unit="D")
    touchpoints = [name for n in range(n_journeys) for name in (names[n % 60], "Lost")]
    cases = np.repeat(np.arange(n_journeys), 2).astype(str)
    log = journey.from_frame(
        pd.DataFrame({"account_id": cases, "touchpoint": touchpoints, "occurred_at": days}),
        definitions=MODEL,
    )
    known = features_of(log)
    known_after(log, known, after_days=1, seed=0)  # facts and kernels are made
    monkeypatch.setattr(features, "MOST_JOURNEYS", 100)
    tracemalloc.start()
    try:
        known_after(log, known, after_days=2, seed=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 15_000_000


def test_attributes_filled_in_once_a_deal_is_won_are_left_out():
    def won_alone(cases):
        return ["Big" if int(c) // 2 % 4 < (3 if int(c) % 2 else 1) else None for c in cases]

    def of_all(cases):
        return ["Big" if int(c) % 3 else "Small" for c in cases]

    def two_sizes(cases):
        return [
            None if value is None else value + str(n % 2)
            for n, value in enumerate(won_alone(cases))
        ]

    model = journey.fit_score_model(made(trade=of_all, segment=two_sizes), after_days=30)
    assert model.left_out == ("segment",)
    assert model.auc["auc"].iloc[0] < 0.9
    assert "segment" not in " ".join(model.weights["feature"])


def test_weights_are_where_no_small_change_of_them_helps():
    random = np.random.default_rng(0)
    numbers = random.normal(size=(2_000, 30)) @ random.normal(size=(30, 30)) / 5
    is_won = random.random(2_000) < 1 / (1 + np.exp(-numbers[:, 0]))
    model = regression_of(numbers, is_won)
    # Of weights w the loss is w²/2 and 0.1 of the sum of log losses, which is flat at its least;
    # weights are told to 0.01.
    missed = model.predict_proba(numbers)[:, 1] - is_won
    assert model.coef_[0] + 0.1 * missed @ numbers == pytest.approx(np.zeros(30), abs=0.005)


def test_too_few_wins_are_said_and_nothing_is_fitted():
    model = journey.fit_score_model(made(40), after_days=30)
    assert model.problem.startswith("Too few wins to fit a model: ")
    assert model.auc.empty
    assert model.weights.empty
    assert journey.fit_score_model(small_log([], MODEL)).problem is not None


def test_the_same_seed_holds_back_the_same_journeys_however_shards_are_cut():
    log = made()
    features = features_of(log)
    one, other, again = (known_after(log, features, after_days=30, seed=seed) for seed in (1, 2, 1))
    assert np.array_equal(one.numbers, again.numbers)
    assert not np.array_equal(one.group, other.group)


def test_journeys_decided_by_then_are_left_out():
    rows = [("a", 0, "Ad"), ("a", 5, "Won"), ("b", 0, "Ad"), ("b", 50, "Won"), ("c", 60, "Ad")]
    log = small_log(rows, MODEL)
    assert len(known_after(log, features_of(log), after_days=30, seed=0).is_won) == 1


def test_journeys_dormant_or_lost_by_then_are_left_out():
    # On day 100 c is dormant and d lost, though both come back; b is open, and won later.
    rows = [("b", 0, "Ad"), ("b", 50, "Guide"), ("b", 120, "Won"), ("c", 0, "Ad"), ("c", 110, "Ad")]
    rows += [("c", 115, "Won"), ("d", 0, "Ad"), ("d", 80, "Lost"), ("d", 130, "Ad")]
    log = small_log([*rows, ("d", 131, "Won")], replace(MODEL, dormancy_days=90))
    assert len(known_after(log, features_of(log), after_days=100, seed=0).is_won) == 1


def test_auc_by_counting_pairs():
    scores, is_won = np.array([5.0, 3.0, 3.0, 1.0]), np.array([True, False, True, False])
    auc, low, high = auc_of(scores, is_won)
    # (5,3) (5,1) (3,1) are right, (3,3) is a tie: 3.5 of 4.
    assert auc == 0.875
    assert low < auc < high
    assert np.isnan(auc_of(scores, np.ones(4, dtype=bool))[0])


def test_the_library_does_not_load_what_fits_models():
    code = "import sys, journey; journey.score_leads; print('sklearn' in sys.modules)"
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert found.stdout.strip() == "False"
