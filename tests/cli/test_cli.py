"""The command line from its arguments to what it writes."""

import csv
import io
import json
import subprocess
import sys

import pandas as pd
import pytest

from journey import cli
from journey.cli import serving
from journey.cli.answers import records
from journey.cli.questions import QUESTIONS
from journey.workspace import ROOT_VARIABLE, list_datasets, remove_dataset
from tests.cli.commands import DEFINITIONS, ROOT, import_into, moves, pick

NEED_MORE = {
    "backtest": "too few",
    "next": "too few",
    "not-buyers": "everybody in view may buy",
    "personas": "no person in view has a role",
    "icp": "no attribute sets won",
}
"""Questions that a log of nine touchpoints has no rows for, and what is said of that."""
SILENT = {"handoffs", "returned", "promises", "feelings"}
"""Commands that the small log has nothing for: they say so."""

OWN_OPTIONS = {
    "segments": ("--by", "industry"),
    "timeline": ("--account", "Cove"),
    "next": ("--account", "Cove"),
    "routes": ("--account", "Cove"),
    "compare": ("--period", "2026-01-01..2026-01-05", "--period", "2026-01-06..2026-01-20"),
}


class TestImport:
    def test_says_what_became_of_every_row_and_what_came_out(self, demo):
        # 11 rows: one told twice, one without a time, so 9 touchpoints stay.
        out, err = demo
        counts = [line.split()[1:] for line in out.splitlines()[1:]]
        assert [(words[0], int(words[-1])) for words in counts if words[0] != "set"] == [
            ("kept", 9),
            ("merged", 1),
        ]
        assert [words[-1] for words in counts if words[:2] == ["set", "aside"]] == ["1"]
        assert err.endswith("Demo: 9 touchpoints in 3 journeys.\n")
        assert "touchpoints.csv" in err  # how its times were read

    def test_the_data_set_is_in_the_workspace(self, demo, workspace):
        assert demo
        assert "Demo" in list_datasets(workspace)

    def test_several_files_become_one_log(self, ask_json, tmp_path):
        (tmp_path / "ads.csv").write_text("account_id,occurred_at,touchpoint\nA,2026-01-02,Ad\n")
        (tmp_path / "calls.csv").write_text(
            "account_id,occurred_at,touchpoint\nA,2026-01-03,Call\n"
        )
        rows = ask_json("map", tmp_path / "ads.csv", tmp_path / "calls.csv")
        assert moves(rows) == {("Ad", "Call"): 1}


class TestAdding:
    MAY = """\
account_id,occurred_at,touchpoint,person_id,channel,industry
Bolt,2026-01-20 09:00,Deal lost,cyd,,Retail
Dune,2026-02-01 09:00,Ad click,dan,web,Energy
Dune,,Ad click,dan,web,Energy
"""

    def test_overlaps_are_removed_and_counted(self, demo, workspace, files, tell_json, tmp_path):
        # Of May's three rows one was there, one is new, one has no time.
        assert demo
        import_into(workspace, files / "touchpoints.csv", "--into", "Growing")
        (tmp_path / "may.csv").write_text(self.MAY)
        out, err = import_into(workspace, tmp_path / "may.csv", "--into", "Growing", "--add")
        figures = tell_json("summary", "Growing")
        remove_dataset(workspace, "Growing")
        assert all(line.split()[0] == "may.csv" for line in out.splitlines()[1:])
        assert err.endswith(
            "3 rows added: 1 new touchpoint, 1 overlapping with what was there and removed, "
            "1 set aside.\n"
            "Touchpoints: 9 before, 10 now. Journeys: 3 before, 4 now.\n"
        )
        assert (figures["n_touchpoints"], figures["n_journeys"]) == (10, 4)


