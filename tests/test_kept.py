import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from journey import Segment
from journey.errors import StoreError, ValueNotAllowedError
from journey.kept import (
    MOST_SIGNS,
    PersonaNotes,
    SavedView,
    load_notes,
    load_segments,
    load_views,
    remove_segment,
    remove_view,
    save_notes,
    save_segment,
    save_view,
    saved_segment,
)
from journey.workspace import kept_path, remove_dataset

RETAIL = Segment(profile=(("industry", ("Retail", None)),), least_people=2, until="decision")


@pytest.fixture(autouse=True)
def _stored(tmp_path):
    for name in ("Spring", "d", "log"):
        (tmp_path / "datasets" / name).mkdir(parents=True)


def test_segments_come_back_and_go(tmp_path):
    save_segment(tmp_path, "Spring", "Shops", RETAIL)
    save_segment(tmp_path, "Spring", "All", Segment())
    assert load_segments(tmp_path, "Spring") == {"Shops": RETAIL, "All": Segment()}
    assert saved_segment(tmp_path, "Spring", "Shops") == RETAIL
    remove_segment(tmp_path, "Spring", "Shops")
    with pytest.raises(ValueNotAllowedError, match="Available: All"):
        saved_segment(tmp_path, "Spring", "Shops")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": 1}', '{"a": {"profil": []}}', '{"a": {"has": 1}}']
)
def test_what_is_broken_is_never_written_over(tmp_path, text):
    path = kept_path(tmp_path, "segments", "Spring")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="no data are lost"):
        save_segment(tmp_path, "Spring", "Shops", RETAIL)
    assert path.read_text(encoding="utf-8") == text


def test_a_name_that_is_none_is_refused(tmp_path):
    with pytest.raises(ValueNotAllowedError, match="can't be used"):
        save_segment(tmp_path, "Spring", "../x", RETAIL)


def test_notes_come_back_and_empty_ones_go(tmp_path):
    notes = PersonaNotes("Save time", "<b>Fear</b>")
    save_notes(tmp_path, "Spring", "Buyer <1>", notes)
    assert load_notes(tmp_path, "Spring") == {"Buyer <1>": notes}
    save_notes(tmp_path, "Spring", "Buyer <1>", PersonaNotes())
    assert json.loads(kept_path(tmp_path, "personas", "Spring").read_text()) == {}
    with pytest.raises(ValueNotAllowedError, match="at most 2,000"):
        save_notes(tmp_path, "Spring", "Buyer", PersonaNotes("x" * (MOST_SIGNS + 1)))


@pytest.mark.parametrize(
    "note", ['{"goals": null}', '{"goals": ["x"]}', '{"aims": "x"}', '"x"', "null"]
)
def test_what_is_no_note_is_told(tmp_path, note):
    path = kept_path(tmp_path, "personas", "Spring")
    path.parent.mkdir()
    path.write_text(f'{{"Buyer": {note}}}', encoding="utf-8")
    with pytest.raises(StoreError, match="can't be read"):
        load_notes(tmp_path, "Spring")


def test_they_go_with_the_data_set(tmp_path):
    save_segment(tmp_path, "Spring", "Shops", RETAIL)
    remove_dataset(tmp_path, "Spring")
    assert load_segments(tmp_path, "Spring") == {}


def test_segments_that_are_saved_at_once_are_all_kept(tmp_path):
    names = [f"segment {n}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: save_segment(tmp_path, "d", name, Segment()), names))
    assert sorted(load_segments(tmp_path, "d")) == sorted(names)


class TestViews:
    def test_a_view_replaces_the_one_of_its_name(self, tmp_path):
        first, second = (SavedView("stages", {"to": [day]}) for day in ("2026-01-01", "2026-02-01"))
        other = SavedView("journey_map", {"where.industry": ["Software"], "map-types": ["12"]})
        for name, view in (("mine", first), ("other", other), ("mine", second)):
            save_view(tmp_path, "log", name, view)
        assert load_views(tmp_path, "log") == {"mine": second, "other": other}

    def test_removing_a_view(self, tmp_path):
        save_view(tmp_path, "log", "mine", SavedView("stages", {}))
        remove_view(tmp_path, "log", "mine")
        remove_view(tmp_path, "log", "never there")
        assert load_views(tmp_path, "log") == {}

    @pytest.mark.parametrize(
        "text",
        [
            *("", "[]", "{", '{"mine": 1}', '{"mine": {}}', '{"mine": {"page": "stages"}}'),
            '{"mine": {"page": "stages", "query": []}}',
            '{"mine": {"page": "stages", "query": {"from": "2026-01-01"}}}',
            '{"mine": {"page": "stages", "query": {"from": [2026]}}}',
            '{"mine": {"page": "stages", "query": {}, "more": ""}}',
        ],
    )
    def test_a_broken_file_is_told_and_not_written_over(self, tmp_path, text):
        path = kept_path(tmp_path, "views", "log")
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StoreError, match="can't be read"):
            save_view(tmp_path, "log", "mine", SavedView("stages", {}))
        assert path.read_text(encoding="utf-8") == text

    def test_a_write_that_fails_leaves_the_old_file_and_no_other(self, tmp_path, monkeypatch):
        first = SavedView("stages", {"from": ["2026-01-01"]})
        save_view(tmp_path, "log", "mine", first)
        before = {entry.name for entry in (tmp_path / "views").iterdir()}

        def fail(_handle):
            raise OSError("disk full")

        monkeypatch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            save_view(tmp_path, "log", "mine", SavedView("stages", {}))
        assert load_views(tmp_path, "log") == {"mine": first}
        assert {entry.name for entry in (tmp_path / "views").iterdir()} == before
