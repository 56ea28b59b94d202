import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from journey.charts import plots
from journey.charts.plot_style import quiet, safe_name
from journey.charts.theme import TOKENS
from journey.errors import ColumnNotFoundError
from tests.charts import marketing_frames

NAN = float("nan")
HOSTILE = "<b>E</b> $x$ <a href='https://x.example'>y</a>"


def outcomes():
    n = [842, 1640, 2318, 41, 3159]
    names = ["won", "lost", "no_decision", "stalled", "in_progress"]
    return pd.DataFrame({"outcome": names, "n_journeys": n, "share": [k / 8000 for k in n]})


def stage_funnel():
    return pd.DataFrame(
        {
            "stage": ["Attract", "Capture", HOSTILE, "Convert"],
            "n_journeys": [800, 500, 300, 20],
            "reached_share": [1.0, 0.625, 0.375, 0.025],
            "n_advanced": [500, 300, 20, 0],
            "conversion_rate": [0.625, 0.6, 0.067, NAN],
            "conversion_low": [0.59, 0.56, 0.04, NAN],
            "conversion_high": [0.66, 0.64, 0.1, NAN],
        }
    )


def drop_offs():
    return pd.DataFrame(
        {
            "stage": ["Attract", HOSTILE],
            "n_entered": [100, 40],
            "n_advanced": [40, 0],
            "n_won": [0, 10],
            "n_lost": [20, 5],
            "n_no_decision": [10, 15],
            "n_stalled": [10, 5],
            "n_in_progress": [20, 5],
            "drop_off_rate": [0.3, 0.5],
        }
    )


def last_touchpoints():
    return pd.DataFrame(
        {
            "stage": ["Attract", "Convert", "Convert"],
            "touchpoint": [HOSTILE, "Price list", "Rare"],
            "n_last": [50, 40, 5],
            "last_share": [0.5, 0.4, 0.9],
            "went_on_share": [0.45, 0.1, 0.0],
            "n_went_on": [45, 8, 0],
        }
    )


def time_to_next_stage():
    return pd.DataFrame(
        {
            "stage": ["Attract", HOSTILE, "Convert", "Empty"],
            "n_journeys": [100, 60, 50, 0],
            "n_advanced": [90, 40, 10, 0],
            "n_censored": [10, 20, 40, 0],
            "median_days": [9.0, 41.0, NAN, NAN],
            "p90_days": [30.0, NAN, NAN, NAN],
        }
    )


def segment_breakdown():
    return pd.DataFrame(
        {
            "value": ["Software", HOSTILE, None, "Tiny"],
            "n_journeys": [300, 280, 60, 10],
            "n_won": [90, 20, 6, 9],
            "win_rate": [0.3, 0.071, 0.1, 0.9],
            "low": [0.25, 0.05, 0.05, 0.6],
            "high": [0.35, 0.11, 0.2, 0.98],
        }
    )


def segment_stages():
    return pd.DataFrame(
        {
            "value": ["Software", "Software", None, None],
            "stage": ["Attract", HOSTILE, "Attract", HOSTILE],
            "n_journeys": [100, 100, 40, 40],
            "n_reached": [100, 50, 40, 10],
            "n_dropped": [20, 30, 8, 9],
            "drop_off_rate": [0.2, 0.6, 0.2, 0.9],
        }
    )


def months():
    return pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"], utc=True),
            "n_touchpoints": [90, 40, 60],
            "n_journeys_started": [3, 9, 1],
            "n_won": [0, 1, 2],
        }
    )


def stalled_accounts():
    return pd.DataFrame(
        {"stage": ["Nurture", HOSTILE, HOSTILE], "value_at_risk": [500.0, 900.0, 600.0]}
    )


CHARTS = {
    plots.plot_outcomes: outcomes,
    plots.plot_stage_funnel: stage_funnel,
    plots.plot_drop_offs: drop_offs,
    plots.plot_last_touchpoints: last_touchpoints,
    plots.plot_time_to_next_stage: time_to_next_stage,
    plots.plot_segment_breakdown: segment_breakdown,
    plots.plot_segment_stages: segment_stages,
    plots.plot_months: months,
    plots.plot_stalled_accounts: stalled_accounts,
    plots.plot_late_handoffs: marketing_frames.late_handoffs,
    plots.plot_handoff_months: marketing_frames.handoff_months,
    plots.plot_returned_leads: marketing_frames.returned_leads,
    plots.plot_ownership_matrix: marketing_frames.ownership_matrix,
    plots.plot_service_levels: marketing_frames.service_levels,
    plots.plot_content_coverage: marketing_frames.content_coverage,
    plots.plot_content_ranking: marketing_frames.content_audit,
    plots.plot_calls_to_action: marketing_frames.calls_to_action,
    plots.plot_feelings: marketing_frames.feelings,
    plots.plot_stage_feelings: marketing_frames.stage_feelings,
}
EVERY = pytest.mark.parametrize(("plot", "frame"), CHARTS.items(), ids=lambda f: f.__name__)


