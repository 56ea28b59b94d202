"""The same log as on one machine, whoever reads which file and however it is cut."""

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

import journey
from journey.errors import (
    ClusterError,
    ColumnNotFoundError,
    ColumnsUnclearError,
    ImportCancelledError,
    PresetError,
    StoreError,
    UnreadableFileError,
    ValueNotAllowedError,
)
from journey.ingest import Presets
from journey.ingest.cluster import Wanted, import_on_cluster
from tests.ingest.cluster.exports import (
    BY_FILE,
    COLUMNS,
    OF_EACH_OTHER,
    files_of,
    write_exports,
)
from tests.runners.workers import PicklingWorkers

SMALL = {"account_id": ["who"], "occurred_at": ["when"], "touchpoint": ["what"]}


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    return write_exports(tmp_path_factory.mktemp("exports") / "all")


@pytest.fixture(scope="module")
def alone(exports, tmp_path_factory):
    """The data set as one machine makes it."""
    place = tmp_path_factory.mktemp("alone") / "log"
    unknown = Presets(named="none")
    columns = COLUMNS | BY_FILE
    journey.read_touchpoints(*exports, columns=columns, presets=unknown, into=place)
    return place


def imported(
    target,
    files,
    *,
    columns=None,
    by_file=None,
    told=None,
    cancelled=lambda: False,
    preset="none",
    own_presets=None,
    **wanted,
):
    options = {
        "columns": COLUMNS if columns is None else columns,
        "columns_by_file": by_file or {},
        "dates": None,
        "zone": None,
        "dedupe": "cross-source",
        "presets": {"named": preset},
        "own_presets": own_presets or {},
    }
    asked = {"definitions": None, "memory_bytes": 500_000_000, **wanted}
    import_on_cluster(
        PicklingWorkers(),
        Wanted(str(target), [str(file) for file in files], options, **asked),
        progress=(told if told is not None else []).append,
        cancelled=cancelled,
    )
    return journey.open_log(target)


def small(folder, **files):
    """Files of who, when and what."""
    for name, rows in files.items():
        text = "\n".join(["who,when,what", *rows]) + "\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [folder / f"{name}.csv" for name in files]


