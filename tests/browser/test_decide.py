"""A head of marketing asks which channel gets the credit, and opens the wins behind it."""

import pytest

from tests import credited
from tests.browser.acts import close, show
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    credited.write(workspace / "datasets" / "Full", credited.WINS + credited.LOST + credited.OPEN)
    with _server(REPOSITORY, workspace) as found:
        yield found


def test_credit_opens_into_its_wins(address, page):
    from playwright.sync_api import expect

    page.goto(f"{address}/attribution?data=Full")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.get_by_text("First touch gives Ads 75%, last touch 0%")).to_be_visible()
    page.get_by_role("button", name="On the way of 30").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Won after Ads")).to_be_visible()
    expect(dialog.get_by_text("30 journeys", exact=True)).to_be_visible()
    close(dialog)
    show(page, "Value")
    expect(page.get_by_text("3,000 of 4,000 value won")).to_be_visible()
    assert page.locator("b", has_text="Mail").count() == 0