def title(chart):
    return chart.layout.title.text.replace("<br>", " ")


@EVERY
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_come_from_the_theme_and_none_from_a_template(plot, frame, theme):
    chart = plot(frame(), theme=theme)
    assert chart.layout.paper_bgcolor == TOKENS[theme]["paper"]
    assert chart.layout.font.color == TOKENS[theme]["ink"]
    assert chart.layout.template.layout.to_plotly_json() == {}


@EVERY
def test_every_word_is_one_of_plotlys(plot, frame):
    chart = plot(frame())
    # Plotly looks at each word as it builds the chart anew; a wrong one is an error.
    again = go.Figure(chart.to_dict())
    assert (title(again), len(again.data)) == (title(chart), len(chart.data))


@EVERY
def test_names_never_become_markup_or_formulas(plot, frame):
    written = json.dumps(plot(frame()).to_plotly_json(), default=str)
    for markup in ("<b>E", "$x$", "<a href"):
        assert markup not in written


@EVERY
def test_empty_frame_gives_a_chart_that_says_so(plot, frame):
    chart = plot(frame().iloc[:0])
    assert title(chart) == "Nothing to show yet"
    assert chart.layout.title.subtitle.text.endswith(".")
    assert not chart.data


@EVERY
def test_missing_column_is_named(plot, frame):
    column = frame().columns[-1]
    with pytest.raises(ColumnNotFoundError, match=column):
        plot(frame().drop(columns=column))


@EVERY
def test_frame_is_left_as_it_was(plot, frame):
    given = frame()
    plot(given)
    pd.testing.assert_frame_equal(given, frame())


def test_outcomes_add_up_to_the_bar():
    chart = plots.plot_outcomes(outcomes())
    assert sum(bar.x[0] for bar in chart.data) == 8000
    assert [bar.name.split(" ")[0] for bar in chart.data] == ["Won", "Lost", "No", "Stalled", "In"]
    # 842 of 8,000 won; 1,640 + 2,318 end without; 41 + 3,159 open
    assert title(chart) == "11% of 8,000 journeys are won, 49% end without a win, 40% are open"


def test_outcomes_without_a_rule_are_not_called_failures():
    frame = outcomes().assign(n_journeys=[0, 0, 85, 5, 10])
    expected = "No journey is won or lost: 85% of 100 end without a decision, 15% are open"
    assert title(plots.plot_outcomes(frame)) == expected


def test_segments_without_a_win_say_so():
    frame = segment_breakdown().assign(n_won=0, win_rate=0.0, low=0.0)
    assert title(plots.plot_segment_breakdown(frame)) == "No journey is won yet, in any segment"


def test_words_too_wide_for_their_part_stay_out_of_the_bar():
    texts = {bar.name.split(" ")[0]: bar.text[0] for bar in plots.plot_outcomes(outcomes()).data}
    assert texts["Stalled"] == ""
    assert texts["Won"] == "842 · 11%"


def test_funnel_names_the_weakest_stage_with_enough_journeys():
    chart = plots.plot_stage_funnel(stage_funnel())
    assert title(chart).startswith("Fewest go on from &lt;b&gt;E&lt;/b&gt;")
    assert title(chart).endswith("7% of 300 journeys")


def test_funnel_draws_no_conversion_for_the_last_stage():
    points = plots.plot_stage_funnel(stage_funnel()).data[-1]
    assert list(points.y) == [0, 1, 2]


def test_funnel_of_small_samples_compares_nothing():
    frame = stage_funnel().assign(n_journeys=[20, 10, 5, 1])
    chart = plots.plot_stage_funnel(frame)
    assert title(chart) == "Too few journeys reached a stage to compare stages"
    assert set(chart.data[-1].marker.color) == {TOKENS["light"]["line"]}


