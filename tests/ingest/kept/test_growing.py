"""Files in whatever order and however many imports: the same log, every row accounted for."""

import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journey.errors import ColumnsUnclearError
from journey.ingest.pipeline import import_files, remake
from journey.load import open_log as opened
from journey.report import read_report

# Each row of the four exports has a second of its own: ties would be settled by the order of files.
VISITS = (
    "visitor,email,event,time",
    [
        f"v{n % 4},{('', 'ann@acme.com', 'bob@bolt.org')[n % 3]},Visit,2024-01-0{n}"
        for n in range(1, 9)
    ],
)
PEOPLE = "email,company", ["ann@acme.com,Acme", "bob@bolt.org,Bolt", "cyd@acme.com,Acme"]
ORDERS = (
    "order_id,email,status,bought_at",
    [
        f"o{n},{('cyd@acme.com', 'bob@bolt.org', 'eve@new.com')[n % 3]},{'Ordered'},2024-02-0{n}"
        for n in range(1, 8)
    ],
)
# Of o9 nobody knows whose it is.
REVIEWS = (
    "review_id,order_id,reviewed_on",
    [
        *(f"r{n},o{n},2024-03-0{n}" for n in range(1, 8)),
        "r9,o9,2024-03-09",
    ],
)
# That 1.203 is more than a thousand is told by the second half alone.
SALES = (
    "email;event;amount;time",
    [
        f"{('ann@acme.com', 'bob@bolt.org')[n % 2]};Sale;{amount};2024-04-0{n}"
        for n, amount in enumerate(("1.203", "1.500", "", "2.250", "1.003,50", "7,5", "1.100"), 1)
    ],
)
EXPORTS = {
    "visits": VISITS,
    "people": PEOPLE,
    "orders": ORDERS,
    "reviews": REVIEWS,
    "sales": SALES,
}


def written(folder, parts):
    """Write parts of the exports, each with a letter and its rows; gives the names of the files."""
    names = []
    for name, letter, rows in parts:
        names.append(f"{name}-{letter}.csv")
        (folder / names[-1]).write_text("\n".join([EXPORTS[name][0], *rows, ""]), encoding="utf-8")
    return names


def write(folder, name, head, rows):
    """Write one file."""
    (folder / name).write_text("\n".join([head, *rows, ""]), encoding="utf-8")


def imported(
    folder,
    names,
    *,
    earlier=None,
    dedupe="cross-source",
    presets="",
    own=None,
    for_all=None,
    **columns,
):
    """Import some files after a data set, or none and make it again; gives the data set."""
    work = folder / f"import-{len(list(folder.iterdir()))}"
    (work / "scratch").mkdir(parents=True)
    argument = {
        "paths": [str(folder / name) for name in names or ()],
        "names": list(names or ()),
        "columns": for_all or {},
        "columns_by_file": columns,
        "dates": None,
        "zone": None,
        "dedupe": dedupe,
        "presets": {"named": presets, "folder": own and str(own)},
        "definitions": None,
        "scratch": str(work / "scratch"),
        "target": str(work / "data"),
        "limits": {"memory_bytes": 500_000_000},
        "earlier": str(earlier / "sources") if earlier else None,
    }
    (remake if names is None else import_files)(argument, lambda _: None)
    return work / "data"


def grown(folder, deals):
    """Import files deal by deal; what can't be read by itself comes with the next deal."""
    made, late = None, []
    for deal in deals:
        try:
            made = imported(folder, [*late, *deal], earlier=made)
            late = []
        except ColumnsUnclearError:
            late += deal
    return imported(folder, late, earlier=made) if late else made


def open_log(folder):
    """A data set with its report."""
    return replace(opened(folder), report=read_report(folder))


def rows_by_export(log):
    """Rows by export and by what became of them, whatever the files are called."""
    found = {}
    for file in log.report.files:
        told = found.setdefault(file.file.split("-")[0], [0, 0, 0, 0, 0])
        counts = (file.n_read, file.n_kept, file.n_merged, file.n_set_aside, file.n_attributes)
        found[file.file.split("-")[0]] = [a + b for a, b in zip(told, counts, strict=True)]
    return found


def total(folder, column="value"):
    """All values of a data set, or another of its numbers."""
    shards = opened(folder).store.shards
    return sum(np.nansum(shard.numbers[column]) for shard in shards)


