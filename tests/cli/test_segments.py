"""Segments kept, and two groups compared, on the command line."""

from datetime import date

import pytest

from journey import cli
from journey.analysis.profiles.criteria import Segment
from journey.kept import load_segments
from tests.cli.commands import import_into, pick

# Of the small log: Acme is in software and won, Bolt in retail and lost, Cove never saw a demo.


@pytest.fixture
def mine(workspace, files):
    model = files / "definitions.toml"
    import_into(workspace, files / "touchpoints.csv", "--into", "Mine", "--definitions", model)
    yield "Mine"
    for name in load_segments(workspace, "Mine"):
        assert cli.main(["segment", "Mine", "--remove", name]) == 0


def test_segments_are_saved_listed_used_and_removed(mine, workspace, ask_json, tell):
    retail = ("--where", "industry=Retail", "--had", "Demo")
    assert ask_json("segment", mine, "--save", "Shops", *retail) == [
        {"segment": "Shops", "criteria": "Industry Retail; had Demo", "n_journeys": 1}
    ]
    ask_json("segment", mine, "--save", "No demo", "--never", "Demo", "--from", "2026-01-01")
    assert pick(ask_json("segment", mine), "segment", "n_journeys") == [
        ("Shops", 1),
        ("No demo", 1),
    ]
    assert load_segments(workspace, mine)["Shops"] == Segment(
        profile=(("industry", ("Retail",)),), has=(("touchpoint", ("Demo",)),)
    )
    assert ask_json("journeys", mine, "--segment", "Shops")[0]["account_id"] == "Bolt"
    # Said twice, a journey must be in both.
    out, err = tell("journeys", mine, "--segment", "Shops", "--segment", "No demo")
    assert out == "no rows\n"
    assert "--segment 'No demo'" in err
    ask_json("segment", mine, "--remove", "No demo")
    assert pick(ask_json("segment", mine), "segment") == [("Shops",)]


def test_a_segment_in_place_of_another_is_told(mine, workspace, tell):
    retail = ("segment", mine, "--save", "Shops", "--where", "industry=Retail")
    assert tell(*retail).err == ""
    assert tell(*retail).err == ""  # the same again replaces nothing
    told = tell("segment", mine, "--save", "Shops", "--to", "2026-01-05").err
    assert told == "Replaced 'Shops', which was: Industry Retail.\n"
    assert load_segments(workspace, mine)["Shops"].last_day == date(2026, 1, 5)


def test_two_segments_or_one_and_all_others_are_compared(mine, ask_json):
    ask_json("segment", mine, "--save", "Shops", "--where", "industry=Retail")
    ask_json("segment", mine, "--save", "Demos", "--had", "Demo")
    stages = ask_json("compare", mine, "--segment", "Demos")
    # Acme and Bolt against Cove.
    assert pick(stages, "stage", "n_a", "n_b", "n_all_a", "n_all_b") == [
        ("Attract", 2, 1, 2, 1),
        ("Convert", 2, 0, 2, 1),
        ("Expand", 1, 0, 2, 1),
    ]
    both = ("--segment", "Demos", "--segment", "Shops", "--show", "moves")
    moves = ask_json("compare", mine, *both)
    assert {
        row["target"]: (row["n_a"], row["n_b"]) for row in moves if row["source"] == "Demo"
    } == {
        "Deal won": (1, 0),
        "Deal lost": (1, 1),
    }
    steps = ask_json("compare", mine, "--segment", "Demos", "--show", "steps", "--steps", "2")
    assert {row["step"] for row in steps} == {1, 2}


def test_two_periods_are_compared(demo, ask_json):
    assert demo
    periods = ("--period", "2026-01-01..2026-01-05", "--period", "2026-01-06..2026-01-20")
    stages = ask_json("compare", "Demo", *periods)
    # Until the 5th: Acme and Cove were met, and Bolt's ad; after that Acme and Bolt.
    assert pick(stages, "stage", "n_all_a", "n_all_b")[0] == ("Attract", 3, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "Demo"), "compare needs two groups"),
        (("compare", "Demo", "--segment", "A", "--period", "2026-01-01..2026-01-02"), "needs two"),
        (("compare", "Demo", "--segment", "Nobody"), "The segment is 'Nobody'"),
        (
            ("compare", "Demo", "--period", "2026-02-01..2026-01-01", "--period", "2026-01-01..x"),
            "before it begins at 2026-02-01",
        ),
        (("segment", "Nowhere"), "The data set is 'Nowhere'"),
        (("segment", "Demo", "--save", "X"), "says nothing of whom to keep"),
        (("segment", "Demo", "--had", "Demo"), "Add --save SEGMENT"),
        (("segment", "Demo", "--save", "X", "--had", "Dmo"), "Did you mean 'Demo'?"),
        (("segment", "Demo", "--save", "X", "--where", "industri=A"), "Did you mean 'industry'?"),
        (("segment", "Demo", "--remove", "X"), "The segment is 'X'"),
        (("segment", "Demo", "--save", "X", "--where", "industry=Nope"), "No industry is 'Nope'."),
        (
            ("segment", "Demo", "--save", "X", "--from", "2026-05-01", "--to", "2026-01-01"),
            "The period ends at 2026-01-01, before it begins at 2026-05-01.",
        ),
        (("segment", "Demo", "--save", "X", "--to", "2026-05-01T09:00"), "keeps whole days"),
    ],
)
def test_what_can_not_be_done_is_one_clear_line(demo, capsys, arguments, words):
    assert demo
    assert cli.main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err