def test_drop_offs_add_up_and_only_lost_and_no_decision_are_saturated():
    chart = plots.plot_drop_offs(drop_offs())
    assert [sum(bar.x[row] for bar in chart.data) for row in (0, 1)] == [100, 40]
    inks = {bar.name: bar.marker.color for bar in chart.data}
    light = TOKENS["light"]
    assert inks["Lost"] == light["outcome-lost"]
    assert inks["No decision"] == light["outcome-no_decision"]
    assert inks["Stalled"] == quiet("outcome-stalled", "light") != light["outcome-stalled"]
    # 20 lost and 10 undecided in Attract; 5 and 15 in the other.
    assert title(chart) == "In Attract 20 of 30 drop-offs are losses"
    one = drop_offs().assign(n_lost=0, n_no_decision=[1, 0])
    assert title(plots.plot_drop_offs(one)) == "In Attract 1 of 1 drop-off ends without a decision"
    lost = drop_offs().assign(n_lost=[9, 0], n_no_decision=0)
    assert title(plots.plot_drop_offs(lost)) == "All 9 drop-offs in Attract are losses"


def test_no_drop_off_is_said():
    frame = drop_offs().assign(n_lost=0, n_no_decision=0)
    assert title(plots.plot_drop_offs(frame)).startswith("No journey has dropped off")


def test_last_touchpoints_name_the_widest_difference_of_enough_journeys():
    # 'Rare' differs more, but has only 5 journeys.
    chart = plots.plot_last_touchpoints(last_touchpoints())
    expected = "Price list ends 40% of drop-offs in Convert; 10% of those that went on had it"
    assert title(chart) == expected


def test_last_touchpoints_that_do_not_stand_out_are_not_blamed():
    frame = last_touchpoints().assign(went_on_share=0.95)
    assert title(plots.plot_last_touchpoints(frame)).startswith("No touch is more frequent before")


def test_time_says_when_half_never_go_on():
    chart = plots.plot_time_to_next_stage(time_to_next_stage())
    words = [note.text for note in chart.layout.annotations]
    assert words == [
        "9 days, 30 days; n = 100",
        "41 days; fewer than 9 in 10 go on; n = 60",
        "fewer than half go on; n = 50",
    ]
    assert title(chart).endswith("half need 41 days or more to go on")


def test_segments_of_few_journeys_are_grey_and_win_no_title():
    chart = plots.plot_segment_breakdown(segment_breakdown())
    # 119 of the 590 whose value is known are won; 'Tiny' has a higher rate on 10 journeys.
    said = "Software wins most: 30% of 300 journeys, against 20% of all where it is known"
    assert title(chart) == said
    assert "all where it is known: 20%" in [note.text for note in chart.layout.annotations]
    every = plots.plot_segment_breakdown(segment_breakdown().dropna(subset="value"))
    assert title(every).endswith("against 20% of all")
    assert list(chart.data[-1].y) == [0, 1, 2, 3]
    inks = chart.data[-1].marker.color
    assert inks[0] == TOKENS["light"]["line"] != inks[1]
    assert "(not known)" in chart.layout.yaxis.ticktext


def test_segment_that_does_not_stand_out_is_not_praised():
    frame = segment_breakdown().assign(low=[0.1, 0.01, 0.02, 0.05])
    assert (
        title(plots.plot_segment_breakdown(frame))
        == "No segment stands out from the 20% won of all where it is known"
    )


def test_segments_left_out_are_counted():
    frame = pd.concat([segment_breakdown().iloc[[0]].assign(value=f"v{i}") for i in range(25)])
    chart = plots.plot_segment_breakdown(frame)
    assert "5 smaller segments left out" in chart.layout.title.subtitle.text
    assert len(chart.layout.yaxis.ticktext) == 20


def test_heat_map_has_no_colour_for_small_samples():
    chart = plots.plot_segment_stages(segment_stages())
    rates = chart.data[0].z
    assert rates[0].tolist() == [0.2, 0.6]
    assert rates[1][0] == 0.2
    assert pd.isna(rates[1][1])
    assert "60% of 50 journeys" in title(chart)


