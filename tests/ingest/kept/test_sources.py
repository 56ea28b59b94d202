import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.definitions import Definitions, Stage, dumps
from journey.errors import ImportCancelledError, StoreError, UnreadableFileError
from journey.ingest import add_touchpoints, read_touchpoints, rebuild
from journey.ingest.kept.sources import batch_folders, read_batch, unique_files
from journey.ingest.pipeline import import_files, remake
from journey.load import open_log

HEAD = "account,time,event,email,Region\n"
JANUARY = HEAD + (
    "A,2024-01-02 10:00,Ad,ann@a.com,North\nA,2024-01-03 10:00,Demo,ann@a.com,North\n"
    "B,2024-01-04 10:00,Ad,bob@b.com,South\n,2024-01-05 10:00,Ad,,\n"
)
FEBRUARY = HEAD + (
    "A,2024-01-03 10:00,Demo,ann@a.com,North\nB,2024-02-01 10:00,ad,bob@b.com,South\n"
    "B,2024-02-02 10:00,Won,bob@b.com,South\nB,2024-02-03 10:00,Call,bob@b.com,South\n"
    "B,soon,Won,bob@b.com,South\n"
)
ACCOUNTS = "account,size\nA,small\nB,large\n"


@pytest.fixture
def written(tmp_path):
    def write(**texts):
        paths = []
        for name, text in texts.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        return paths

    return write


def counts(log):
    return [(f.file, f.n_read, f.n_kept, f.n_merged, f.n_set_aside) for f in log.report.files]


def test_adding_is_as_if_all_had_been_read_at_once(tmp_path, written):
    january, february, accounts = written(january=JANUARY, february=FEBRUARY, accounts=ACCOUNTS)
    once = read_touchpoints(january, february, accounts, into=tmp_path / "once")
    target = tmp_path / "sets" / "grown"
    read_touchpoints(january, into=target)
    january.unlink()
    add_touchpoints(target, february)
    february.unlink()
    log = add_touchpoints(target, accounts)
    assert log.origin.fingerprint == once.origin.fingerprint
    assert open_log(target).fingerprint == log.fingerprint
    assert log.report == once.report
    # A's demo of January stands in February's file again; one row has no case, one no time.
    assert counts(log)[:2] == [("january.csv", 4, 3, 0, 1), ("february.csv", 5, 3, 1, 1)]
    assert log.origin.accounts["size"].to_pylist() == ["small", "large"]
    assert [entry.name for entry in target.parent.iterdir()] == ["grown"]


def test_a_file_added_twice_changes_no_figure(tmp_path, written):
    (path,) = written(january=JANUARY)
    before = read_touchpoints(path, into=tmp_path / "set")
    log = add_touchpoints(tmp_path / "set", path)
    assert log.n_touchpoints == before.n_touchpoints
    assert counts(log) == [("january.csv", 4, 3, 0, 1), ("january.csv (2)", 4, 0, 3, 1)]


def test_rebuilding_changes_nothing_where_nothing_was_decided(tmp_path, written):
    paths = written(january=JANUARY, february=FEBRUARY)
    before = read_touchpoints(*paths, into=tmp_path / "set")
    for path in paths:
        path.unlink()
    log = rebuild(tmp_path / "set")
    assert log.fingerprint == before.fingerprint
    assert log.report == before.report
    assert log.definitions == before.definitions


def test_definitions_stay_unless_others_are_given(tmp_path, written):
    january, february = written(january=JANUARY, february=FEBRUARY)
    read_touchpoints(january, into=tmp_path / "set")
    own = "# Ours.\n" + dumps(Definitions(stages=(Stage("Seen", ("Ad",)),), won=("Won",)))
    (tmp_path / "set" / "definitions.toml").write_text(own, encoding="utf-8")
    add_touchpoints(tmp_path / "set", february)
    assert (tmp_path / "set" / "definitions.toml").read_text(encoding="utf-8") == own
    assert rebuild(tmp_path / "set").definitions.won == ("Won",)
    other = Definitions(stages=(Stage("Met", ("Demo",)),), won=("Won",))
    assert rebuild(tmp_path / "set", definitions=other).definitions == other
    assert open_log(tmp_path / "set").definitions == other


