"""What was said of earlier files of a source holds for later ones with other columns."""

import pyarrow.parquet as pq
import pytest

from journey.errors import ColumnNotFoundError
from journey.ingest.kept.inherited import inherited
from journey.ingest.kept.sources import SourceTable
from journey.ingest.presets.files import save_preset
from journey.ingest.raw import RawTable
from tests.ingest.kept.test_growing import VISITS, imported, open_log, write

HEADER = ("email", "time", "event", "phone")
NUMBER = "+44 555"


def before(file, *headers, told=None, **fields):
    """An earlier table."""
    said = told or {}
    return SourceTable(
        file, "events", headers, (), {}, {}, 1, 0, (), file_headers=headers, told=said, **fields
    )


def new(file, *headers):
    """A table just read."""
    return RawTable(file, "t", headers, 1, (), 0, ())


def rows_of(*headers, day):
    """Three rows with some columns; no phone twice."""
    cells = {"email": "x{n}@acme.com", "time": "2024-0{day}-0{n}", "event": "Visit"}
    cells["phone"] = f"{NUMBER} {{n}}{{day}}"
    texts = [cells.get(h.strip().lower(), "Wien") for h in headers]
    return ",".join(headers), [",".join(texts).format(n=n, day=day) for n in (1, 2, 3)]


