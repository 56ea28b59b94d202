"""What shards answer: small whatever the size of a log, and the same when it has travelled."""

import inspect
import re
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.analysis.accounts import silences
from journey.analysis.figures import ranks
from journey.analysis.scores import features
from journey.rules.ownership import Ownership, StageOwners
from tests.compare import records, same
from tests.examples import MODEL
from tests.runners import questions
from tests.runners.pickling import through_pickles
from tests.runners.questions import ANALYSES, OF_THE_SAMPLE
from tests.stores import repeated
from tests.strategies import samples, seeded

A_ROW_FOR_EACH_JOURNEY = {
    *("journeys", "stalled", "call list", "open promises", "scores", "not buyers"),
}
NO_LOG = {"score_versions", "simplify"}
IN_ROUNDS = {"most at risk", "first to call", "silent who can be called", "silent visitors"}
"""Asks more finely where the order of journeys is in doubt; how often depends on the log."""

BOUNDED = sorted(ANALYSES.keys() - A_ROW_FOR_EACH_JOURNEY - IN_ROUNDS)


def many(n_journeys, kinds):
    """Journeys of some kinds, begun within two months, each some days long at most."""
    chance = np.random.default_rng(5)
    n_touches = kinds.shape[1]
    rows = chance.integers(len(kinds), size=n_journeys)
    hours = np.cumsum(chance.integers(0, 24, size=(n_journeys, n_touches)), axis=1)
    hours += 24 * chance.integers(60, size=(n_journeys, 1))
    size = n_journeys * n_touches
    frame = pd.DataFrame(
        {
            "account_id": np.repeat([f"account {one:03}" for one in range(n_journeys)], n_touches),
            "touchpoint": kinds[rows].ravel(),
            "channel": chance.choice(["Ads", "Field", "E-mail"], size),
            "reason": chance.choice(["budget", "timing"], size),
            "campaign": chance.choice(["Spring", "Fair"], size),
            "cost": chance.choice([5.0, 10.0], size),
            "value": chance.choice([100.0, 200.0, 300.0], size),
            "occurred_at": pd.Timestamp("2026-01-01") + pd.to_timedelta(hours.ravel(), unit="h"),
        }
    )
    industries = pd.DataFrame({"account_id": frame["account_id"].unique(), "industry": "Retail"})
    sales = Ownership(stages=(StageOwners("Nurture", ("Sales",), sla_hours=24),))
    definitions = replace(MODEL, dormancy_days=None, ownership=sales)
    return journey.from_frame(
        frame, accounts=industries, definitions=definitions, rows_per_shard=size // 2
    )


def sizes_of(logs, question):
    """How many bytes are told of each log, the learning of its silence among them."""
    found = []
    for log in logs:
        asked = through_pickles(log)
        question(asked)
        found.append(sum(asked.cluster.sizes))
    return found


def lower_limits(monkeypatch):
    """So that logs as small as these are above them."""
    for name, most in (("COLLECTED_MOST", 256), ("BINS_IN_ALL", 256), ("BINS_MOST", 64)):
        monkeypatch.setattr(ranks, name, most)
    monkeypatch.setattr(features, "MOST_JOURNEYS", 100)
    monkeypatch.setattr(silences, "CELLS_MOST", 64)


@pytest.fixture(scope="module")
def few_and_many():
    types = ("Ad", "Mail", "Demo", "Ad", "Mail", "Demo", "Renewal", "Won", "Lost", "Parked")
    kinds = np.random.default_rng(3).choice(types, size=(60, 6))
    return [many(n_journeys, kinds) for n_journeys in (1_500, 15_000)]


@pytest.mark.parametrize("name", BOUNDED)
def test_answers_do_not_grow_with_touchpoints(few_and_many, name, monkeypatch):
    lower_limits(monkeypatch)
    few, more = sizes_of(few_and_many, ANALYSES[name])
    # Counts of more digits and a round or two more, where ten times the touchpoints are.
    assert more <= 1.6 * few + 1_000, (few, more)