def test_definitions_nobody_edited_are_proposed_anew_when_files_are_added(tmp_path, written):
    first, later, last = written(
        first=HEAD + "A,2024-01-02 10:00,Ad,ann@a.com,North\n",
        later=HEAD + "A,2024-02-02 10:00,Closed Won,ann@a.com,North\n",
        last=HEAD + "A,2024-03-02 10:00,Closed Lost,ann@a.com,North\n",
    )
    target = tmp_path / "set"
    assert read_touchpoints(first, into=target).definitions.won == ()
    assert add_touchpoints(target, later).definitions.won == ("Closed Won",)
    model = target / "definitions.toml"
    edited = model.read_text(encoding="utf-8") + "# Ours.\n"
    model.write_text(edited, encoding="utf-8")
    assert add_touchpoints(target, last).definitions.lost == ()
    assert model.read_text(encoding="utf-8") == edited


def test_a_model_edited_while_files_are_added_is_kept(tmp_path, written):
    january, february = written(january=JANUARY, february=FEBRUARY)
    target = tmp_path / "set"
    read_touchpoints(january, into=target)
    own = dumps(Definitions(stages=(Stage("Seen", ("Ad",)),), won=("Demo",)))
    edit = (target / "definitions.toml").write_text
    log = add_touchpoints(target, february, progress=lambda _: edit(own, encoding="utf-8") and None)
    assert log.definitions.won == ("Demo",)
    assert rebuild(target).definitions.won == ("Demo",)


def test_exports_of_one_tool_are_one_source_however_they_are_cut(tmp_path, written):
    rows = [
        "A,2024-01-31 23:58,Call,ann@a.com,North\n",
        "A,2024-02-01 00:05,Call,ann@a.com,North\n",
        "A,2024-02-03 10:00,Demo,ann@a.com,North\n",
    ]
    january, february, whole, crm = written(
        january=HEAD + rows[0],
        february=HEAD + "".join(rows),
        whole=HEAD + "".join(rows),
        crm="account,time,event,email,owner\nA,2024-02-03 10:02,Demo,ann@a.com,Eve\n",
    )
    # January's call stands in February's file too.
    alone = read_touchpoints(whole)
    target = tmp_path / "set"
    read_touchpoints(january, into=target)
    months = add_touchpoints(target, february)
    assert counts(months) == [("january.csv", 1, 1, 0, 0), ("february.csv", 3, 2, 1, 0)]
    assert months.origin.fingerprint == alone.origin.fingerprint
    # The demo of the other tool is the same demo.
    both = add_touchpoints(target, crm)
    assert counts(both)[2] == ("crm.csv", 1, 0, 1, 0)
    assert both.fingerprint == read_touchpoints(january, february, crm).fingerprint
    named = both.store.dictionaries["source_system"]
    assert named.drop_null().to_pylist() == ["february.csv"]


def test_what_was_said_of_the_first_files_holds_for_those_like_them(tmp_path, written):
    head = "account,when,what,note\n"
    january, february = written(
        january=head + "A,01/02/2024 10:00,Ad,x\nA,03/02/2024 10:00,Demo,y\n",
        february=head + "A,04/03/2024 10:00,Ad,x\n",
    )
    told = {"account_id": "account", "touchpoint": "what", "left out": "note"}
    options = {"columns": told, "dates": "day-first", "zone": "Asia/Tokyo", "dedupe": "none"}
    once = read_touchpoints(january, february, **options)
    read_touchpoints(january, into=tmp_path / "set", **options)
    log = add_touchpoints(tmp_path / "set", february)
    assert log.origin.fingerprint == once.origin.fingerprint
    assert log.last_at.isoformat() == "2024-03-04T01:00:00+00:00"
    of_before = {note for note in log.report.notes if "as was said of january.csv" in note}
    assert len(of_before) == 1
    assert sorted({*log.report.notes} - of_before) == sorted({*once.report.notes})


def test_an_addition_that_fails_leaves_the_set_as_it_was(tmp_path, written):
    january, february, bad = written(january=JANUARY, february=FEBRUARY, bad="")
    target = tmp_path / "sets" / "mine"
    before = read_touchpoints(january, into=target).fingerprint
    with pytest.raises(UnreadableFileError):
        add_touchpoints(target, bad)
    with pytest.raises(ImportCancelledError):
        add_touchpoints(target, february, cancelled=lambda: True)
    with pytest.raises(ImportCancelledError):
        rebuild(target, cancelled=lambda: True)
    assert [entry.name for entry in target.parent.iterdir()] == ["mine"]
    assert [folder.name for folder in batch_folders(target / "sources")] == ["0001"]
    assert open_log(target).fingerprint == before


