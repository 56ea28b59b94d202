"""Costs of several files and imports: each day of a campaign counts once."""

from collections import defaultdict

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.costs import check_entered, read_costs
from journey.errors import StoreError, ValueNotAllowedError
from journey.ingest import add_touchpoints, read_touchpoints
from journey.ingest.cost_store import write_costs
from journey.workspace import save_entered_costs


def written(folder, rows, batches):
    """Rows are file, day of January, source, id, campaign, currency, cost and fault."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE costs (file_index INT, day DATE, source_system VARCHAR, "
            "campaign_id VARCHAR, campaign VARCHAR, channel VARCHAR, currency VARCHAR, "
            "cost DOUBLE, n_impressions BIGINT, n_clicks BIGINT, fault VARCHAR)"
        )
        for file, day, source, key, campaign, currency, cost, fault in rows:
            connection.execute(
                "INSERT INTO costs VALUES (?, make_date(2026, 1, ?), ?, ?, ?, NULL, ?, ?, 10, 1, "
                "?)",
                [file, day, source, key, campaign, currency, cost, fault],
            )
        notes = write_costs(connection, "costs", folder, batches=batches)
    found = read_costs(folder)
    kept = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in found[["day", "campaign", "currency", "cost"]]
        .assign(day=found["day"].dt.day)
        .astype(object)
        .itertuples(index=False)
    ]
    return kept, notes


def test_rows_of_one_file_are_parts_of_a_day(tmp_path):
    phone = (0, 1, "Ads", "7", "Spring", "EUR", 10.0, None)
    desk = (0, 1, "Ads", "7", "Spring", "EUR", 5.0, None)
    kept, notes = written(tmp_path, [phone, desk, desk], [0])
    assert kept == [(1, "Spring", "EUR", 20.0)]
    assert notes == []
    assert read_costs(tmp_path)["n_impressions"].tolist() == [30]


def test_a_later_import_counts(tmp_path):
    rows = [
        (0, 1, "Ads", "7", "Spring", "EUR", 10.0, None),
        (0, 2, "Ads", "7", "Spring", "EUR", 11.0, None),
        (1, 2, "Ads", "7", "Spring, renamed", "EUR", 12.0, None),
        (1, 3, "Ads", "7", "Spring, renamed", "EUR", 13.0, None),
        (1, 2, "Other ads", "7", "Spring", "EUR", 14.0, None),
    ]
    kept, notes = written(tmp_path, rows, [0, 1])
    assert sorted(kept) == [
        (1, "Spring", "EUR", 10.0),
        (2, "Spring", "EUR", 14.0),
        (2, "Spring, renamed", "EUR", 12.0),
        (3, "Spring, renamed", "EUR", 13.0),
    ]
    assert notes == ["1 days of a campaign's costs came again with a later import, which counts."]


@pytest.mark.parametrize(("before", "after"), [(None, "7"), ("7", None)])
def test_a_later_import_counts_whichever_of_the_two_has_ids(tmp_path, before, after):
    rows = [
        (0, 1, "Ads", before, "Spring", "EUR", 10.0, None),
        (0, 2, "Ads", before, "Spring", "EUR", 11.0, None),
        (1, 2, "Ads", after, "spring", "EUR", 12.0, None),
        (1, 2, "Other ads", after, "Spring", "EUR", 14.0, None),
    ]
    kept, notes = written(tmp_path, rows, [0, 1])
    assert sorted(kept, key=lambda row: row[3]) == [
        (1, "Spring", "EUR", 10.0),
        (2, "spring", "EUR", 12.0),
        (2, "Spring", "EUR", 14.0),
    ]
    assert notes == ["1 days of a campaign's costs came again with a later import, which counts."]


def test_an_id_known_from_any_import_holds_where_names_change(tmp_path):
    rows = [
        (0, 2, "Ads", None, "Spring", "EUR", 10.0, None),
        (1, 1, "Ads", "7", "Spring", "EUR", 11.0, None),
        (2, 2, "Ads", "7", "Spring, renamed", "EUR", 12.0, None),
    ]
    kept, _ = written(tmp_path, rows, [0, 1, 2])
    assert kept == [(1, "Spring", "EUR", 11.0), (2, "Spring, renamed", "EUR", 12.0)]


def test_a_name_of_two_ids_stands_for_both(tmp_path):
    named = (0, 1, "Ads", None, "Spring", "EUR", 30.0, None)
    first = (1, 1, "Ads", "7", "Spring", "EUR", 10.0, None)
    second = (1, 1, "Ads", "8", "Spring", "EUR", 20.0, None)
    both = [(1, "Spring", "EUR", 10.0), (1, "Spring", "EUR", 20.0)]
    assert written(tmp_path, [named, first, second], [0, 1])[0] == both
    assert written(tmp_path, [named, first, second], [1, 0])[0] == [(1, "Spring", "EUR", 30.0)]


def test_ids_tell_campaigns_of_one_name_apart(tmp_path):
    rows = [
        (0, 1, "Ads", "7", "Spring", "EUR", 10.0, None),
        (1, 1, "Ads", "8", "Spring", "EUR", 20.0, None),
    ]
    kept, notes = written(tmp_path, rows, [0, 1])
    assert kept == [(1, "Spring", "EUR", 10.0), (1, "Spring", "EUR", 20.0)]
    assert notes == []


def test_one_import_with_and_without_ids_counts_once(tmp_path):
    rows = [
        (0, 1, "Ads", None, "Spring", "EUR", 10.0, None),
        (1, 1, "Ads", "7", "Spring", "EUR", 10.0, None),
    ]
    kept, notes = written(tmp_path, rows, [0, 0])
    assert kept == [(1, "Spring", "EUR", 10.0)]
    assert notes == ["1 days of a campaign's costs stand alike in two files and count once."]


def test_two_files_of_one_import(tmp_path):
    rows = [
        (0, 1, "Ads", None, "Spring", "EUR", 10.0, None),
        (1, 1, "Ads", None, "Spring", "EUR", 10.0, None),
        (0, 2, "Ads", None, "Spring", "EUR", 10.0, None),
        (1, 2, "Ads", None, "Spring", "EUR", 11.0, None),
    ]
    kept, notes = written(tmp_path, rows, [0, 0])
    assert kept == [(1, "Spring", "EUR", 10.0), (2, "Spring", "EUR", 21.0)]
    assert notes == [
        "1 days of a campaign's costs stand alike in two files and count once.",
        "1 days of a campaign have different costs in two files; both count.",
    ]


def test_currencies_and_faults(tmp_path):
    rows = [
        (0, 1, None, None, "Spring", "EUR", 10.0, None),
        (0, 1, None, None, "Spring", "USD", 10.0, None),
        (0, 1, None, None, "Spring", None, 10.0, None),
        (0, 1, None, None, "Spring", "EUR", 99.0, "no day"),
    ]
    kept, _ = written(tmp_path, rows, [0])
    assert kept == [
        (1, "Spring", "EUR", 10.0),
        (1, "Spring", "USD", 10.0),
        (1, "Spring", None, 10.0),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 2), st.sampled_from("xy"), st.integers(1, 3)),
        max_size=12,
    )
)
def test_against_plain_python(tmp_path_factory, rows):
    batches = [0, 0, 1, 2]
    by_file = defaultdict(float)
    for file, day, name, cost in rows:
        by_file[day, name, file] += cost
    expected = {}
    for day, name in {key[:2] for key in by_file}:
        of_files = {file: cost for (d, n, file), cost in by_file.items() if (d, n) == (day, name)}
        latest = max(batches[file] for file in of_files)
        expected[day, name] = sum({c for f, c in of_files.items() if batches[f] == latest})
    kept, _ = written(
        tmp_path_factory.mktemp("costs"),
        [(file, day, None, None, name, "EUR", cost, None) for file, day, name, cost in rows],
        batches,
    )
    assert {(day, name): cost for day, name, _, cost in kept} == expected


def test_no_costs_give_the_columns(tmp_path):
    frame = read_costs(tmp_path)
    assert frame.empty
    assert frame.columns.tolist() == [
        *("day", "last_day", "kind", "source_system", "campaign_id", "campaign", "channel"),
        *("cost", "currency", "n_impressions", "n_clicks"),
    ]


def test_through_imports(tmp_path):
    touches, costs, later = (tmp_path / name for name in ("touches.csv", "costs.csv", "later.csv"))
    touches.write_text("account,when,event,campaign\nA,2026-01-05,Ad,Spring\nA,2026-01-06,Ad,\n")
    costs.write_text(
        "month,kind,channel,campaign,cost_eur\n2026-01,campaign,Ads,Spring,10.5\n"
        "2026-02,campaign,Ads,Spring,20\n,campaign,Ads,Spring,1\n"
    )
    later.write_text("month,kind,channel,campaign,cost_eur\n2026-02,campaign,Ads,Spring,30\n")
    log = read_touchpoints(touches, costs, into=tmp_path / "data")
    assert log.costs["cost"].tolist() == [10.5, 20]
    assert log.costs["currency"].tolist() == ["EUR", "EUR"]
    assert log.costs["day"].astype(str).tolist() == ["2026-01-01", "2026-02-01"]
    set_aside = [reason for reason in log.report.reasons if reason.action == "set aside"]
    assert [(reason.file, reason.n_rows) for reason in set_aside] == [("costs.csv", 1)]
    more = add_touchpoints(tmp_path / "data", later)
    assert more.costs["cost"].tolist() == [10.5, 30]
    assert any("came again with a later import" in note for note in more.report.notes)
    assert more.fingerprint != log.fingerprint


def test_a_broken_file_is_said(tmp_path):
    (tmp_path / "costs.parquet").write_bytes(b"no parquet")
    with pytest.raises(StoreError, match="can't be read"):
        read_costs(tmp_path)


def test_kinds_and_channels_of_one_month_are_told_apart(tmp_path):
    touches, first, later = (tmp_path / name for name in ("touches.csv", "a.csv", "b.csv"))
    touches.write_text("account,when,event\nA,2026-01-05,Ad\nA,2026-01-06,Ad\n")
    header = "month,kind,channel,cost_eur\n"
    first.write_text(f"{header}2026-01,labour,,10\n2026-01,campaign,Ads,3\n")
    later.write_text(f"{header}2026-01,technology,,5\n2026-01,campaign,Fair,7\n")
    read_touchpoints(touches, first, into=tmp_path / "data")
    log = add_touchpoints(tmp_path / "data", later)
    found = log.costs.sort_values("cost")[["kind", "cost"]].to_numpy().tolist()
    assert found == [["campaign", 3], ["technology", 5], ["campaign", 7], ["labour", 10]]


def test_costs_entered_by_hand_stay_when_files_are_added(tmp_path):
    touches, more, folder = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "datasets" / "D"
    touches.write_text("account,when,event\nA,2026-01-05,Ad\nA,2026-01-06,Ad\n")
    more.write_text("account,when,event\nB,2026-01-05,Ad\n")
    read_touchpoints(touches, into=folder)
    entered = pd.DataFrame(
        {"month": ["2026-02"], "kind": ["labour"], "campaign": ["NA"], "cost": [-28.0]}
    ).assign(currency="eur")
    save_entered_costs(tmp_path, "D", entered)
    costs = add_touchpoints(folder, more).costs
    assert costs[["kind", "campaign", "cost", "currency"]].to_numpy().tolist() == [
        ["labour", "NA", -28.0, "EUR"]
    ]
    assert costs["last_day"].dt.day.tolist() == [28]
    assert costs["channel"].isna().all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"month": "2026-13"}, "month of row 1 is '2026-13'"),
        ({"month": "2026-01-15"}, "of whole months: write 2026-01"),
        ({"kind": "labor"}, "Did you mean 'labour'"),
        ({"cost": "many"}, "cost of row 1 is 'many'"),
        ({"cost": "inf"}, "cost of row 1 is 'inf'"),
        ({"currency": " "}, r"Row 1 \(2026-01, labour, 1\) lacks: currency\. Fill it in"),
        ({"month": None, "kind": None, "cost": float("nan")}, "lacks: month, kind, cost"),
    ],
)
def test_what_is_entered_and_can_t_be_used_is_refused(tmp_path, change, words):
    row = {"month": "2026-01", "kind": "labour", "cost": "1", "currency": "EUR"} | change
    with pytest.raises(ValueNotAllowedError, match=words):
        save_entered_costs(tmp_path, "D", pd.DataFrame([row]))


def test_every_row_that_lacks_something_is_told_and_none_is_saved(tmp_path):
    good = {"month": "2026-01", "kind": "labour", "cost": 1.0, "currency": "EUR"}
    blank = dict.fromkeys(good)
    frame = pd.DataFrame([good, good | {"month": None}, blank, good | {"kind": ""}])
    with pytest.raises(ValueNotAllowedError, match=r"Row 2 .* lacks: month.* Row 4 .* lacks: kind"):
        save_entered_costs(tmp_path, "D", frame)
    many = pd.DataFrame([good | {"currency": None}] * 5)
    with pytest.raises(ValueNotAllowedError, match=r"Row 3 .* 2 more rows can't be used either"):
        save_entered_costs(tmp_path, "D", many)
    # A row without a word is no cost.
    assert len(check_entered(frame.iloc[[0, 2]])) == 1


def test_a_cost_of_nothing_and_a_credit_note_can_be_entered():
    rows = [("2026-01", "labour", 0.0, "EUR"), ("2026-02", "campaign", -90.5, "EUR")]
    frame = pd.DataFrame(rows, columns=["month", "kind", "cost", "currency"])
    assert check_entered(frame)["cost"].tolist() == [0.0, -90.5]


def test_entered_costs_that_are_broken_are_told(tmp_path):
    (tmp_path / "entered_costs.csv").write_text("month,kind,cost,currency\nnever,labour,1,EUR\n")
    with pytest.raises(StoreError, match="Mend or remove entered_costs"):
        read_costs(tmp_path)
