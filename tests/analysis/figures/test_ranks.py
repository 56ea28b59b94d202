from collections import defaultdict
from contextlib import contextmanager
from functools import partial
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.figures import ranks
from tests.strategies import seeded

VALUES = st.integers(0, 6) | st.integers(0, 10**6) | st.integers(2**52, 2**61)
SHARD = st.lists(st.tuples(st.integers(0, 4), VALUES), max_size=60)  # label 4 stands for none
N_LABELS = 4


@contextmanager
def limits(**values):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setattr(ranks, name, value)
        yield


def measured(shard):
    labels = np.array([label for label, _ in shard], np.uint32)
    ends = np.array([value for _, value in shard], np.int64)
    return labels, np.zeros(len(shard), np.int64), ends


def medians(shards, answers=None):
    """The medians by rounds and in plain Python; lists how large each shard's answers were."""
    of_label = defaultdict(list)
    for shard in shards:
        for label, value in shard:
            of_label[label].append(value)
    n_values = np.array([len(of_label[label]) for label in range(N_LABELS)])
    highs = np.array([float(2 * sum(of_label[k]) + 1) for k in range(N_LABELS)])

    def ask(question):
        found = [question(shard) for shard in shards]
        if answers is not None:
            answers.extend(len(a[0]) if isinstance(a, tuple) else a.size for a in found)
        return found

    found = ranks.medians_in_rounds(ask, measured, n_values, highs)
    wanted = [median(of_label[k]) if of_label[k] else np.nan for k in range(N_LABELS)]
    return found.tolist(), pytest.approx(wanted, rel=1e-15, nan_ok=True)


@given(st.lists(SHARD, max_size=4), st.sampled_from((4, 16, 2**17)))
def test_medians_equal_those_of_all_values_at_once(shards, n_bins):
    with limits(COLLECTED_FEW=0, FEW_OF_A_LABEL=0, SHARE_WORTH_COLLECTING=50, BINS_IN_ALL=n_bins):
        found, wanted = medians(shards)
    assert found == wanted


@given(st.lists(SHARD, max_size=4))
def test_few_values_are_collected_at_once(shards):
    found, wanted = medians(shards)
    assert found == wanted


@pytest.mark.parametrize("n_values", [999, 1000])
def test_two_values_far_apart_and_all_ties(n_values):
    # Half 0 and half a year: the lower middle is 0, the upper (of an even number) a year.
    shard = [(0, 0)] * 500 + [(0, 31_536_000)] * (n_values - 500) + [(1, 7)] * 300
    with limits(COLLECTED_FEW=0, FEW_OF_A_LABEL=0, SHARE_WORTH_COLLECTING=10**9):
        found, wanted = medians([shard[:400], shard[400:]])
    assert found == wanted
    assert found[:2] == [15_768_000.0 if n_values == 1000 else 0.0, 7.0]


def test_no_answer_grows_with_the_values():
    rng = np.random.default_rng(1)
    shard = [(0, int(value)) for value in rng.exponential(10**6, 20_000)]
    answers = []
    with limits(COLLECTED_FEW=0, SHARE_WORTH_COLLECTING=100, BINS_IN_ALL=64):
        found, wanted = medians([shard, shard], answers)
    assert found == wanted
    assert max(answers) <= 400  # a hundredth of all, or the bins


def test_the_bounds_of_a_log_hold_in_any_number_of_rounds():
    from journey import directly_follows, variants

    sample = seeded(7, n_accounts=300)
    for question in (directly_follows, partial(variants, top=20)):
        at_once = question(sample.log())
        with limits(COLLECTED_FEW=0, FEW_OF_A_LABEL=0, SHARE_WORTH_COLLECTING=10**6):
            in_rounds = question(sample.log(rows_per_shard=100))
        assert in_rounds["median_days"].tolist() == at_once["median_days"].tolist()
