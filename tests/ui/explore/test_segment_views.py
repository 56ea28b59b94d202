"""With which segment a choice begins."""

import pandas as pd

from journey import charts
from journey.ui.explore.segment_views import drawn_journeys, place_of_most


def test_a_segment_too_small_to_be_drawn_is_not_begun_with():
    # Of 24 segments of 50 journeys one has 20 won, the others 5. Small, of 30 journeys with 20
    # won, is left out of the chart, which draws twenty.
    rows = [(f"S{place}", 50, 5, 0.1, 0.05, 0.3) for place in range(24)]
    rows = [("Small", 30, 20, 0.66, 0.5, 0.8), ("Big", 50, 20, 0.4, 0.31, 0.5), *rows[1:]]
    columns = ["value", "n_journeys", "n_won", "win_rate", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    assert charts.plot_segment_breakdown(frame).layout.title.text.startswith("Big wins most")
    assert place_of_most(frame, frame["win_rate"], drawn_journeys(frame)) == 1


def test_of_nothing_it_is_the_first_place():
    none = pd.DataFrame({"value": [], "win_rate": [], "n_journeys": []})
    assert place_of_most(none, none["win_rate"], drawn_journeys(none)) == 0
