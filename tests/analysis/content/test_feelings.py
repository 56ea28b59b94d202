from collections import defaultdict
from statistics import mean, stdev

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.analysis.content.feelings import felt
from journey.errors import ValueNotAllowedError
from tests.examples import small_log
from tests.strategies import samples

BY = st.sampled_from((("stage",), ("touchpoint",), ("stage", "touchpoint"), ("outcome",), ()))


def scores(reference, by):
    """Scores in view by group, and the journeys that have one."""
    found, journeys = defaultdict(list), defaultdict(set)
    for case, touches in reference.view.items():
        for touch in touches:
            if touch.sentiment is not None:
                told = {"stage": touch.now, "touchpoint": touch.name}
                told["outcome"] = reference.journeys[case].outcome
                key = tuple(told[name] for name in by)
                found[key].append(touch.sentiment)
                journeys[key].add(case)
    return found, journeys


@given(samples(), BY, st.sampled_from((None, 2)))
def test_means_equal_the_reference(sample, by, rows_per_shard):
    found = journey.feelings(sample.log(rows_per_shard), by=by)
    wanted, journeys = scores(sample.oracle(), by)
    assert len(found) == len(wanted)
    for row in found.to_dict("records"):
        key = tuple(row[name] for name in by)
        mine = wanted[key]
        assert (row["n_scores"], row["n_journeys"]) == (len(mine), len(journeys[key]))
        assert row["mean_sentiment"] == pytest.approx(mean(mine))
        if len(mine) > 1:
            half = 1.959963984540054 * stdev(mine) / len(mine) ** 0.5
            assert row["high"] - row["mean_sentiment"] == pytest.approx(half, abs=1e-9)
        else:
            assert pd.isna(row["low"])


@given(samples())
def test_every_mean_opens_into_its_journeys(sample):
    log = sample.log()
    for row in journey.feelings(log).itertuples():
        if row.stage is not None:
            opened = felt(log, stage=row.stage, touchpoint=row.touchpoint)
            assert opened.n_journeys == row.n_journeys


def test_a_log_without_sentiment_has_no_rows_and_what_is_unknown_is_refused():
    log = small_log([("a", 0, "Ad")])
    assert journey.feelings(log).empty
    assert felt(log).n_journeys == 0
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'stage'"):
        journey.feelings(log, by=("stages",))
    with pytest.raises(ValueNotAllowedError, match="The touchpoint type"):
        felt(log, touchpoint="Adds")


def test_the_planted_feelings_come_out(sample_dataset):
    log = journey.open_log(sample_dataset)
    by_type = journey.feelings(log, by=("touchpoint",)).set_index("touchpoint")["mean_sentiment"]
    assert round(by_type[["Support ticket", "Demo held"]], 2).tolist() == [-0.36, 0.29]
    calls = journey.feelings(log, by=("touchpoint", "outcome")).set_index(["touchpoint", "outcome"])
    means = calls["mean_sentiment"]["Sales call"]
    assert round(means[["won", "lost"]], 2).tolist() == [0.3, -0.05]