class TestQuestions:
    """Each command on the small log; Cove, silent for 16 days on January 20, is stalled.

    The pauses are 10 minutes, 1, 4 less 10 minutes, 4, 4 and 14 days; their 90th percentile lies
    halfway between 4 and 14: 9 days are normal.
    """

    def test_summary(self, ask_json):
        assert ask_json("summary", "Demo") == {
            "n_touchpoints": 9,
            "n_journeys": 3,
            "n_types": 5,
            "n_variants": 3,
            "n_moves": 6,  # 9 - 3
            "first_at": "2026-01-01T09:00:00+00:00",
            "last_at": "2026-01-20T09:00:00+00:00",
            "outcomes": {"won": 1, "lost": 1, "no_decision": 0, "stalled": 1, "in_progress": 0},
        }

    def test_map(self, ask_json):
        # Three moves leave Ad click: one to itself, two to Demo, after 4 days and 10 minutes less.
        rows = ask_json("map", "Demo")
        assert pick(rows, "source", "target", "n_moves", "n_journeys", "direction") == [
            ("Ad click", "Demo", 2, 2, "forward"),
            ("Ad click", "Ad click", 1, 1, "self"),
            ("Demo", "Deal lost", 1, 1, "within"),
            ("Demo", "Deal won", 1, 1, "forward"),
            ("Newsletter", "Ad click", 1, 1, "within"),
        ]
        assert rows[0]["share"] == pytest.approx(2 / 3)
        assert rows[0]["median_days"] == pytest.approx(4 - 5 / 1440)

    def test_paths(self, ask_json):
        assert pick(ask_json("paths", "Demo"), "sequence", "n_journeys", "n_won", "win_rate") == [
            (["Newsletter", "Ad click"], 1, 0, None),
            (["Ad click", "Demo", "Deal lost"], 1, 0, 0.0),
            (["Ad click", "Ad click", "Demo", "Deal won"], 1, 1, 1.0),
        ]

    def test_the_most_frequent_paths(self, ask_json):
        # Without decisions and repeats Acme and Bolt are alike.
        without = [("--exclude", name) for name in ("Newsletter", "Deal won", "Deal lost")]
        rows = ask_json("paths", "Demo", "--collapse", *sum(without, ()), "--top", 1)
        assert pick(rows, "sequence", "n_journeys") == [(["Ad click", "Demo"], 2)]

    def test_flows(self, ask_json):
        rows = ask_json("flows", "Demo", "--steps", 2)
        assert set(pick(rows, "step", "box", "next_box", "n_journeys")) == {
            (1, "Ad click", "Ad click", 1),
            (1, "Ad click", "Demo", 1),
            (1, "Newsletter", "Ad click", 1),
            (2, "Ad click", None, 2),
            (2, "Demo", None, 1),
        }

    def test_flows_from_a_type_on(self, ask_json):
        # Cove has no Demo. From Demo on: Acme is won after it, Bolt lost.
        rows = ask_json("flows", "Demo", "--steps", 2, "--start", "Demo")
        assert set(pick(rows, "step", "box", "next_box", "n_journeys")) == {
            (1, "Demo", "Deal lost", 1),
            (1, "Demo", "Deal won", 1),
            (2, "Deal lost", None, 1),
            (2, "Deal won", None, 1),
        }

    def test_stages(self, ask_json):
        rows = ask_json("stages", "Demo")
        assert pick(rows, "stage", "n_journeys", "n_advanced", "conversion_rate", "n_now") == [
            ("Attract", 3, 2, pytest.approx(2 / 3), 1),
            ("Convert", 2, 1, 0.5, 0),
            ("Expand", 1, 0, None, 0),
        ]

    def test_dropoffs(self, ask_json):
        rows = ask_json("dropoffs", "Demo")
        assert pick(rows, "stage", "n_entered", "n_advanced", "n_lost", "n_stalled") == [
            ("Attract", 3, 2, 0, 1),
            ("Convert", 2, 1, 1, 0),
        ]

    def test_times(self, ask_json):
        # Two of the three in Attract go on after 4 days each; of the two in Convert one after 4.
        rows = ask_json("times", "Demo")
        assert pick(rows, "stage", "n_journeys", "n_advanced", "median_days", "p90_days") == [
            ("Attract", 3, 2, 4.0, None),
            ("Convert", 2, 1, 4.0, None),
        ]

    def test_outcomes(self, ask_json):
        assert pick(ask_json("outcomes", "Demo"), "outcome", "n_journeys") == [
            ("won", 1),
            ("lost", 1),
            ("no_decision", 0),
            ("stalled", 1),
            ("in_progress", 0),
        ]

    def test_segments(self, ask_json):
        rows = ask_json("segments", "Demo", "--by", "industry")
        found = pick(rows, "value", "n_journeys", "n_won", "win_rate", "median_days_to_win")
        assert sorted(found, key=str) == [
            ("Retail", 1, 0, 0.0, None),
            ("Software", 1, 1, 1.0, 8.0),
            (None, 1, 0, 0.0, None),
        ]

    def test_stalled(self, ask_json):
        (row,) = ask_json("stalled", "Demo")
        found = pick([row], "account_id", "stage", "days_silent", "normal_days", "last_touchpoint")
        assert found == [("Cove", "Attract", 16.0, 9.0, "Ad click")]

    def test_journeys(self, ask_json):
        rows = ask_json("journeys", "Demo")
        assert pick(rows, "account_id", "outcome", "stage", "n_touchpoints", "decided_at") == [
            ("Acme", "won", "Expand", 4, "2026-01-09T09:00:00+00:00"),
            ("Bolt", "lost", "Convert", 3, "2026-01-20T09:00:00+00:00"),
            ("Cove", "stalled", "Attract", 2, None),
        ]

    def test_timeline(self, ask_json):
        rows = ask_json("timeline", "Demo", "--account", "Cove")
        assert pick(rows, "occurred_at", "touchpoint", "channel", "gap_days") == [
            ("2026-01-03T09:00:00+00:00", "Newsletter", "mail", None),
            ("2026-01-04T09:00:00+00:00", "Ad click", "web", 1.0),
        ]

    @pytest.mark.parametrize(("command", "why"), NEED_MORE.items())
    def test_a_question_without_rows_says_why(self, tell, command, why):
        asked = (command, "Demo", *OWN_OPTIONS.get(command, ()))
        out, err = tell(*asked, "--format", "json")
        assert json.loads(out) == []
        assert f"No rows: {why}" in err


