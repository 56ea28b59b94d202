import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.charts import plot_style
from journey.charts.numbers import READER, known_locale
from journey.ui.text import counted, days, label, markdown, number, percent


class TestMarkdown:
    @given(st.text())
    def test_no_punctuation_and_no_line_end_is_left_bare(self, name):
        rest = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown(name))
        assert not re.search(r"[!-/:-@\[-`{-~\x00-\x1f\x7f]", rest)

    @given(st.text())
    def test_the_name_can_be_read_back(self, name):
        shown = markdown(name).replace("\u2060", "")
        kept = "".join(sign if sign.isprintable() else " " for sign in name).replace("\u2060", "")
        assert re.sub(r"\\(.)", r"\1", shown).split() == kept.split()

    @pytest.mark.parametrize(
        ("name", "broken"),
        [
            ("http://evil.example", "://"),
            ("www.evil.example", "www."),
            ("me@evil.example", "@evil"),
            ("a -> b", "->"),
            ("a <- b", "<-"),
            ("a -- b", "--"),
            (":streamlit:", ":streamlit"),
        ],
    )
    def test_what_is_looked_for_after_unescaping_is_broken_up(self, name, broken):
        assert broken not in markdown(name).replace("\\", "")

    def test_lines_become_one(self):
        assert markdown("a\n\n# b") == r"a \# b"


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (0, "0"),
            (12_400, "12,400"),
            (2.25, "2.2"),
            (1234.5, "1,234"),
            (float("nan"), "—"),
            (None, "—"),
        ],
    )
    def test_number(self, value, shown):
        assert number(value) == shown

    @pytest.mark.parametrize(
        ("share", "n", "shown"),
        [
            (0.5, None, "50%"),
            (0.4213, 29, "42% (n = 29)"),
            (0.4213, 30, "42%"),
            (0.4213, 999, "42%"),
            (0.4213, 1000, "42.1%"),
            (float("nan"), 0, "—"),
        ],
    )
    def test_percent_carries_no_more_digits_than_its_denominator(self, share, n, shown):
        assert percent(share, n) == shown

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (0, "0 days"),
            (0.5, "12.0 hours"),
            (1, "1 day"),
            (9.96, "10.0 days"),
            (38.4, "38 days"),
            (None, "—"),
        ],
    )
    def test_days(self, value, shown):
        assert days(value) == shown


def test_counted_knows_plurals():
    assert [counted(n, noun) for n, noun in ((1, "journey"), (2, "journey"), (3, "company"))] == [
        "1 journey",
        "2 journeys",
        "3 companies",
    ]


def test_label_of_columns():
    assert [label(name) for name in ("n_people", "last_at", "industry", "id", "")] == [
        "People",
        "Last",
        "Industry",
        "Id",
        "",
    ]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en-GB", ["12,400", "2.2", "42.1%", "1,200 journeys", "1.3 days", ".,"]),
        ("de-DE", ["12.400", "2,2", "42,1\xa0%", "1.200 journeys", "1,3 days", ",."]),
        ("x-unheard-of", ["12,400", "2.2", "42.1%", "1,200 journeys", "1.3 days", ".,"]),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(language, written):
    token = READER.set(known_locale(language))
    try:
        chart = plot_style.draft("title", theme="light", height=200).drawn()
        assert [
            number(12400),
            number(2.25),
            percent(0.4213, 4_000),
            counted(1200, "journey"),
            days(1.26),
            chart.layout.separators,
        ] == written
    finally:
        READER.reset(token)
