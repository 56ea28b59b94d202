"""What a view holds, and what it leaves where it is."""

import numpy as np
import pytest

from journey.store.view import (
    cut_after,
    first_at_or_after,
    keep_changes,
    keep_codes,
    keep_journeys,
    keep_ranges,
    rename_types,
    whole,
)
from tests.examples import small_log

DAY = 86_400


@pytest.fixture
def view():
    # By row: a has Ad, Mail, Ad on days 0, 1, 2; b has Mail on day 0; c has Ad, Mail on days 1, 3.
    rows = [("a", 0, "Ad"), ("a", 1, "Mail"), ("a", 2, "Ad"), ("b", 0, "Mail")]
    store = small_log([*rows, ("c", 1, "Ad"), ("c", 3, "Mail")]).store
    return whole(store, store.shards[0])


def only(view, kind):
    """The touchpoints of one type."""
    wanted = np.array([name == kind for name in view.store.touchpoint_types])
    return keep_codes(view, wanted, view.types)


def days(view):
    return ((view.ticks.astype(np.int64) - 1_767_225_600) // DAY).tolist()


def test_the_whole_is_no_copy(view):
    assert view.types is view.shard.codes["touchpoint"]
    assert view.ticks is view.shard.ticks


def test_what_every_row_tells_is_told_of_some_of_those_in_view(view):
    row_numbers = np.arange(6)
    codes = np.array([1, 0, 1, 1, 0, 1], np.uint8)
    kept = keep_codes(view, np.array([False, True]), codes)
    for shown, wanted in ((view, [0, 2, 5]), (kept, [0, 3, 5])):
        places = np.flatnonzero(np.isin(shown.told("row", row_numbers.copy), wanted))
        assert shown.told_of_rows("row", row_numbers.copy, places).tolist() == wanted


def test_some_rows_of_the_shard_are_found_in_view(view):
    mails = np.array([1, 3, 5])
    journeys = np.array([0, 1, 2])
    cut = keep_journeys(view, np.array([True, False, True]))
    late = keep_ranges(cut, np.array([0, 4]), np.array([1, 5]))  # the first of a, the last of c
    ads, none = only(view, "Ad"), keep_journeys(view, np.zeros(3, dtype=bool))
    for shown, places, owners in (
        (view, [0, 1, 2], [0, 1, 2]),
        (cut, [0, 2], [0, 1]),
        (late, [2], [1]),
        (only(cut, "Mail"), [0, 2], [0, 1]),
        (ads, [], []),
        (none, [], []),
    ):
        found = shown.in_view(mails, journeys)
        assert [one.tolist() for one in found] == [places, owners]


def test_journeys_and_dates_stay_slices_of_the_shard(view):
    cut = keep_journeys(view, np.array([True, False, True]))
    begins = first_at_or_after(cut, 1_767_225_600 + DAY)
    cut = keep_ranges(cut, begins, cut.offsets[1:])
    assert cut.rows is None
    assert (cut.begins.tolist(), cut.lengths.tolist()) == ([1, 4], [2, 2])
    assert (cut.journeys.tolist(), days(cut)) == ([0, 2], [1, 2, 1, 3])
    assert cut.codes("account_id").tolist() == [0, 0, 2, 2]


def test_rows_of_a_cut_view_are_those_of_the_shard(view):
    cut = keep_journeys(view, np.array([True, False, True]))
    mails = only(cut, "Mail")
    assert (mails.rows.tolist(), days(mails)) == ([1, 5], [1, 3])
    last = keep_ranges(mails, np.array([0, 2]), np.array([1, 2]))
    assert (last.rows.tolist(), last.journeys.tolist()) == ([1], [0])
    assert first_at_or_after(mails, 1_767_225_600 + 2 * DAY).tolist() == [1, 1]


def test_touchpoints_left_out_twice_are_left_out(view):
    cut = keep_ranges(view, first_at_or_after(view, 1_767_225_600 + DAY), view.offsets[1:])
    kept = keep_codes(cut, np.array([True, True]), cut.types)
    assert (kept.rows.tolist(), kept.journeys.tolist()) == ([1, 2, 4, 5], [0, 2])
    kept = only(kept, "Ad")
    assert (kept.rows.tolist(), kept.journeys.tolist(), days(kept)) == ([2, 4], [0, 2], [2, 1])
    kept = keep_journeys(kept, np.array([False, True]))
    assert (kept.rows.tolist(), kept.offsets.tolist()) == ([4], [0, 1])
    assert cut_after(kept, np.array([0])).offsets.tolist() == [0, 0]


def test_repeats_are_told_within_what_is_in_view(view):
    # Without Mail the Ads of a are neighbours; those of c are another journey's.
    ads = keep_changes(only(view, "Ad"))
    assert (ads.rows.tolist(), ads.journeys.tolist(), days(ads)) == ([0, 4], [0, 2], [0, 1])
    assert keep_changes(view).rows.tolist() == [0, 1, 2, 3, 4, 5]


def test_what_changes_has_its_types_under_the_names_it_is_given(view):
    names = view.store.touchpoint_types
    renamed = rename_types(only(view, "Ad"), ["Campaign", "Mail"], np.arange(2))
    changes = keep_changes(renamed)
    assert [changes.type_names[code] for code in changes.types] == ["Campaign", "Campaign"]
    again = rename_types(changes, names, np.arange(2))
    assert [again.type_names[code] for code in again.types] == ["Ad", "Ad"]
    assert only(keep_changes(view), "Mail").rows.tolist() == [1, 3, 5]