class TestForms:
    @pytest.mark.parametrize("command", sorted(set(QUESTIONS) - set(NEED_MORE) - SILENT))
    def test_every_answer_is_the_same_in_json_and_csv(self, ask, ask_json, command):
        asked = (command, "Demo", *OWN_OPTIONS.get(command, ()))
        content = ask_json(*asked)
        (heads, *rows) = csv.reader(io.StringIO(ask(*asked, "--format", "csv")))
        if isinstance(content, dict):
            flat = {**content, **{f"n_{k}": n for k, n in content["outcomes"].items()}}
            del flat["outcomes"]
            assert {name: str(value) for name, value in flat.items()} == dict(rows)
        else:
            assert [head.removesuffix(" (UTC)") for head in heads] == list(content[0])
            assert len(rows) == len(content)
            # JSON has no number without end.
            empty = [[cell in ("", "inf") for cell in row] for row in rows]
            assert empty == [[v in (None, "", []) for v in row.values()] for row in content]

    def test_a_table_is_the_form_unless_another_is_asked_for(self, ask):
        assert [line.split() for line in ask("outcomes", "Demo").splitlines()] == [
            ["outcome", "n_journeys", "share"],
            ["won", "1", "0.333"],
            ["lost", "1", "0.333"],
            ["no_decision", "0", "0"],
            ["stalled", "1", "0.333"],
            ["in_progress", "0", "0"],
        ]

    def test_csv_joins_the_touches_of_a_path(self, ask):
        lines = ask("paths", "Demo", "--top", 1, "--format", "csv").splitlines()
        assert lines[1].startswith("1,Newsletter → Ad click,2,1,")

    @pytest.mark.parametrize("command", sorted(set(QUESTIONS) - {"timeline"}))
    def test_of_no_journeys_there_is_an_answer_too(self, tell, command):
        asked = (command, "Demo", *OWN_OPTIONS.get(command, ()), "--to", "2025-01-01")
        out, err = tell(*asked, "--format", "json")
        content = json.loads(out)
        assert err.endswith(": --to 2025-01-01 leaves none of 3 journeys.\n")
        if command == "summary":
            assert content["n_journeys"] == 0
            assert content["first_at"] is None
        else:
            # Stages and outcomes are listed even where no journey is in them.
            assert not any(row.get("n_journeys", row.get("n_entered")) for row in content)

    def test_what_json_has_no_word_for_is_null(self):
        values = [float("nan"), float("inf"), pd.NA, None, "x"]
        frame = pd.DataFrame({"value": pd.Series(values, dtype=object), "at": pd.NaT})
        assert pick(records(frame), "value", "at") == [(None, None)] * 4 + [("x", None)]


