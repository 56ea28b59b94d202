from datetime import date

import pandas as pd
import pytest

from journey import from_frame
from journey.ui.filters import active_filters, without_case
from journey.ui.state import NO_FILTERS, Filters

EVERYTHING = (
    Filters(
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        excluded=("Webinar", "Ad"),
        start="Demo",
        end="Deal",
        case="person",
        collapse=True,
        buyers_only=True,
    )
    .keeping("industry", ["Software", None])
    .keeping("outcome", ["won"])
    .grouping("Paid", ["a", "b", "c", "d", "e"])
)


def test_every_filter_has_a_chip_in_words():
    assert [chip.text for chip in active_filters(EVERYTHING)] == [
        "Industry: Software, (no value)",
        "Outcome: Won",
        "2026-01-01 to 2026-01-31",
        "By person",
        "From Demo",
        "To Deal",
        "Without Webinar",
        "Without Ad",
        "Paid = a, b, c + 2 more",
        "Buyers only",
        "Repeats as one",
    ]


def test_removing_chip_after_chip_leaves_nothing():
    filters, n_removed = EVERYTHING, 0
    while chips := active_filters(filters):
        filters, n_removed = chips[0].without, n_removed + 1
    assert filters == NO_FILTERS
    assert n_removed == 11


def test_keys_of_chips_differ():
    keys = [chip.key for chip in active_filters(EVERYTHING)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("people", "case", "text"),
    [
        (["p", "q", None], "person", "1 touchpoint without person is in no journey"),
        (["p", None, None], "person", "2 touchpoints without person are in no journey"),
        (["p", "q", "r"], "person", ""),
        (["p", None, None], "account", ""),
    ],
)
def test_touchpoints_without_the_case_chosen_are_told(people, case, text):
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])
    rows = {"account_id": "a", "occurred_at": days, "touchpoint": "Ad", "person_id": people}
    assert without_case(from_frame(pd.DataFrame(rows)), Filters(case=case)) == text
