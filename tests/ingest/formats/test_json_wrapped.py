import json

import pytest

from journey.errors import UnreadableFileError
from journey.ingest.formats import json_wrapped

RECORDS = [{"id": "007", "n": 1.50}, {"id": "NA", "more": {"a": 1}}]
ROWS = [("007", "1.5", None), ("NA", None, '{"a": 1}')]


@pytest.mark.parametrize(
    ("wrapped", "name"),
    [
        ({"data": RECORDS}, "data"),
        ({"page": 1, "tags": ["x"], "none": [], "records": RECORDS, "next": None}, "records"),
        ({"meta": {"n": 2}, "hits": {"total": 2, "hits": RECORDS}, "took": 3}, "hits.hits"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_list_inside_an_object_is_read(reader, written, wrapped, name, indent):
    text = json.dumps(wrapped, indent=indent)
    (table,) = reader.read(written("a.json", text.encode()))
    assert table.columns == ("id", "n", "more")
    assert reader.rows(table) == ROWS
    assert table.notes == (f"read the list {name!r}",)


def test_a_list_longer_than_the_head_is_read_whole(reader, written, monkeypatch):
    monkeypatch.setattr(json_wrapped, "_HEAD", 100)
    records = [{"id": number} for number in range(50)]
    text = json.dumps({"data": records, "count": 50}, indent=1)
    (table,) = reader.read(written("a.json", text.encode()))
    assert reader.rows(table) == [(str(number),) for number in range(50)]


def test_records_that_hold_lists_stay_records(reader, written):
    record = {"event": "sale", "items": [{"sku": "a"}]}
    lines = "\n".join([json.dumps(record)] * 2)
    (table,) = reader.read(written("a.json", lines.encode()))
    assert reader.rows(table) == [("sale", '[{"sku": "a"}]')] * 2
    (table,) = reader.read(written("b.json", json.dumps([record]).encode()))
    assert table.columns == ("event", "items")


def test_two_lists_in_one_object_are_refused(reader, written, monkeypatch):
    text = json.dumps({"contacts": RECORDS, "n": 1, "deals": RECORDS})
    with pytest.raises(UnreadableFileError, match="several lists of records: 'contacts' and 'dea"):
        reader.read(written("a.json", text.encode()))
    monkeypatch.setattr(json_wrapped, "_HEAD", 70)
    with pytest.raises(UnreadableFileError, match="several lists of records"):
        reader.read(written("b.json", text.encode()))


def test_a_list_that_breaks_off_says_where(reader, written):
    with pytest.raises(UnreadableFileError, match="begins in line 3 never ends"):
        reader.read(written("a.json", b'{"data": [\n{"a": 1},\n{"a": '))
