"""Whole imports, and the answers known for real logs."""

import gzip
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from journey.errors import ColumnsUnclearError, ImportCancelledError, UnreadableFileError
from journey.ingest import read_touchpoints
from journey.load import open_log

DATA = Path(__file__).parents[3] / "shared" / "data"


def real(*names):
    paths = [DATA / name for name in names]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not at hand: real logs are not part of the project")
    return paths


def journeys(log):
    """Types of every journey in order, by case."""
    cases = log.origin.dictionaries["account_id"].to_pylist()
    types = log.origin.touchpoint_types
    found = {}
    for shard in log.origin.shards:
        codes = shard.codes["touchpoint"].tolist()
        ends = shard.offsets.tolist()
        for case, start, end in zip(shard.cases.tolist(), ends[:-1], ends[1:], strict=True):
            found[cases[case]] = [types[code] for code in codes[start:end]]
    return found


def moves(log):
    return Counter(pair for path in journeys(log).values() for pair in pairwise(path))


def check_receipt(log):
    paths = journeys(log)
    assert log.n_touchpoints == 8_577
    assert (len(paths), len(log.touchpoint_types)) == (1_434, 27)
    assert len({tuple(path) for path in paths.values()}) == 116
    counts = moves(log)
    assert len(counts) == 99
    named = {(source[:4].strip(), target[:4].strip()): n for (source, target), n in counts.items()}
    assert named["T04", "T05"] == 1_177
    assert named["T06", "T10"] == 1_165
    assert named["T02", "T04"] == 1_119
    assert named["Conf", "T02"] == 1_079
    assert Counter(log.origin.accounts["case:channel"].to_pylist()) == {
        "Internet": 1_250,
        "Desk": 109,
        "Post": 53,
        "e-mail": 21,
        "Intern": 1,
    }
    assert log.first_at.isoformat() == "2010-10-02T07:20:39.266000+00:00"
    assert log.last_at.isoformat() == "2012-01-23T14:42:54.644000+00:00"


@pytest.mark.parametrize("name", ["receipt.csv", "receipt.xes.gz"])
def test_receipt(name):
    check_receipt(read_touchpoints(*real(name)))


def test_running_example():
    log = read_touchpoints(*real("running-example.csv"))
    paths = journeys(log)
    assert (len(paths), log.n_touchpoints, len(log.touchpoint_types)) == (6, 42, 8)
    assert len({tuple(path) for path in paths.values()}) == 6
    assert len(moves(log)) == 16
    assert moves(log)["check ticket", "decide"] == 6


def test_olist():
    log = read_touchpoints(*real("olist_leads.csv", "olist_deals.csv"))
    assert log.n_journeys == 8_000
    assert log.touchpoint_types == ["first_contact_date", "won_date"]
    assert log.definitions.won == ("won_date",)
    accounts = log.origin.accounts
    cases = log.origin.dictionaries["account_id"].to_pylist()
    origin = dict(zip(cases, accounts["origin"].to_pylist(), strict=True))
    won = {case for case, path in journeys(log).items() if "won_date" in path}
    assert len(won) == 842
    leads, wins = Counter(origin.values()), Counter(origin[case] for case in won)
    assert {name: (wins[name], leads[name]) for name in leads} == {
        "organic_search": (271, 2_296),
        "paid_search": (195, 1_586),
        "unknown": (179, 1_099),
        "social": (75, 1_350),
        "direct_traffic": (56, 499),
        "referral": (24, 284),
        "email": (15, 493),
        None: (14, 60),
        "display": (6, 118),
        "other": (4, 150),
        "other_publicities": (3, 65),
    }
    assert "business_segment" in accounts.column_names
    assert log.first_at.date().isoformat() == "2017-06-14"


@pytest.mark.parametrize("path", sorted((DATA / "vendor").glob("*.csv")), ids=lambda p: p.stem)
def test_exports_of_vendors_are_read_or_refused_in_words(imported, path):
    try:
        log = imported({path.name: path.read_text(encoding="utf-8")})
    except (ColumnsUnclearError, UnreadableFileError) as error:
        assert path.name in str(error)  # noqa: PT017 - either way is right
        return
    report = log.report
    told = report.n_kept + report.n_merged + report.n_set_aside + report.n_attributes
    assert report.n_read == told + report.n_costs


ROWS = [
    f"c{n % 7},2024-0{n % 9 + 1}-{n % 27 + 1:02} 10:{n:02},{('Ad', 'Demo', 'Call')[n % 3]},{n * 10}"
    for n in range(60)
]


