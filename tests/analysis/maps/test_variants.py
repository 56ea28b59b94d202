import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import variants
from journey.analysis.maps import variants as module
from journey.store import view
from tests import oracle
from tests.compare import same
from tests.examples import small_log
from tests.strategies import samples, seeded


def in_reference_order(frame):
    """Equally frequent variants of a length come in any order, but always the same."""
    keyed = frame.assign(most=-frame["n_journeys"])
    return keyed.sort_values(["most", "n_touchpoints", "sequence"], ignore_index=True)


@given(samples(), st.sampled_from((None, 1, 2)), st.booleans())
def test_variants_equal_the_reference(sample, rows_per_shard, collapsed):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    if collapsed:
        log, reference = log.collapse(), oracle.collapse(reference)
    found = variants(log)
    same(in_reference_order(found), oracle.variants(reference))
    assert found["variant_id"].tolist() == list(range(1, len(found) + 1))
    assert found["n_journeys"].sum() == log.n_journeys


def test_variants_of_a_bigger_log_equal_the_reference():
    sample = seeded(3, n_accounts=600)
    for rows_per_shard in (None, 500):
        found = variants(sample.log(rows_per_shard))
        same(in_reference_order(found), oracle.variants(sample.oracle()))


@given(samples(), st.sampled_from((None, 1)))
def test_every_variant_opens_into_its_journeys(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    for row in variants(log).to_dict("records"):
        assert log.having_variant(row["sequence"]).n_journeys == row["n_journeys"]


@given(samples(), st.integers(0, 4))
def test_the_top_are_the_first_of_all(sample, top):
    log = sample.log()
    same(variants(log, top=top), variants(log).head(top).to_dict("records"))


@pytest.mark.parametrize("rows_per_shard", [None, 5])
@pytest.mark.parametrize("top", [None, 7])
def test_sequences_that_share_a_hash_stay_apart(monkeypatch, rows_per_shard, top):
    sample = seeded(4, n_accounts=60)
    hash_journeys = view.hash_journeys

    def colliding(types, begins, ends):
        first, second = hash_journeys(types, begins, ends)
        return first % np.uint64(3), second

    monkeypatch.setattr(view, "hash_journeys", colliding)
    found = variants(sample.log(rows_per_shard), top=top)
    wanted = oracle.variants(sample.oracle())
    by_sequence = {row["sequence"]: row for row in wanted}
    same(found, [by_sequence[sequence] for sequence in found["sequence"]])
    assert len(found) == (top or len(wanted))


@pytest.mark.parametrize("top", [None, 7])
def test_variants_brought_together_in_slices_are_the_same(monkeypatch, top):
    log = seeded(5, n_accounts=60).log(rows_per_shard=50)
    at_once, n_variants = variants(log, top=top), module.count_variants(log)
    monkeypatch.setattr(module, "JOURNEYS_AT_ONCE", 9)
    same(variants(log, top=top), at_once.to_dict("records"))
    assert module.count_variants(log) == n_variants


def test_shares_and_times_of_variants():
    # Two journeys Ad-Won of 2 and 4 days (median 3), one Ad; all three are 1/3 + 2/3.
    log = small_log(
        [("a", 0, "Ad"), ("a", 2, "Won"), ("b", 0, "Ad"), ("b", 4, "Won"), ("c", 0, "Ad")]
    )
    first, second = variants(log).to_dict("records")
    assert (first["sequence"], first["n_journeys"], first["n_won"]) == (("Ad", "Won"), 2, 2)
    assert (first["median_days"], first["win_rate"]) == (3.0, 1.0)
    assert second["share"] == pytest.approx(1 / 3)
    assert np.isnan(second["win_rate"])  # open: nothing decided


def test_an_empty_log_has_no_variants():
    found = variants(small_log([]))
    assert list(found.columns) == list(module.VARIANT_COLUMNS)
    assert len(found) == 0