def in_clear(folder):
    """The files of a data set in which the telephone number of somebody stands."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and NUMBER.encode() in file.read_bytes():
            found.append(file.name)
        if file.suffix == ".parquet":
            cells = str(pq.read_table(file).to_pylist())
            found += [file.name] if NUMBER in cells else []
    return found


class TestLeftOut:
    @pytest.fixture
    def first(self, tmp_path):
        write(tmp_path, "crm_jan.csv", *rows_of(*HEADER, day=1))
        return imported(tmp_path, ["crm_jan.csv"], **{"crm_jan.csv": {"left out": ["phone"]}})

    @pytest.mark.parametrize(
        "headers",
        [
            (*HEADER, "region"),
            ("time", "phone", "event", "email"),
            ("Email", "Time", "Event", "PHONE"),
            ("email", "time", "Phone "),
            ("region", "Phone", "email", "time", "event", "city", "country", "size", "owner"),
        ],
        ids=["added", "reordered", "other case", "removed", "all of it"],
    )
    def test_it_stays_so_in_a_month_with_other_columns(self, tmp_path, first, headers):
        write(tmp_path, "crm_feb.csv", *rows_of(*headers, day=2))
        then = imported(tmp_path, ["crm_feb.csv"], earlier=first)
        assert in_clear(then) == in_clear(first) == []
        (phone,) = [header.strip() for header in headers if header.strip().lower() == "phone"]
        log = open_log(then)
        assert not {"phone", phone} & {*log.store.dictionaries}
        assert f"as was said of crm_jan.csv: {phone!r} left out" in " ".join(log.report.notes)

    def test_a_month_without_it_does_not_end_that(self, tmp_path, first):
        write(tmp_path, "crm_feb.csv", *rows_of("email", "time", "event", day=2))
        write(tmp_path, "crm_mar.csv", *rows_of(*HEADER, day=3))
        second = imported(tmp_path, ["crm_feb.csv"], earlier=first)
        assert in_clear(imported(tmp_path, ["crm_mar.csv"], earlier=second)) == []

    def test_what_is_said_of_all_files_does_not_end_that(self, tmp_path, first):
        write(tmp_path, "crm_feb.csv", *rows_of(*HEADER, "mobile", day=2))
        for columns in ({"touchpoint": ["event"]}, {"left out": ["mobile"]}):
            then = imported(tmp_path, ["crm_feb.csv"], earlier=first, for_all=columns)
            assert "phone" not in open_log(then).store.dictionaries

    def test_the_user_takes_it_back(self, tmp_path, first):
        write(tmp_path, "crm_feb.csv", *rows_of(*HEADER, day=2))
        back = [{"for_all": {"left out": []}}, {"for_all": {"reason": ["phone"]}}]
        for said in [*back, {"crm_feb.csv": {"left out": []}}]:
            then = imported(tmp_path, ["crm_feb.csv"], earlier=first, **said)
            assert in_clear(then)

    def test_a_header_that_is_not_there_is_still_told(self, tmp_path, first):
        write(tmp_path, "crm_feb.csv", *rows_of(*HEADER, day=2))
        with pytest.raises(ColumnNotFoundError, match="'evnt'"):
            imported(tmp_path, ["crm_feb.csv"], earlier=first, for_all={"touchpoint": ["evnt"]})

    def test_another_source_is_told_that_it_has_such_a_column(self, tmp_path, first):
        write(
            tmp_path,
            "calls.csv",
            "caller,call_id,asked_at,line,phone",
            ["a@b.com,1,2024-05-05,x,1"],
        )
        log = open_log(imported(tmp_path, ["calls.csv"], earlier=first))
        words = "column 'phone' is read, though one so named was left out of crm_jan.csv"
        assert any(words in note for note in log.report.notes)

    def test_a_mapping_saved_for_other_headers_leaves_out_what_it_did(self, tmp_path):
        folder = tmp_path / "presets"
        roles = {"person_id": ["email"], "occurred_at": ["time"], "touchpoint": ["event"]}
        path = save_preset(folder, "CRM", HEADER, roles=roles, left_out=["phone"])
        write(tmp_path, "crm_jan.csv", *rows_of(*HEADER, day=1))
        first = imported(tmp_path, ["crm_jan.csv"], own=folder)
        assert in_clear(first) == []
        path.unlink()
        write(tmp_path, "crm_feb.csv", *rows_of(*HEADER[::-1], day=2))
        assert in_clear(imported(tmp_path, ["crm_feb.csv"], earlier=first)) == []

    def test_it_is_not_kept_with_rows_that_wait(self, tmp_path):
        # No value tells whether 1,250 is more than a thousand.
        folder = tmp_path / "presets"
        roles = {"person_id": ["email"], "occurred_at": ["time"], "touchpoint": ["event"]}
        roles["value"] = ["amount"]
        save_preset(folder, "CRM", (*HEADER, "amount"), roles=roles, left_out=["phone"])
        for file, headers in (
            ("saved.csv", HEADER),
            ("said.csv", ("email", "time", "event", "Phone")),
        ):
            head, rows = rows_of(*headers, day=1)
            write(tmp_path, file, f"{head},amount", [f'{row},"1,250"' for row in rows])
        first = imported(tmp_path, ["saved.csv"], own=folder)
        # The name of a column is said of two files that write it otherwise.
        both = imported(
            tmp_path,
            ["saved.csv", "said.csv"],
            for_all={"left out": ["phone"], "value": ["amount"]},
        )
        for made in (first, both):
            assert any((made / "sources").rglob("waiting-*.parquet"))
            assert in_clear(made) == []


class TestWhichSource:
    @pytest.mark.parametrize(
        ("file", "headers", "is_same"),
        [
            ("feb.csv", ("a", "b", "c", "d", "e", "f"), True),
            ("Februar 2024 (2).xlsx", ("a", "b", "x", "y", "z"), True),
            ("other.csv", ("a", "b", "x"), True),
            ("other.csv", ("a", "b", "x", "y", "z"), False),
            ("feb.csv", ("a", "x", "y"), False),
            ("jan.csv", ("x", "y", "z"), False),
        ],
    )
    def test_it_is_known_by_its_columns_and_then_by_its_name(self, file, headers, is_same):
        # Of jan.csv: a, b, c. Two of three are half of the fewer, and half of a, b, c, x.
        earlier = [before("jan.csv", "a", "b", "c", told={"left out": ["a"]})]
        found = inherited([new(file, *headers)], earlier, {})
        assert (file in found) is is_same

    def test_the_most_alike_tells_and_then_the_last(self):
        earlier = [
            before("crm_1.csv", "a", "b", "c", told={"stage": ["b"]}),
            before("crm_2.csv", "a", "b", "c", told={"stage": ["c"]}),
            before("mail.csv", "a", "b", "c", "d", told={"stage": ["a"]}),
        ]
        one = inherited([new("crm_3.csv", "c", "a", "b", "d")], earlier, {})["crm_3.csv"]
        assert (one.file, one.told) == ("crm_2.csv", {"stage": ["c"], "left out": []})

    def test_what_another_source_reads_does_not_bring_back_a_column(self):
        earlier = [
            before("crm_1.csv", "a", "b", "phone", told={"left out": ["phone"]}),
            before("calls.csv", "a", "b", "phone", "d"),
        ]
        one = inherited([new("crm_2.csv", "a", "b", "Phone", "d")], earlier, {})["crm_2.csv"]
        assert one.told["left out"] == ["Phone"]

    def test_a_role_whose_column_is_gone_is_open_again(self):
        earlier = [before("1.csv", "a", "b", "c", told={"stage": ["c"], "reason": []})]
        assert inherited([new("2.csv", "a", "b")], earlier, {})["2.csv"].told == {
            "reason": [],
            "left out": [],
        }


class TestPresets:
    HEADER = "date,client,campaign,clicks,cost"

    @pytest.fixture
    def first(self, tmp_path):
        write(tmp_path, "visits.csv", *VISITS)
        write(tmp_path, "costs_1.csv", self.HEADER, ["2024-01-01,Acme,Brand,3,1.5"])
        presets = {"costs_1.csv": "ad_costs_of_clients"}
        return imported(tmp_path, ["visits.csv", "costs_1.csv"], presets=presets)

    def test_one_named_for_a_month_is_that_of_later_ones(self, tmp_path, first):
        write(
            tmp_path, "costs_2.csv", f"{self.HEADER},currency", ["2024-02-01,Acme,Brand,3,1.5,EUR"]
        )
        log = open_log(imported(tmp_path, ["costs_2.csv"], earlier=first))
        assert [file.shape for file in log.report.files] == ["events", "costs", "costs"]
        words = "as was said of costs_1.csv: read by the preset ad_costs_of_clients"
        assert any(words in note for note in log.report.notes)

    def test_another_one_named_now_goes_first(self, tmp_path, first):
        write(
            tmp_path, "costs_2.csv", f"{self.HEADER},person", ["2024-02-01,Acme,Brand,3,1,x@y.com"]
        )
        log = open_log(imported(tmp_path, ["costs_2.csv"], earlier=first, presets="none"))
        assert log.report.files[-1].shape == "wide"

    def test_no_preset_is_inherited_too(self, tmp_path):
        told = "time,distinct_id,event,$insert_id,mp_processing_time_ms"
        for month, more in ((1, ""), (2, ",plan")):
            rows = [f"2024-0{month}-01,u{n},Signed,i{n},1{more and ',x'}" for n in range(3)]
            write(tmp_path, f"{month}.csv", told + more, rows)
        first = imported(tmp_path, ["1.csv"], presets="none")
        log = open_log(imported(tmp_path, ["2.csv"], earlier=first))
        assert "Mixpanel" not in " ".join(log.report.notes)
