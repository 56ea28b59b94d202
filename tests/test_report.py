import pytest

from journey.errors import StoreError
from journey.report import (
    REPORT_FILE,
    Example,
    FileSummary,
    IngestReport,
    ReasonCount,
    read_report,
    report_from_json,
    report_to_json,
)

REPORT = IngestReport(
    files=(
        FileSummary("a.csv", "events", 5, 5, 3, 1, 1, 0, {"account_id": ("Firma",)}),
        FileSummary("b.csv", "attributes", 2, 2, 0, 0, 0, 2, {}),
    ),
    reasons=(
        ReasonCount("a.csv", "kept", "", 3),
        ReasonCount("a.csv", "merged", "exact repeat", 1, (Example(4, "A, Ad"),)),
        ReasonCount("a.csv", "set aside", "no time", 1, (Example(5, ""), Example(6, "é"))),
        ReasonCount("b.csv", "read as attributes", "", 2),
    ),
    notes=("Read as UTC.",),
)


def test_totals_add_up_over_files():
    assert (REPORT.n_read, REPORT.n_kept, REPORT.n_merged) == (7, 3, 1)
    assert (REPORT.n_set_aside, REPORT.n_attributes) == (1, 2)


def test_json_keeps_everything():
    assert report_from_json(report_to_json(REPORT)) == REPORT


def test_frame_has_one_row_per_file_and_reason():
    frame = REPORT.frame()
    assert frame["n_rows"].tolist() == [3, 1, 1, 2]
    assert frame["examples"].tolist() == ["", "row 4: A, Ad", "row 5; row 6: é", ""]


def test_an_empty_report_has_the_right_columns():
    frame = IngestReport((), ()).frame()
    assert frame.empty
    assert frame["n_rows"].dtype == "int64"


def test_a_report_that_is_damaged_says_so(tmp_path):
    assert read_report(tmp_path) is None
    (tmp_path / REPORT_FILE).write_text(report_to_json(REPORT), encoding="utf-8")
    assert read_report(tmp_path) == REPORT
    (tmp_path / REPORT_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="Import it again"):
        read_report(tmp_path)
