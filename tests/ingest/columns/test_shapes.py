import pytest

from journey.errors import ColumnsUnclearError


def touches(log):
    """Every touchpoint as (case, type, second), in the order of the log."""
    (shard,) = log.origin.shards
    cases = log.origin.dictionaries["account_id"].to_pylist()
    types = log.origin.touchpoint_types
    starts = zip(shard.cases.tolist(), shard.lengths.tolist(), strict=True)
    owners = [cases[code] for code, length in starts for _ in range(length)]
    codes = shard.codes["touchpoint"].tolist()
    return [
        (owner, types[code], tick // log.origin.ticks_per_second)
        for owner, code, tick in zip(owners, codes, shard.ticks.tolist(), strict=True)
    ]


DAY = 86_400
FIRST = 19_723 * DAY  # 2024-01-01


def test_a_wide_file_gives_a_touchpoint_for_each_filled_date(imported):
    log = imported(
        {"a.csv": "id,Create Date,MQL Date,owner\n1,2024-01-01,2024-01-03,Ann\n2,2024-01-02,,Bob\n"}
    )
    assert touches(log) == [
        ("1", "Create Date", FIRST),
        ("1", "MQL Date", FIRST + 2 * DAY),
        ("2", "Create Date", FIRST + DAY),
    ]
    assert log.origin.accounts["owner"].to_pylist() == ["Ann", "Bob"]


def test_a_wide_row_without_any_date_is_set_aside(imported):
    log = imported({"a.csv": "id,Create Date,MQL Date\n1,2024-01-01,2024-01-03\n2,,\n"})
    report = log.report
    assert (report.n_read, report.n_kept, report.n_set_aside) == (3, 2, 1)
    (reason,) = (entry for entry in report.reasons if entry.action == "set aside")
    assert reason.reason == "no time"
    assert reason.examples[0].row == 2


def test_dates_of_one_day_keep_the_order_of_their_columns(imported):
    log = imported({"a.csv": "id,Zeta date,Alpha date\n1,2024-01-01,2024-01-01\n"})
    assert [name for _, name, _ in touches(log)] == ["Zeta date", "Alpha date"]


def test_an_amount_counts_once_at_the_win_or_else_the_last_filled_date(imported):
    log = imported(
        {
            "a.csv": "deal_id,Create Date,Won Date,Amount\n"
            "1,2024-01-01,2024-01-05,100\n2,2024-01-02,,70\n"
        }
    )
    (shard,) = log.origin.shards
    values = [value if value == value else None for value in shard.numbers["value"].tolist()]  # noqa: PLR0124 - not a number differs from itself
    assert list(zip([t[:2] for t in touches(log)], values, strict=True)) == [
        (("1", "Create Date"), None),
        (("1", "Won Date"), 100.0),
        (("2", "Create Date"), 70.0),
    ]


def test_two_files_that_share_a_key_are_one_log(imported):
    log = imported(
        {
            "leads.csv": "lead_no,first_contact,origin\na,01-02-2024,web\nb,20-02-2024,\n",
            "deals.csv": "seller_id,lead_no,won_date,segment\ns1,a,2024-03-01 10:00:00,pets\n",
        }
    )
    assert (log.n_journeys, log.touchpoint_types) == (2, ["first_contact", "won_date"])
    accounts = log.origin.accounts
    assert accounts["origin"].to_pylist() == ["web", None]
    assert accounts["segment"].to_pylist() == ["pets", None]
    assert log.definitions.won == ("won_date",)


def test_names_that_look_like_sql_are_only_names(imported):
    header = "x\"; DROP TABLE entries; --{source}'"
    quoted = header.replace('"', '""')
    log = imported({"a.csv": f'id,"{quoted}","col {{c}}"\n1,2024-01-01,v\n2,2024-01-02,w\n'})
    assert log.touchpoint_types == [header]
    assert log.origin.accounts["col {c}"].to_pylist() == ["v", "w"]


@pytest.mark.parametrize("name", ["value", "Stage", "ID", "occurred_at", "fault", "merged_as"])
def test_a_header_that_is_a_word_of_ours_is_kept_apart(imported, name):
    files = {
        "a.csv": "account_id,time,event\nA,2024-01-01,Ad\nB,2024-01-01,Ad\n",
        "b.csv": f"account_id,{name}\nA,x\nB,y\n",
    }
    accounts = imported(files).origin.accounts
    (column,) = accounts.column_names
    assert column.lower().startswith(name.lower())
    assert accounts[column].to_pylist() == ["x", "y"]


def test_date_and_time_in_two_headers(imported):
    rows = "account,Datum,Stunde,event\nA,2.1.2024,6:05,Ad\nA,1.1.2024,16:05,Demo\n"
    log = imported({"a.csv": rows}, columns={"occurred_at": ["Datum", "Stunde"]})
    assert touches(log) == [
        ("A", "Demo", FIRST + 16 * 3600 + 300),
        ("A", "Ad", FIRST + DAY + 6 * 3600 + 300),
    ]


def test_another_date_column_of_the_file_answers_for_an_ambiguous_one(imported):
    rows = "id,Create Date,MQL Date\n1,01/02/2024,25/02/2024\n"
    assert touches(imported({"a.csv": rows}))[0] == ("1", "Create Date", FIRST + 31 * DAY)
    with pytest.raises(ColumnsUnclearError, match="Create Date"):
        imported({"a.csv": "id,Create Date\n1,01/02/2024\n"})


@pytest.mark.parametrize(
    "name", ["x", "n", "t", "id", "place", "who", "digest", "source", "account"]
)
def test_a_header_that_is_a_name_inside_our_queries_is_only_a_name(imported, name):
    rows = f"case_id,time,event,{name}\nA,2024-01-01,Ad,v\nA,2024-01-02,Demo,w\n"
    other = f"case_id,time,event,{name}\nA,2024-01-01 00:01,Ad,v\nB,2024-01-02,Demo,v\n"
    log = imported({"a.csv": rows, "b.csv": other}, columns={"channel": []})
    assert log.report.n_merged == 1
    assert name in log.origin.text_columns or f"{name} (column)" in log.origin.text_columns


@pytest.mark.parametrize("numbers", [(30_000, 30_060), (200_000_000, 200_000_060)])
def test_numbers_count_seconds_whatever_their_size_where_an_epoch_is_said(imported, numbers):
    # As days of Excel, or as seconds since 1970, they would be of 1982 and of 1976.
    first, then = numbers
    log = imported(
        {"a.csv": f"user,secs,event\n1,{first},Ad\n1,{then},Click\n"},
        columns={"account_id": ["user"], "occurred_at": ["secs"], "touchpoint": ["event"]},
        epoch="2024-01-01 00:00:00",
    )
    assert touches(log) == [("1", "Ad", FIRST + first), ("1", "Click", FIRST + then)]


def test_times_written_out_stay_as_they_are_where_an_epoch_is_said(imported):
    log = imported(
        {"a.csv": "user,time,event\n1,2024-01-02,Ad\n1,2024-01-03,Click\n"},
        epoch="2016-08-01 00:00:00",
    )
    assert touches(log) == [("1", "Ad", FIRST + DAY), ("1", "Click", FIRST + 2 * DAY)]
