"""Whole numbers of many sizes are taken in bands, and a band is a value like any other."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, keep_segment, profile_traits
from journey.analysis.profiles.bands import bands_of, bounds_of, is_within
from journey.analysis.profiles.criteria import Segment
from tests.examples import small_log

SIZES = range(1, 61)


@pytest.fixture(scope="module")
def log():
    """Sixty accounts of 1 to 60 heads; those of 48 or more win."""
    rows = [(f"a{n}", day, name) for n in SIZES for day, name in ((0, "Ad"), *_won(n))]
    accounts = pd.DataFrame({"account_id": [f"a{n}" for n in SIZES], "employees": map(str, SIZES)})
    return small_log(rows, Definitions(won=("Won",)), accounts=accounts)


def _won(n):
    return [(1, "Won")] if n >= 48 else []


@given(st.lists(st.integers(-50, 10_000), min_size=13, max_size=60, unique=True))
def test_every_number_is_in_just_one_band(numbers):
    names = [str(number) for number in numbers]
    bounds = [bounds_of(band) for band in bands_of(names, np.ones(len(names), np.int64))]
    assert len(bounds) != 1
    for name in names:
        assert sum(is_within(name, one) for one in bounds) == (1 if bounds else 0)


def test_words_and_few_numbers_stay_as_they_are():
    words = [f"{n}-{n + 9}" for n in range(20)]
    assert bands_of(words, np.ones(20, np.int64)) == []
    assert bands_of([str(n) for n in range(12)], np.ones(12, np.int64)) == []
    assert bands_of(["1.5", *map(str, range(20))], np.ones(21, np.int64)) == []


def test_a_profile_is_of_bands_not_of_single_headcounts(log):
    frame = profile_traits(log)
    mine = frame[frame["kind"] == "attribute"].set_index("profile")
    # Fifths of 60 end at 12, 24, 36, 48, rounded to one digit: 10, 20, 40, 50.
    assert mine["n_journeys"].to_dict() == {
        "Employees up to 9": 9,
        "Employees 10 to 19": 10,
        "Employees 20 to 39": 20,
        "Employees 40 to 49": 10,
        "Employees 50 or more": 11,
    }
    assert mine.loc["Employees 50 or more", "n_won"] == 11
    assert mine.loc["Employees 40 to 49", "n_won"] == 2


def test_a_segment_of_a_band_holds_numbers_that_come_later_too(log):
    band = Segment(profile=(("employees", ("50 or more", "7")),))
    assert keep_segment(log, band).n_journeys == 12
    assert keep_segment(log, Segment(profile=(("employees", ("70 to 90",)),))).n_journeys == 0


def test_a_value_that_reads_like_a_band_is_itself_first():
    rows = [("a", 0, "Ad"), ("b", 0, "Ad")]
    accounts = pd.DataFrame({"account_id": ["a", "b"], "size": ["10 to 19", "12"]})
    log = small_log(rows, Definitions(), accounts=accounts)
    one = keep_segment(log, Segment(profile=(("size", ("10 to 19",)),)))
    assert one.n_journeys == 1
