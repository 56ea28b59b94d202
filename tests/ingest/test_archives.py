import gzip
import io
import zipfile

import pytest

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.processes.limits import Limits

CSV = b"id,at\n1,2\n"


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_members_of_a_zip_are_tables(reader, written):
    content = zipped(
        **{
            "web/a.csv": CSV,
            "../../b.jsonl": b'{"id": "3"}\n',
            "c.csv.gz": gzip.compress(b"id,at\n5,6\n"),
            "__MACOSX/._a.csv": b"\0\1",
            ".DS_Store": b"\0\1",
        }
    )
    tables = reader.read(written("x.zip", content))
    assert [t.file for t in tables] == ["x.zip: a.csv", "x.zip: b.jsonl", "x.zip: c.csv.gz"]
    assert [t.table for t in tables] == ["raw_0", "raw_0_1", "raw_0_2"]
    assert [reader.rows(t) for t in tables] == [[("1", "2")], [("3",)], [("5", "6")]]


def test_content_decides_not_the_name(reader, written):
    (table,) = reader.read(written("data.csv", gzip.compress(CSV)))
    assert reader.rows(table) == [("1", "2")]


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(**{"a.csv": content})])
def test_a_bomb_stops_at_the_limit(reader, written, pack):
    bomb = pack(b"id,at\n" + b"1,2\n" * 500_000)
    with pytest.raises(ImportLimitError, match="unpacks to more than"):
        reader.read(written("a.zip", bomb), limits=Limits(ratio=10, ratio_from_bytes=100_000))
    with pytest.raises(ImportLimitError, match="unpacks to more than 1,000,000 bytes"):
        reader.read(written("a.zip", bomb), limits=Limits(unpacked_bytes=1_000_000))


def test_members_share_one_allowance(reader, written):
    half = b"id,at\n" + b"1,2\n" * 150_000
    content = zipped(**{"a.csv": half, "b.csv": half})
    with pytest.raises(ImportLimitError, match=r"b\.csv unpacks"):
        reader.read(written("a.zip", content), limits=Limits(unpacked_bytes=1_000_000))


def test_too_many_members_are_refused(reader, written):
    content = zipped(**{f"{number}.csv": CSV for number in range(4)})
    with pytest.raises(ImportLimitError, match="holds 4 files; at most 3"):
        reader.read(written("a.zip", content), limits=Limits(archive_members=3))


def test_broken_and_nested_archives_say_so(reader, written):
    whole = gzip.compress(CSV * 1_000)
    with pytest.raises(UnreadableFileError, match="its end is missing"):
        reader.read(written("a.csv.gz", whole[: len(whole) // 2]))
    packed = zipped(**{"a.csv": CSV * 1_000})
    with pytest.raises(UnreadableFileError, match="broken zip file"):
        reader.read(written("a.zip", packed[: len(packed) // 2]))
    with pytest.raises(UnreadableFileError, match="archive within archives"):
        reader.read(written("b.gz", gzip.compress(gzip.compress(gzip.compress(CSV)))))
    with pytest.raises(UnreadableFileError, match="holds no file"):
        reader.read(written("c.zip", zipped(**{".DS_Store": b"x"})))


def test_a_damaged_member_says_so(reader, written):
    damaged = bytearray(zipped(**{"a.csv": bytes(range(256)) * 100}))
    damaged[60:80] = b"\xff" * 20
    with pytest.raises(UnreadableFileError, match="broken"):
        reader.read(written("a.zip", bytes(damaged)))


def test_what_comes_with_the_data_is_left_out_and_told(reader, written):
    content = zipped(**{"x/README.txt": b"hello", "x/a.csv": CSV, "x/terms.pdf": b"%PDF-1.7"})
    (table,) = reader.read(written("x.zip", content))
    assert table.file == "x.zip: a.csv"
    assert table.notes[-1] == "left out of the archive: x/README.txt, x/terms.pdf"
