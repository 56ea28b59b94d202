from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.schema import OUTCOMES
from journey.ui.state import (
    NO_FILTERS,
    Filters,
    apply_filters,
    filters_to_query,
    fitting,
    read_query,
)

# Anything a file can hold; the few signs that mean something in an address come often.
names = st.text(
    st.one_of(st.sampled_from(r"%,\.&=+#?/ N2C5"), st.characters(exclude_categories=["Cs"])),
    max_size=12,
)

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def all_filters(draw):
    filters = Filters(
        first_day=draw(st.none() | days),
        last_day=draw(st.none() | days),
        excluded=tuple(draw(st.lists(names, unique=True, max_size=4))),
        start=draw(st.none() | names),
        end=draw(st.none() | names),
        case=draw(st.sampled_from(["account", "person", "opportunity", "session"])),
        collapse=draw(st.booleans()),
        buyers_only=draw(st.booleans()),
    )
    columns = names.filter(lambda name: name != "outcome")
    values = st.lists(st.none() | names, min_size=1, max_size=3)
    for column, chosen in draw(st.dictionaries(columns, values, max_size=3)).items():
        filters = filters.keeping(column, chosen)
    filters = filters.keeping("outcome", draw(st.lists(st.sampled_from(OUTCOMES), max_size=3)))
    members = st.lists(names, min_size=1, max_size=3)
    for name, chosen in draw(st.dictionaries(names, members, max_size=3)).items():
        filters = filters.grouping(name, chosen)
    return filters


class TestAddress:
    @given(all_filters())
    def test_every_filter_comes_back_from_a_real_address(self, filters):
        address = urlencode(filters_to_query(filters))
        query = dict(parse_qsl(address, keep_blank_values=True))
        assert read_query(query) == (filters, ())

    @given(st.dictionaries(names, names, max_size=6))
    def test_any_address_can_be_read(self, query):
        filters, _ = read_query(query)
        assert read_query(filters_to_query(filters)) == (filters, ())

    def test_no_filters_need_no_parameters(self):
        assert filters_to_query(NO_FILTERS) == {}
        assert read_query({"data": "Spring", "n_types": "4"}) == (NO_FILTERS, ())

    def test_bad_values_fall_back_and_are_told(self):
        filters, notes = read_query(
            {
                "from": "soon",
                "to": "9999-12-31",
                "case": "planet",
                "where.outcome": "won,great",
                "exclude": "Webinar",
            }
        )
        assert filters == Filters(where=(("outcome", ("won",)),), excluded=("Webinar",))
        assert [note.split("'")[1] for note in notes] == ["soon", "9999-12-31", "planet", "great"]


@pytest.fixture(scope="module")
def log():
    # a: Ad, Web, Demo · b: Web, Ad, Ad · c: Ad (industry unknown)
    rows = [
        ("a", "2026-01-01", "Ad", "p1"),
        ("a", "2026-01-02", "Web", "p1"),
        ("a", "2026-01-03", "Demo", "p2"),
        ("b", "2026-01-02", "Web", "p3"),
        ("b", "2026-01-04", "Ad", "p3"),
        ("b", "2026-01-05", "Ad", "p3"),
        ("c", "2026-01-05", "Ad", "p4"),
    ]
    frame = pd.DataFrame(rows, columns=["account_id", "occurred_at", "touchpoint", "person_id"])
    accounts = pd.DataFrame({"account_id": ["a", "b"], "industry": ["Software", "Retail"]})
    return journey.from_frame(
        frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"])), accounts=accounts
    )


def counts(view):
    return view.n_journeys, view.n_touchpoints


class TestApplied:
    def test_no_filters_leave_the_log_as_it_is(self, log):
        assert apply_filters(log, NO_FILTERS).fingerprint == log.fingerprint

    @pytest.mark.parametrize(
        ("filters", "left"),
        [
            (NO_FILTERS.keeping("industry", ["Software"]), (1, 3)),
            (NO_FILTERS.keeping("industry", [None, "Retail"]), (2, 4)),
            # both days count: 2 to 4 January hold Web, Demo of a and Web, Ad of b
            (Filters(first_day=date(2026, 1, 2), last_day=date(2026, 1, 4)), (2, 4)),
            (NO_FILTERS.excluding("Ad"), (2, 3)),
            (Filters(start="Web"), (2, 5)),
            (Filters(end="Web"), (2, 3)),
            (Filters(case="person"), (4, 7)),
            (Filters(collapse=True), (3, 6)),
            # 'Paid' is Ad and Web: a Paid Paid Demo, b Paid Paid Paid, c Paid
            (replace(NO_FILTERS.grouping("Paid", ["Ad", "Web"]), collapse=True), (3, 4)),
            (NO_FILTERS.grouping("Paid", ["Ad", "Web"]).excluding("Paid"), (1, 1)),
        ],
    )
    def test_each_filter_leaves_what_it_says(self, log, filters, left):
        assert counts(apply_filters(log, filters)) == left


class TestFitting:
    def test_what_fits_is_kept_without_a_word(self, log):
        filters = NO_FILTERS.keeping("industry", ["Retail", None]).excluding("Ad")
        assert fitting(log, filters) == (filters, ())

    def test_what_the_log_lacks_is_dropped_and_told(self, log):
        filters = (
            Filters(start="Gone", end="Paid", excluded=("Ad", "Gone"))
            .keeping("industry", ["Retail", "Space"])
            .keeping("planet", ["Mars"])
            .grouping("Paid", ["Ad", "Gone"])
        )
        fitted, notes = fitting(log, filters)
        assert fitted == Filters(end="Paid", excluded=("Ad",)).keeping(
            "industry", ["Retail"]
        ).grouping("Paid", ["Ad"])
        assert len(notes) == 5

    def test_days_in_the_wrong_order_are_told(self, log):
        filters = Filters(first_day=date(2026, 3, 1), last_day=date(2026, 2, 1))
        fitted, notes = fitting(log, filters)
        assert fitted == Filters(first_day=date(2026, 3, 1))
        assert notes == ("The last day, 2026-02-01, is before the first; it is left out.",)

    @given(filters=all_filters())
    def test_fitted_filters_can_always_be_applied(self, log, filters):
        fitted, _ = fitting(log, filters)
        assert apply_filters(log, replace(fitted, case="account")).n_journeys <= log.n_journeys


class TestChanges:
    def test_a_column_without_values_is_no_filter(self):
        assert NO_FILTERS.keeping("industry", ["Retail"]).keeping("industry", []) == NO_FILTERS

    def test_a_type_is_in_one_group_only(self):
        filters = NO_FILTERS.grouping("Paid", ["Ad", "Web"]).grouping("All ads", ["Ad"])
        assert dict(filters.groups) == {"Paid": ("Web",), "All ads": ("Ad",)}

    def test_equal_filters_are_equal_in_whatever_order_they_were_made(self):
        one = NO_FILTERS.keeping("b", ["1"]).keeping("a", ["2"])
        assert one == NO_FILTERS.keeping("a", ["2"]).keeping("b", ["1"])