@st.composite
def dealings(draw):
    """The rows of each export in one or two files, the files in any order and several imports."""
    parts = []
    for name, (_, rows) in EXPORTS.items():
        cut = draw(st.sampled_from([len(rows), len(rows) // 2]))
        parts += [(name, "a", rows[:cut]), *([(name, "b", rows[cut:])] if rows[cut:] else [])]
    parts = draw(st.permutations(parts))
    cuts = sorted(draw(st.sets(st.integers(1, len(parts) - 1), max_size=3)))
    return [parts[i:j] for i, j in zip([0, *cuts], [*cuts, len(parts)], strict=True)]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    """The log of all files read at once."""
    folder = tmp_path_factory.mktemp("once")
    names = written(folder, [(name, "a", rows) for name, (_, rows) in EXPORTS.items()])
    return open_log(imported(folder, names))


@settings(max_examples=8, deadline=None)
@given(deals=dealings())
@example(
    deals=[
        [("visits", "a", VISITS[1])],
        [("reviews", "a", REVIEWS[1]), ("people", "a", PEOPLE[1])],
        [("orders", "b", ORDERS[1][3:])],
        [("orders", "a", ORDERS[1][:3]), ("sales", "b", SALES[1][:4])],
        [("sales", "a", SALES[1][4:])],
    ]
)
def test_no_order_of_files_and_no_cut_of_rows_changes_the_log(tmp_path_factory, at_once, deals):
    folder = tmp_path_factory.mktemp("dealt")
    log = open_log(grown(folder, [written(folder, parts) for parts in deals]))
    assert log.fingerprint == at_once.fingerprint
    assert rows_by_export(log) == rows_by_export(at_once)


def test_every_row_is_accounted_for(at_once):
    # r9 is of an order that nobody placed.
    assert rows_by_export(at_once) == {
        "visits": [8, 8, 0, 0, 0],
        "people": [3, 0, 0, 0, 3],
        "orders": [7, 7, 0, 0, 0],
        "reviews": [8, 7, 0, 1, 0],
        "sales": [7, 7, 0, 0, 0],
    }


class TestWaiting:
    @pytest.fixture
    def folder(self, tmp_path):
        written(tmp_path, [(name, "a", rows) for name, (_, rows) in EXPORTS.items()])
        return tmp_path

    def test_rows_without_a_customer_find_him_in_a_later_file(self, folder):
        (folder / "early.csv").write_text("\n".join([ORDERS[0], *ORDERS[1][:5], ""]))
        (folder / "late.csv").write_text("\n".join([ORDERS[0], *ORDERS[1][5:], ""]))
        first = imported(folder, ["early.csv", "reviews-a.csv"])
        assert rows_by_export(open_log(first))["reviews"] == [8, 5, 0, 3, 0]
        then = imported(folder, ["late.csv"], earlier=first)
        assert rows_by_export(open_log(then))["reviews"] == [8, 7, 0, 1, 0]
        # The batch of before is as it was: somebody may have it open.
        assert rows_by_export(open_log(first))["reviews"] == [8, 5, 0, 3, 0]

    def test_dates_of_records_become_facts_once_there_is_a_log(self, folder):
        (folder / "firms.csv").write_text(
            "company,industry,Last Modified\nAcme,Steel,2024-05-05\nBolt,Paper,2024-05-06\n"
        )
        alone = imported(folder, ["firms.csv"])
        assert open_log(alone).n_touchpoints == 2
        log = open_log(imported(folder, ["visits-a.csv", "people-a.csv"], earlier=alone))
        assert log.n_touchpoints == 8
        assert rows_by_export(log)["firms.csv"] == [2, 0, 0, 0, 2]
        other = imported(folder, ["visits-a.csv", "people-a.csv", "firms.csv"])
        assert log.fingerprint == open_log(other).fingerprint

    def test_what_was_said_of_a_file_holds_when_it_is_read_again(self, folder):
        told = {"touchpoint": ["note"], "left out": ["secret"], "occurred_at": ["reviewed_on"]}
        (folder / "notes.csv").write_text(
            "order_id,note,reviewed_on,secret\no1,Praise,2024-04-01,x\no1,Blame,2024-04-02,y\n"
            "o2,Praise,2024-04-03,z\n"
        )
        first = imported(folder, ["visits-a.csv", "notes.csv"], **{"notes.csv": told})
        log = open_log(imported(folder, ["orders-a.csv"], earlier=first))
        assert {"Praise", "Blame"} <= set(log.touchpoint_types)
        # Those of acme.com, bolt.org and new.com; none of o1 and o2 by themselves any more.
        assert log.n_journeys == 3
        assert "secret" not in {*log.store.dictionaries, *log.origin.accounts.column_names}
        kept = first / "sources" / "0001" / "waiting-1.parquet"
        assert pq.read_table(kept)["secret"].to_pylist() == [None] * 3

    def test_an_export_of_a_vendor_decides_what_dates_of_records_are(self, folder):
        write(folder, "firms.csv", "email,updated_at", ["ann@acme.com,2024-05-05"])
        head = "id,anonymous_id,user_id,event,event_text,received_at,sent_at,timestamp,uuid_ts"
        at = ",".join(["2024-03-01 10:00:00"] * 4)
        write(folder, "track.csv", head, [f"1,a1,ann@acme.com,signed,Signed,{at}"])
        alone = imported(folder, ["firms.csv"])
        log = open_log(imported(folder, ["track.csv"], earlier=alone))
        other = open_log(imported(folder, ["firms.csv", "track.csv"]))
        assert log.n_touchpoints == other.n_touchpoints == 1
        assert log.fingerprint == other.fingerprint

    def test_what_new_files_cannot_tell_of_is_not_read_again(self, folder):
        first = imported(folder, ["visits-a.csv", "reviews-a.csv"])
        place = first / "sources" / "0001"
        # Visits of later days name customers, but no order; more reviews name no customer.
        write(folder, "visits.csv", VISITS[0], ["v1,ann@acme.com,Visit,2024-06-01"])
        write(folder, "reviews.csv", REVIEWS[0], ["r10,o1,2024-06-02"])
        then = imported(folder, ["visits.csv", "reviews.csv"], earlier=first)
        for name in ("tables.json", "waiting.json"):
            assert (then / "sources" / "0001" / name).samefile(place / name)
        last = imported(folder, ["orders-a.csv"], earlier=then)
        assert not (last / "sources" / "0001" / "tables.json").samefile(place / "tables.json")

    def test_one_that_waits_may_lead_another(self, folder):
        write(folder, "notes.csv", "note_id,review_id,noted_on", ["n1,r1,2024-04-01"])
        first = imported(folder, ["visits-a.csv", "notes.csv"])
        then = imported(folder, ["reviews-a.csv"], earlier=first)
        log = open_log(imported(folder, ["orders-a.csv"], earlier=then))
        other = open_log(
            imported(folder, ["visits-a.csv", "notes.csv", "reviews-a.csv", "orders-a.csv"])
        )
        assert log.fingerprint == other.fingerprint
        assert rows_by_export(log) == rows_by_export(other)

    def test_what_another_version_kept_waits_no_more(self, folder):
        first = imported(folder, ["visits-a.csv", "reviews-a.csv"])
        kept = first / "sources" / "0001" / "waiting.json"
        kept.write_text(kept.read_text().replace('"version": 1', '"version": 0'))
        log = open_log(imported(folder, ["orders-a.csv"], earlier=first))
        assert rows_by_export(log)["reviews"] == rows_by_export(open_log(first))["reviews"]


class TestDecimals:
    def test_a_later_file_tells_how_those_of_an_earlier_one_are_written(self, tmp_path):
        write(tmp_path, "1.csv", SALES[0], SALES[1][:4])
        write(tmp_path, "2.csv", SALES[0], SALES[1][4:])
        first = imported(tmp_path, ["1.csv"])
        assert total(first) == pytest.approx(1.203 + 1.5 + 2.25)
        then = imported(tmp_path, ["2.csv"], earlier=first)
        assert total(then) == 1_203 + 1_500 + 2_250 + 1_003.5 + 7.5 + 1_100

    def test_what_more_values_tell_holds_whichever_came_first(self, tmp_path):
        write(tmp_path, "open.csv", SALES[0], ["ann@acme.com;Sale;1.203;2024-04-01"])
        write(tmp_path, "point.csv", SALES[0], ["ann@acme.com;Sale;2.5;2024-04-02"])
        rows = [f"ann@acme.com;Sale;3,5;2024-04-0{n}" for n in (3, 4)]
        write(tmp_path, "comma.csv", SALES[0], rows)
        for order in permutations(("open.csv", "point.csv", "comma.csv")):
            made = None
            for name in order:
                made = imported(tmp_path, [name], earlier=made)
            # Two values tell a comma, one a point; each file's own values hold for itself.
            assert total(made) == 1_203 + 2.5 + 7

    def test_months_that_doubt_different_columns_are_both_told(self, tmp_path):
        head = "email,event,time,amount,cost"
        rows = {
            "1.csv": 'ann@acme.com,Sale,2024-04-01,,"1,250"',
            "2.csv": 'ann@acme.com,Sale,2024-04-02,"1,500",',
            "3.csv": 'ann@acme.com,Sale,2024-04-03,,"12,50"',
        }
        for name, row in rows.items():
            write(tmp_path, name, head, [row])
        told = {"value": ["amount"], "cost": ["cost"]}
        for order in (["1.csv", "2.csv"], ["2.csv", "1.csv"]):
            made = None
            for name in (*order, "3.csv"):
                made = imported(tmp_path, [name], earlier=made, for_all=told)
            # Nothing tells of the amount.
            assert (total(made), total(made, "cost")) == (1_500, 1.25 + 12.5)

    def test_files_of_which_a_column_is_left_out_tell_of_each_other(self, tmp_path):
        for name, amount in (("1.csv", "1,250"), ("2.csv", "12,50")):
            row = f'ann@acme.com,Sale,2024-04-0{name[0]},"{amount}",x'
            write(tmp_path, name, "email,event,time,amount,note", [row])
        told = {"left out": ["note"]}
        once = imported(tmp_path, ["1.csv", "2.csv"], for_all=told)
        first = imported(tmp_path, ["1.csv"], for_all=told)
        then = imported(tmp_path, ["2.csv"], earlier=first, for_all=told)
        assert total(then) == total(once) == 1.25 + 12.5

    def test_a_file_that_tells_nothing_new_leaves_them_as_they_are(self, tmp_path):
        write(tmp_path, "1.csv", SALES[0], SALES[1][:4])
        write(tmp_path, "2.csv", SALES[0], ["ann@acme.com;Sale;1.700;2024-05-01"])
        first = imported(tmp_path, ["1.csv"])
        then = imported(tmp_path, ["2.csv"], earlier=first)
        place = "sources/0001/tables.json"
        assert (then / place).samefile(first / place)


class TestFewRows:
    HEAD = "customer,step,when"
    ROWS = tuple(f"c{n % 2},{('Call', 'Visit', 'Offer')[n % 3]},2024-02-0{n}" for n in range(1, 9))

    @pytest.mark.parametrize("names", [*permutations(("jan.csv", "feb.csv", "more.csv"))])
    def test_a_larger_file_of_their_columns_tells_what_they_mean(self, tmp_path, names):
        # One row for each customer: its date alone would be what happened.
        write(tmp_path, "jan.csv", self.HEAD, ["c1,Call,2024-01-05", "c2,Visit,2024-01-06"])
        write(tmp_path, "feb.csv", self.HEAD, self.ROWS)
        write(tmp_path, "more.csv", self.HEAD, ["c3,Call,2024-01-07"])
        made = None
        for name in names:
            made = imported(tmp_path, [name], earlier=made)
        log = open_log(made)
        assert {*log.touchpoint_types} == {"Call", "Visit", "Offer"}
        assert log.fingerprint == open_log(imported(tmp_path, list(names))).fingerprint

    def test_what_was_said_of_them_holds(self, tmp_path):
        write(tmp_path, "jan.csv", self.HEAD, ["c1,Call,2024-01-05"])
        write(tmp_path, "feb.csv", self.HEAD, self.ROWS)
        told = {"account_id": ["customer"], "occurred_at": ["when"], "touchpoint": []}
        first = imported(tmp_path, ["jan.csv"], **{"jan.csv": told})
        log = open_log(imported(tmp_path, ["feb.csv"], earlier=first))
        assert len(log.touchpoint_types) == 1

    def test_a_smaller_one_changes_nothing(self, tmp_path):
        write(tmp_path, "feb.csv", self.HEAD, self.ROWS)
        write(tmp_path, "jan.csv", self.HEAD, ["c1,Call,2024-01-05"])
        first = imported(tmp_path, ["feb.csv"])
        then = imported(tmp_path, ["jan.csv"], earlier=first)
        place = "sources/0001/tables.json"
        assert (then / place).samefile(first / place)
        assert {file.shape for file in open_log(then).report.files} == {"events"}


class TestLaterMonths:
    def test_what_was_left_out_stays_out_of_them(self, tmp_path):
        for name, day in (("jan", 1), ("feb", 2)):
            rows = [f"{name}{n}@acme.com,2024-0{day}-0{n},555{n}" for n in (1, 2, 3)]
            write(tmp_path, f"{name}.csv", "email,updated_at,phone", rows)
        write(tmp_path, "log.csv", *VISITS)
        first = imported(tmp_path, ["jan.csv"], **{"jan.csv": {"left out": ["phone"]}})
        then = imported(tmp_path, ["feb.csv"], earlier=first)
        # Both files wait for a log, which may make their dates facts.
        for batch in ("0001", "0002"):
            kept = then / "sources" / batch / "waiting-0.parquet"
            assert pq.read_table(kept)["phone"].to_pylist() == [None] * 3
        log = open_log(imported(tmp_path, ["log.csv"], earlier=then))
        assert log.n_touchpoints == 8
        for file in (then / "sources").rglob("*.parquet"):
            table = pq.read_table(file)
            assert "phone" not in table.column_names or not table["phone"].drop_null()
        assert "phone" not in {*log.store.dictionaries, *log.origin.people.column_names}

    def test_their_own_columns_are_read_as_in_the_first(self, tmp_path):
        header = "InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"
        told = {
            "account_id": ["CustomerID"],
            "touchpoint": ["Description"],
            "occurred_at": ["InvoiceDate"],
        }
        for month in (1, 2):
            # Three lines for each of four invoices, which would be four purchases.
            rows = [
                f"{month}{n // 3},Item{n},1,2024-0{month}-0{n // 3 + 1},2.5,C{n // 3}"
                for n in range(12)
            ]
            write(tmp_path, f"{month}.csv", header, rows)
        first = imported(tmp_path, ["1.csv"], **{"1.csv": told})
        log = open_log(imported(tmp_path, ["2.csv"], earlier=first))
        assert log.n_touchpoints == 24
        assert {*log.touchpoint_types} == {f"Item{n}" for n in range(12)}
        assert log.n_journeys == 4

    def test_impressions_told_to_be_touchpoints_do_not_become_costs(self, tmp_path):
        told = {"account_id": ["client"], "touchpoint": ["campaign"], "occurred_at": ["date"]}
        for month in (1, 2):
            rows = [f"2024-0{month}-0{n},Acme,Brand,99,{n},3.5" for n in range(1, 6)]
            write(tmp_path, f"{month}.csv", "date,client,campaign,impressions,clicks,cost", rows)
        first = imported(tmp_path, ["1.csv"], **{"1.csv": told})
        log = open_log(imported(tmp_path, ["2.csv"], earlier=first))
        assert [(file.shape, file.n_kept) for file in log.report.files] == [("events", 5)] * 2

    def test_rows_told_twice_stay_where_they_are_wanted(self, tmp_path):
        for month in (1, 2):
            told = {
                "time": 1_700_000_000 + month,
                "distinct_id": "u1",
                "$insert_id": f"i{month}",
                "mp_processing_time_ms": 1,
            }
            event = json.dumps({"event": "Signed", "properties": told})
            write(tmp_path, f"{month}.jsonl", event, [event])
        first = imported(tmp_path, ["1.jsonl"], dedupe="none")
        # Additions say nothing of it.
        log = open_log(imported(tmp_path, ["2.jsonl"], earlier=first, dedupe=None))
        assert log.n_touchpoints == 4

    @pytest.mark.parametrize("name", ["costs.csv", "february.csv"])
    def test_what_costs_were_said_to_be_is_not_asked_again(self, tmp_path, name):
        header = "date,client,campaign,clicks,cost"
        write(tmp_path, "visits.csv", *VISITS)
        write(tmp_path, "costs.csv", header, ["2024-01-01,Acme,Brand,3,1.5"])
        presets = {"costs.csv": "ad_costs_of_clients"}
        with pytest.raises(ColumnsUnclearError, match="costs and clicks"):
            imported(tmp_path, ["visits.csv", "costs.csv"])
        first = imported(tmp_path, ["visits.csv", "costs.csv"], presets=presets)
        write(tmp_path, name, header, ["2024-02-01,Acme,Brand,3,1.5"])
        log = open_log(imported(tmp_path, [name], earlier=first))
        assert [file.shape for file in log.report.files] == ["events", "costs", "costs"]

    def test_a_preset_named_for_a_file_of_an_earlier_name_is_of_the_new_one(self, tmp_path):
        write(tmp_path, "costs.csv", *VISITS)
        first = imported(tmp_path, ["costs.csv"])
        header = "date,client,campaign,clicks,cost"
        write(tmp_path, "costs.csv", header, ["2024-01-01,Acme,Brand,3,1.5"])
        presets = {"costs.csv": "ad_costs_of_clients"}
        log = open_log(imported(tmp_path, ["costs.csv"], earlier=first, presets=presets))
        assert [file.shape for file in log.report.files] == ["events", "costs"]