def entries_of(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_log_is_that_of_one_machine_with_its_report_and_all_beside_it(exports, alone, tmp_path):
    here, told = journey.open_log(alone), []
    there = imported(tmp_path / "log", exports, by_file=BY_FILE, told=told, rows_per_shard=20)
    assert there.fingerprint == here.fingerprint
    assert there.report == here.report
    assert len(there.store.shards) > 2
    assert there.store.shards[0].ties is not None  # p@acme.com is in several accounts
    assert there.store.accounts.equals(here.store.accounts)
    assert {one.shape for one in there.report.files} == {"events", "wide", "attributes"}
    assert there.report.n_read == sum(file.n_read for file in there.report.files)
    assert [one.phase for one in told] == ["reading", "cleaning", "sorting", "writing"]
    assert entries_of(tmp_path) == ["log"]
    beside = {name for name in entries_of(alone) if not name.startswith(("touch", "journeys"))}
    assert beside <= {*entries_of(tmp_path / "log")}


def test_it_can_be_made_anew_and_grow_on_one_machine(exports, alone, tmp_path):
    imported(tmp_path / "log", exports, by_file=BY_FILE)
    again = journey.ingest.rebuild(tmp_path / "log")
    assert again.fingerprint == journey.open_log(alone).fingerprint


@pytest.mark.parametrize("rows_per_shard", [1, 3, 100])
def test_shards_are_cut_between_accounts_and_none_is_empty(tmp_path, rows_per_shard):
    rows = [f"{who},2026-01-0{day},Ad" for who in "abcd" for day in range(1, 4)]
    log = imported(
        tmp_path / "log",
        small(tmp_path, one=rows[:5], two=rows[5:]),
        columns=SMALL,
        rows_per_shard=rows_per_shard,
    )
    # Four accounts of three touchpoints each.
    n_shards = {1: 4, 3: 4, 100: 1}[rows_per_shard]
    assert [len(shard.cases) for shard in log.store.shards] == [4 // n_shards] * n_shards
    assert log.n_touchpoints == 12


def test_parts_with_the_same_headers_are_read_by_the_same_columns(tmp_path):
    for name, kind in (("one", "Gold"), ("two", "")):
        (tmp_path / f"{name}.csv").write_text(
            "who,when,what,channel\n" + f"a,2026-01-01,Ad,{kind}\nb,2026-01-02,Ad,{kind}\n"
        )
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    log = imported(tmp_path / "log", files, columns=SMALL)
    first, second = log.report.files
    assert first.roles == second.roles
    assert "channel" in first.roles


@pytest.mark.parametrize("by_file", [{}, {"b.csv": {"left out": []}}], ids=["all", "one read"])
def test_what_is_left_out_stays_so_in_whatever_case(tmp_path, by_file):
    # The larger file tells that a step is what happened.
    texts = {
        "a.csv": 'customer,step,when,amount,Phone\nx@a.com,Call,2024-01-05,"1,250",+44 555 1\n'
        'y@b.com,Visit,2024-01-06,"1,250",+44 555 2\n',
        "b.csv": "customer,step,when,amount,phone\n"
        + "".join(
            f"{'xy'[n % 2]}@c.com,{('Call', 'Offer')[n % 2]},2024-02-0{n},7,+44 666 {n}\n"
            for n in range(1, 9)
        ),
    }
    files = files_of(tmp_path / "files", texts)
    columns = {"left out": ["Phone"]}
    far = imported(tmp_path / "far", files, columns=columns, by_file=by_file)
    first, second = far.report.files
    assert first.roles == second.roles
    for number, is_read in (("+44 555", False), ("+44 666", bool(by_file))):
        held = [
            str(pq.read_table(path).to_pylist()) for path in (tmp_path / "far").rglob("*.parquet")
        ]
        assert any(number in cells for cells in held) is is_read
    told = [note for note in far.report.notes if "left out" in note]
    assert len(told) == 2 - len(by_file)


def test_what_is_said_of_one_part_holds_though_the_first_is_read_otherwise(tmp_path):
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file, row in zip(files, ("1,2026-01-01,Ad,North", "1,2026-01-02,Call,South"), strict=True):
        file.write_text(f"who,when,what,other\n{row}\n")
    by_file = {"a.csv": SMALL, "b.csv": SMALL | {"touchpoint": ["other"]}}
    log = imported(tmp_path / "log", files, columns={}, by_file=by_file)
    assert log.touchpoint_types == ["Ad", "South"]


def test_definitions_given_are_kept(tmp_path):
    model = replace(journey.Definitions(), won=("Demo",))
    files = small(tmp_path, log=["a,2026-01-01,Ad", "a,2026-01-02,Demo"])
    log = imported(tmp_path / "log", files, columns=SMALL, definitions=model)
    assert log.definitions.won == ("Demo",)
    assert not (tmp_path / "log" / "definitions.proposed").exists()


def test_a_folder_stands_for_all_files_in_it_and_a_star_for_any_text(tmp_path):
    place = tmp_path / "parts"
    for folder, day in (("day=1", 1), ("day=2", 2), ("_temporary", 3), ("day=2/.old", 4)):
        (place / folder).mkdir(parents=True)
        small(place / folder, part=[f"a,2026-01-0{day},Ad"])
    small(place, _SUCCESS=["a,2026-01-05,Ad"])
    imported(place / "earlier", [place / "day=1" / "part.csv"], columns=SMALL)
    (place / "day=2" / ".part.crc").touch()
    read = []
    for pattern in (place, place / "day=*", place / "*" / "p*.csv", place / "day=2"):
        log = imported(tmp_path / "log", [pattern], columns=SMALL)
        read.append([file.file for file in log.report.files])
    both = ["day=1/part.csv", "day=2/part.csv"]
    assert read == [both, both, both, ["part.csv"]]


class TestWhatGoesWrongLeavesNothing:
    def refused(self, tmp_path, kind, words, files, **options):
        before = entries_of(tmp_path)
        with pytest.raises(kind, match=words):
            imported(tmp_path / "log", files, **{"columns": SMALL, **options})
        assert entries_of(tmp_path) == before

    def test_a_file_that_is_not_there(self, tmp_path):
        words = r"see no file 'none.csv' in .*Put it on storage that all of them mount"
        self.refused(tmp_path, UnreadableFileError, words, [tmp_path / "none.csv"])

    def test_a_header_that_no_file_has(self, tmp_path):
        files = small(tmp_path, log=["a,2026-01-01,Ad"])
        columns = {**SMALL, "channel": ["wher"]}
        self.refused(tmp_path, ColumnNotFoundError, "wher", files, columns=columns)

    def test_columns_of_a_file_that_is_not_among_them(self, tmp_path):
        files = small(tmp_path, log=["a,2026-01-01,Ad"])
        told = {"lgo.csv": SMALL}
        self.refused(tmp_path, ValueNotAllowedError, "'lgo.csv'.*log.csv", files, by_file=told)

    def test_no_column_with_times(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_text("who,tier\na,Gold\nb,Silver\n")
        columns = {"account_id": ["who"]}
        words = "No column with times was found in log.csv"
        self.refused(tmp_path, ColumnsUnclearError, words, [path], columns=columns)

    def test_no_row_that_can_be_used(self, tmp_path):
        files = small(tmp_path, log=["a,soon,Ad", "b,later,Ad"])
        self.refused(tmp_path, UnreadableFileError, "No row could be used: 2 rows", files)

    def test_a_folder_of_other_things_in_its_place(self, tmp_path):
        files = small(tmp_path, log=["a,2026-01-01,Ad"])
        (tmp_path / "log").mkdir()
        (tmp_path / "log" / "diary.txt").touch()
        self.refused(tmp_path, StoreError, "is there and is no data set", files)

    def test_an_import_that_is_stopped(self, tmp_path):
        files = small(tmp_path, log=["a,2026-01-01,Ad"])
        stop = lambda: True  # noqa: E731 - a word for it
        self.refused(tmp_path, ImportCancelledError, "nothing was kept", files, cancelled=stop)

    def test_what_was_there_stays(self, tmp_path):
        files = small(tmp_path, log=["a,2026-01-01,Ad"], bad=["a,soon,Ad"])
        before = imported(tmp_path / "log", files[:1], columns=SMALL).fingerprint
        self.refused(tmp_path, UnreadableFileError, "No row could be used", files[1:])
        assert journey.open_log(tmp_path / "log").fingerprint == before


VENDORS = {
    "contacts.csv": "id,property_email,property_firstname,property_lastname,property_createdate,"
    "property_hs_merged_object_ids,_fivetran_synced\n"
    "1,ann@acme.example,Ann,Lee,2024-01-02 10:00:00,2;3,2024-06-06\n"
    "2,ann@old.example,Ann,Lee,2024-01-01 6:49:18,,2024-06-06\n",
    "mail-1.csv": "id,created,type,recipient,app_id,filtered_event\n"
    "m1,2024-01-05 10:00:00,OPEN,ann@acme.example,1,false\n"
    "m2,2024-01-05 10:00:09,OPEN,ann@acme.example,1,true\n",
    "mail-2.csv": "id,created,type,recipient,app_id,filtered_event\n"
    "m3,2024-02-05 10:00:00,CLICK,bob@acme.example,1,\n",
    "web.json": '{"event": "Page", "properties": {"time": 1704448800, "distinct_id": "v1", '
    '"$insert_id": "i1", "$current_url": "https://a.example/?utm_source=google"}}\n'
    '{"event": "Sign up", "properties": {"time": 1704452400, "distinct_id": "v1", '
    '"$insert_id": "i2", "$user_id": "ann@acme.example"}}\n',
    "ads-1.csv": "campaign_id,day,cost_in_local_currency,cost_in_usd,impressions,clicks\n"
    "7,2024-01-02 00:00:00,40,50.2,1,1\n7,2024-01-03 00:00:00,40,50.2,1,1\n",
    "ads-2.csv": "campaign_id,day,cost_in_local_currency,cost_in_usd,impressions,clicks\n"
    "7,2024-01-03 00:00:00,60,70.5,1,1\n8,2024-01-03 00:00:00,free,,1,1\n",
}
OPENS = "id,duration,browser,user_agent\nm1,1200,Firefox,Mozilla\n"


class TestPresets:
    @pytest.fixture
    def vendors(self, tmp_path):
        folder = tmp_path / "exports"
        folder.mkdir()
        for name, text in VENDORS.items():
            (folder / name).write_text(text, encoding="utf-8")
        return sorted(folder.iterdir())

    def test_exports_of_vendors_are_known_and_costs_read_as_on_one_machine(self, vendors, tmp_path):
        here = journey.read_touchpoints(*vendors, into=tmp_path / "here")
        there = imported(tmp_path / "there", vendors, columns={}, preset="")
        # Notes come file by file there, where one machine tells of all files what it tells.
        assert sorted(there.report.notes) == sorted(here.report.notes)
        assert replace(there.report, notes=()) == replace(here.report, notes=())
        assert there.fingerprint == here.fingerprint
        titles = " ".join(there.report.notes)
        assert all(title in titles for title in ("HubSpot", "Mixpanel", "LinkedIn"))
        # Both files are of one import: what they say differently of a day counts twice.
        assert there.costs["cost"].sum() == here.costs["cost"].sum() == 40 + 40 + 60
        again = journey.ingest.rebuild(tmp_path / "there")
        assert again.fingerprint == here.fingerprint

    def test_presets_of_the_users_own_are_sent(self, tmp_path):
        (path,) = small(tmp_path, log=["a,2026-01-01,Ad", "b,2026-01-02,Demo"])
        own = (
            'title = "Till"\nshape = "events"\n[headers]\nexactly = ["what", "when", "who"]\n'
            '[roles]\naccount_id = ["who"]\noccurred_at = ["when"]\ntouchpoint = ["what"]\n'
        )
        log = imported(tmp_path / "log", [path], columns={}, preset="", own_presets={"till": own})
        assert log.n_touchpoints == 2
        assert "log.csv: recognised as Till" in " ".join(log.report.notes)

    def test_a_file_that_says_more_of_rows_of_another_is_refused(self, vendors, tmp_path):
        path = tmp_path / "exports" / "opens.csv"
        path.write_text(OPENS, encoding="utf-8")
        with pytest.raises(ValueNotAllowedError, match=r"opens.csv looks like .* one machine"):
            imported(tmp_path / "there", [*vendors, path], columns={}, preset="")
        assert not (tmp_path / "there").exists()

    def test_a_preset_that_is_not_there_is_told(self, vendors, tmp_path):
        with pytest.raises(PresetError, match="There is no preset 'hubspto'"):
            imported(tmp_path / "there", vendors, columns={}, preset="hubspto")


def test_no_file_is_told_before_the_cluster_is_asked():
    with pytest.raises(UnreadableFileError, match="No file was given"):
        journey.read_touchpoints(into="spark://head:7077/data/log")


def test_half_an_address_is_told():
    with pytest.raises(ClusterError, match="Give spark://host:7077/path"):
        journey.read_touchpoints("a.csv", into="spark://head:7077")


def test_comments_are_read_as_on_one_machine(tmp_path):
    head = "who,when,what,comment\n"
    (tmp_path / "a.csv").write_text(
        f"{head}a,2026-01-01,Call,The demo was great\nb,2026-01-02,Call,Der Support ist langsam\n"
        f"c,2026-01-03,Call,Talked about it\n",
        encoding="utf-8",
    )
    (tmp_path / "b.csv").write_text(f"{head}a,2026-01-04,Call,It is awful\n", encoding="utf-8")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    columns = {**SMALL, "comment": ["comment"]}
    far = imported(tmp_path / "far", files, columns=columns)
    near = journey.read_touchpoints(*files, columns=columns, into=tmp_path / "near")
    assert far.fingerprint == near.fingerprint
    assert journey.sentiment_sources(far)["n_touchpoints"].tolist() == [0, 2, 1, 1]
    assert set(far.report.notes) == set(near.report.notes)


def test_the_customer_of_an_order_is_found_in_another_file(tmp_path):
    texts = {
        "lines": "order_id,product,shipped_on\no1,Pen,2024-01-04\no2,Ink,2024-01-05\n",
        "orders": "order_id,cart_id,ordered_on\no1,k1,2024-01-02\no2,k2,2024-01-03\n",
        "shops": "cart_id,email,event,time\nk1,x@a.com,Ad,2024-01-01\nk2,y@b.com,Ad,2024-01-01\n",
    }
    files = [tmp_path / f"{name}.csv" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text)
    far = imported(tmp_path / "far", files, columns={})
    near = journey.read_touchpoints(*files, presets=Presets(named="none"))
    # Two ads, two orders, two shipments, of x and y.
    assert (far.n_journeys, far.n_touchpoints) == (2, 6)
    assert far.fingerprint == near.fingerprint


def test_files_tell_of_each_other_as_on_one_machine(tmp_path):
    files = files_of(tmp_path / "files", OF_EACH_OTHER)
    far = imported(tmp_path / "far", files, columns={})
    near = journey.read_touchpoints(*files, presets=Presets(named="none"))
    assert far.fingerprint == near.fingerprint
    shapes = ["events", "events", "attributes", "events", "events"]
    assert [file.shape for file in far.report.files] == shapes
    assert {*far.touchpoint_types} == {"Call", "Visit", "Offer", "Sale"}
    # 1203 and 1003.5, read anew with what all files tell.
    values = [v for s in far.store.shards for v in s.numbers["value"] if v == v]  # noqa: PLR0124
    assert sorted(values) == [1003.5, 1203]
    assert set(far.report.notes) == set(near.report.notes)


def test_costs_of_clients_are_asked_about_as_on_one_machine(tmp_path):
    texts = {
        "log.csv": "email,event,time\nx@a.com,Ad,2026-01-01\n",
        "costs.csv": "date,client,campaign,clicks,cost\n2024-01-01,Acme,Brand,3,1.5\n",
    }
    files = files_of(tmp_path / "files", texts)
    with pytest.raises(ColumnsUnclearError, match="costs and clicks"):
        imported(tmp_path / "far", files, columns={}, preset="")
    assert entries_of(tmp_path) == ["files"]
    told = {"costs.csv": "ad_costs_of_clients"}
    log = imported(tmp_path / "far", files, columns={}, preset=told)
    assert [file.shape for file in log.report.files] == ["events", "costs"]


def test_what_waits_there_finds_its_customer_here(tmp_path):
    texts = {
        "log.csv": "email,event,time\nx@a.com,Ad,2024-01-01\ny@b.com,Ad,2024-01-01\n",
        "lines.csv": "order_id,product,shipped_on\no1,Pen,2024-01-04\no2,Ink,2024-01-05\n",
    }
    far = tmp_path / "far"
    imported(far, files_of(tmp_path / "files", texts), columns={})
    orders = {
        "orders.csv": "order_id,email,ordered_on\no1,x@a.com,2024-01-02\no2,y@b.com,2024-01-03\n"
    }
    (path,) = files_of(tmp_path / "files", orders)
    unknown = Presets(named="none")
    log = journey.ingest.add_touchpoints(far, path, presets=unknown)
    files = [tmp_path / "files" / f"{name}.csv" for name in ("log", "lines", "orders")]
    assert log.fingerprint == journey.read_touchpoints(*files, presets=unknown).fingerprint
    assert (log.n_journeys, log.n_touchpoints) == (2, 6)


class TestEventsWhoseOnlyIdNumbersThem:
    ROWS = tuple(f"{n},2024-01-{n % 28 + 1:02},view,{n % 9}" for n in range(60))

    def files(self, folder, *parts, **others):
        """Parts of the same columns, and other files."""
        texts = {
            f"part-{n}.csv": "\n".join(["id,created_at,event,shop", *rows]) + "\n"
            for n, rows in enumerate(parts)
        }
        texts |= {f"{name}.csv": text for name, text in others.items()}
        return files_of(folder / "files", texts)

    def test_they_are_refused_as_on_one_machine(self, tmp_path):
        files = self.files(tmp_path, self.ROWS[:30], self.ROWS[30:])
        words = r"part-0.csv does not say whose .* 'id' is another on each of 30 rows.*'shop'"
        with pytest.raises(ColumnsUnclearError, match=words):
            imported(tmp_path / "far", files, columns={})
        with pytest.raises(ColumnsUnclearError, match=words):
            journey.read_touchpoints(*files, presets=Presets(named="none"))
        assert entries_of(tmp_path) == ["files"]

    def test_an_id_that_comes_again_in_one_part_numbers_no_rows(self, tmp_path):
        files = self.files(tmp_path, self.ROWS[:30], [*self.ROWS[30:], "59,2024-02-01,view,2"])
        far = imported(tmp_path / "far", files, columns={})
        near = journey.read_touchpoints(*files, presets=Presets(named="none"))
        assert far.n_journeys == near.n_journeys == 60
        assert far.fingerprint == near.fingerprint

    def test_an_id_that_other_files_have_joins_them(self, tmp_path):
        sizes = "id,size\n" + "".join(f"{n},{n % 3}\n" for n in range(60))
        files = self.files(tmp_path, self.ROWS, sizes=sizes)
        far = imported(tmp_path / "far", files, columns={})
        near = journey.read_touchpoints(*files, presets=Presets(named="none"))
        assert far.n_journeys == near.n_journeys == 60

    def test_said_so_each_row_is_a_journey(self, tmp_path):
        files = self.files(tmp_path, self.ROWS)
        log = imported(tmp_path / "far", files, columns={"account_id": ["id"]})
        assert log.n_journeys == 60
