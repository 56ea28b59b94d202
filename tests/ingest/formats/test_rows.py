import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.ingest.formats import rows as kept_rows
from journey.ingest.formats.held import is_as_read, make_changeable, put_in_place, sampled
from journey.ingest.formats.rows import keep_rows
from journey.ingest.formats.table import Rejections, Source
from journey.ingest.processes.limits import Limits


@pytest.fixture
def keep(reader):
    """Keep rows of two columns in a file, batch by batch."""

    def run(*batches, mark=None):
        source = Source(
            reader.connection,
            reader.scratch,
            "a.csv",
            "raw_0",
            reader.scratch,
            Limits(),
            reader.progress.append,
        )
        arrow = [
            pa.record_batch(
                {
                    "id": pa.array([row[0] for row in batch], pa.string()),
                    "what": pa.array([row[1] for row in batch], pa.string()),
                }
            )
            for batch in batches
        ]
        return keep_rows(source, ("id", "what"), arrow, Rejections("a.csv"), [], mark=mark)

    return run


def test_marked_rows_have_a_number_and_are_not_kept(keep, reader):
    table = keep([("1", "Ad"), ("gone", None)], [(None, "Demo"), ("2", "Ad")], mark="gone")
    assert (table.n_rows, reader.numbers(table)) == (3, [1, 3, 4])
    assert reader.rows(table) == [("1", "Ad"), (None, "Demo"), ("2", "Ad")]


def test_groups_are_written_as_they_come_and_repeated_texts_once(keep, monkeypatch):
    for size in ("_FIRST_BYTES", "_GROUP_BYTES"):
        monkeypatch.setattr(kept_rows, size, 1)
    batch = [(str(number), "Ad") for number in range(10)]
    table = keep(batch, batch)
    groups = pq.read_metadata(table.kept)
    assert groups.num_row_groups == 2
    assert [groups.row_group(0).column(n).has_dictionary_page for n in (0, 1)] == [False, True]


def test_a_table_is_a_view_until_it_is_to_be_changed(keep, reader):
    table, connection = keep([("1", "Ad"), ("2", "Demo")]), reader.connection
    sample = sampled(connection, "raw_0", 2)
    assert is_as_read(connection, "raw_0")
    make_changeable(connection, "raw_0")
    make_changeable(connection, "raw_0")
    assert not is_as_read(connection, "raw_0")
    connection.execute("UPDATE raw_0 SET what = 'Fair'")
    assert {row[1] for row in reader.rows(table)} == {"Fair"}
    # The file is as it was, and what was looked at before is not looked at again.
    assert pq.read_table(table.kept)["what"].to_pylist() == ["Ad", "Demo"]
    sample = sampled(connection, "raw_0", 2)
    assert {what for (what,) in connection.sql(f"SELECT what FROM {sample}").fetchall()} == {"Fair"}


def test_what_is_made_of_a_table_takes_its_place(keep, reader):
    keep([("1", "Ad")])
    reader.connection.execute("CREATE TABLE made AS SELECT 7 AS seven")
    put_in_place(reader.connection, "made", "raw_0")
    assert reader.connection.sql("SELECT * FROM raw_0").fetchall() == [(7,)]
