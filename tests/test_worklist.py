import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from journey.errors import StoreError, ValueNotAllowedError
from journey.worklist import Mark, add_marks, load_marks, take_back, with_marks
from journey.workspace import remove_dataset, worklist_path


@pytest.fixture(autouse=True)
def _stored(tmp_path):
    for name in ("S", "Spring", "Autumn"):
        (tmp_path / "datasets" / name).mkdir(parents=True)


def day(text):
    return pd.Timestamp(text, tz="UTC")


def snoozed(case_id="a", at="2026-01-10", until="2026-01-20", **who):
    return Mark("account", case_id, "snoozed", day(at), date.fromisoformat(until), **who)


def handled(case_id="a", at="2026-01-10", **who):
    return Mark("account", case_id, "handled", day(at), **who)


def hidden(mark, *, as_of, last="2026-01-01"):
    return mark.is_in_force(as_of=day(as_of), last_at=day(last))


class TestInForce:
    @pytest.mark.parametrize(
        ("as_of", "is_hidden"),
        [
            pytest.param("2026-01-09", False, id="before it was made"),
            pytest.param("2026-01-10", True, id="on the day"),
            pytest.param("2026-01-19T23:59:59", True, id="at the last moment"),
            pytest.param("2026-01-20", False, id="on the day it ends"),
        ],
    )
    def test_a_snooze_ends_by_the_logs_own_time(self, as_of, is_hidden):
        assert hidden(snoozed(), as_of=as_of) == is_hidden

    def test_a_new_touch_brings_a_handled_account_back_and_nothing_else(self):
        assert hidden(handled(), as_of="2027-01-01", last="2026-01-10")
        assert not hidden(handled(), as_of="2027-01-01", last="2026-01-10T00:00:01")
        assert not hidden(handled(), as_of="2026-01-09")


class TestKept:
    def test_marks_come_back_as_they_were_made(self, tmp_path):
        marks = [snoozed(by="Ann", note='=In Süd\n"Q3"'), handled("b", note="called")]
        add_marks(tmp_path, "Spring", marks)
        assert load_marks(tmp_path, "Spring") == marks
        assert load_marks(tmp_path, "Autumn") == []

    def test_the_last_one_is_taken_back_and_what_stood_before_stands_again(self, tmp_path):
        add_marks(tmp_path, "S", [snoozed(), snoozed("b")])
        add_marks(tmp_path, "S", [handled()])
        take_back(tmp_path, "S", "account", ["a"])
        assert load_marks(tmp_path, "S") == [snoozed(), snoozed("b")]
        take_back(tmp_path, "S", "account", ["a", "b", "nobody"])
        assert load_marks(tmp_path, "S") == []

    def test_another_kind_of_journey_of_the_same_id_keeps_its_mark(self, tmp_path):
        add_marks(tmp_path, "S", [handled()])
        take_back(tmp_path, "S", "person", ["a"])
        assert load_marks(tmp_path, "S") == [handled()]

    def test_a_failed_write_leaves_what_was_there(self, tmp_path, monkeypatch):
        add_marks(tmp_path, "S", [handled()])

        def full(*_):
            raise OSError("No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space"):
            add_marks(tmp_path, "S", [snoozed("b")])
        monkeypatch.undo()
        assert load_marks(tmp_path, "S") == [handled()]
        assert [one.name for one in worklist_path(tmp_path, "S").parent.iterdir()] == ["S.json"]

    def test_two_who_mark_at_once_lose_nothing(self, tmp_path):
        marks = [handled(f"a{number}") for number in range(24)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda mark: add_marks(tmp_path, "S", [mark]), marks))
        assert {mark.case_id for mark in load_marks(tmp_path, "S")} == {m.case_id for m in marks}

    @pytest.mark.parametrize("text", ["{", "[1]", '[{"case": "account"}]', '{"a": 1}', "null"])
    def test_a_broken_file_is_told_and_not_written_over(self, tmp_path, text):
        path = worklist_path(tmp_path, "S")
        path.parent.mkdir()
        path.write_text(text)
        with pytest.raises(StoreError, match="can't be read"):
            add_marks(tmp_path, "S", [handled()])
        assert path.read_text() == text

    def test_a_mark_without_zone_is_no_mark(self, tmp_path):
        add_marks(tmp_path, "S", [handled()])
        path = worklist_path(tmp_path, "S")
        rows = json.loads(path.read_text())
        path.write_text(json.dumps([rows[0] | {"marked_at": "2026-01-10"}]))
        with pytest.raises(StoreError):
            load_marks(tmp_path, "S")

    def test_it_goes_with_its_data_set(self, tmp_path):
        add_marks(tmp_path, "S", [handled()])
        remove_dataset(tmp_path, "S")
        assert load_marks(tmp_path, "S") == []


class TestMark:
    def test_a_snooze_needs_a_day_and_what_is_handled_has_none(self):
        with pytest.raises(ValueNotAllowedError, match="comes back"):
            Mark("account", "a", "snoozed", day("2026-01-01"))
        with pytest.raises(ValueNotAllowedError, match="comes back"):
            Mark("account", "a", "handled", day("2026-01-01"), date(2026, 1, 2))

    def test_other_kinds_and_long_notes_are_refused(self):
        with pytest.raises(ValueNotAllowedError, match="Did you mean 'handled'"):
            Mark("account", "a", "handeld", day("2026-01-01"))
        with pytest.raises(ValueNotAllowedError, match="Shorten it"):
            handled(note="x" * 2_001)
        with pytest.raises(ValueNotAllowedError, match="have 2,003 characters together"):
            handled(note="x" * 2_000, by="ann")


def test_rows_carry_the_last_mark_in_force():
    stalled = pd.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "last_at": [day("2026-01-01"), day("2026-01-12"), day("2026-01-01"), day("2026-01-01")],
        }
    )
    # a: handled, then snoozed until the 20th; b: touched after it was handled; c: by person alone;
    # d: nothing.
    marks = [
        handled("a"),
        snoozed("a", at="2026-01-11", by="Ann", note="asked for time"),
        handled("b"),
        Mark("person", "c", "handled", day("2026-01-10")),
    ]
    found = with_marks(stalled, marks, case="account", as_of=day("2026-01-15"))
    assert found["marked"].tolist() == ["snoozed", None, None, None]
    assert found["marked_until"].tolist() == ["2026-01-20", None, None, None]
    assert found.loc[0, ["marked_by", "marked_note"]].tolist() == ["Ann", "asked for time"]
    assert found["marked_at"].tolist()[0] == day("2026-01-11")
    later = with_marks(stalled, marks, case="account", as_of=day("2026-01-20"))
    assert later["marked"].isna().all()
    # As it stood on the 10th, the snooze was not made yet.
    before = with_marks(stalled, marks, case="account", as_of=day("2026-01-10"))
    assert before["marked"].tolist()[0] == "handled"


def test_no_stalled_accounts_have_the_columns_too():
    empty = pd.DataFrame({"account_id": [], "last_at": []})
    found = with_marks(empty, [handled()], case="account", as_of=day("2026-01-15"))
    assert {"marked", "marked_until", "marked_by", "marked_note", "marked_at"} <= set(found)
