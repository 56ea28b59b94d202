"""What is kept of a table that waits: the columns it is read by, and no other."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.ingest.formats.held import view_file
from journey.ingest.kept.waiting import keep_rows
from journey.ingest.raw import RawTable
from journey.ingest.sql import connect, literal


@pytest.fixture
def connection(tmp_path):
    with connect(tmp_path, memory_bytes=500_000_000) as opened:
        yield opened


@pytest.fixture
def file(tmp_path):
    """Rows as a file was read into."""
    path = tmp_path / "read.parquet"
    cells = {"source_row": [1], "account": ["A"], "value": ["1,250"], "phone": ["+44 555"]}
    pq.write_table(pa.table(cells), path)
    return path


def table(*columns, told=None, **fields):
    return RawTable("a.csv", "raw_0", columns, 1, (), 0, (), told=told or {}, **fields)


@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize("told", [{"left out": ["phone"]}, {}], ids=["told", "opened"])
def test_a_column_that_the_table_no_longer_has_is_not_kept(
    tmp_path, connection, file, told, is_changed
):
    if is_changed:
        rows = f"read_parquet({literal(str(file))})"
        connection.execute(f"CREATE TABLE raw_0 AS SELECT * FROM {rows}")
    else:
        view_file(connection, "raw_0", file)
    raw = table("account", "value", told=told, kept=None if is_changed else file)
    kept = keep_rows(connection, raw, tmp_path)
    assert pq.read_table(kept.rows).to_pylist() == [
        {"source_row": 1, "account": "A", "value": "1,250"}
    ]
    assert kept.raw.kept is None


@pytest.mark.parametrize("header", ["phone", "Phone"])
def test_one_left_out_is_kept_without_its_values_in_whatever_case(
    tmp_path, connection, file, header
):
    view_file(connection, "raw_0", file)
    raw = table("account", "value", "phone", told={"left out": [header]}, kept=file)
    rows = pq.read_table(keep_rows(connection, raw, tmp_path).rows)
    assert rows["phone"].to_pylist() == [None]
    assert rows.column_names == ["source_row", "account", "value", "phone"]


def test_rows_of_which_nothing_is_left_out_are_kept_once(tmp_path, connection, file):
    view_file(connection, "raw_0", file)
    kept = keep_rows(connection, table("account", "value", "phone", kept=file), tmp_path)
    assert kept.rows.samefile(file)
    assert kept.raw.kept == file


def test_rows_made_of_one_are_still_told_apart(tmp_path, connection):
    connection.execute("CREATE TABLE raw_0 AS SELECT 1 AS source_row, 0 AS source_part, 'A' AS who")
    kept = keep_rows(connection, table("who", n_added=1), tmp_path)
    assert pq.read_table(kept.rows).column_names == ["source_row", "source_part", "who"]
