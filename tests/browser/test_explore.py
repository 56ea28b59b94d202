"""A marketer looks at the map and the paths: clicks, opens journeys, changes what is drawn."""

import re
from pathlib import Path

import pytest

from journey.definitions import Definitions, Stage
from journey.workspace import save_definitions
from tests.browser.acts import arrives, choose, close, fill, query, settled, show
from tests.browser.conftest import REPOSITORY, _server
from tests.stores import store

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="alert(1)"> **Demo**'

# a: Ad, Mail, demo, Won · b: Ad, Ad, demo · c: Mail, demo, Ad (back) · d: Ad, Mail
ROWS = [
    ("a", "2026-01-01", "Ad"),
    ("a", "2026-01-02", "Mail"),
    ("a", "2026-01-03", HOSTILE),
    ("a", "2026-02-01", "Won"),
    ("b", "2026-01-01", "Ad"),
    ("b", "2026-01-02", "Ad"),
    ("b", "2026-01-04", HOSTILE),
    ("c", "2026-01-05", "Mail"),
    ("c", "2026-01-07", HOSTILE),
    ("c", "2026-01-09", "Ad"),
    ("d", "2026-02-02", "Ad"),
    ("d", "2026-02-03", "Mail"),
]
NAMESAKES = [
    ("a", "2026-01-01", "Deal"),
    ("b", "2026-01-01", "Ad"),
    ("b", "2026-01-02", "won"),
    ("c", "2026-01-01", "Ad"),
    ("c", "2026-01-02", "won"),
]
ACCOUNTS = {"account_id": ["a", "b", "c", "d"], "industry": ["Software", "Retail", "Retail", None]}
STAGES = (Stage("Attract", ("Ad", "Mail")), Stage("Convert", (HOSTILE,)), Stage("Close", ("Won",)))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One app for all: nothing here changes what is stored."""
    workspace = tmp_path_factory.mktemp("workspace")
    store(ROWS, workspace / "datasets" / "Small", accounts=ACCOUNTS)
    save_definitions(workspace, "Small", Definitions(stages=STAGES, won=("Won",)))
    store(NAMESAKES, workspace / "datasets" / "Namesakes")
    save_definitions(workspace, "Namesakes", Definitions(won=("Deal",)))
    with _server(REPOSITORY, workspace) as found:
        yield found


@pytest.fixture
def visit(address, page):
    def visited(path, data="Small"):
        page.goto(f"{address}/{path}{'&' if '?' in path else '?'}data={data}")
        settled(page)
        return page

    return visited


def click(page, kind, name, *, shown=None):
    """Click a part of a picture by its kind and the beginning of its name."""
    part = page.locator(f".hit.{kind}").and_(page.get_by_label(re.compile(f"^{re.escape(name)}")))
    part.first.dispatch_event("click")
    page.locator(".st-key-panel").get_by_text(shown or name).first.wait_for()
    settled(page)


def opened(page, n):
    """Open the journeys of what is selected, check how many rows the list has, close it."""
    words = "1 journey" if n == 1 else f"{n} journeys"
    page.get_by_role("button", name=f"Open {words}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("1 row" if n == 1 else f"{n} rows", exact=True).wait_for()
    close(dialog)


class TestMap:
    def test_a_step_opens_into_exactly_its_journeys(self, visit):
        page = visit("journey_map")
        click(page, "node", "Mail")
        opened(page, 3)
        click(page, "node", HOSTILE)
        opened(page, 3)
        assert page.locator("img").count() == 0

    def test_moves_outcomes_and_stages_open_too(self, visit):
        page = visit("journey_map?map-moves=100")
        click(page, "edge", f"Mail → {HOSTILE}")
        opened(page, 2)
        click(page, "outcome", "Won")
        opened(page, 1)
        click(page, "stage", "Stage Attract", shown="Reached by")
        opened(page, 4)

    def test_the_keyboard_does_the_same(self, visit):
        page = visit("journey_map")
        page.locator(".hit.node").and_(page.get_by_label(re.compile("^Ad,"))).focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Open 4 journeys").wait_for()

    def test_excluding_a_step_holds_over_pages_and_reloads(self, visit):
        from playwright.sync_api import expect

        page = visit("journey_map")
        click(page, "node", "Mail")
        page.get_by_role("button", name="Exclude").click()
        page.get_by_role("button", name="Without Mail").wait_for()
        settled(page)
        mail = page.get_by_label(re.compile("^Mail"))
        expect(page.locator(".hit.node").and_(mail)).to_have_count(0)
        assert query(page)["exclude"] == "Mail"
        page.get_by_role("link", name="Paths").click()
        arrives(page, "paths")
        page.reload()
        page.get_by_role("button", name="Without Mail").wait_for()
        expect(page.locator(".hit.box").and_(mail)).to_have_count(0)

    def test_starting_ending_and_grouping_change_the_address(self, visit):
        page = visit("journey_map")
        click(page, "node", "Mail")
        page.get_by_role("button", name="Start here").click()
        page.get_by_role("button", name="From Mail", exact=True).wait_for()
        settled(page)
        click(page, "node", HOSTILE)
        page.get_by_role("button", name="End here").click()
        page.get_by_text("2 of 4 journeys").wait_for()
        settled(page)
        click(page, "node", "Mail")
        page.get_by_role("button", name="Group with…").click()
        choose(page, "Group Mail with", HOSTILE, within=page)
        fill(page, page.get_by_label("Call them"), "Talks & mail")
        page.get_by_role("button", name="Group", exact=True).click()
        page.get_by_role("button", name="Talks & mail =").wait_for()
        found = query(page)
        assert found["start"] == found["end"] == "Talks & mail"
        assert "group.Talks & mail" in found

    def test_the_panel_stays_in_sight(self, visit):
        page = visit("journey_map")
        page.set_viewport_size({"width": 1280, "height": 500})
        click(page, "node", "Mail")
        page.mouse.move(900, 400)
        page.mouse.wheel(0, 600)
        page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 300")
        box = page.locator(".st-key-panel").bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 500

    def test_the_same_moves_as_a_table(self, visit):
        page = visit("journey_map")
        show(page, "Table")
        # Ad→Mail, Mail→demo, demo→Won, Ad→Ad, Ad→demo, demo→Ad
        page.get_by_text("6 rows").wait_for()


class TestPaths:
    def test_boxes_and_ribbons_open_into_exactly_their_journeys(self, visit):
        page = visit("paths")
        click(page, "box", "Ad (Attract), step 1", shown="Ad at step 1")
        opened(page, 3)
        click(page, "flow", "Ad → Mail, step 1 to 2", shown="Ad → Mail after step 1")
        opened(page, 2)

    def test_a_touch_named_as_an_outcome_opens_into_its_own_journeys(self, visit):
        # After the first step b and c go on by "won", a touch; at step 2 only a is over: won.
        page = visit("paths", data="Namesakes")
        click(page, "box", "won, step 2", shown="won at step 2")
        opened(page, 2)
        click(page, "box", "No further touch, Won, step 2", shown="Won at step 2")
        opened(page, 1)

    def test_other_opens_into_its_types(self, visit):
        page = visit("paths?flow-types=3")
        click(page, "box", "Other, step 4", shown="Other at step 4")
        page.get_by_text("Other at step 4 holds 1 type").wait_for()
        opened(page, 1)
        page.get_by_role("button", name="Give 4 types boxes of their own").click()
        page.locator(".hit.box").and_(page.get_by_label(re.compile("^Won"))).first.wait_for()
        assert query(page).get("flow-types", "4") == "4"

    def test_whole_paths_open(self, visit):
        page = visit("paths")
        page.get_by_text("Whole paths").click()
        page.get_by_text("The 4 most frequent of 4 paths").wait_for()
        settled(page)
        page.get_by_role("button", name="Open 1 journey").first.click()
        page.get_by_role("dialog").get_by_text("1 row", exact=True).wait_for()
        assert page.locator("img").count() == 0


class TestOtherPages:
    @pytest.mark.parametrize(
        ("path", "button", "rows"),
        [
            ("overview", "Won 1", "1 row"),
            ("stages", "Went on 3", "3 rows"),
            ("segments", "All 2", "2 rows"),
        ],
    )
    def test_counts_open(self, visit, path, button, rows):
        page = visit(path)
        page.get_by_role("button", name=button).first.click()
        page.get_by_role("dialog").get_by_text(rows, exact=True).wait_for()

    @pytest.mark.parametrize("path", ["overview", "journey_map", "paths", "stages", "segments"])
    def test_no_page_is_wider_than_the_window(self, visit, path):
        page = visit(path)
        page.set_viewport_size({"width": 700, "height": 900})
        settled(page)
        wider = "element => element.scrollWidth > element.clientWidth"
        assert not page.get_by_test_id("stMain").evaluate(wider)


def test_a_chart_is_taken_as_svg(visit):
    page = visit("stages")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Chart as SVG").click()
    assert download.value.suggested_filename == "stage-funnel.svg"
    source = Path(download.value.path()).read_text("utf-8")
    is_whole = (
        "source => !new DOMParser().parseFromString(source, 'image/svg+xml')"
        ".querySelector('parsererror')"
    )
    assert page.evaluate(is_whole, source)
    assert source.startswith("<svg")
    assert "Reached the stage" in source
    assert "Convert" in source
