from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.silences import _decided, precedents, prospects
from tests.strategies import samples, seeded


def of_stage(log, stage):
    """Longest silences there of all decided journeys, and whether each won."""
    n_stages = len(log.definitions.stages)
    parts = log.ask_with_facts(partial(_decided, n_stages=n_stages, as_of=log.as_of_tick))
    return [
        (silence, bool(won))
        for longest, wins in parts
        for silence, won in zip(longest[:, stage].tolist(), wins, strict=True)
        if silence >= 0
    ]


def check(log, asked):
    n_stages = len(log.definitions.stages)
    found = precedents(log, [np.array(asked)] * (n_stages + 1))
    bounds = prospects(log)
    for stage in range(n_stages):
        known = of_stage(log, stage)
        rates, counts, compared = found[stage].after_silence(np.array(asked))
        most_lost = bounds[stage].most_lost(np.array(asked))
        overall = np.mean([won for _, won in known]) if known else np.nan
        for place, ticks in enumerate(asked):
            limit = min([ticks, max(known)[0]]) if known else 0
            mine = [won for silence, won in known if silence >= limit]
            assert (counts[place], compared[place]) == (len(mine), limit)
            if mine:
                assert rates[place] == np.mean(mine)
                assert most_lost[place] >= max(overall - np.mean(mine), 0) - 1e-12
            else:
                assert np.isnan(rates[place])
                assert np.isnan(most_lost[place])
    assert np.isnan(found[-1].after_silence(np.array(asked))[0]).all()
    assert np.isnan(bounds[-1].most_lost(np.array(asked))).all()


@given(
    samples(),
    st.sampled_from((None, 1, 2)),
    st.lists(st.integers(0, 400).map(lambda days: days * 86_400), min_size=1, max_size=5),
)
def test_what_became_of_silent_journeys(sample, rows_per_shard, asked):
    check(sample.log(rows_per_shard), asked)


def test_what_became_of_many_silent_journeys():
    days = (0, 1, 8, 13, 30, 45, 95, 96, 300)
    for rows_per_shard in (None, 100):
        check(seeded(31).log(rows_per_shard), [day * 86_400 for day in days])
