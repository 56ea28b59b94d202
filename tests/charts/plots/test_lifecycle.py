import pandas as pd
import pytest

from journey.charts import plots
from journey.charts.plots.lifecycle import COSTS

MOVES = {
    "source_stage": ["<b>A</b>", "B"],
    "target_stage": ["B", "C"],
    "share": [0.2, 0.5],
    "previous_share": [0.4, None],
    "n_in_source": [50, 4],
    "previous_n_in_source": [40, 0],
    "change": [-0.2, None],
    "is_worse": [True, False],
}


def test_names_of_stages_are_shown_as_they_are_and_few_are_grey():
    chart = plots.plot_stage_movement(pd.DataFrame(MOVES), theme="dark")
    assert chart.layout.title.text.startswith("&lt;b&gt;A&lt;/b&gt; to B got worse most")
    inks = chart.data[-1].marker.color
    assert inks[0] != inks[1]


def test_without_enough_journeys_no_move_is_called_worse():
    few = pd.DataFrame(MOVES).assign(n_in_source=5)
    assert "No move" in plots.plot_stage_movement(few).layout.title.text


def test_costs_without_anybody_to_pay_for_are_no_chart():
    months = pd.DataFrame({"month": ["2026-01"], "currency": ["EUR"], "cost": [9.0], "n_mqls": 0})
    nothing = months.assign(**dict.fromkeys(COSTS))
    assert plots.plot_cost_per(nothing).layout.title.text == "Nothing to show yet"
    leads = nothing.assign(cost_per_lead=3.0)
    assert plots.plot_cost_per(leads).layout.title.text.startswith("Cost for each lead")


@pytest.mark.parametrize(
    ("plot", "columns"),
    [
        (plots.plot_stage_movement, list(MOVES)),
        (plots.plot_nurture, ["month", "n_new_leads", "n_reopened", "n_mqls"]),
        (
            plots.plot_programme,
            ["content", "n_people", "n_left", "left_rate", "n_waiting", "is_leak"],
        ),
    ],
)
def test_an_empty_frame_says_so(plot, columns):
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in columns})
    assert plot(empty).layout.title.text == "Nothing to show yet"


def test_who_waits_for_the_next_message_is_counted_apart():
    # 100 got One: 20 still wait for Two, 60 of the other 80 left.
    frame = pd.DataFrame(
        {
            "content": ["One", "Two"],
            "n_people": [100, 20],
            "n_left": [60, None],
            "left_rate": [0.75, None],
            "n_waiting": [20, 0],
            "is_leak": [True, False],
        }
    )
    chart = plots.plot_programme(frame)
    assert chart.layout.title.text == "Most leave after One: 75% of 80 people"
    words = {note.text for note in chart.layout.annotations}
    assert {"100; 20 still wait, 75% of the others left after it", "20"} <= words


def test_one_mql_from_one_lead_is_spoken_of_as_one():
    frame = pd.DataFrame(
        {"month": ["2026-01"], "n_new_leads": [1], "n_reopened": [0], "n_mqls": [1]}
    )
    title = plots.plot_nurture(frame).layout.title.text
    assert title == "1 MQL from 1 new lead and 0 that came back"


def test_what_no_touchpoint_means_is_no_number_of_the_title():
    frame = pd.DataFrame(
        {"month": ["2026-01"], "n_new_leads": [None], "n_reopened": [0], "n_mqls": [52]}
    )
    title = plots.plot_nurture(frame).layout.title.text
    assert title == "52 MQLs and 0 that came back"
