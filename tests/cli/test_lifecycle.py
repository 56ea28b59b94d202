"""The commands lifecycle, nurture and costs."""

import pytest

from journey import cli
from journey.cli.questions import SHOWN
from tests.cli.commands import import_into

COSTS = "month,kind,channel,campaign,cost,currency\n2026-01,labour,,Team,310,EUR\n"


def test_figures_say_what_the_log_lacks(ask_json):
    rows = ask_json("lifecycle", "Demo", "--days", "30")
    found = {(row["role"], row["metric"]): row for row in rows if row["of"] is None}
    # Acme is won, Bolt lost; Cove is open.
    assert found["convert", "win_rate"]["value"] == 0.5
    assert found["convert", "cost_per_customer"]["value"] is None
    assert found["convert", "cost_per_customer"]["sentence"] == "No cost known in these 30 days."


@pytest.mark.parametrize(
    ("command", "show"), [(command, show) for command, ways in SHOWN.items() for show in ways]
)
def test_everything_that_can_be_shown_is_a_list(tell_json, command, show):
    assert isinstance(tell_json(command, "Demo", "--show", show), list)


def test_costs_come_with_the_logs_and_are_added(workspace, files, tmp_path, tell_json):
    costs = tmp_path / "costs.csv"
    costs.write_text(COSTS)
    import_into(
        workspace,
        files / "touchpoints.csv",
        "--into",
        "Paid",
        "--definitions",
        files / "definitions.toml",
    )
    import_into(workspace, costs, "--into", "Paid", "--add")
    # As of 20 January: 20 of 31 days of 310, for the one customer.
    rows = tell_json("costs", "Paid", "--by", "period")
    assert [row["cost_per_customer"] for row in rows] == [pytest.approx(200)]


@pytest.mark.parametrize(
    ("cost", "until", "told", "note"),
    [
        ("0", "2026-01-31", 0.0, "nothing spent"),
        ("-31", "2026-01-31", None, "costs add up to less than 0"),
        ("", "2026-01-31", None, "no cost known"),
        # Acme is won on the ninth: by the fifth nobody became anything.
        ("310", "2026-01-05", None, "no lead, MQL, SQL or customer"),
    ],
)
def test_odd_costs_give_a_figure_or_a_reason(files, tmp_path, tell_json, cost, until, told, note):
    costs = tmp_path / "costs.csv"
    costs.write_text(COSTS.replace(",310,", f",{cost},"))
    asked = (files / "touchpoints.csv", costs, "--definitions", files / "definitions.toml")
    [row] = tell_json("costs", *asked, "--by", "period", "--to", until)
    assert (row["cost_per_customer"], row["note"]) == (told, note)


def test_a_period_must_have_a_length(demo, capsys):
    assert demo
    assert cli.main(["lifecycle", "Demo", "--days", "0"]) == 2
    assert "above 0" in capsys.readouterr().err