class TestNotes:
    def test_a_summary_says_when_it_is_read(self, tell):
        out, err = tell("summary", "Demo")
        assert "2026-01-20" not in out.splitlines()[0]
        assert err == "As of 2026-01-20 09:00:00 UTC.\n"
        assert (
            tell("summary", "Demo", "--to", "2026-01-07").err
            == "As of the end of 2026-01-07 UTC.\n"
        )
        exact = tell("summary", "Demo", "--to", "2026-01-07T09:30").err
        assert exact == "As of 2026-01-07 09:30:00 UTC.\n"

    def test_a_log_that_ends_at_midnight_before_the_day_asked_for_is_read_as_of_then(
        self, tell, tmp_path
    ):
        (tmp_path / "log.csv").write_text("account,touchpoint,date\na,Ad,2026-01-05\n")
        told = tell("summary", str(tmp_path / "log.csv"), "--to", "2026-01-09").err
        assert "As of 2026-01-05 00:00:00 UTC." in told

    @pytest.mark.parametrize("command", ["map", "paths", "flows", "journeys", "stalled"])
    def test_no_rows_are_told_with_the_filter_that_left_none(self, tell, command):
        # Software is Acme alone, which has no Newsletter; each filter by itself leaves somebody.
        asked = (
            command,
            "Demo",
            "--where",
            "industry=Software",
            "--where",
            "touchpoint=Newsletter",
        )
        out, err = tell(*asked)
        assert out == "no rows\n"
        assert err == "No rows: --where touchpoint=Newsletter leaves none of 1 journey.\n"
        assert tell(*asked, "--format", "json").out == "[]\n"
        heads = tell(*asked, "--format", "csv").out
        assert heads.count("\n") == 1
        assert "," in heads

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (("--where", "industry=Softwar"), "No industry is 'Softwar'. Available: Retail,"),
            (("--where", "industry=Softwar"), "Did you mean 'Software'?"),
            (("--where", "touchpoint="), "Every touchpoint has a value."),
            (("--from", "2026-03-01"), "--from 2026-03-01 leaves none of 3 journeys."),
            (("--case", "person", "--where", "industry="), "--where industry= leaves none of 3"),
        ],
    )
    def test_the_reason_names_what_was_asked_and_what_there_is(self, tell, options, reason):
        assert reason in tell("map", "Demo", *options).err

    @pytest.mark.parametrize(
        ("asked", "reason"),
        [
            (("stalled", "--where", "industry=Software"), "no open journey in view is silent"),
            (("map", "--where", "touchpoint=Newsletter"), "no journey in view has two touchpoints"),
            (
                ("flows", "--start", "Deal won", "--end", "Ad click"),
                "no journey in view has --end 'Ad click' after --start 'Deal won'.",
            ),
            (
                ("flows", "--around", "Newsletter", "--where", "industry=Retail"),
                "--around 'Newsletter' is in no journey in view.",
            ),
        ],
    )
    def test_journeys_in_view_but_nothing_to_list(self, tell, asked, reason):
        command, *options = asked
        out, err = tell(command, "Demo", *options)
        assert out == "no rows\n"
        assert err.startswith(f"No rows: {reason}")
        assert err.count("\n") == 1

    def test_rules_that_match_nothing_are_warned_of(self, tell, tmp_path):
        model = tmp_path / "model.toml"
        model.write_text(DEFINITIONS.replace('"Demo"', '"Demos"').replace("Deal lost", "Deal lsot"))
        lines = tell("map", "Demo", "--definitions", model).err.splitlines()
        assert [line[:9] for line in lines] == ["Warning: "] * 2
        assert lines[0].endswith("Did you mean 'Demo'?")
        assert lines[1].endswith("Did you mean 'Deal lost'?")

    def test_an_import_warns_of_them_too(self, workspace, files, tmp_path):
        model = tmp_path / "model.toml"
        model.write_text(DEFINITIONS.replace("Deal lost", "Deal lsot"))
        source = files / "touchpoints.csv"
        _, err = import_into(workspace, source, "--into", "Other", "--definitions", model)
        remove_dataset(workspace, "Other")
        assert "Did you mean 'Deal lost'?" in err

    @pytest.mark.parametrize("command", ["summary", "outcomes", "stages", "segments", "stalled"])
    def test_where_nothing_wins_that_is_told(self, tell, tmp_path, command):
        model = tmp_path / "model.toml"
        model.write_text('[[stages]]\nname = "All"\n')
        asked = (command, "Demo", *OWN_OPTIONS.get(command, ()))
        told = "No touchpoint of the log wins a journey, so none is won. Name those"
        assert told in tell(*asked, "--definitions", model).err
        assert told not in tell(*asked).err

    def test_touchpoints_that_belong_to_no_case_are_counted(self, tell):
        # Cove's two touchpoints have no person.
        told = "2 of 9 touchpoints without person: in no journey.\n"
        assert tell("map", "Demo", "--case", "person").err == told
        assert tell("map", "Demo", "--case", "account").err == ""

    def test_figures_of_nothing_are_zeros_and_told_too(self, tell):
        out, err = tell("outcomes", "Demo", "--to", "2025-01-01")
        assert out.count("\n") == 6  # the head and five outcomes
        assert err == "No journeys: --to 2025-01-01 leaves none of 3 journeys.\n"