def test_a_set_of_an_earlier_version_asks_for_its_files(tmp_path, written):
    (january,) = written(january=JANUARY)
    log = read_touchpoints(january, into=tmp_path / "set")
    (tmp_path / "set" / "sources").rename(tmp_path / "elsewhere")
    assert open_log(tmp_path / "set").fingerprint == log.fingerprint
    with pytest.raises(StoreError, match="Import its files again"):
        rebuild(tmp_path / "set")
    with pytest.raises(StoreError, match="There is no data set 'none'"):
        add_touchpoints(tmp_path / "none", january)
    assert read_touchpoints(january, into=tmp_path / "set").fingerprint == log.fingerprint


def test_a_batch_of_another_version_is_named(tmp_path, written):
    (january,) = written(january=JANUARY)
    read_touchpoints(january, into=tmp_path / "set")
    (folder,) = batch_folders(tmp_path / "set" / "sources")
    kept = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    (folder / "tables.json").write_text(json.dumps({**kept, "version": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"Batch 0001 .* format 99"):
        read_batch(folder)
    (folder / "tables.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"batch 0001 .* can't be read"):
        read_batch(folder)


def test_names_of_files_stay_unique():
    assert unique_files(["a", "a", "b"], taken=["a (2)"]) == ["a", "a (3)", "b"]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", ""]),
        st.sampled_from(["2024-01-01 10:00", "2024-01-01 10:04", "2024-01-02 10:00", "soon"]),
        st.sampled_from(["Ad", "ad", "AD", "Demo"]),
        st.sampled_from(["p@x.com", "q@y.org", ""]),
        st.sampled_from(["1", "2", "3"]),
    ),
    min_size=1,
    max_size=6,
)
HEADERS = st.sampled_from(["Kind", "kind", "level"])


@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=st.lists(st.tuples(HEADERS, ROWS), min_size=1, max_size=4), data=st.data())
def test_however_files_are_dealt_out_to_imports_the_log_is_the_same(tmp_path, files, data):
    place = tmp_path / str(len(list(tmp_path.iterdir())))
    place.mkdir()
    # The first row makes every file one that can be read by itself.
    sure = ("A", "2023-12-31 10:00", "Ad", "p@x.com", "1")
    for number, (header, rows) in enumerate(files):
        lines = [",".join(row) for row in [sure, *rows]]
        text = "\n".join([f"account,time,event,email,{header}", *lines]) + "\n"
        (place / f"f{number}.csv").write_text(text, encoding="utf-8")
    cuts = sorted(data.draw(st.sets(st.integers(1, len(files) - 1)))) if len(files) > 1 else []
    once = _imported(place, range(len(files)), earlier=None)
    grown = None
    for first, last in zip([0, *cuts], [*cuts, len(files)], strict=True):
        grown = _imported(place, range(first, last), earlier=grown)
    again = _imported(place, None, earlier=grown)
    stored = [open_log(folder) for folder in (once, grown, again)]
    assert len({log.fingerprint for log in stored}) == 1
    reports = [replace(log.report, notes=()) for log in stored]
    assert reports[1:] == reports[:-1]
    assert reports[0].n_read == sum(len(rows) + 1 for _, rows in files)


def _imported(place, numbers, *, earlier):
    """Import some of the files after a data set, or none and make it again; gives the folder."""
    work = place / f"import-{len(list(place.iterdir()))}"
    (work / "scratch").mkdir(parents=True)
    argument = {
        "paths": [str(place / f"f{number}.csv") for number in numbers or ()],
        "names": [f"f{number}.csv" for number in numbers or ()],
        "columns": {"account_id": ["account"], "person_id": ["email"], "occurred_at": ["time"]}
        | {"touchpoint": ["event"]},
        "dates": None,
        "zone": None,
        "dedupe": "cross-source",
        "definitions": None,
        "scratch": str(work / "scratch"),
        "target": str(work / "data"),
        "limits": {"memory_bytes": 500_000_000},
        "earlier": str(earlier / "sources") if earlier else None,
    }
    task = remake if numbers is None else import_files
    task(argument, lambda _: None)
    return work / "data"
