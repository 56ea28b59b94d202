"""The shell around pages that only say what they were given."""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from playwright.sync_api import expect

from journey.store.write import write_store
from tests.browser.acts import press_option, query, says, settled, title
from tests.browser.conftest import _server

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]

COUNTS = """
import streamlit as st
from journey.ui.guards import require_view
from journey.ui.journeys import count_button
st.title({title!r})
view = require_view()
st.markdown(f"journeys: {{view.n_journeys}}, touchpoints: {{view.n_touchpoints}}")
count_button(view, title="All **of** them", key="all")
"""
MAP = """
import streamlit as st
from journey.charts.svg import document, element, hit
from journey.ui.guards import require_view
from journey.ui.picture import clear_selection, selection, show_picture
st.title("Map")
marked = selection("map")
def node(name, x):
    width = 4 if marked and marked.id == name else 1
    box = {"x": x, "y": 5, "width": 50, "height": 50, "stroke": "#000", "stroke-width": width}
    return element("g", hit("node", name, name), element("rect", box))
names = require_view().touchpoint_types
body = "".join(node(name, 10 + 60 * place) for place, name in enumerate(names))
style = ".paper { fill: rgb(255, 255, 255) } .dark .paper { fill: rgb(0, 0, 0) }"
picture = document(body, size=(900, 60), classes="", style=style, title="Map", alt="Nodes")
chosen = show_picture(picture, key="map", file_name="map")
st.text(f"chosen: {chosen.kind} {chosen.id}" if chosen else "chosen: nothing")
st.button("Choose nothing", on_click=clear_selection, args=("map",))
"""
FAILS = """
import streamlit as st
st.title("Stages")
raise ZeroDivisionError("a secret of this machine")
"""

HOSTILE = '<img src=x onerror="alert(1)"> **Demo** $x$'

