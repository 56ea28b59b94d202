import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.processes.limits import Limits


def test_every_type_becomes_text(reader, tmp_path):
    noon = dt.datetime(2024, 1, 2, 12, 0, 0, 5)  # noqa: DTZ001 - the naive case
    zone = dt.timezone(dt.timedelta(hours=2))
    table = pa.table(
        {
            "id": pa.array(["007", "NA"]),
            "big": pa.array([2**53 + 1, None]),
            "whole": pa.array([1234.0, 0.5]),
            "none": pa.array([float("nan"), None]),
            "naive": pa.array([noon, None], pa.timestamp("us")),
            "zoned": pa.array([noon.replace(tzinfo=zone), None], pa.timestamp("us", "UTC")),
            "day": pa.array([dt.date(2024, 1, 2), None]),
            "bytes": pa.array([b"text", b"\xff\xfe"]),
            "nested": pa.array([{"a": 1}, None]),
            "list": pa.array([["x"], []]),
            "flag": pa.array([True, None]),
            "nul": pa.array(["a\0b", ""]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    (read,) = reader.read(tmp_path / "a.parquet")
    assert read.columns == tuple(table.column_names)
    assert reader.rows(read) == [
        (
            "007",
            "9007199254740993",
            "1234",
            None,
            "2024-01-02 12:00:00.000005",
            "2024-01-02 10:00:00.000005+00:00",
            "2024-01-02",
            "text",
            '{"a":1}',
            '["x"]',
            "true",
            "ab",
        ),
        ("NA", None, "0.5", None, None, None, None, None, None, "[]", None, None),
    ]
    assert reader.numbers(read) == [1, 2]


def test_rows_times_columns_are_capped(reader, tmp_path):
    pq.write_table(pa.table({"a": ["x"] * 100_000, "b": ["y"] * 100_000}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    with pytest.raises(ImportLimitError, match="100,000 rows by 2 columns; at most 199,999"):
        reader.read(tmp_path / "a.parquet", limits=Limits(parquet_cells=199_999))


def test_a_truncated_file_says_so(reader, tmp_path):
    pq.write_table(pa.table({"a": ["x"] * 100}), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFileError, match="broken Parquet file"):
        reader.read(tmp_path / "a.parquet")


def test_columns_that_differ_in_case_only(reader, tmp_path):
    pq.write_table(pa.table({"Email": ["a"], "email": ["b"]}), tmp_path / "a.parquet")
    (read,) = reader.read(tmp_path / "a.parquet")
    assert len({name.lower() for name in read.columns}) == 2
    assert reader.rows(read) == [("a", "b")]
