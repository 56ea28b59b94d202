from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey.ingest.formats import separated
from journey.ingest.formats.seconds import are_seconds, as_seconds, as_text, beside, times_of
from journey.ingest.kept.rows import rows_file, seconds_file
from journey.ingest.pipeline import import_files
from journey.ingest.processes.limits import Limits

START = datetime(1970, 1, 1, tzinfo=UTC)
WRITTEN = st.integers(-30_610_224_000, 253_370_764_799).map(
    lambda second: (START + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")
)
SPOILT = st.builds(
    lambda text, place, sign: text[:place] + sign + text[place + 1 :],
    WRITTEN,
    st.integers(0, 18),
    st.sampled_from("0369 T:-+Zé"),
)


@given(st.lists(st.one_of(st.none(), WRITTEN, SPOILT), min_size=1, max_size=4))
def test_what_becomes_seconds_can_be_written_again_to_the_letter(values):
    texts = pa.array(values, pa.string())
    seconds = as_seconds(texts)
    if seconds is None:
        return
    assert as_text(seconds, pa.nulls(len(texts), pa.string())).to_pylist() == values
    for value, second in zip(values, seconds.to_pylist(), strict=True):
        if value is not None:
            at = START + timedelta(seconds=second)
            assert at.strftime("%Y-%m-%d %H:%M:%S") == value


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-25",
        "2026-01-25 10:00",
        "2026-01-25T10:00:00",
        "2026-02-30 10:00:00",
        "2026-01-25 24:00:00",
        "0999-01-25 10:00:00",
        "2026-01-25 10:00:0x",
        "25.01.2026 10:00:00",
    ],
)
def test_other_ways_to_write_a_time_are_left_alone(value):
    assert as_seconds(pa.array([value])) is None


def test_a_part_of_a_column_is_read_at_its_own_place():
    texts = pa.array(["x", "1970-01-01 00:00:07", None, "y"]).slice(1, 2)
    assert as_seconds(texts).to_pylist() == [7, None]


HEADER = "account,when,event,seen\n"
PLAIN = "A,2024-01-01 10:00:00,Ad,2024-01-01 09:00:00\nA,2024-01-02 10:00:00,Demo,\n"


def files_of(folder):
    batch = folder / "log" / "sources" / "0001"
    return rows_file(batch, 0), seconds_file(batch, 0)


@pytest.fixture
def stored(tmp_path):
    def run(rows, **options):
        path = tmp_path / "a.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        return journey.read_touchpoints(path, into=tmp_path / "log", **options)

    return run


def test_plain_times_are_kept_once_as_seconds(stored, tmp_path):
    log = stored(PLAIN)
    rows, seconds = files_of(tmp_path)
    assert times_of(rows) == ["when", "seen"]
    assert pq.read_table(rows)["when"].to_pylist() == [1_704_103_200, 1_704_189_600]
    assert not seconds.exists()
    assert log.first_at.isoformat() == "2024-01-01T10:00:00+00:00"
    # A date without a role is the text that was written.
    assert log.origin.accounts["seen"].to_pylist() == ["2024-01-01 09:00:00"]


def test_rows_that_lack_a_time_or_have_none_that_counts_are_told(stored, tmp_path):
    log = stored(PLAIN + "B,,Ad,\nB,3000-01-01 00:00:00,Ad,\n")
    assert not files_of(tmp_path)[0].with_name("times-0.parquet").exists()
    assert files_of(tmp_path)[1].exists()
    found = {r.reason: [str(e) for e in r.examples] for r in log.report.reasons if r.reason}
    assert set(found) == {"no time", "time out of range"}
    assert "3000-01-01 00:00:00" in found["time out of range"][0]


def test_what_is_written_otherwise_further_down_stands_beside(tmp_path, monkeypatch):
    rows = [f"A,2024-01-{day:02} 10:00:00,Ad,2024-01-01 09:00:00\n" for day in range(1, 20)]
    rows += ["B,soon,Ad,\n", "B,2024-01-30T10:00:00Z,Ad,never\n"]
    rows += [f"B,2024-02-{day:02} 10:00:00,Ad,\n" for day in range(1, 9)]
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    found = []
    for n_bytes in (1 << 22, 200):
        monkeypatch.setattr(separated, "_BLOCK_BYTES", n_bytes)
        folder = tmp_path / str(n_bytes)
        (folder / "scratch").mkdir(parents=True)
        argument = {
            "paths": [str(path)],
            "names": ["a.csv"],
            "columns": {},
            "dedupe": "exact",
            "definitions": None,
            "scratch": str(folder / "scratch"),
            "target": str(folder / "data"),
            "limits": asdict(Limits()),
        }
        assert import_files(argument, lambda _: None) == {"n_touchpoints": 28}
        log = journey.open_log(folder / "data")
        rows_kept = rows_file(folder / "data" / "sources" / "0001", 0)
        found.append((times_of(rows_kept), log.origin.fingerprint, log.report))
    (one, *whole), (several, *parts) = found
    assert (one, several) == ([], ["when", "seen"])
    assert whole == parts
    assert [str(e) for r in parts[1].reasons if r.reason for e in r.examples] == ["row 20: soon"]


def test_in_a_zone_the_same_text_is_another_instant(stored, tmp_path):
    log = stored(PLAIN, zone="Europe/Berlin")
    assert files_of(tmp_path)[1].exists()
    assert log.first_at.isoformat() == "2024-01-01T09:00:00+00:00"


def test_a_file_says_whether_all_times_are_seconds(tmp_path):
    path = tmp_path / "rows.parquet"

    def write(seconds, texts):
        columns = {"t": pa.array(seconds, pa.int64()), beside("t"): pa.array(texts, pa.string())}
        pq.write_table(pa.table(columns), path, row_group_size=2)
        return are_seconds(path, "t", first=0, last=100)

    assert write([5, None, 99], [None, None, None])
    assert write([None, None, 7], [None, None, None])
    assert not write([5, None], [None, "soon"])
    assert not write([5, 100], [None, None])
    assert not write([1, 2, -1], [None, None, None])
