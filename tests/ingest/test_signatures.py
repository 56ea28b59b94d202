import pytest

from journey.errors import UnreadableFileError
from journey.ingest.signatures import kind_of


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG image"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(50), "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Excel workbook"),
        (bytes(range(256)) * 4, "a binary file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        (b"<?xml version='1.0'?><feed/>", "XML, but not an event log"),
        (b"SQLite format 3\0" + bytes(100), "an SQLite database"),
        (b"log.csv" + bytes(250) + b"ustar\x0000" + b"id,at\n1,2\n", "a tar archive"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, words):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=f"data.csv looks like {words}.*Portolan reads"):
        kind_of(path, "data.csv")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"id,at\n1,2\n", "delimited"),
        (b"[id],[at]\n1,2\n", "delimited"),
        (b"MZ\x90 is no program here,at\n", "delimited"),
        (b' \n[ {"a": 1}]', "json"),
        (b'{"a": 1}', "json"),
        ('{"a": 1}'.encode("utf-16"), "json"),
        (b"<log><trace/></log>", "xes"),
        ("id,at\n1,2\n".encode("utf-16"), "delimited"),
        ("客户,触点\n".encode("gbk"), "delimited"),
    ],
)
def test_kinds_by_content(tmp_path, content, kind):
    path = tmp_path / "data.bin"
    path.write_bytes(content)
    assert kind_of(path, "data.bin") == kind


def test_missing_content(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableFileError, match=r"a\.csv is empty"):
        kind_of(tmp_path / "a.csv", "a.csv")