# a: Ad, Demo · b: Ad, Ad, hostile · c: Demo
ROWS = [
    ("a", "2026-01-01", "Ad"),
    ("a", "2026-01-03", "Demo"),
    ("b", "2026-01-01", "Ad"),
    ("b", "2026-01-02", "Ad"),
    ("b", "2026-01-04", HOSTILE),
    ("c", "2026-01-05", "Demo"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The app with pages of our own."""
    place = tmp_path_factory.mktemp("app")
    for name in ("app.py", "journey", ".streamlit"):
        (place / name).symlink_to(REPOSITORY / name)
    for path, source in {
        "explore/overview.py": COUNTS.format(title="Overview"),
        "explore/paths.py": COUNTS.format(title="Paths"),
        "explore/journey_map.py": MAP,
        "explore/stages.py": FAILS,
        "data/upload.py": 'import streamlit as st\nst.title("Upload")',
    }.items():
        file = place / "pages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return place


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    place = tmp_path_factory.mktemp("workspace")
    accounts = pa.table({"account_id": ["a", "b"], "industry": ["Software", "Retail, wholesale"]})
    for name in ("Alpha", "Beta"):
        _store(ROWS, place / "datasets" / name, accounts)
    return place


@pytest.fixture(scope="module")
def app(root, workspace):
    """One app for all that needs no fresh one: nothing here changes what is stored."""
    with _server(root, workspace) as address:
        yield address


def _store(rows, directory, accounts):
    ids, days, types = zip(*rows, strict=True)
    times = [pd.Timestamp(day).value // 1000 for day in days]
    table = pa.table({"account_id": ids, "occurred_at": times, "touchpoint": types})
    write_store(
        directory,
        table.to_batches(),
        dictionaries={
            name: pa.array(sorted(set(values), key=str.encode))
            for name, values in (("account_id", ids), ("touchpoint", types))
        },
        n_touchpoints=len(rows),
        whole_seconds=True,
        accounts=accounts,
    )


class TestDeepLinks:
    @pytest.mark.parametrize("path", ["", "overview", "paths"])
    def test_the_first_visit_of_a_fresh_server_gets_shell_and_page(
        self, serve, root, workspace, page, path
    ):
        page.goto(f"{serve(workspace, root)}/{path}?data=Beta&where.industry=Software")
        title(page, "Paths" if path == "paths" else "Overview")
        says(page, "1 of 3 journeys")
        says(page, "journeys: 1, touchpoints: 2")
        settled(page)
        assert page.get_by_role("dialog").count() == 0
        assert page.get_by_text("not found").count() == 0
        expect(page.get_by_role("link", name="Upload")).to_be_visible()

    def test_the_app_as_it_is_delivered_does_so_too(self, serve, tmp_path, page):
        page.goto(f"{serve(tmp_path)}/upload")
        title(page, "Upload touchpoints")
        settled(page)
        assert page.get_by_role("dialog").count() == 0
        expect(page.get_by_role("link", name="Upload")).to_be_visible()

    def test_without_data_every_page_leads_to_the_upload(self, serve, root, tmp_path, page):
        page.goto(f"{serve(tmp_path, root)}/paths")
        says(page, "Load data first")
        page.get_by_role("link", name="Upload data").click()
        title(page, "Upload")


class TestAddress:
    def test_filters_hold_over_pages_reload_and_new_tabs(self, app, page):
        page.goto(f"{app}/overview?data=Beta&exclude=Ad")
        says(page, "journeys: 3, touchpoints: 3")
        link = page.get_by_role("link", name="Paths")
        address = link.get_attribute("href")
        link.click()
        title(page, "Paths")
        says(page, "journeys: 3, touchpoints: 3")
        assert query(page) == {"data": "Beta", "exclude": "Ad"}
        page.reload()
        says(page, "journeys: 3, touchpoints: 3")
        page.goto(page.url.split("/paths")[0] + "/" + address.rsplit("/", maxsplit=1)[-1])
        says(page, "journeys: 3, touchpoints: 3")

    def test_removing_a_chip_and_going_back(self, app, page):
        page.goto(f"{app}/overview?data=Beta&exclude=Ad&where.industry=Software")
        says(page, "journeys: 1, touchpoints: 1")
        page.get_by_role("button", name="Without Ad").click()
        says(page, "journeys: 1, touchpoints: 2")
        assert query(page) == {"data": "Beta", "where.industry": "Software"}
        page.go_back()
        says(page, "journeys: 1, touchpoints: 1")
        page.go_forward()
        says(page, "journeys: 1, touchpoints: 2")

    def test_bad_values_are_told_and_left_out(self, app, page):
        page.goto(f"{app}/overview?data=Beta&from=soon&exclude=Gone,Ad")
        says(page, "'soon' is no date like 2026-01-31")
        says(page, "what it lacks is left out")
        says(page, "journeys: 3, touchpoints: 3")
        assert query(page) == {"data": "Beta", "exclude": "Ad"}

    def test_a_data_set_that_is_gone_is_told(self, app, page):
        page.goto(f"{app}/overview?data=Gone")
        says(page, "There is no data set 'Gone' here.")
        says(page, "journeys: 3, touchpoints: 6")

    def test_another_data_set_begins_without_filters(self, app, page):
        page.goto(f"{app}/overview?data=Beta&exclude=Ad")
        says(page, "touchpoints: 3")
        page.get_by_role("combobox", name="Data set").click()
        press_option(page, "Alpha")
        says(page, "touchpoints: 6")
        assert query(page) == {"data": "Alpha"}


class TestStates:
    def test_no_match_offers_to_remove_filters(self, app, page):
        page.goto(f"{app}/overview?data=Beta&to=2025-01-01&exclude=Ad")
        says(page, "No journeys match")
        page.get_by_test_id("stMain").get_by_role("button", name="Until 2025").last.click()
        says(page, "journeys: 3, touchpoints: 3")

    def test_a_page_that_fails_says_so_without_details(self, app, page):
        page.goto(f"{app}/stages?data=Beta")
        says(page, "This page failed; your data are unharmed.")
        assert page.get_by_text("secret").count() == 0
        assert page.get_by_text("Traceback").count() == 0


class TestJourneys:
    def test_a_count_opens_into_exactly_its_journeys(self, app, page):
        page.goto(f"{app}/overview?data=Beta&exclude=Demo")
        page.get_by_role("button", name="2 journeys").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("All **of** them").wait_for()
        dialog.get_by_text("2 rows").wait_for()
        with page.expect_download() as download:
            dialog.get_by_role("button", name="CSV").click()
        lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines] == ["account_id", "a", "b"]


class TestPicture:
    def test_click_and_keyboard_choose_and_keep_the_focus(self, app, page):
        page.goto(f"{app}/journey_map?data=Beta")
        says(page, "chosen: nothing")
        page.get_by_role("button", name="Ad", exact=True).click()
        says(page, "chosen: node Ad")
        settled(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        says(page, "chosen: node Demo")
        settled(page)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        says(page, "chosen: node Ad")
        page.get_by_role("button", name="Choose nothing").click()
        says(page, "chosen: nothing")
        page.get_by_role("button", name="Ad", exact=True).click()
        says(page, "chosen: node Ad")

    def test_hostile_names_stay_names(self, app, page):
        page.goto(f"{app}/journey_map?data=Beta&exclude=Ad,Demo")
        page.get_by_role("button", name=re.compile("onerror.*Demo")).last.click()
        says(page, f"chosen: node {HOSTILE}")
        assert page.locator("img").count() == 0

    def test_it_follows_the_theme_while_it_is_shown(self, app, page):
        page.goto(f"{app}/journey_map?data=Beta")
        paper = page.locator("svg .paper")
        paper.wait_for()
        color = "element => getComputedStyle(element).fill"
        assert paper.evaluate(color) == "rgb(255, 255, 255)"
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            "color => getComputedStyle(document.querySelector('.stApp')).backgroundColor === color",
            arg="rgb(13, 24, 34)",
        )
        page.locator("svg.dark").wait_for()
        assert paper.evaluate(color) == "rgb(0, 0, 0)"

    def test_a_narrow_window_scrolls_the_picture_not_the_page(self, app, page):
        page.set_viewport_size({"width": 400, "height": 800})
        page.goto(f"{app}/journey_map?data=Beta")
        page.locator(".frame svg").wait_for()
        wider = "element => element.scrollWidth > element.clientWidth"
        assert page.locator(".frame").evaluate(wider)
        assert not page.get_by_test_id("stMain").evaluate(wider)
