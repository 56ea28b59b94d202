import math

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from journey.charts.numbers import format_count, format_days, format_number, format_share


@pytest.mark.parametrize(
    ("n", "locale", "written"),
    [(0, "en", "0"), (999, "en", "999"), (1234567, "en", "1,234,567"), (1234, "de", "1.234")],
)
def test_counts_have_the_separators_of_the_locale(n, locale, written):
    assert format_count(n, locale) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0%"),
        (0.004, "<1%"),
        (0.005, "<1%"),
        (0.0051, "1%"),
        (0.619, "62%"),
        (0.994, "99%"),
        (0.995, ">99%"),
        (1.0, "100%"),
        (math.nan, ""),
    ],
)
def test_none_and_all_are_said_only_where_they_are_true(share, written):
    assert format_share(share) == written


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "0 min"),
        (0.4 / 1440, "<1 min"),
        (1 / 1440, "1 min"),
        (20 / 1440, "20 min"),
        (1 / 24, "1 hour"),
        (0.5, "12 hours"),
        (0.999, "1 day"),
        (1.0, "1 day"),
        (1.44, "1.4 days"),
        (2.4, "2 days"),
        (400, "400 days"),
        (math.nan, ""),
    ],
)
def test_durations_are_in_the_unit_a_person_would_use(days, written):
    assert format_days(days) == written


@given(
    st.floats(-1e20, 1e20)
    | st.sampled_from([math.nan, math.inf])
    | st.integers(-(10**15), 10**15)
    | st.decimals(-1000, 1000, places=2).map(float),
    st.integers(1, 3),
    st.sampled_from(["en", "de", "de_CH", "fr", "es", "pl", "sv", "hi", "ar_EG"]),
)
def test_decimals_are_written_as_babel_writes_them(value, decimals, locale):
    pattern = f"#,##0.{'0' * decimals}"
    assert format_number(value, decimals, locale) == format_decimal(value, pattern, locale)
