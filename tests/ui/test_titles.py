"""Titles say what figures allow, and no more."""

import pandas as pd
import pytest

from journey import charts
from journey.charts.persona_cards import leading_persona
from journey.ui.act import nurture_views
from journey.ui.decide import attribution
from journey.ui.findings import persona_finding
from tests.examples import small_log


def credit(first, last, *, wins):
    """Two models, each giving two channels these shares of all wins."""
    rows = [("first", "Ads", first), ("first", "Mail", 1 - first)]
    rows += [("last", "Ads", last), ("last", "Mail", 1 - last)]
    frame = pd.DataFrame(rows, columns=["model", "channel", "share"])
    return frame.assign(n_conversions=frame["share"] * wins)


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        (credit(0.8, 0.7, wins=100), "Ads gets most credit by all 2 models"),
        # A tie in one of two models: what leads by the other is first by no more than half.
        (credit(0.8, 0.5, wins=100), "Attribution"),
        # Each leads by one, both tie in both, or the wins are fewer than 30.
        (credit(0.8, 0.3, wins=100), "Attribution"),
        (credit(0.5, 0.5, wins=100), "Attribution"),
        (credit(0.8, 0.7, wins=29), "Attribution"),
    ],
)
def test_credit_is_led_by_what_alone_has_most(frame, title):
    assert attribution.headline(frame, "n_conversions") == title


def test_only_the_month_of_the_last_touch_is_so_far():
    # Day 10 is 11 January, day 160 is 10 June; wins in March are the last that cost tells of.
    running = small_log([("a", 0, "New lead"), ("a", 10, "Visit")])
    over = small_log(
        [("a", 0, "New lead"), ("a", 40, "MQL"), ("a", 60, "Won"), ("a", 160, "Visit")]
    )
    assert nurture_views.headline(running) == "0 MQLs in January 2026 so far"
    assert nurture_views.headline(over) == "0 MQLs in March 2026, 1 the month before"


def many_personas():
    """Twenty, of whom the last wins most, beyond what charts and cards have room for."""
    rates = [0.5 + place / 100 for place in range(20)]
    columns = ("started_share", "influenced_share", "signed_share", "used_share", "median_place")
    return pd.DataFrame(
        {
            "persona": [f"P{place}" for place in range(20)],
            "seniority": None,
            "typical_touchpoint": None,
            "goals": "",
            "motives": "",
            "n_journeys": 100,
            "win_rate": rates,
            "low": rates,
            "high": rates,
            "n_rest": 50,
            "rest_win_rate": 0.1,
            "chance": 0.001,
            **dict.fromkeys(columns, float("nan")),
        }
    )


def test_page_chart_and_cards_name_the_same_persona():
    frame = many_personas()
    assert leading_persona(frame)["persona"] == "P19"
    assert "P19" in persona_finding(frame).message
    assert "P19" in charts.plot_personas(frame).layout.title.text
    assert "P19" in charts.persona_cards(frame).title


def test_cards_leave_out_shares_of_nobody():
    assert "Signs" not in charts.persona_cards(many_personas()).svg
    assert "Signs" in charts.persona_cards(many_personas().assign(signed_share=0.5)).svg
