"""Stalled accounts and calls of a data set whose worklist is kept in the app."""

import pandas as pd
import pytest

from journey.cli import main
from journey.worklist import Mark, add_marks, take_back


@pytest.fixture
def handled(demo, workspace):
    """Cove, silent for 16 days on January 20, was handled by then."""
    assert demo
    mark = Mark("account", "Cove", "handled", pd.Timestamp("2026-01-10", tz="UTC"))
    add_marks(workspace, "Demo", [mark])
    yield
    take_back(workspace, "Demo", "account", ["Cove"])


@pytest.mark.parametrize("command", ["stalled", "calls"])
@pytest.mark.usefixtures("handled")
def test_what_was_handled_is_left_out_and_said(tell, command):
    out, err = tell(command, "Demo")
    assert "Cove" not in out
    assert "Left out: 1 handled in the app. --all shows them too." in err
    assert "is snoozed or handled" in err
    out, err = tell(command, "Demo", "--all")
    assert "Cove" in out
    assert "Left out" not in err


@pytest.mark.usefixtures("handled")
def test_files_have_no_worklist(tell, files):
    out, err = tell(
        "stalled", files / "touchpoints.csv", "--definitions", files / "definitions.toml"
    )
    assert "Cove" in out
    assert "Left out" not in err


@pytest.mark.usefixtures("demo")
def test_a_period_that_ends_before_it_begins_is_refused(capsys):
    assert main(["summary", "Demo", "--from", "2026-01-02", "--to", "2026-01-01"]) == 2
    assert "ends at 2026-01-01" in capsys.readouterr().err


def test_drivers_can_be_cut(ask_json):
    assert len(ask_json("drivers", "Demo", "--top", "1")) == 1


@pytest.fixture
def visited(tmp_path, files):
    """The small log, and cookie-7 gone silent with Cove, of whom nothing else is known."""
    rows = (files / "touchpoints.csv").read_text(encoding="utf-8").splitlines()
    visits = ["2026-01-03 09:00,Newsletter,mail", "2026-01-04 09:00,Ad click,web"]
    lines = [f"{rows[0]},anonymous_id", *(f"{row}," for row in rows[1:])]
    for visit in visits:
        at, name, channel = visit.split(",")
        lines.append(f",{at},{name},,{channel},,cookie-7")
    file = tmp_path / "visited.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file, "--definitions", files / "definitions.toml"


@pytest.mark.parametrize("command", ["stalled", "calls"])
def test_unnamed_visitors_are_left_out_and_counted(tell, visited, command):
    out, err = tell(command, *visited)
    assert "Cove" in out
    assert "cookie-7" not in out
    said = "1 of 2 stalled journeys can be called; left out: 1 unnamed visitor."
    assert f"{said} stalled --unnamed lists them." in err


def test_unnamed_visitors_are_listed_where_they_are_asked_for(tell, visited):
    out, err = tell("stalled", *visited, "--unnamed")
    assert "cookie-7" in out
    assert "Cove" not in out
    assert "listed: 1 unnamed visitor, whom nobody can call." in err


def test_where_only_visitors_are_silent_that_is_why_nobody_is_listed(tell, visited):
    out, err = tell("calls", *visited, "--where", "known as=visitor")
    assert "cookie-7" not in out
    assert "every open journey that is silent longer than is normal is an unnamed visitor's" in err


def test_a_log_without_visitors_has_none_to_list(tell):
    out, err = tell("stalled", "Demo", "--unnamed")
    assert "Cove" not in out
    assert "no open journey in view is silent" in err


@pytest.mark.parametrize("command", ["next", "routes"])
def test_what_is_said_of_a_visitor_is_no_advice(tell, visited, command):
    said = "cookie-7 is an unnamed visitor, whom nobody can call"
    assert said in tell(command, *visited, "--account", "cookie-7").err
    assert "unnamed visitor" not in tell(command, *visited, "--account", "Cove").err
