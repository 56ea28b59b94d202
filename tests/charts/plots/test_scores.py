import pandas as pd
import pytest

from journey import charts
from journey.charts.theme import TOKENS
from journey.errors import ColumnNotFoundError

GRADES = pd.DataFrame(
    {
        "fit_grade": ["A", "A", "B", "B"],
        "engagement_grade": ["1", "4", "1", "4"],
        "n_journeys": [2, 30, 0, 8],
        "n_decided": [1, 30, 0, 0],
        "win_rate": [1.0, 0.4, float("nan"), float("nan")],
    }
)


def words(chart):
    return [note.text for note in chart.layout.annotations]


def driver(name, difference, goes_with, *, n=50, points=5.0):
    return {
        "touchpoint": name,
        "points_per_touch": points,
        "n_with": n,
        "win_rate": 0.5 + difference,
        "n_without": 50,
        "without_rate": 0.5,
        "difference": difference,
        "difference_low": difference - 0.1,
        "difference_high": difference + 0.1,
        "goes_with": goes_with,
    }


class TestGrades:
    def test_every_cell_has_its_count_and_what_won(self):
        chart = charts.plot_score_grades(GRADES)
        assert chart.layout.title.text == "38 of the 40 that fit well are not engaged now"
        assert words(chart) == [
            *("<b>2</b>", "100% of 1 won", "<b>30</b>", "40% of 30 won", "<b>0</b>", "<b>8</b>")
        ]
        inks = {note.text: note.font.color for note in chart.layout.annotations}
        assert inks["100% of 1 won"] == TOKENS["light"]["muted"]  # of fewer than 30
        assert inks["40% of 30 won"] == TOKENS["light"]["ink"]

    @pytest.mark.parametrize(
        ("letter", "hot", "title"),
        [
            ("?", 5, "5 of 9 are hot"),
            ("?", 1, "4 of 5 are cold"),
            ("C", 0, "4 of 4 are cold"),
            ("A", 0, "None of the 4 that fit well is engaged now"),
            ("B", 5, "4 of the 9 that fit well are not engaged now"),
        ],
    )
    def test_the_title_says_what_stands_out(self, letter, hot, title):
        frame = GRADES.head(2).assign(fit_grade=letter, n_journeys=[hot, 4])
        assert charts.plot_score_grades(frame).layout.title.text == title

    def test_without_journeys_it_says_so(self):
        chart = charts.plot_score_grades(GRADES.assign(n_journeys=0))
        assert chart.layout.title.text == "Nothing to show yet"


class TestDrivers:
    FRAME = pd.DataFrame(
        [
            driver("<b>Demo</b>", 0.3, "more wins"),
            driver("Guide", 0.001, "no difference seen"),
            driver("Rare", 0.2, "too few"),
        ]
    )

    def test_what_goes_with_wins_leads_and_useless_points_are_counted(self):
        chart = charts.plot_score_drivers(self.FRAME)
        assert chart.layout.title.text.replace("<br>", " ") == (
            "&lt;b&gt;Demo&lt;/b&gt; goes with most wins; 1 activity that gives points shows no "
            "difference"
        )
        assert words(chart) == ["+30 points, n 50", "0 points, n 50"]
        assert list(chart.layout.yaxis.ticktext) == ["&lt;b&gt;Demo&lt;/b&gt;", "Guide"]

    def test_a_clear_difference_is_drawn_before_frequent_ones(self):
        many = [driver(f"Step {n}", 0.0, "no difference seen", n=90) for n in range(30)]
        frame = pd.DataFrame([driver("Rare but clear", 0.3, "more wins", n=31), *many])
        chart = charts.plot_score_drivers(frame)
        assert len(chart.layout.yaxis.ticktext) == 24
        assert chart.layout.yaxis.ticktext[0] == "Rare but clear"
        assert "7 more in the table" in chart.layout.title.subtitle.text

    def test_too_few_alone_say_so(self):
        chart = charts.plot_score_drivers(self.FRAME.tail(1))
        assert "Too few" in chart.layout.title.subtitle.text


class TestCalibration:
    FRAME = pd.DataFrame(
        {
            "predicted_share": [0.1, 0.6],
            "win_rate": [0.12, 0.3],
            "low": [0.05, 0.2],
            "high": [0.2, 0.4],
            "n_journeys": [50, 50],
            "n_won": [6, 15],
        }
    )

    def test_groups_whose_interval_misses_are_counted(self):
        assert charts.plot_calibration(self.FRAME).layout.title.text == (
            "The model's chances are off in 1 of 2 groups"
        )
        assert charts.plot_calibration(self.FRAME.head(1)).layout.title.text == (
            "The model's chances can be taken at their word"
        )

    def test_without_a_model_it_says_so(self):
        assert (
            charts.plot_calibration(self.FRAME.head(0)).layout.title.text == "Nothing to show yet"
        )


class TestHistory:
    FRAME = pd.DataFrame(
        {
            "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"], utc=True),
            "fit": [40.0, 40.0, 40.0],
            "engagement": [5.0, 20.0, 10.0],
            "relationship": [0.0, 0.0, 15.0],
            "grade": ["B4", "B2", "B3"],
        }
    )

    def test_three_lines_and_never_their_sum(self):
        chart = charts.plot_score_history(self.FRAME, theme="dark")
        assert [line.name for line in chart.data] == ["Fit", "Engagement", "Relationship"]
        assert chart.layout.title.text == (
            "Grade B3: engagement 10, 20 at its height on 2026-01-02"
        )
        assert charts.plot_score_history(self.FRAME.head(2)).layout.title.text == (
            "Grade B2: engagement 20"
        )

    def test_a_missing_column_is_named(self):
        with pytest.raises(ColumnNotFoundError, match="engagement"):
            charts.plot_score_history(self.FRAME.drop(columns="engagement"))
