import json

import pytest

from journey import cli
from tests.cli.commands import pick

SCORING = """
[[stages]]
name = "Attract"

[scoring]
half_life_days = 10

[[scoring.rules]]
dimension = "fit"
attribute = "industry"
one_of = ["Retail"]
points = 70

[not_buyers]
competitor_domains = ["rival.com"]
"""
ROWS = """account_id,occurred_at,touchpoint,industry
Bolt,2026-01-01,Ad click,Retail
rival.com,2026-01-02,Ad click,Software
"""


@pytest.fixture
def asked(tmp_path, capsys):
    """The answer of a command about a log with a competitor in it, and what is said beside it."""
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "model.toml").write_text(SCORING, encoding="utf-8")

    def run(command, *options):
        files = [str(tmp_path / "rows.csv"), "--definitions", str(tmp_path / "model.toml")]
        assert cli.main([command, *files, *options, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_leads_are_scored_best_first(asked):
    rows = asked("scores")
    assert pick(rows, "account_id", "fit_reasons") == [
        ("Bolt", "industry is Retail +70"),
        ("rival.com", "no rule applies"),
    ]
    assert len(asked("scores", "--top", "1")) == 1


def test_who_will_not_buy_is_named_and_left_out(asked):
    reason = "Competitor: rival.com is on the list"
    assert pick(asked("not-buyers"), "account_id", "kind", "reason") == [
        ("rival.com", "competitor", reason)
    ]
    rows = asked("scores", "--leave-out", "not-buyers")
    assert pick(rows, "account_id") == [("Bolt",)]


def test_drivers_stand_beside_the_points_they_give(ask_json):
    rows = ask_json("drivers", "Demo")
    # Acme won with a demo, Bolt lost with one: too few to tell.
    assert {(row["touchpoint"], row["n_with"], row["goes_with"]) for row in rows} == {
        ("Ad click", 2, "too few"),
        ("Demo", 2, "too few"),
    }