def test_titles_never_name_what_is_not_known():
    # Most drop off where the value is not known (80 %), then in Retail (50 %).
    frame = pd.DataFrame(
        {
            "value": [None, "Retail", "Software"],
            "stage": "Nurture",
            "n_journeys": [90, 80, 70],
            "n_reached": [50, 40, 40],
            "n_dropped": [40, 20, 10],
            "drop_off_rate": [0.8, 0.5, 0.25],
        }
    )
    title = plots.plot_segment_stages(frame).layout.title.text
    assert title == "Most drop off where it is known: Retail in Nurture, 50% of 40 journeys"
    alone = plots.plot_segment_stages(frame.head(1)).layout.title.text
    assert alone == "Segments are too small to compare"
    wins = pd.DataFrame(
        {
            "value": [None, "Retail"],
            "n_journeys": [100, 100],
            "n_won": [90, 10],
            "win_rate": [0.9, 0.1],
            "low": [0.82, 0.05],
            "high": [0.95, 0.18],
        }
    )
    assert "not known" not in plots.plot_segment_breakdown(wins).layout.title.text


def test_heat_map_leaves_out_a_stage_nobody_can_drop_off_in():
    frame = segment_stages()
    frame.loc[frame["stage"] == HOSTILE, "drop_off_rate"] = NAN
    chart = plots.plot_segment_stages(frame)
    assert list(chart.layout.xaxis.ticktext) == ["Attract"]


def test_values_at_risk_add_up_by_stage():
    chart = plots.plot_stalled_accounts(stalled_accounts())
    assert list(chart.data[0].x) == [1500, 500]
    assert list(chart.data[0].text) == ["1.5K in 2 accounts", "500 in 1 account"]
    assert title(chart).startswith("Most at risk: &lt;b&gt;")
    assert title(chart).endswith(", 1.5K of 2K")


def test_values_at_risk_of_many_owners_end_in_one_row():
    # Owners 0 to 9 hold 100, 90 … 10: five have rows, 50 + 40 + 30 + 20 + 10 are left for others.
    frame = pd.DataFrame(
        {
            "owner": [f"Owner {k}" for k in range(10)],
            "value_at_risk": [100 - 10 * k for k in range(10)],
        }
    )
    chart = plots.plot_stalled_accounts(frame, by="owner")
    assert list(chart.data[0].x) == [100, 90, 80, 70, 60, 150]
    assert chart.data[0].text[-1] == "150 in 5 accounts"
    assert list(chart.layout.yaxis.ticktext)[-1] == "5 others"
    assert title(chart) == "Most at risk: Owner 0, 100 of 550"


def test_without_values_accounts_are_counted():
    frame = stalled_accounts().assign(value_at_risk=NAN)
    chart = plots.plot_stalled_accounts(frame)
    assert list(chart.data[0].x) == [2, 1]
    assert title(chart).startswith("Most stalled: ")
    assert title(chart).endswith(", 2 of 3 accounts")


def test_months_share_one_axis():
    chart = plots.plot_months(months())
    assert title(chart) == "Most journeys begin in February 2026: 9 of 13"
    assert [list(bar.y) for bar in chart.data] == [[90, 40, 60], [3, 9, 1], [0, 1, 2]]


@pytest.mark.parametrize("value", [None, NAN, pd.NA, pd.NaT])
def test_missing_names_are_said(value):
    assert safe_name(value) == "(not known)"


def test_long_titles_break():
    frame = last_touchpoints().assign(touchpoint="A very long name of a touchpoint indeed")
    assert "<br>" in plots.plot_last_touchpoints(frame).layout.title.text


NURTURE = pd.DataFrame({"month": "2026-02", "n_new_leads": [1], "n_reopened": 0, "n_mqls": 1})


@pytest.mark.parametrize(
    ("chart", "frame"),
    [
        (plots.plot_months, months()),
        (plots.plot_handoff_months, marketing_frames.handoff_months()),
        (plots.plot_nurture, NURTURE),
    ],
)
def test_a_single_month_fills_its_axis(chart, frame):
    figure = chart(frame.head(1))
    axes = [axis for name, axis in figure.to_dict()["layout"].items() if name.startswith("xaxis")]
    begin, end = (pd.Timestamp(edge) for edge in axes[0]["range"])
    assert (begin.day, end.day) == (1, 1)
    assert end - begin >= pd.Timedelta(days=28)
    assert {trace.xperiod for trace in figure.data} == {"M1"}
    # Without a width of its own a lone bar is a thousandth of a second wide.
    assert all(trace.width > 0 for trace in figure.data if trace.type == "bar")


def test_drop_off_of_a_single_stage_says_what_it_needs():
    layout = plots.plot_drop_offs(drop_offs().head(0)).layout
    assert "two stages" in layout.title.subtitle.text
