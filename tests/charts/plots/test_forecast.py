import pandas as pd
import pytest

from journey.charts.plots.forecast import plot_forecast, plot_forecast_backtest
from journey.errors import ColumnNotFoundError

NAN = float("nan")


def forecast(wins=(2.1, 4.0), value=(50_000.0, 648_100.0)):
    return pd.DataFrame(
        {
            "ends_at": pd.to_datetime(["2026-07-07", "2026-07-14"], utc=True),
            "total_wins": wins,
            "total_low": [0.0, 1.0],
            "total_high": [4.0, 7.0],
            "total_value": value,
            "total_value_low": [0.0, 380_000.0],
            "total_value_high": [90_000.0, 1_012_000.0],
        }
    )


def backtest(*inside):
    n = len(inside)
    begins = pd.to_datetime([f"2026-0{k + 1}-01" for k in range(n)], utc=True)
    return pd.DataFrame(
        {
            "made_at": begins,
            "until_at": begins + pd.Timedelta(days=30),
            "expected_wins": [5.0] * n,
            "low": [2.0] * n,
            "high": [8.0] * n,
            "n_won": [6 if one else 9 for one in inside],
            "is_inside": list(inside),
            "expected_value": [500.0] * n,
            "value_low": [200.0] * n,
            "value_high": [800.0] * n,
            "value_won": [900.0] * n,
            "is_value_inside": [False] * n,
        }
    )


def test_the_titles_say_between_what_and_by_when():
    wins, value = (plot_forecast(forecast(), measure=m) for m in ("wins", "value"))
    assert wins.layout.title.text == "Four times in five 1 to 7 wins by 14 Jul 2026"
    assert value.layout.title.text.replace("<br>", " ") == (
        "Four times in five wins worth 380K to 1M by 14 Jul 2026"
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.0, 1.0, "none or 1 win"), (0.0, 0.0, "no win"), (1.0, 1.0, "1 win")],
)
def test_few_wins_are_said_in_words(low, high, words):
    frame = forecast(wins=(0.1, 0.4)).assign(total_low=low, total_high=high)
    title = plot_forecast(frame).layout.title.text
    assert title == f"Four times in five {words} by 14 Jul 2026"


def test_the_band_lies_between_the_ends_of_the_interval():
    high, low, mean = plot_forecast(forecast()).data
    assert list(high.y) == [4.0, 7.0]
    assert (list(low.y), low.fill) == ([0.0, 1.0], "tonexty")
    assert list(mean.y) == [2.1, 4.0]


@pytest.mark.parametrize("frame", [forecast(wins=(NAN, NAN)), forecast().iloc[:0]])
def test_what_is_not_known_is_said(frame):
    assert "nothing was won yet" in plot_forecast(frame).layout.title.subtitle.text


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ((True, False, True), "2 of 3 past forecasts held: what happened was inside the interval"),
        ((True,), "The one past forecast that can be tried held"),
        ((False,), "The one past forecast that can be tried missed what happened"),
    ],
)
def test_the_title_counts_the_forecasts_that_held(inside, title):
    assert plot_forecast_backtest(backtest(*inside)).layout.title.text.replace("<br>", " ") == title


def test_the_latest_forecast_stands_on_top_and_each_measure_has_its_own_figures():
    chart = plot_forecast_backtest(backtest(True, False), measure="value")
    assert chart.layout.yaxis.ticktext[0] == "1 Feb 2026 to 3 Mar 2026"
    band, expected, real = chart.data
    assert list(band.x) == [200.0, 800.0, None, 200.0, 800.0, None]
    assert (list(expected.x), list(real.x)) == ([500.0, 500.0], [900.0, 900.0])


def test_nothing_to_try_is_said():
    chart = plot_forecast_backtest(backtest())
    assert "too short" in chart.layout.title.subtitle.text


@pytest.mark.parametrize("draw", [plot_forecast, plot_forecast_backtest])
def test_a_missing_column_is_named(draw):
    with pytest.raises(ColumnNotFoundError, match="not found in the"):
        draw(pd.DataFrame({"week": [1]}))


def test_the_legend_of_one_past_forecast_stands_below_the_axis():
    layout = plot_forecast_backtest(backtest(True)).layout
    assert (layout.legend.yref, layout.legend.yanchor, layout.legend.y) == (
        "container",
        "bottom",
        0,
    )
    assert layout.margin.b >= 60
