import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.ingest import dataset, rebuild, staging

WEB = (
    "account,when,event,Page,Note\n"
    "Acme,2026-01-01,Visit,/a,x\n"
    "Acme,2026-01-01,Visit,/a,x\n"  # an exact repeat
    "Acme,,Visit,/only-here,x\n"  # no time: its page is no value of the log
    "Beta,2026-01-03,Demo,,y\n"
    "Acme,2026-01-02,Ad  click,/b,\n"  # spelled otherwise
)
CRM = "account,when,event,Deal\nBeta,2026-01-02,Call,D1\nAcme,2026-01-05,Mail,D2\n"
FILES = {"web.csv": WEB, "crm.csv": CRM}


@pytest.mark.parametrize("files", [{"web.csv": WEB}, {"crm.csv": CRM}, FILES], ids=len)
def test_columns_are_the_same_whether_files_or_the_database_give_them(imported, monkeypatch, files):
    log = imported(files)
    monkeypatch.setattr(dataset, "rows_as_read", lambda *_: ())
    assert imported(files).fingerprint == log.fingerprint
    monkeypatch.setattr(staging, "_as_read", lambda *_: {})
    assert imported(files).fingerprint == log.fingerprint


def test_rows_are_kept_as_they_were_read_unless_a_column_is_left_out(imported, tmp_path):
    imported({"web.csv": WEB})
    (rows,) = tmp_path.rglob("rows-0.parquet")
    assert pq.read_table(rows)["Page"].to_pylist() == ["/a", "/a", "/only-here", None, "/b"]
    assert [path.name for path in tmp_path.rglob("entries.parquet")] == []
    rows.unlink()
    imported({"web.csv": WEB}, columns={"left out": ["Note"]})
    assert [path.name for path in tmp_path.rglob("rows-0.parquet")] == []
    (entries,) = tmp_path.rglob("entries.parquet")
    assert "Note" not in pq.read_schema(entries).names


def test_a_batch_of_the_first_version_is_read(imported, monkeypatch, tmp_path):
    log = imported(FILES)
    monkeypatch.setattr(staging, "_as_read", lambda *_: {})
    imported(FILES)
    (entries,) = tmp_path.rglob("entries.parquet")
    described = entries.parent / "tables.json"
    described.write_text(json.dumps({**json.loads(described.read_text()), "version": 1}))
    assert rebuild(entries.parents[2]).fingerprint == log.fingerprint


def test_a_batch_of_the_second_version_is_read(imported, tmp_path):
    log = imported(FILES)
    for seconds in tmp_path.rglob("seconds-*.parquet"):
        held = pq.read_table(seconds)
        pairs = zip(held["second"].to_pylist(), held["microsecond"].to_pylist(), strict=True)
        micros = [None if second is None else second * 1_000_000 + rest for second, rest in pairs]
        times = pa.table({"occurred_at": micros, **{n: held[n] for n in held.column_names[2:]}})
        pq.write_table(times, seconds.with_name(seconds.name.replace("seconds", "times")))
        seconds.unlink()
    (described,) = tmp_path.rglob("tables.json")
    described.write_text(json.dumps({**json.loads(described.read_text()), "version": 2}))
    assert rebuild(described.parents[2]).fingerprint == log.fingerprint
