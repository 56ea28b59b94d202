import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ingest.formats import separated
from journey.ingest.formats.separated import OddTextError, text_batches

CELLS = st.text('ab" ,\n\r', max_size=6)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12)


def rows_of(path, *, columns=("a", "b", "c"), n_skipped=0):
    batches = text_batches(path, columns, ",", n_skipped=n_skipped)
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@given(ROWS, st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quotes_are_right_wherever_a_block_ends(tmp_path, rows, quoting):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=quoting, lineterminator="\r\n").writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        # Longer than any row, shorter than most files.
        patch.setattr(separated, "_BLOCK_BYTES", 64)
        found = rows_of(path)
    assert found == [tuple(cell or None for cell in row) for row in rows]


@pytest.mark.parametrize(
    "odd",
    [
        b'1,x"y,3\n',
        b'1,"x"y,3\n',
        b'1,"x" ,3\n',
        b'1, "x",3\n',
        b'1,"x,3\n',
        b"1,2\n",
        b"1,2,3,4\n",
        b"1,\0,3\n",
        b"1,\xff,3\n",
    ],
    ids=str,
)
def test_an_odd_row_is_refused_wherever_it_stands(tmp_path, odd):
    path = tmp_path / "a.csv"
    for content in (odd, b"1,2,3\n" + odd, odd + b"1,2,3\n", b'1,"2",3\n' + odd + b'1,"2",3\n'):
        path.write_bytes(content)
        with pytest.raises(OddTextError):
            rows_of(path)


def test_a_line_longer_than_any_row_is_refused_though_blocks_cut_it(tmp_path, monkeypatch):
    monkeypatch.setattr(separated, "MAX_ROW_BYTES", 30)
    monkeypatch.setattr(separated, "_BLOCK_BYTES", 20)
    path = tmp_path / "a.csv"
    path.write_text("1,2,3\n" * 20)
    assert len(rows_of(path)) == 20
    path.write_text("1,2,3\n" * 20 + "1," + "x" * 40 + ",3\n")
    with pytest.raises(OddTextError):
        rows_of(path)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("title", [b"My export", b'"My export"'])
def test_lines_before_the_data_are_skipped(tmp_path, mark, title):
    path = tmp_path / "a.csv"
    path.write_bytes(mark + title + b"\r\na,b,c\r\n1,,3\r\n\r\n4,5,6\r\n")
    assert rows_of(path, n_skipped=2) == [("1", None, "3"), ("4", "5", "6")]