def test_the_order_of_rows_and_how_times_are_written_change_nothing(imported):
    head = "case_id,time,event,value\n"
    log = imported({"a.csv": head + "\n".join(ROWS)})
    shuffled = ROWS[::2] + ROWS[1::2][::-1]
    german = [
        ",".join((c, f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}", *rest))
        for c, t, *rest in (row.split(",") for row in shuffled)
    ]
    assert imported({"a.csv": head + "\n".join(shuffled)}).fingerprint == log.fingerprint
    assert imported({"b.csv": head + "\n".join(german)}).fingerprint == log.fingerprint


def test_ties_keep_the_order_of_the_source_then_of_the_rows(imported):
    rows = "case_id,time,event,seq\nA,2024-01-01,c,10\nA,2024-01-01,b,9\nA,2024-01-01,a,\n"
    log = imported({"a.csv": rows})
    assert journeys(log) == {"A": ["b", "c", "a"]}
    plain = imported({"a.csv": rows}, columns={"source_order": []})
    assert journeys(plain) == {"A": ["c", "b", "a"]}


def test_only_files_that_describe_are_no_log(imported):
    with pytest.raises(ColumnsUnclearError, match="No column with times"):
        imported({"a.csv": "account_id,industry\nA,Retail\n"})


def test_where_no_row_is_left_the_commonest_reason_is_said(imported):
    with pytest.raises(UnreadableFileError, match=r"2 rows of a.csv have no touchpoint type"):
        imported(
            {"a.csv": "case_id,time,event,type\nA,2024-01-01,,x\nB,2024-01-01,,y\n"},
            columns={"touchpoint": ["event"]},
        )


def test_a_log_is_written_to_its_folder_with_all_that_belongs_to_it(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"case_id,time,event\nA,2024-01-01,Ad\n"))
    target = tmp_path / "sets" / "mine"
    seen = []
    log = read_touchpoints(path, into=target, progress=seen.append)
    assert log.n_touchpoints == 1
    assert {"definitions.toml", "report.json", "store.json"} <= {f.name for f in target.iterdir()}
    assert [entry.name for entry in target.parent.iterdir()] == ["mine"]
    phases = list(dict.fromkeys(progress.phase for progress in seen))
    assert phases == ["reading", "columns", "cleaning", "sorting", "writing"]


def test_a_cancelled_import_leaves_the_old_set_and_nothing_else(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case_id,time,event\nA,2024-01-01,Ad\n")
    target = tmp_path / "sets" / "mine"
    before = read_touchpoints(path, into=target).fingerprint
    path.write_text("case_id,time,event\nB,2024-01-01,Ad\n")
    with pytest.raises(ImportCancelledError):
        read_touchpoints(path, into=target, cancelled=lambda: True)
    assert [entry.name for entry in target.parent.iterdir()] == ["mine"]
    assert open_log(target).fingerprint == before


def test_columns_may_be_told_for_one_file_alone(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("case_id,time,event,what,key\nA,2024-01-01,x,Ad,s\nA,2024-01-02,y,Demo,t\n")
    second.write_text("case_id,time,event,what\nA,2024-01-03,Call,1\n")
    told = {"a.csv": {"touchpoint": "what", "left out": ["key"]}}
    log = read_touchpoints(first, second, columns=told)
    assert log.touchpoint_types == ["Ad", "Call", "Demo"]
    assert "key" not in log.origin.text_columns
    assert "Column 'key' of a.csv is left out, as asked." in log.report.notes


def test_of_a_file_with_a_column_left_out_no_rejected_line_is_kept(tmp_path):
    # Nobody can tell which of its five cells is the phone.
    rows = "A,2024-01-01,Ad,555-1\nA,2024-01-02,Demo,x,555-2\nTotal,,,555-3\n"
    path = tmp_path / "a.csv"
    path.write_text(f"account,time,event,phone\n{rows}")
    for told, is_kept in (({}, True), ({"left out": ["phone"]}, False)):
        log = read_touchpoints(path, columns=told, into=tmp_path / "set")
        files = [file for file in (tmp_path / "set").rglob("*") if file.suffix != ".parquet"]
        assert any(b"555-" in file.read_bytes() for file in files if file.is_file()) is is_kept
        aside = [r for r in log.report.reasons if r.action == "set aside"]
        assert [(one.row, bool(one.value)) for r in aside for one in r.examples] == [
            (3, is_kept),
            (3, is_kept),
        ]
