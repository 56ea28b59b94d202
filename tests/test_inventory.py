import pytest

from journey.errors import ImportLimitError, UnreadableFileError
from journey.inventory import (
    MOST_ENTRIES,
    Entry,
    Inventory,
    inventory_from,
    inventory_text,
    read_inventory,
)

WHOLE = Entry(
    "Guide, the first", "Nurture", "Buyer; User", 'What "does" it do?', "PDF", "2026-01-02"
)


def test_what_is_written_reads_as_it_was(tmp_path):
    kept = Inventory((WHOLE, Entry("=1+1"), Entry("指南")))
    path = tmp_path / "list.csv"
    path.write_text(inventory_text(kept), encoding="utf-8")
    assert read_inventory(path) == kept
    assert read_inventory(path).fingerprint == kept.fingerprint
    assert repr(kept) != repr(Inventory((WHOLE,)))


@pytest.mark.parametrize(
    "held",
    [
        "Asset name;Audience;Format\nGuide;Buyer;PDF\n".encode("utf-16"),
        b"\xef\xbb\xbfTitle\tRole\tType\r\nGuide\tBuyer\tPDF\r\n\r\n",
        b'content,persona,kind\n" Guide ",Buyer,PDF,too much\n,,PDF\nGuide,User,\n',
    ],
)
def test_headers_separators_and_encodings_are_found(held):
    assert inventory_from(held, "a.csv").entries == (Entry("Guide", persona="Buyer", kind="PDF"),)


@pytest.mark.parametrize("held", [b"", b"stage,persona\nA,B\n", b"\0\0"])
def test_a_file_without_a_content_is_refused(held):
    with pytest.raises(UnreadableFileError, match=r"a\.csv has no column that names the content"):
        inventory_from(held, "a.csv")


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path):
    with pytest.raises(ImportLimitError, match="too large"):
        inventory_from(b"content\n" + b"x\n" * (MOST_ENTRIES + 1), "a.csv")
    with pytest.raises(UnreadableFileError, match=r"There is no file 'b\.csv'"):
        read_inventory(tmp_path / "b.csv")
