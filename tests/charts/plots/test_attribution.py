import pandas as pd
import pytest

from journey.charts.plots.attribution import disagreement, plot_attribution
from journey.errors import ColumnNotFoundError
from journey.schema import SMALL_SAMPLE


def frame_of(credit, n_journeys=100):
    """Model to channel to credit, as ``attribute`` gives it; each interval is the credit -+ 1."""
    rows = [
        {
            "model": model,
            "channel": channel,
            "n_conversions": n,
            "value": 10 * n,
            "low": max(n - 1, 0),
            "high": n + 1,
            "value_low": 9 * n,
            "value_high": 11 * n,
            "n_journeys": n_journeys,
        }
        for model, of in credit.items()
        for channel, n in of.items()
    ]
    return pd.DataFrame(rows).astype({"channel": object})


APART = {"first": {"Ads": 80.0, "Mail": 20.0}, "markov": {"Ads": 30.0, "Mail": 70.0}}


def shown(chart):
    return [note.text for note in chart.layout.annotations]


def test_models_stand_from_left_to_right_and_channels_from_the_top():
    layout = plot_attribution(frame_of(APART)).layout
    assert layout.xaxis.range == (0, 2)
    assert layout.yaxis.range == (1.6, -0.6)
    assert layout.yaxis.ticktext == ("Ads", "Mail")
    assert layout.yaxis.visible is None


def test_the_title_names_the_widest_gap():
    assert (
        plot_attribution(frame_of(APART)).layout.title.text
        == "First touch gives Ads 80%, Markov 30%"
    )


def test_models_that_agree_are_said_to():
    close = {"first": {"Ads": 80.0, "Mail": 20.0}, "last": {"Ads": 78.0, "Mail": 22.0}}
    assert plot_attribution(frame_of(close)).layout.title.text == (
        "Models agree: Ads has most, 80%"
    )


def test_few_wins_are_not_compared():
    few = {"first": {"Ads": 8.0}, "last": {"Ads": 8.0}}
    title = plot_attribution(frame_of(few)).layout.title.text
    assert title == "Too few wins to compare models: 8"


def test_every_share_is_written_and_small_ones_are_grey():
    chart = plot_attribution(frame_of(APART))
    assert shown(chart) == ["80%", "20%", "First touch", "30%", "70%", "Markov"]
    grey = plot_attribution(frame_of(APART, n_journeys=SMALL_SAMPLE - 1))
    inks = {bar.marker.color for bar in chart.data if bar.type == "bar"}
    assert inks.isdisjoint({bar.marker.color for bar in grey.data if bar.type == "bar"})


def test_value_is_drawn_where_asked_for():
    chart = plot_attribution(frame_of(APART), measure="value", theme="dark")
    assert "1,000 value won" in chart.layout.title.subtitle.text


def test_names_from_the_data_are_harmless():
    hostile = {"first": {"<b>$x$</b>": 60.0, None: 40.0}, "last": {"<b>$x$</b>": 10.0, None: 90.0}}
    chart = plot_attribution(frame_of(hostile))
    assert "<b>" not in chart.layout.title.text
    assert list(chart.layout.yaxis.ticktext) == [
        "&lt;b&gt;&#36;x&#36;&lt;/b&gt;",
        "(none before the win)",
    ]


def test_rows_left_out_are_counted():
    many = {"first": {f"c{number:02}": 40.0 - number for number in range(15)}}
    chart = plot_attribution(frame_of(many))
    assert len(chart.layout.yaxis.ticktext) == 12
    assert "3 with less credit left out" in chart.layout.title.subtitle.text


def test_no_credit_says_why():
    nothing = frame_of({"first": {"Ads": 0.0}})
    assert disagreement(nothing, measure="value") is None
    for measure, words in (("n_conversions", "nothing is won"), ("value", "has a value")):
        assert words in plot_attribution(nothing, measure=measure).layout.title.subtitle.text
    assert plot_attribution(nothing.iloc[:0]).layout.title.text == "Nothing to show yet"


def test_a_missing_column_is_named():
    with pytest.raises(ColumnNotFoundError, match="'low'"):
        plot_attribution(frame_of(APART).drop(columns="low"))
