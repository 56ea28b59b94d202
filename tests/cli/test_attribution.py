import json

import pytest

from journey import cli
from tests.cli.commands import ROOT, pick

KNOWN = ROOT.parent / "shared" / "data" / "attribution_paths.csv"
KEYS = ("model", "channel", "n_conversions", "value", "low", "high")


@pytest.fixture
def paths(tmp_path):
    """One win by A and B, two ends by B."""
    file = tmp_path / "paths.csv"
    file.write_text("path,conversions,value,nulls\nA > B,1,8,0\nB,0,0,2\n", encoding="utf-8")
    return file


def test_one_record_a_model_and_channel(ask_json):
    # Acme: two clicks by web, a demo by none, won; Bolt: web, phone, lost; Cove is open.
    rows = ask_json("attribution", "Demo")
    assert len(rows) == 7 * 2
    assert list(rows[0])[:6] == list(KEYS)
    assert {row["n_conversions"] for row in rows if row["channel"] == "web"} == {1.0}
    assert {row["n_conversions"] for row in rows if row["channel"] == "phone"} == {0.0}


def test_other_columns_and_half_lives(ask_json):
    # Ad click, Ad click, Demo: of the days 0, 0.007 and 4, at a half-life of 4 about half each.
    rows = ask_json("attribution", "Demo", "--by", "touchpoint", "--half-life", "4")
    fading = {
        row["touchpoint"]: row["n_conversions"] for row in rows if row["model"] == "time_decay"
    }
    assert fading["Demo"] == pytest.approx(0.5, abs=0.001)
    assert "Deal won" not in fading


def test_filters_narrow_what_gets_credit(ask_json):
    rows = ask_json("attribution", "Demo", "--exclude", "Ad click", "--by", "touchpoint")
    assert {row["touchpoint"] for row in rows} == {"Demo"}


def test_counted_paths(paths, capsys):
    assert cli.main(["attribution", str(paths), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert {row["model"] for row in rows} == {
        *("first", "last", "linear", "position", "markov", "shapley"),
    }
    assert pick([row for row in rows if row["model"] == "first"], "channel", "value") == [
        ("A", 8.0),
        ("B", 0.0),
    ]
    assert "1 conversions of 3 journeys on 2 paths." in err


@pytest.mark.parametrize(
    "option",
    [
        *(["--by", "campaign"], ["--half-life", "3"], ["--collapse"]),
        *(["--leave-out", "not-buyers"], ["--case", "person"], ["--from", "2026-01-01"]),
        *(["--zone", "Europe/Berlin"], ["--where", "channel=web"]),
    ],
)
def test_options_of_touchpoints_are_refused_for_counted_paths(paths, capsys, option):
    assert cli.main(["attribution", str(paths), *option]) == 2
    assert f"{option[0]} can't be used" in capsys.readouterr().err


def test_counted_paths_are_no_data_set(paths, capsys):
    assert cli.main(["import", str(paths), "--into", "Paths"]) == 2
    assert "ask `python -m journey attribution`" in capsys.readouterr().err


@pytest.mark.skipif(not KNOWN.is_file(), reason="the paths with known answers are not at hand")
def test_known_answers(capsys):
    assert cli.main(["attribution", str(KNOWN), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    found = {(row["model"], row["channel"]): row for row in json.loads(out)}

    def credit(model, digits, *channels):
        return [round(found[model, name]["n_conversions"], digits) for name in channels]

    assert "19,785 conversions of 88,387 journeys" in err
    assert round(19_785 / 88_387, 10) == 0.2238451356
    assert credit("first", 3, "alpha", "iota", "eta") == [6308, 4606, 3164]
    assert credit("last", 3, "alpha", "iota", "eta") == [8447, 3355, 4167]
    assert credit("linear", 3, "alpha", "iota", "eta") == [7574.719, 3857.096, 3539.951]
    names = ("alpha", "iota", "eta", "beta", "theta", "lambda")
    effects = [round(found["markov", name]["removal_effect"], 5) for name in names]
    assert effects == [0.55840, 0.40584, 0.34903, 0.26404, 0.20601, 0.13402]
    assert credit("markov", 2, *names[:4]) == [5344.95, 3884.61, 3340.85, 2527.35]
