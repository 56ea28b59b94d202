"""Real logs, their answers known from elsewhere."""

from statistics import median

import pandas as pd
import pytest

from tests.cli.commands import ROOT, import_into, moves, pick

REAL = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real logs are not at hand")


@pytest.fixture
def ask_json(tell_json):
    """What is said beside the answers is not asked here: some of these logs have no wins."""
    return tell_json


@pytest.fixture(scope="session", params=["receipt.csv", "receipt.xes.gz"])
def receipt(request, workspace):
    name = request.param.replace(".", " ")
    import_into(workspace, REAL / request.param, "--into", name)
    return name


@pytest.fixture(scope="session")
def leads(workspace):
    files = (REAL / "olist_leads.csv", REAL / "olist_deals.csv")
    import_into(workspace, *files, "--into", "Leads")
    return "Leads"


def test_size_and_span_of_receipt(ask_json, receipt):
    figures = ask_json("summary", receipt)
    assert figures.pop("outcomes")
    assert figures == {
        "n_touchpoints": 8577,
        "n_journeys": 1434,
        "n_types": 27,
        "n_variants": 116,
        "n_moves": 8577 - 1434,
        "first_at": "2010-10-02T07:20:39.266000+00:00",
        "last_at": "2012-01-23T14:42:54.644000+00:00",
    }


def test_moves_of_receipt(ask_json, receipt):
    rows = ask_json("map", receipt)
    assert len(rows) == 99
    short = [(row["source"][:4], row["target"][:4], row["n_moves"]) for row in rows[:4]]
    assert short == [
        ("T04 ", "T05 ", 1177),
        ("T06 ", "T10 ", 1165),
        ("T02 ", "T04 ", 1119),
        ("Conf", "T02 ", 1079),
    ]


def test_channels_of_receipt(ask_json, receipt):
    rows = ask_json("segments", receipt, "--by", "channel")
    assert pick(rows, "value", "n_journeys") == [
        ("Internet", 1250),
        ("Desk", 109),
        ("Post", 53),
        ("e-mail", 21),
        ("Intern", 1),
    ]


def test_the_textbook_log(ask_json, workspace):
    import_into(workspace, REAL / "running-example.csv", "--into", "Textbook")
    figures = ask_json("summary", "Textbook")
    names = ("n_journeys", "n_touchpoints", "n_types", "n_variants")
    assert pick([figures], *names) == [(6, 42, 8, 6)]
    found = moves(ask_json("map", "Textbook"))
    assert len(found) == 16
    assert found["check ticket", "decide"] == 6


def test_won_of_leads(ask_json, leads):
    rows = {row["outcome"]: row for row in ask_json("outcomes", leads)}
    assert rows["won"]["n_journeys"] == 842
    assert rows["won"]["share"] == pytest.approx(0.10525)
    assert sum(row["n_journeys"] for row in rows.values()) == 8000


def test_won_of_leads_by_origin(ask_json, leads):
    rows = ask_json("segments", leads, "--by", "origin")
    assert {row["value"]: (row["n_won"], row["n_journeys"]) for row in rows} == {
        "organic_search": (271, 2296),
        "paid_search": (195, 1586),
        "unknown": (179, 1099),
        "social": (75, 1350),
        "direct_traffic": (56, 499),
        "referral": (24, 284),
        "email": (15, 493),
        None: (14, 60),
        "display": (6, 118),
        "other": (4, 150),
        "other_publicities": (3, 65),
    }


def test_days_to_win(ask_json, leads):
    # One lead is won before its first contact; as 0 days it stays below the median.
    rows = ask_json("journeys", leads, "--where", "outcome=won")
    days = [
        (pd.Timestamp(row["decided_at"]) - pd.Timestamp(row["first_at"])).total_seconds() / 86_400
        for row in rows
    ]
    assert median(days) == pytest.approx(14.65, abs=0.005)


def test_first_contacts_are_read_day_first(ask_json, leads):
    # Read month-first they would be from 2017-01-08 to 2018-12-05.
    figures = ask_json("summary", leads, "--exclude", "won_date")
    assert figures["first_at"] == "2017-06-14T00:00:00+00:00"
    assert figures["last_at"] == "2018-05-31T00:00:00+00:00"


def test_origins_that_are_null_can_be_asked_for(ask_json, leads):
    figures = ask_json("summary", leads, "--where", "origin=")
    assert (figures["n_journeys"], figures["outcomes"]["won"]) == (60, 14)
