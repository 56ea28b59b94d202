"""Views kept by name: saved with what the address says, listed on every page, opened, removed."""

import json
from datetime import date
from urllib.parse import parse_qs

import pytest
import streamlit as st

from journey import Definitions
from journey.kept import SavedView, load_views, save_view
from journey.ui.navigation import PAGES
from journey.ui.state import Filters
from tests.examples import small_log
from tests.stores import save
from tests.ui import pages
from tests.ui.pages import button, checked, said

OPENED = {"views:opened": True}
KNOWN = ("compare-groups", "content-view")


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    log = small_log([("a", 0, "Ad"), ("a", 1, "Won"), ("b", 9, "Ad")], Definitions(won=("Won",)))
    save(log, tmp_path / "datasets" / "Small")
    return tmp_path


def saved_as(app, name):
    app.text_input(key="views:name").set_value(name)
    return checked(button(app, "Save this view").click().run())


def follow(app, name):
    """Click the link to a view: the browser sends its address, and the widgets as they stand."""
    links = [one.proto for one in app.main.get("page_link")]
    (link,) = [one for one in links if one.label.startswith(name)]
    app.query_params = parse_qs(link.query_string)
    app.switch_page(next(f"{one.path}" for one in PAGES if one.url_path == link.page))
    return checked(app.run())


def shown(app, key):
    """The value of a widget; the same after one more run, in which the browser sends it back."""
    runs = [
        (*run.slider, *run.selectbox, *run.number_input, *run.button_group)
        for run in (app, checked(app.run()))
    ]
    values = [next(one.value for one in widgets if one.key == key) for widgets in runs]
    assert values[0] == values[1]
    return values[0]


def test_a_view_keeps_page_filters_and_settings(root):
    query = {"exclude": "Ad", "case": "account", "stages-view": "Drop-off"}
    app = saved_as(pages.opened("explore/stages", "Small", state=OPENED, **query), " Monday ")
    kept = load_views(root, "Small")["Monday"]
    # Accounts are what journeys are of anyhow, so the address doesn't say it.
    assert kept == SavedView("stages", {"exclude": ["Ad"], "stages-view": ["Drop-off"]})
    assert app.text_input(key="views:name").value == ""


def test_views_are_offered_on_other_pages_and_go_when_removed(root):
    save_view(root, "Small", "Won ones", SavedView("stages", {"where.outcome": ["won"]}))
    app = pages.opened("explore/overview", "Small", state=OPENED)
    (link,) = [one.proto for one in app.main.get("page_link")]
    assert link.label == "Won ones :gray[Stages]"
    assert "where.outcome=won" in link.query_string
    assert "data=Small" in link.query_string
    app = checked(app.button(key="views:remove:Won ones").click().run())
    assert load_views(root, "Small") == {}
    assert not app.main.get("page_link")


@pytest.mark.parametrize("name", ["", "../x", "<script>alert(1)</script>", "[a](b)"])
def test_a_name_that_is_none_is_told_and_nothing_kept(root, name):
    app = saved_as(pages.opened("explore/stages", "Small", state=OPENED), name)
    assert "Not saved." in said(app)
    assert load_views(root, "Small") == {}


def test_hostile_values_come_back_as_they_were(root):
    name = "<b>&x=1#%2C,"
    app = pages.opened("explore/stages", "Small", state=OPENED, note=name)
    saved_as(app, "Odd")
    assert load_views(root, "Small")["Odd"].query == {"note": [name]}


def test_views_that_cannot_be_read_are_told_and_the_page_works(root):
    file = root / "views" / "Small.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"x": 1}), encoding="utf-8")
    app = pages.opened("explore/stages", "Small", state=OPENED)
    assert "can't be read" in said(app)
    assert "2 journeys" in said(app)


def test_a_view_of_a_page_that_is_gone_can_still_be_removed(root):
    save_view(root, "Small", "Old", SavedView("bygone", {}))
    app = pages.opened("explore/stages", "Small", state=OPENED)
    assert "Old: its page is gone" in said(app)
    checked(app.button(key="views:remove:Old").click().run())
    assert load_views(root, "Small") == {}


def test_a_view_of_the_page_one_is_on_brings_its_settings_back(root):
    save_view(root, "Small", "Nine", SavedView("paths", {"flow-steps": ["9"]}))
    save_view(root, "Small", "As it begins", SavedView("paths", {}))
    app = pages.opened("explore/paths", "Small", state=OPENED, **{"flow-steps": "5"})
    assert shown(app, "flow-steps") == 5
    app = follow(app, "Nine")
    assert shown(app, "flow-steps") == 9
    # What a view doesn't say is as on a page that was just opened.
    app = follow(app, "As it begins")
    assert shown(app, "flow-steps") == 8
    assert "flow-steps" not in app.query_params


