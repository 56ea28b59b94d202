"""What is looked at of files that only workers see: their first rows, written as they are."""

import gzip

import pandas as pd
import pytest

from journey.errors import ImportLimitError, StoreError, UnreadableFileError
from journey.ingest.cluster import sampling
from journey.ingest.cluster.sampling import sample_files

ROWS = [f"a{number},2026-01-01,Ad" for number in range(50)]
TEXT = "\n".join(["who,when,what", *ROWS]) + "\n"


@pytest.fixture
def exports(tmp_path, monkeypatch):
    monkeypatch.setattr(sampling, "SAMPLE_BYTES", 200)
    monkeypatch.setattr(sampling, "SAMPLE_ROWS", 7)
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "part-1.csv").write_text(TEXT)
    (folder / "part-2.csv").write_text(TEXT)
    (folder / "zipped.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    frame = pd.DataFrame({"who": range(50), "what": "Ad"})
    frame.to_parquet(folder / "log.parquet")
    frame.to_excel(folder / "sheet.xlsx", index=False)
    return folder


def sample(folder, *patterns):
    paths = [str(folder / pattern) for pattern in patterns]
    return sample_files(0, target=str(folder / "log"), paths=paths)


def test_the_first_file_of_each_pattern_is_cut_at_a_row(exports):
    found = sample(exports, "part-*", "zipped.csv.gz")
    assert list(found) == ["part-1.csv", "zipped.csv.gz"]
    # A header of 14 bytes and rows of 17: ten of these fit into 200 bytes.
    assert found["part-1.csv"].decode() == "\n".join(["who,when,what", *ROWS[:10]]) + "\n"
    assert gzip.decompress(found["zipped.csv.gz"]) == found["part-1.csv"]


def test_exports_of_other_columns_under_one_pattern_are_all_shown(exports):
    other = "who,size\na1,20\n"
    (exports / "part-0.csv").write_text(other)
    (exports / "part-9.csv").write_text(other)
    (exports / "events.jsonl").write_text('{"who": "a1", "what": "Ad"}\n')
    (exports / "more.jsonl").write_text('{"who": "b2", "what": "Demo"}\n')
    assert list(sample(exports, "part-*", "*.jsonl")) == [
        "part-0.csv",
        "part-1.csv",
        "events.jsonl",
    ]
    (exports / "odd.jsonl").write_text("no JSON\n")
    assert list(sample(exports, "*.jsonl", "more.jsonl")) == [
        "events.jsonl",
        "more.jsonl",
        "odd.jsonl",
    ]


def test_parquet_gives_rows_and_what_is_small_is_sent_whole(exports, tmp_path, monkeypatch):
    found = sample(exports, "log.parquet", "sheet.xlsx")
    (tmp_path / "few.parquet").write_bytes(found["log.parquet"])
    assert len(pd.read_parquet(tmp_path / "few.parquet")) == 7
    assert found["sheet.xlsx"] == (exports / "sheet.xlsx").read_bytes()
    monkeypatch.setattr(sampling, "WHOLE_BYTES", 100)
    with pytest.raises(ImportLimitError, match=r"sheet.xlsx has .* or import it with python -m"):
        sample(exports, "sheet.xlsx")


def test_what_can_not_be_is_told_before_anything_is_sent(exports):
    with pytest.raises(UnreadableFileError, match=r"see no file 'none\.csv'"):
        sample(exports, "none.csv")
    with pytest.raises(StoreError, match="is there already"):
        sample_files(0, target=str(exports), paths=[str(exports / "part-1.csv")])