@pytest.mark.parametrize("name", sorted(IN_ROUNDS))
def test_of_stalled_accounts_only_the_first_and_some_cells_are_told(
    few_and_many, name, monkeypatch
):
    lower_limits(monkeypatch)
    sizes = []
    for log in few_and_many:
        asked = through_pickles(log)
        ANALYSES[name](asked)
        sizes.append(asked.cluster.sizes)
    few, more = sizes
    # A round asks about at most 64 cells more, each three numbers of 8 bytes; a shard is asked
    # twice in a round, and there are a round or two more where ten times the journeys are.
    n_rounds = (len(more) - len(few)) / (2 * 3)
    assert n_rounds <= 3
    assert max(more) <= max(few) + (n_rounds + 1) * 64 * 3 * 8 + 1_000


@pytest.mark.parametrize("name", ["top variants", "number of variants"])
def test_of_variants_as_many_as_journeys_only_those_asked_for_are_told(name, monkeypatch):
    lower_limits(monkeypatch)
    kinds = np.random.default_rng(4).choice(["Ad", "Mail", "Demo"], size=(5_000, 16))
    few, more = sizes_of([many(500, kinds), many(5_000, kinds)], ANALYSES[name])
    assert more <= 1.25 * few + 1_000, (few, more)


def test_no_question_is_left_out():
    asked = set(re.findall(r"journey\.(\w+)", inspect.getsource(questions)))
    homes = journey._HOME.items()
    public = {name for name, home in homes if home.startswith("analysis.")}
    assert public - asked == NO_LOG


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_says_something_and_the_same_when_it_travelled(telling, name):
    log = telling(name)
    assert len(log.store.shards) > 2
    wanted = ANALYSES[name](log)
    if isinstance(wanted, pd.DataFrame):
        assert not wanted.empty
    same_answer(ANALYSES[name](through_pickles(log)), wanted)


@pytest.mark.parametrize("name", sorted(OF_THE_SAMPLE & set(BOUNDED)))
def test_answers_about_the_sample_do_not_grow_with_its_journeys(sample_log, name, monkeypatch):
    lower_limits(monkeypatch)
    few, more = sizes_of([repeated(sample_log, n_times) for n_times in (1, 6)], ANALYSES[name])
    assert more <= 1.6 * few + 1_000, (few, more)


@pytest.fixture(scope="module")
def sample_log(sample_dataset):
    return journey.open_log(sample_dataset)


@pytest.mark.parametrize("name", ANALYSES)
def test_answers_that_travelled_are_the_same(name):
    log = seeded(31).log(150).exclude("Parked").where(outcome=["won", "stalled", "lost"])
    assert len(log.store.shards) > 2
    same_answer(ANALYSES[name](through_pickles(log)), ANALYSES[name](log))


def same_answer(found, wanted):
    if isinstance(wanted, pd.DataFrame):
        assert list(found.columns) == list(wanted.columns)
        same(found, records(wanted))
    elif isinstance(wanted, np.ndarray):
        np.testing.assert_allclose(found, wanted)
    elif isinstance(wanted, nx.Graph):
        assert dict(found.edges) == dict(wanted.edges)
        assert dict(found.nodes) == dict(wanted.nodes)
    else:
        assert found == wanted


@given(samples(), st.sampled_from((None, 1, 2, 5)), st.integers(1, 6))
def test_times_moves_back_and_variants_are_the_same_however_they_are_cut(sample, rows, n_buckets):
    whole, cut = sample.log(), through_pickles(sample.log(rows), n_buckets=n_buckets)
    for name in ("time to next stage", "back moves", "variants", "top variants"):
        same(ANALYSES[name](cut), records(ANALYSES[name](whole)))
    assert ANALYSES["number of variants"](cut) == len(ANALYSES["variants"](whole))