def test_a_view_of_another_page_brings_its_settings_back(root):
    save_view(root, "Small", "Drops", SavedView("stages", {"stages-view": ["Drop-off"]}))
    save_view(root, "Small", "As it begins", SavedView("paths", {}))
    app = pages.opened("explore/paths", "Small", state=OPENED, **{"flow-steps": "5"})
    app = follow(app, "Drops")
    assert shown(app, "stages-view") == "Drop-off"
    app = follow(app, "As it begins")
    assert shown(app, "flow-steps") == 8


def test_a_view_brings_filters_back_and_leaves_the_settings_free(root):
    save_view(root, "Small", "Won", SavedView("stages", {"where.outcome": ["won"]}))
    app = follow(pages.opened("explore/stages", "Small", state=OPENED, exclude="Ad"), "Won")
    assert "1 of 2 journeys" in said(app)
    assert app.query_params == {"data": "Small", "where.outcome": "won"}
    app = pages.choose(app, "Drop-off")
    assert shown(app, "stages-view") == "Drop-off"


def test_two_periods_are_kept_with_all_their_days(root):
    days = {"period_A": ["2026-01-01", "2026-01-02"], "period_B": ["2026-01-03", "2026-01-09"]}
    query = {"compare-groups": "Two periods", "compare-view": "Step by step", **days}
    app = pages.opened("explore/compare", "Small", state=OPENED, **query)
    saved_as(app, "January")
    kept = load_views(root, "Small")["January"].query
    app = follow(pages.opened("explore/compare", "Small", state=OPENED), "January")
    a, b = ([str(day) for day in one.value] for one in app.date_input)
    assert {"period_A": a, "period_B": b} == days
    assert kept == {name: [v] if isinstance(v, str) else v for name, v in query.items()}


def test_the_file_of_a_view_cannot_lead_to_another_data_set(root):
    log = small_log([("z", 0, "Ad")], Definitions())
    save(log, root / "datasets" / "Other")
    save_view(root, "Small", "Odd", SavedView("stages", {"data": ["Other"]}))
    app = follow(pages.opened("explore/paths", "Small", state=OPENED), "Odd")
    assert app.query_params["data"] == "Small"


@pytest.mark.usefixtures("root")
def test_a_view_that_no_page_has_is_the_first():
    query = {"stages-view": "<b>Nonsense"}
    assert shown(pages.opened("explore/stages", "Small", **query), "stages-view") == "Funnel"


@pytest.mark.usefixtures("root")
def test_a_period_outside_what_is_in_view_is_forgotten():
    days = {"period_A": ["2026-01-01", "2026-01-02"], "period_B": ["2026-01-03", "2026-01-09"]}
    query = {"compare-groups": "Two periods", **days}
    app = pages.opened("explore/compare", "Small", **query)
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    app.session_state["portolan:filters"] = Filters(last_day=second)
    app = checked(app.run())
    assert [one.value for one in app.date_input] == [(first, second), (second, second)]


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("decide/attribution", {"half-life": "1e9", "credit-measure": "<b>"}),
        ("decide/forecast", {"forecast-weeks": "-1", "forecast-measure": "Points"}),
        ("explore/compare", {"compare-groups": "Two periods", "period_A": "1900-01-01"}),
        ("explore/content", {"content-view": "Use and wins", "content-idle": "-5"}),
        ("explore/lifecycle", {"lifecycle-days": "0", "lifecycle-role": "Nobody"}),
        ("explore/journey_map", {"map-shown": "Nothing"}),
    ],
)
def test_a_setting_that_cannot_be_is_as_on_a_page_just_opened(page, query):
    app = pages.flawless(pages.opened(page, "Small", **query))
    assert not {name for name in query if name not in KNOWN} & set(app.query_params)


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("decide/attribution", "half-life", 14.0),
        ("decide/attribution", "credit-measure", "Value"),
        ("decide/forecast", "forecast-weeks", 4),
        ("explore/lifecycle", "lifecycle-view", "Reach"),
        ("explore/content", "content-view", "Inventory"),
        ("explore/journey_map", "map-shown", "Table"),
        ("act/nurture", "nurture-view", "Triggers"),
        ("act/ownership", "ownership-view", "Waiting now"),
        ("act/lead_scores", "scores-view", "Rules"),
        ("decide/costs", "costs-view", "By channel"),
    ],
)
def test_a_view_brings_back_what_was_chosen_on_the_page(root, page, key, value):
    name = page.split("/")[1]
    save_view(root, "Small", "Mine", SavedView(name, {key: [f"{value}"]}))
    assert shown(follow(pages.opened(page, "Small", state=OPENED), "Mine"), key) == value
