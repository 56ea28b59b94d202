import pandas as pd
import pytest

from journey.charts.plots.imports import plot_import, plot_sources
from journey.errors import ColumnNotFoundError


def fates(**counts):
    return pd.DataFrame(
        {"action": [name.replace("_", " ") for name in counts], "n_rows": list(counts.values())}
    )


class TestImport:
    @pytest.mark.parametrize(
        ("frame", "title"),
        [
            (fates(kept=8577), "All 8,577 rows read are touchpoints; none is set aside"),
            (
                fates(kept=7, merged=2, set_aside=1),
                "7 of 10 rows read are touchpoints; 1 is set aside",
            ),
            (fates(kept=0, set_aside=3), "0 of 3 rows read are touchpoints; 3 are set aside"),
            (fates(), "Nothing to show yet"),
        ],
    )
    def test_the_title_says_what_became_of_the_rows(self, frame, title):
        assert plot_import(frame).layout.title.text == title

    def test_the_parts_add_up_over_files(self):
        frame = pd.concat([fates(kept=3, merged=1), fates(kept=4, read_as_attributes=2)])
        chart = plot_import(frame, theme="dark")
        assert [(bar.name, bar.x[0]) for bar in chart.data] == [
            ("Kept 7 · 70%", 7),
            ("Merged 1 · 10%", 1),
            ("Read as facts 2 · 20%", 2),
        ]

    def test_a_missing_column_is_named(self):
        with pytest.raises(ColumnNotFoundError, match="n_rows"):
            plot_import(pd.DataFrame({"action": ["kept"]}))


class TestSources:
    def frame(self, values, counts):
        return pd.DataFrame({"month": "2026-01", "value": values, "n_touchpoints": counts})

    def test_names_are_harmless(self):
        chart = plot_sources(self.frame(["<b>web</b>", "$x$"], [3, 1]))
        assert chart.layout.title.text == ("75% of 4 touchpoints come from &lt;b&gt;web&lt;/b&gt;")
        assert [bar.name for bar in chart.data] == ["&lt;b&gt;web&lt;/b&gt;", "&#36;x&#36;"]

    def test_beyond_six_sources_the_rest_is_one(self):
        chart = plot_sources(self.frame(list("abcdefgh"), [8, 7, 6, 5, 4, 3, 2, 1]))
        assert [bar.name for bar in chart.data] == [*"abcdef", "All others"]
        assert sum(sum(bar.y) for bar in chart.data) == 36

    def test_without_sources_the_title_tells_of_months(self):
        chart = plot_sources(self.frame([None], [5]))
        assert chart.layout.title.text == "Most touchpoints in a month: 5 in January 2026"

    def test_the_axis_holds_whole_months_and_names_each_where_few(self):
        frame = pd.DataFrame({"month": ["2024-01", "2024-03"], "value": "a", "n_touchpoints": 1})
        axis = plot_sources(frame).layout.xaxis
        assert [str(end)[:10] for end in axis.range] == ["2024-01-01", "2024-04-01"]
        assert axis.dtick == "M1"
        years = pd.DataFrame({"month": ["2022-01", "2024-03"], "value": "a", "n_touchpoints": 1})
        assert plot_sources(years).layout.xaxis.dtick is None

    def test_an_empty_log_says_so(self):
        assert plot_sources(self.frame([], [])).layout.title.text == "Nothing to show yet"
