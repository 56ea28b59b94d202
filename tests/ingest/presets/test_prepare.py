"""What the user says goes before what a preset says; what he said before is remembered."""

import pytest

from journey.errors import ColumnsUnclearError, PresetError
from journey.ingest.presets import save_preset
from tests.ingest.presets.test_sources import MAILS

OWN = "Wer / Nr,Wann,Was,Datum\nA,01/02/2024 10:00,Ad,x\nA,03/02/2024 10:00,Demo,y\n"
OWN_HEADERS = ["Wer / Nr", "Wann", "Was", "Datum"]
OWN_ROLES = {"account_id": ["Wer / Nr"], "occurred_at": ["Wann"], "touchpoint": ["Was"]}


def first_day(log):
    (shard,) = log.origin.shards
    return int(shard.ticks.min()) // log.origin.ticks_per_second // 86_400


JANUARY_2, FEBRUARY_1 = 19_724, 19_754


def test_the_users_column_wins_over_the_preset(imported):
    log = imported({"mails.csv": MAILS}, columns={"touchpoint": ["type"], "campaign": []})
    assert log.origin.touchpoint_types == ["CLICK", "SENT"]
    assert "campaign" not in log.origin.dictionaries


def test_a_column_left_out_by_a_preset_is_read_where_the_user_names_it(imported):
    text = MAILS.replace("filtered_event\n", "filtered_event,portal_id\n").replace(
        "false\n", "false,p\n"
    )
    log = imported({"mails.csv": text}, columns={"account_id": ["portal_id"]})
    assert "p" in log.origin.dictionaries["account_id"].to_pylist()


class TestRowsTakenOut:
    """What is left out of a file is shown of none of its rows, however its header is written."""

    @pytest.fixture
    def pages(self):
        """The same message twice, in two files that write its number otherwise."""
        row = "secret,u1,x,2026-01-02T10:00:00Z,2026-01-02T10:00:01Z,/p\n"
        rest = "user_id,anonymous_id,timestamp,received_at,url"
        return {f"{name}.csv": f"{name},{rest}\n{row}{row}" for name in ("id", "ID")}

    def taken(self, log):
        """The values shown by file."""
        return {r.file: [e.value for e in r.examples] for r in log.report.reasons if r.reason}

    def test_by_who_says_so_of_all_files(self, imported, pages):
        assert self.taken(imported(pages)) == {"id.csv": ["secret"], "ID.csv": ["secret"]}
        log = imported(pages, columns={"left out": ["id"]})
        assert self.taken(log) == {"id.csv": [""], "ID.csv": [""]}

    def test_by_a_preset_of_ones_own(self, imported, pages, tmp_path):
        header = pages["id.csv"].split("\n")[0].split(",")
        own = tmp_path / "presets"
        save_preset(own, "Mine", header, extends="segment_pages", roles={}, left_out=["id"])
        log = imported({"id.csv": pages["id.csv"]}, presets={"folder": str(own)})
        assert any("recognised as Mine" in note for note in log.report.notes)
        assert self.taken(log) == {"id.csv": [""]}

    def test_of_items_of_an_order(self, imported):
        row = "secret,A,2026-01-05,1,10\n"
        files = {
            f"{name}.csv": f"{name},customer_id,date,quantity,amount\n{row}{row}"
            for name in ("receipt_no", "Receipt No")
        }
        assert self.taken(imported(files))["Receipt No.csv"] == ["secret"]
        log = imported(files, columns={"left out": ["receipt_no"]})
        assert self.taken(log)["Receipt No.csv"] == [""]

    def test_of_what_tells_more_of_nothing_here(self, imported):
        opens = "ID,duration,browser,user_agent\nsecret,5,Chrome,UA\n"
        files = {"mails.csv": MAILS, "opens.csv": opens}
        assert self.taken(imported(files))["opens.csv"] == ["secret"]
        log = imported(files, columns={"left out": ["id"]})
        assert self.taken(log)["opens.csv"] == [""]


@pytest.mark.parametrize("named", ["none", {"mails.csv": "none"}])
def test_a_preset_can_be_switched_off(imported, named):
    log = imported({"mails.csv": MAILS}, presets={"named": named})
    assert log.report.n_kept == 3
    assert log.origin.touchpoint_types == ["CLICK", "OPEN", "SENT"]


def test_a_preset_named_that_is_not_there_is_refused(imported):
    with pytest.raises(PresetError, match="Did you mean 'hubspot_email_events'"):
        imported({"mails.csv": MAILS}, presets={"named": "hubspot_email_event"})


def test_a_preset_named_is_used_where_it_fits(imported):
    log = imported({"mails.csv": MAILS}, presets={"named": "hubspot_email_events"})
    assert log.report.n_kept == 2


def test_an_own_preset_is_recognised(imported, tmp_path):
    folder = tmp_path / "presets"
    save_preset(folder, "CRM", OWN_HEADERS, roles=OWN_ROLES, left_out=["Datum"])
    with pytest.raises(ColumnsUnclearError, match="day-first or month-first"):
        imported({"own.csv": OWN}, presets={"folder": str(folder)})
    save_preset(folder, "CRM", OWN_HEADERS, dates={"order": "month-first"})
    log = imported({"own.csv": OWN}, presets={"folder": str(folder)})
    assert first_day(log) == JANUARY_2
    assert any("recognised as CRM" in note for note in log.report.notes)


@pytest.mark.parametrize(("said", "day"), [(None, JANUARY_2), ("day-first", FEBRUARY_1)])
def test_an_answer_is_remembered_until_the_user_says_otherwise(imported, tmp_path, said, day):
    text = "account_id,time,event\nA,01/02/2024 10:00,Ad\nA,03/02/2024 10:00,Demo\n"
    save_preset(tmp_path, "own", ["account_id", "time", "event"], dates={"order": "month-first"})
    log = imported({"own.csv": text}, presets={"folder": str(tmp_path)}, dates=said)
    assert first_day(log) == day


def test_a_zone_is_remembered(imported, tmp_path):
    text = "account_id,time,event\nA,2024-01-02 03:00,Ad\n"
    save_preset(tmp_path, "own", ["account_id", "time", "event"], dates={"zone": "Asia/Tokyo"})
    log = imported({"own.csv": text}, presets={"folder": str(tmp_path)})
    # 03:00 in Tokyo is 18:00 of the day before.
    assert first_day(log) == JANUARY_2 - 1


def test_what_a_vendor_documents_is_not_the_users_zone(imported):
    text = (
        "id,anonymous_id,user_id,event,event_text,received_at,timestamp\n"
        "1,a,,x,X,2024-01-02 03:00:00,2024-01-02 03:00:00\n"
    )
    assert first_day(imported({"tracks.csv": text}, zone="Asia/Tokyo")) == JANUARY_2


def test_an_epoch_is_read_in_the_unit_of_its_source(imported):
    # In seconds this is 1973, in milliseconds 1970.
    record = '{"event": "A", "properties": {"time": 100000000, "distinct_id": "u"}}\n'
    log = imported({"mixpanel.jsonl": record * 1})
    assert first_day(log) == 100_000_000 // 86_400


def test_a_rule_that_would_leave_no_row_is_not_used(imported):
    log = imported({"mails.csv": MAILS.replace("false", "true").replace(",9,\n", ",9,true\n")})
    assert log.report.n_kept == 3


def test_each_row_of_a_file_is_counted_once(imported):
    (file,) = imported({"mails.csv": MAILS}).report.files
    assert (file.n_rows, file.n_read, file.n_kept, file.n_set_aside) == (3, 3, 2, 1)