class TestApp:
    @pytest.fixture
    def called(self, monkeypatch):
        calls = []
        monkeypatch.setattr(serving.os, "chdir", lambda _folder: None)
        monkeypatch.setattr(serving.subprocess, "call", lambda _command: 0)
        monkeypatch.setattr(serving.os, "execv", lambda _program, command: calls.append(command))
        return calls

    def test_is_served_by_streamlit(self, demo, called, capsys):
        assert demo
        cli.main(["app"])
        assert called == [[sys.executable, "-m", "streamlit", "run", str(serving.APP)]]
        assert serving.APP == ROOT / "app.py"
        assert capsys.readouterr().err == ""

    def test_an_empty_workspace_gets_the_sample_data(self, called, files, tmp_path, monkeypatch):
        monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "workspace"))
        monkeypatch.setattr(serving, "APP", tmp_path / "app.py")
        (tmp_path / "sample_data").mkdir()
        for path in files.iterdir():
            (tmp_path / "sample_data" / path.name).write_bytes(path.read_bytes())
        cli.main(["app"])
        assert list_datasets(tmp_path / "workspace") == [cli.SAMPLE]
        assert len(called) == 1


def test_python_m_journey_is_the_command_line(demo):
    assert demo
    command = [sys.executable, "-m", "journey", "outcomes", "Demo", "--format", "csv"]
    found = subprocess.run(command, capture_output=True, cwd=ROOT, check=True)
    assert found.stdout.decode().split()[1] == "won,1,0.333333"
    assert found.stderr == b""
