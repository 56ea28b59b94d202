import json

import pytest

from journey.errors import UnreadableFileError
from journey.ingest.formats import json_records

RECORDS = [
    '{"id": "007", "n": 9007199254740993, "e": 1e5, "d": 1.10, "t": true, "x": null}',
    '{"id": "NA", "new": {"a": [1, 2.50], "b": "é"}}',
]
ROWS = [
    ("007", "9007199254740993", "1e5", "1.10", "true", None, None),
    ("NA", None, None, None, None, None, '{"a": [1, 2.5], "b": "é"}'),
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(RECORDS),
        "\r\n\r\n".join(RECORDS) + "\r\n",
        "[" + ",\n".join(RECORDS) + "]",
        "\ufeff[\n" + ",".join(RECORDS) + "\n]\n",
        "\n".join(RECORDS).replace(", ", ",\n  "),
        RECORDS[0] + RECORDS[1],
    ],
)
def test_arrays_lines_and_objects_in_a_row(reader, written, text):
    (table,) = reader.read(written("a.json", text.encode()))
    assert table.columns == ("id", "n", "e", "d", "t", "x", "new")
    assert [tuple(map(str, row)) for row in reader.rows(table)] == [
        tuple(map(str, row)) for row in ROWS
    ]
    assert table.n_rejected == 0


def test_broken_lines_are_rejected_with_their_number(reader, written):
    deep = b"[" * 100_000
    text = b'{"a": 1}\n{"a": 2\n\n[3]\n{"a": "4"}\n' + deep + b"\n"
    (table,) = reader.read(written("a.json", text))
    assert reader.rows(table) == [("1",), ("4",)]
    assert [(row.line, row.reason) for row in table.rejected] == [
        (2, "broken JSON"),
        (4, "not a JSON object"),
        (6, "broken JSON"),
    ]
    assert reader.numbers(table) == [1, 4]


def test_a_file_that_breaks_off_says_where(reader, written):
    with pytest.raises(UnreadableFileError, match="begins in line 3 never ends"):
        reader.read(written("a.json", b'[\n{"a": 1},\n{"a": '))
    with pytest.raises(UnreadableFileError, match="begins in line 4 never ends"):
        reader.read(written("b.json", b'[\n{"a": 1},\n{"a": 2}\n'))


def test_an_empty_array_says_so(reader, written):
    with pytest.raises(UnreadableFileError, match="holds no records"):
        reader.read(written("a.json", b"[]"))


def test_records_that_cross_pieces_are_whole(reader, written, monkeypatch):
    monkeypatch.setattr(json_records, "_CHUNK", 7)
    records = [{"id": number, "text": "é" * number} for number in range(40)]
    (table,) = reader.read(written("a.json", json.dumps(records, indent=1).encode()))
    assert reader.rows(table) == [(str(r["id"]), r["text"] or None) for r in records]


def test_keys_that_differ_in_case_are_columns_of_their_own(reader, written):
    (table,) = reader.read(written("a.json", b'{"Email": "a", "email": "b", "": "c"}\n'))
    assert table.columns == ("Email", "email (2)", "column 3")
    assert reader.rows(table) == [("a", "b", "c")]


def test_escaped_nul_and_half_characters_do_no_harm(reader, written):
    (table,) = reader.read(written("a.json", rb'{"a": "x\u0000y", "b": "\ud83d"}' + b"\n"))
    assert reader.rows(table) == [("xy", "?")]
