"""Rows taken of a table: of all kinds, however they lie, and the same however it is cut."""

import numpy as np
import pyarrow as pa
import pytest

from journey.ingest.formats.held import EvenSample, sampled

N_ROWS = 40_000


def _taken(*cuts: int) -> list[int]:
    sample = EvenSample()
    for numbers in np.split(np.arange(1, N_ROWS + 1), cuts):
        sample.add(pa.table({"source_row": numbers}))
    return sample.taken()["source_row"].to_pylist()


def _made(reader) -> list[int]:
    reader.connection.execute(
        f"CREATE TABLE raw AS SELECT range AS source_row FROM range({N_ROWS})"
    )
    rows = reader.connection.execute(f"FROM {sampled(reader.connection, 'raw', N_ROWS)}").fetchall()
    return [row for (row,) in rows]


@pytest.mark.parametrize("rhythm", [2, 3, 4, 8, 10, 64])
def test_rows_in_turn_are_all_seen(reader, rhythm):
    for rows in (_taken(), _made(reader)):
        assert 4_500 < len(rows) <= 10_000
        shares = np.bincount(np.array(rows) % rhythm, minlength=rhythm) / len(rows) * rhythm
        # Shares of 5,000 rows drawn by chance deviate by 0.014 times the root of the rhythm.
        assert np.all(np.abs(shares - 1) < 0.05 * np.sqrt(rhythm))


def test_rows_side_by_side_are_seen():
    rows = np.array(_taken())
    # A quarter is taken, each by itself, so a quarter of the next ones is too.
    assert np.mean(np.diff(rows) == 1) == pytest.approx(0.25, abs=0.03)


def test_the_rows_are_the_same_however_the_table_is_cut():
    assert _taken(1, 9_000, 15_001) == _taken(20_000) == _taken()
