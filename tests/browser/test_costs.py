"""A head of marketing types costs into the grid: they count, or the page says what is amiss."""

import pytest
from playwright.sync_api import expect

from journey.costs import ENTERED_FILE
from tests.browser.conftest import REPOSITORY, _server
from tests.browser.test_shell import settled
from tests.examples import small_log
from tests.stores import save

pytestmark = pytest.mark.browser

ROW_PIXELS = 35
GRID_PAUSE = 400  # the grid takes in what is done to it, and tells the app, a moment later
# Two leads in January, of whom a is won on 10 February, when the log ends.
ROWS = [("a", 0, "New lead"), ("a", 40, "Won"), ("b", 1, "New lead")]
GOOD = ("2026-01", "labour", "", "", "310", "eur")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    for name in ("Whole", "Lacking", "Odd"):
        save(small_log(ROWS), root / "datasets" / name)
    return root


@pytest.fixture(scope="module")
def address(workspace):
    with _server(REPOSITORY, workspace) as found:
        yield found


def opened(address, page, name):
    page.goto(f"{address}/costs?data={name}")
    page.get_by_role("radio", name="Enter costs", exact=True).click()
    page.get_by_role("button", name="Save costs").wait_for()
    page.locator(".dvn-scroller").wait_for()
    settled(page)


def editor(page):
    return page.locator(".gdg-clip-region :is(input, textarea)")


def click_row(page, row):
    """Click the first cell of a row; that below the last makes a row and opens the cell."""
    y = ROW_PIXELS * (row + 1) + ROW_PIXELS // 2
    page.locator(".dvn-scroller").click(position={"x": 90, "y": y})


def type_in(page, text):
    editor(page).wait_for()
    page.keyboard.type(text)
    page.wait_for_timeout(GRID_PAUSE)
    page.keyboard.press("Tab")
    editor(page).wait_for(state="detached")
    page.wait_for_timeout(GRID_PAUSE)


def add_row(page, row, cells):
    """Type a row below the others, cell by cell; an empty word leaves its cell empty."""
    click_row(page, row)
    type_in(page, cells[0])
    for text in cells[1:]:
        if text:
            page.keyboard.press("Enter")
            type_in(page, text)
        else:
            page.keyboard.press("Tab")
    settled(page)


def change(page, row, column, text):
    """Type over one cell of a row that is there."""
    click_row(page, row)
    page.wait_for_timeout(GRID_PAUSE)
    for key in ("Control+Home", *["ArrowDown"] * row, *["ArrowRight"] * column):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    editor(page).wait_for()
    page.keyboard.press("Control+A")
    type_in(page, text)
    settled(page)


def saved(page):
    page.get_by_role("button", name="Save costs").click()
    expect(page.get_by_text("Costs saved. All pages use them.")).to_be_visible()
    settled(page)


def refused(page, words):
    page.get_by_role("button", name="Save costs").click()
    expect(page.get_by_role("alert")).to_contain_text(f"Nothing is saved. {words}")
    settled(page)


def figure(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def test_a_whole_row_counts(address, workspace, page):
    opened(address, page, "Whole")
    add_row(page, 0, GOOD)
    saved(page)
    # 310 for two leads and one customer.
    expect(figure(page, "Per lead EUR")).to_have_text("155")
    expect(figure(page, "Per customer EUR")).to_have_text("310")
    held = (workspace / "datasets" / "Whole" / ENTERED_FILE).read_text()
    assert held.splitlines()[1:] == ["2026-01,labour,,,310.0,EUR"]


def test_a_row_that_lacks_something_stays_and_nothing_is_saved(address, workspace, page):
    path = workspace / "datasets" / "Lacking" / ENTERED_FILE
    opened(address, page, "Lacking")
    add_row(page, 0, GOOD)
    add_row(page, 1, ("2026-01", "campaign", "Ads", "", "", "EUR"))
    refused(page, "Row 2 (2026-01, campaign, Ads, EUR) lacks: cost. Fill it in")
    assert not path.exists()
    change(page, 1, 4, "90")
    saved(page)
    expect(figure(page, "Spent EUR")).to_have_text("400")
    assert len(path.read_text().splitlines()) == 3


def test_a_day_is_no_month_and_costs_may_be_nothing_or_less(address, page):
    opened(address, page, "Odd")
    add_row(page, 0, ("2026-01-15", "labour", "", "", "0", "EUR"))
    refused(page, "The month of row 1 is '2026-01-15'. Costs entered by hand are of whole months")
    change(page, 0, 0, "2026-01")
    saved(page)
    expect(page.get_by_text("Nothing was spent in view")).to_be_visible()
    expect(figure(page, "Per lead EUR")).to_have_text("0")
    add_row(page, 1, ("2026-01", "campaign", "", "", "-20", "EUR"))
    saved(page)
    expect(page.get_by_text("No cost for each: costs add up to less than 0.")).to_be_visible()
    expect(figure(page, "Spent EUR")).to_have_text("-20")
