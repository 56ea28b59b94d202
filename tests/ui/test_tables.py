import pandas as pd
from streamlit.testing.v1 import AppTest

from journey.ui.tables import PAGE_ROWS, _shown, column_formats, is_small, rates


def written(column, values):
    return column_formats(pd.DataFrame({column: values}))[column]


class TestFormats:
    def test_counts_shares_days_and_times_are_written_as_such(self):
        formats = {
            name: written(name, values)["type_config"]["format"]
            for name, values in {
                "n_moves": [1],
                "share": [0.5],
                "win_rate": [0.5],
                "median_days": [1.5],
                "first_at": pd.to_datetime(["2026-01-01"], utc=True),
            }.items()
        }
        assert formats == {
            "n_moves": "localized",
            "share": "percent",
            "win_rate": "percent",
            "median_days": "localized",
            "first_at": "YYYY-MM-DD HH:mm",
        }

    def test_times_say_that_they_are_utc(self):
        assert written("first_at", pd.to_datetime(["2026-01-01"]))["label"] == "First (UTC)"

    def test_own_words_and_help_come_first(self):
        frame = pd.DataFrame({"n_last": [1]})
        formats = column_formats(
            frame, labels={"n_last": "Ended here"}, column_help={"n_last": "h"}
        )
        assert (formats["n_last"]["label"], formats["n_last"]["help"]) == ("Ended here", "h")


def shown(column, values):
    return _shown(pd.DataFrame({column: values}))[column].tolist()


class TestShown:
    def test_shares_and_days_are_rounded_on_the_screen_only(self):
        # The browser cuts after the tenth of a per cent, which would write 54.29% as 54.2%.
        frame = pd.DataFrame({"share": [0.5429, None], "days": [1.26, 2.0], "n_all": [3, 4]})
        assert _shown(frame)["share"].iloc[0] == 0.543
        assert _shown(frame)["days"].tolist() == [1.3, 2.0]
        assert _shown(frame)["n_all"].tolist() == [3, 4]
        assert frame["share"].iloc[0] == 0.5429

    def test_shares_and_days_carry_one_decimal_of_what_is_written(self):
        assert written("share", [0.5])["type_config"]["step"] == 0.001
        assert written("median_days", [1.5])["type_config"]["step"] == 0.1

    def test_large_amounts_are_shown_without_cents_and_small_ones_with_them(self):
        assert shown("spend", [149_252.05, 904.93]) == [149_252, 905]
        assert shown("credit", [0.678, 12.4]) == [0.678, 12.4]

    def test_a_text_column_named_like_a_share_stays(self):
        assert shown("low", ["low"]) == ["low"]

    def test_sequences_are_one_line_and_outcomes_words(self):
        assert shown("sequence", [("a", "b")]) == ["a → b"]
        assert shown("outcome", ["no_decision", "?"]) == ["No decision", "?"]


def a_long_list():
    import pandas as pd
    import streamlit as st

    from journey.ui.tables import PAGE_ROWS, Listing, choose_rows, show_table

    frame = pd.DataFrame({"account_id": [f"A{place}" for place in range(2 * PAGE_ROWS + 1)]})
    show_table(frame, key="long", file_name="long")
    show_table(frame.head(PAGE_ROWS), key="short", file_name="short")
    first = Listing(len(frame), frame.head)
    show_table(first, key="asked", file_name="asked")
    st.text(f"asked for: {len(first.upto(st.session_state.get('row', 0)))}")
    rows = choose_rows(frame, key="choice", on_screen=lambda rows: rows.assign(at=rows.index))
    st.text(f"chosen: {rows}")


class TestPages:
    def test_a_long_list_is_sent_in_pages_and_told_so(self):
        app = AppTest.from_function(a_long_list).run()
        long, short, _, choice = (table.value for table in app.dataframe)
        assert (len(long), len(short), len(choice)) == (PAGE_ROWS, PAGE_ROWS, PAGE_ROWS)
        assert [note.value for note in app.caption if "Rows" in note.value] == [
            "Rows 1 to 100. A click on a header sorts these.",
            "Rows 1 to 100. A click on a header sorts these.",
            "Rows 1 to 100. A click on a header sorts these.",
        ]
        assert "201 rows" in [note.value for note in app.caption]

    def test_the_last_page_has_what_is_left(self):
        app = AppTest.from_function(a_long_list)
        app.session_state["long:page"] = app.session_state["asked:page"] = 3
        app.session_state["row"] = PAGE_ROWS
        app.session_state["choice:page"] = 9
        long, _, asked, choice = (table.value for table in app.run().dataframe)
        assert long["account_id"].tolist() == ["A200"]
        # Of a listing no more is asked for than up to the page of a row.
        assert asked["account_id"].tolist() == ["A200"]
        assert app.text[0].value == f"asked for: {2 * PAGE_ROWS}"
        # A list that became shorter shows its last page.
        assert choice["at"].tolist() == [200]


def test_rates_of_fewer_than_thirty_are_small_by_any_of_their_sizes():
    frame = pd.DataFrame(
        {
            "win_rate": [0.5, 0.5, 0.5],
            "difference": [0.1, 0.1, 0.1],
            "n_with": [30, 29, None],
            "n_without": [5, 90, 90],
        }
    )
    of = rates("n_with", "win_rate") | rates(("n_with", "n_without"), "difference")
    small = is_small(frame, of | rates("n_with", "not there"))
    assert small["win_rate"].tolist() == [False, True, False]
    assert small["difference"].tolist() == [True, True, False]
    assert not small[["n_with", "n_without"]].to_numpy().any()


def test_what_a_share_is_of_can_be_told_from_share_and_count():
    frame = pd.DataFrame({"n_last": [3, 9, 0], "last_share": [0.1, 9 / 29, 0.0]})
    small = is_small(frame, rates("n_last / last_share", "last_share"))
    assert small["last_share"].tolist() == [False, True, False]


def test_a_list_greys_by_sizes_that_are_not_shown():
    page = pd.DataFrame({"win_rate": [0.5, 0.5], "n_with": [29, 30]})
    small = is_small(page[["win_rate"]], rates("n_with", "win_rate"), page)
    assert small["win_rate"].tolist() == [True, False]


def a_list_with_small_samples():
    import pandas as pd

    from journey.ui.tables import rates, show_table

    frame = pd.DataFrame({"value": ["A", None], "win_rate": [0.5, 0.25], "n_with": [29, 30]})
    show_table(frame, key="small", file_name="small", of=rates("n_with", "win_rate"))


def test_cells_of_small_samples_alone_are_written_in_grey():
    (table,) = AppTest.from_function(a_list_with_small_samples).run().dataframe
    styles = table.proto.arrow_data.styler.styles
    assert "row0_col1" in styles
    assert "row1" not in styles
    assert table.value["win_rate"].tolist() == [0.5, 0.25]
