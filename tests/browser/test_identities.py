"""A marketer switches a join off, sees what it would do, applies it and takes it back."""

import re

import pytest

from journey.store.read import open_store
from tests.browser.acts import fill, settled, title
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser

MINUTE = 60_000

# x is Ann's device, k that of Ann and Bob; their addresses are of two companies.
WEB = """\
anonymous_id,email,time,event
x,,2026-01-01,Visit
x,ann@acme.com,2026-01-02,Form
k,ann@acme.com,2026-01-03,Scan
k,bob@beta.com,2026-01-03,Scan
k,,2026-01-04,Visit
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def address(workspace):
    with _server(REPOSITORY, workspace) as found:
        yield found


@pytest.fixture
def opened(address, page, tmp_path):
    """The page about identities, of a data set that was just imported."""
    path = tmp_path / "web.csv"
    path.write_text(WEB, encoding="utf-8")
    page.goto(f"{address}/upload")
    title(page, "Upload touchpoints")
    settled(page)
    page.locator("input[type=file]").set_input_files([path])
    page.get_by_role("button", name="Import as proposed").click()
    page.get_by_role("heading", name="web is ready").wait_for(timeout=MINUTE)
    page.get_by_role("link", name="Identities").click()
    title(page, "Who is who")
    page.get_by_text("Why are these one?").wait_for()
    settled(page)
    return page


def journeys(workspace):
    store = open_store(workspace / "datasets" / "web")
    names = store.dictionaries["account_id"].to_pylist()
    return {
        names[case]: int(n)
        for s in store.shards
        for case, n in zip(s.cases, s.lengths, strict=True)
    }


def apply(page):
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Done. All pages use the new data.").wait_for(timeout=MINUTE)
    settled(page)


def figure(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label)


def test_a_join_is_switched_off_applied_and_switched_on_again(opened, workspace):
    page = opened
    assert journeys(workspace) == {"acme.com": 3, "beta.com": 1, "k": 1}
    page.locator("label", has_text="Visits").first.click()
    settled(page)
    figure(page, "Journeys").get_by_text("+1").wait_for()
    assert journeys(workspace) == {"acme.com": 3, "beta.com": 1, "k": 1}
    apply(page)
    assert journeys(workspace) == {"acme.com": 2, "beta.com": 1, "k": 1, "x": 1}
    page.locator("label", has_text="Visits").first.click()
    settled(page)
    apply(page)
    assert journeys(workspace) == {"acme.com": 3, "beta.com": 1, "k": 1}


def test_a_single_join_is_cut_from_its_explanation(opened, workspace):
    page = opened
    fill(page, page.get_by_label("An address, a person"), "x")
    page.get_by_text("x is joined with").wait_for()
    settled(page)
    # The first row of the table of links, below its header; the boxes to choose are at the left.
    table = page.locator(".dvn-scroller").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": 35 + 17})
    part = page.get_by_role("button", name=re.compile("Part Visitor x and Address"))
    part.click()
    page.get_by_role("button", name="Join again").wait_for()
    settled(page)
    page.get_by_text("Who is who").first.scroll_into_view_if_needed()
    apply(page)
    assert journeys(workspace) == {"acme.com": 2, "beta.com": 1, "k": 1, "x": 1}
    page.get_by_role("button", name="Join again").click()
    settled(page)
    apply(page)
    assert journeys(workspace) == {"acme.com": 3, "beta.com": 1, "k": 1}
