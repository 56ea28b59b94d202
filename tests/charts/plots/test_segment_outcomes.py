import pandas as pd
import pytest

from journey.charts.plots.segment_outcomes import plot_segment_outcomes
from journey.errors import ColumnNotFoundError

COLUMNS = ["value", "n_journeys", "n_won", "n_lost", "n_no_decision", "n_stalled", "n_in_progress"]


def frame(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def test_shares_of_a_segment_add_up_to_all_its_journeys():
    chart = plot_segment_outcomes(frame(("A", 40, 10, 5, 5, 15, 5), (None, 8, 0, 8, 0, 0, 0)))
    assert [sum(trace.x[row] for trace in chart.data) for row in (0, 1)] == pytest.approx([1, 1])
    assert [trace.name for trace in chart.data][:2] == ["Won", "Lost"]
    # 15 stalled + 5 in progress of 40; the other segment is too small to be named
    assert chart.layout.title.text == "Most are open in A: 50% of 40 journeys"


def test_not_known_is_no_segment_to_be_named():
    # 45 of 60 are open where it isn't known, 10 of 50 in A
    chart = plot_segment_outcomes(frame((None, 60, 5, 5, 5, 20, 25), ("A", 50, 20, 10, 10, 5, 5)))
    assert chart.layout.title.text == "Most are open in A: 20% of 50 journeys"


def test_names_are_harmless():
    chart = plot_segment_outcomes(frame(("<b>x</b> $y$", 40, 40, 0, 0, 0, 0)))
    assert chart.layout.yaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt; &#36;y&#36;",)


def test_what_is_left_out_is_said():
    rows = [(str(place), 30 + place, 30 + place, 0, 0, 0, 0) for place in range(25)]
    chart = plot_segment_outcomes(frame(*rows))
    assert len(chart.data[0].x) == 20
    assert chart.layout.title.subtitle.text == "5 smaller segments left out"
    assert chart.layout.title.text == "All journeys of the larger segments have ended"


def test_nothing_to_show_and_a_missing_column_are_told():
    assert plot_segment_outcomes(frame()).layout.title.text == "Nothing to show yet"
    with pytest.raises(ColumnNotFoundError, match="n_stalled"):
        plot_segment_outcomes(frame().drop(columns="n_stalled"))
