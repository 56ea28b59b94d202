"""Every page of Explore runs on logs of all kinds and shows the library's numbers."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import Definitions, Stage
from journey.ui.text import percent
from journey.workspace import save_definitions
from tests.stores import store

REPOSITORY = Path(__file__).parents[2]
PAGES = (
    *("overview", "journey_map", "paths", "stages", "segments"),
    *("segment_builder", "compare", "ideal_customer", "personas"),
)
HOSTILE = "**Demo** $x$ <b>"

# a: Ad, Demo, Won · b: Ad, Ad, Demo, Lost · c: Demo, Ad (back) · d: Ad
ROWS = [
    ("a", "2026-01-01", "Ad"),
    ("a", "2026-01-03", HOSTILE),
    ("a", "2026-02-01", "Won"),
    ("b", "2026-01-01", "Ad"),
    ("b", "2026-01-02", "Ad"),
    ("b", "2026-01-04", HOSTILE),
    ("b", "2026-01-09", "Lost"),
    ("c", "2026-01-05", HOSTILE),
    ("c", "2026-01-07", "Ad"),
    ("d", "2026-02-02", "Ad"),
]
ACCOUNTS = {"account_id": ["a", "b", "c"], "industry": ["Software", "_Retail_", "_Retail_"]}
MODEL = Definitions(
    stages=(Stage("Attract", ("Ad",)), Stage("Convert", (HOSTILE, "Lost")), Stage("Won", ("Won",))),
    won=("Won",),
    lost=("Lost",),
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_dataset):
    root = tmp_path_factory.mktemp("workspace")
    store(ROWS, root / "datasets" / "Small", accounts=ACCOUNTS)
    save_definitions(root, "Small", MODEL)
    store(ROWS, root / "datasets" / "Plain")
    shutil.copytree(sample_dataset, root / "datasets" / "Sample")
    return root


@pytest.fixture(autouse=True)
def in_workspace(workspace, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(workspace))
    st.cache_resource.clear()


def opened(page, data, **query):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    for name, value in {"data": data, **query}.items():
        app.query_params[name] = value
    app.switch_page(f"pages/explore/{page}.py")
    return checked(app.run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def labels(app):
    """Labels of all buttons."""
    return [button.label for button in app.button]


def press(app, label):
    return checked(next(one for one in app.button if one.label.startswith(label)).click().run())


def said(app):
    return [one.value for one in (*app.markdown, *app.title, *app.caption)]


def choose(app, label):
    """Choose among the views of a page."""
    control = next(one for one in app.get("button_group") if label in one.options)
    return checked(control.set_value(label).run())


@pytest.mark.parametrize("data", ["Small", "Plain", "Sample"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_run(page, data):
    assert opened(page, data).title


@pytest.mark.parametrize("page", PAGES)
def test_a_filter_that_leaves_nothing_offers_ways_out(page):
    app = opened(page, "Small", to="2020-01-01")
    assert any("No journeys match" in text for text in said(app))
    assert "Remove all" in labels(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_filter_at_once_runs(page):
    app = opened(
        page,
        "Small",
        **{"where.industry": "_Retail_", "group.Ads": "Ad,Lost", "collapse": "yes", "start": "Ads"},
    )
    assert app.title


class TestOverview:
    def test_outcomes_add_up_and_open(self, workspace):
        log = journey.open_log(workspace / "datasets" / "Sample")
        counts = journey.outcomes(log).set_index("outcome")["n_journeys"]
        app = opened("overview", "Sample")
        words = labels(app)
        assert f"Won **{counts['won']}**" in words
        assert f"No decision **{counts['no_decision']:,}**" in words
        app = press(app, "Won")
        assert f"**{counts['won']} journeys**" in said(app)

    def test_headline_figures_are_the_librarys(self, workspace):
        log = journey.open_log(workspace / "datasets" / "Sample")
        counts = journey.outcomes(log).set_index("outcome")["n_journeys"]
        n_decided = counts[["won", "lost", "no_decision"]].sum()
        won = journey.journeys(log.where(outcome="won"))
        waits = (won["decided_at"] - won["first_at"]) / pd.Timedelta(days=1)
        metrics = {one.label: one.value for one in opened("overview", "Sample").metric}
        assert metrics["Journeys"] == f"{log.n_journeys:,}"
        assert metrics["Won"] == f"{counts['won']:,}"
        assert metrics[f"Won of {n_decided:,} decided"] == percent(counts["won"] / n_decided)
        assert metrics["Median time to win"] == f"{waits.median():.0f} days"

    def test_without_a_winning_rule_it_says_how_to_give_one(self):
        app = opened("overview", "Plain")
        assert any("Nothing counts as a win yet" in text for text in said(app))
        assert {one.label: one.value for one in app.metric}["Won"] == "—"

    def test_a_win_rate_of_few_is_greyed_and_its_label_says_of_how_many(self):
        # a is won, b is lost; c and d are open
        metrics = {one.label: one.value for one in opened("overview", "Small").metric}
        assert metrics[":gray[Won of 2 decided]"] == "50%"

    def test_a_month_opens(self):
        # February: d begins, a is won
        app = press(opened("overview", "Small"), "Begun **1**")
        assert "**1 journey**" in said(app)


class TestPaths:
    def test_whole_paths_open(self):
        app = choose(opened("paths", "Small"), "Whole paths")
        assert any("of 4 paths are 100% of journeys" in text for text in said(app))
        assert sum(label == "Open 1 journey" for label in labels(app)) == 4
        assert "**1 journey**" in said(press(app, "Open 1 journey"))

    @pytest.mark.parametrize("kind", ["From the first …", "Up to the last …", "Around the first …"])
    def test_steps_are_counted_from_an_anchor(self, kind):
        app = opened("paths", "Small")
        app.selectbox(key="flow-from").select(kind).run()
        assert checked(app).selectbox(key="flow-at").value in ("Ad", HOSTILE, "Lost", "Won")


class TestStages:
    # Attract: a, b, c, d; a and b went on to Convert; c is open in Attract, having begun later
    # Convert: a, b, c; a went on to Won; b was lost
    def test_funnel_counts_are_the_librarys(self):
        app = opened("stages", "Small")
        assert {"Entered **4**", "Went on **2**"} <= set(labels(app))
        assert "**2 journeys**" in said(press(app, "Went on"))

    @pytest.mark.parametrize(
        "view", ["Drop-off", "Last touches", "Time to next stage", "Back moves"]
    )
    @pytest.mark.parametrize("data", ["Small", "Sample"])
    def test_every_view_runs(self, view, data):
        choose(opened("stages", data), view)

    def test_drop_offs_open_by_outcome(self):
        app = choose(opened("stages", "Small"), "Drop-off")
        app = choose(app, "Convert")
        app = press(app, "Lost **1**")
        assert "**1 journey**" in said(app)

    def test_drop_offs_of_all_stages_are_told_beside_the_journeys_that_ended(self):
        # 141 of the sample are lost, 1,381 undecided; some skipped a stage.
        text = " ".join(said(choose(opened("stages", "Sample"), "Drop-off")))
        assert "in all stages together, of 1,522 journeys lost or undecided" in text
        assert "skipped a stage, or came to the next one first, counts in two" in text

    def test_back_moves_open(self):
        # c goes back from Convert to Attract
        app = choose(opened("stages", "Small"), "Back moves")
        assert "**1 journey**" in said(press(app, "Convert → Attract **1**"))

    def test_without_stages_it_says_what_is_missing(self):
        app = opened("stages", "Plain")
        assert any("No journey has entered a stage" in text for text in said(app))


class TestSegments:
    def test_counts_of_a_segment_open(self):
        # _Retail_: b is lost, c is open
        app = opened("segments", "Small")
        assert {"All **2**", "Won **0**", "Lost **1**"} <= set(labels(app))
        assert "**2 journeys**" in said(press(app, "All"))

    @pytest.mark.parametrize("view", ["Outcomes", "Stages"])
    def test_every_view_runs(self, view):
        choose(opened("segments", "Sample"), view)

    def test_the_picker_begins_with_whom_the_chart_names(self):
        app = opened("segments", "Sample")
        picker = next(one for one in app.selectbox if one.label == "Open journeys of")
        rows = app.dataframe[0].value
        enough = rows[(rows["n_journeys"] >= 30) & (rows["value"] != "(not known)")]
        assert picker.value == enough.loc[enough["win_rate"].idxmax(), "value"]

    def test_a_filter_that_moves_segments_leaves_the_one_chosen(self):
        # Logistics wins most before and after, but is fifth by journeys, then fourth.
        app = opened("segments", "Sample")
        picker = next(one for one in app.selectbox if one.label == "Open journeys of")
        assert picker.value == "Logistics"
        checked(picker.select("Retail").run())
        app.query_params["where.channel"] = "Sales"
        checked(app.run())
        picker = next(one for one in app.selectbox if one.label == "Open journeys of")
        assert (picker.options.index("Logistics"), picker.value) == (3, "Retail")

    def test_people_are_in_several_segments(self):
        app = opened("segments", "Sample")
        picker = app.selectbox(key="by")
        assert {"Account: Industry", "Person: Role", "Person: Seniority"} <= set(picker.options)
        checked(picker.select("Person: Role").run())
        assert any("add up to more than all journeys" in text for text in said(app))

    def test_without_attributes_it_says_what_to_add(self):
        app = opened("segments", "Plain")
        assert any("Nothing to divide journeys by" in text for text in said(app))
