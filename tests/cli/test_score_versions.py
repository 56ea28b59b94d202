"""Versions of the scoring rules on the command line: saved, listed, tried, gone back to."""

import pytest

from journey import cli
from journey.definitions import load_definitions
from journey.workspace import dataset_path
from tests.cli.commands import import_into, pick

RULES = """
[scoring.mql]
fit = 0
engagement = {least}
by = "thresholds"
"""


@pytest.fixture
def mine(workspace, files):
    model = files / "definitions.toml"
    import_into(workspace, files / "touchpoints.csv", "--into", "Rules", "--definitions", model)
    return dataset_path(workspace, "Rules") / "definitions.toml"


def test_versions_are_saved_tried_and_gone_back_to(mine, ask_json, tell):
    whole = mine.read_text(encoding="utf-8")
    assert tell("versions", "Rules").out == "no rows\n"
    mine.write_text(whole + RULES.format(least=1), encoding="utf-8")
    told = tell("versions", "Rules", "--save", "All who moved")
    assert told.err == "Saved as version 1: All who moved.\n"
    assert pick(ask_json("versions", "Rules"), "version", "note") == [(1, "All who moved")]
    mine.write_text(mine.read_text("utf-8").replace("engagement = 1.0", "engagement = 900.0", 1))
    tell("versions", "Rules", "--save", "None")
    rows = ask_json("versions", "Rules")
    assert pick(rows, "version", "is_in_force") == [(2, True), (1, False)]
    assert "engagement 900" in rows[0]["changes"]
    tried = ask_json("versions", "Rules", "--what-if", "1")
    n_mql = {row["rules"]: row["n_qualified"] for row in tried if row["milestone"] == "mql"}
    assert n_mql["proposed"] > n_mql["thresholds in force"] == 0
    told = tell("versions", "Rules", "--back-to", "1")
    assert told.err == "Saved as version 3: Back to version 1.\n"
    scoring = load_definitions(mine).scoring
    assert scoring.mql.engagement == 1
    assert [(one.version, one.note) for one in scoring.changes] == [
        (1, "All who moved"),
        (2, "None"),
        (3, "Back to version 1"),
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--back-to", "7"), "There is no version 7 of the scoring rules. Versions: none."),
        (("--what-if", "7"), "There is no version 7"),
        (("--save", " "), "--save is empty. Say what was agreed."),
    ],
)
@pytest.mark.usefixtures("mine")
def test_what_cannot_be_done_is_said(options, words, capsys):
    capsys.readouterr()
    assert cli.main(["versions", "Rules", *options]) == 2
    assert words in capsys.readouterr().err
