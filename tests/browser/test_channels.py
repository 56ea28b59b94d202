"""A marketer looks through the rules of channels, tries another order and takes it back."""

import re

import pytest
from playwright.sync_api import expect

import journey
from tests.browser.acts import settled, title
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser

VISITS = """\
account,when,event,page_url,referrer
A,2026-01-01,Visit,https://acme.example/,https://www.google.com/
A,2026-01-02,Visit,https://acme.example/,
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    file = workspace / "visits.csv"
    file.write_text(VISITS, encoding="utf-8")
    journey.read_touchpoints(file, into=workspace / "datasets" / "Visits")
    with _server(REPOSITORY, workspace) as found:
        yield found


def test_rules_are_read_in_full_moved_and_put_back(address, page):
    page.goto(f"{address}/channels?data=Visits")
    title(page, "Channels")
    rules = page.get_by_test_id("stTable").get_by_role("row")
    expect(rules.nth(1)).to_contain_text("Direct")
    pattern = rules.filter(has_text=re.compile(r"Medium matches")).first
    assert pattern.evaluate("row => row.scrollWidth <= row.closest('table').clientWidth")
    page.get_by_role("button", name="Move down").click()
    expect(rules.nth(2)).to_contain_text("Direct")
    settled(page)
    page.get_by_role("button", name="Discard changes").click()
    expect(rules.nth(1)).to_contain_text("Direct")
