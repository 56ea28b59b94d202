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
