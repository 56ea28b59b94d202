"""Marketing and sales agree: rules, segments, personas, from click to what is kept."""

import shutil

import pytest

from journey.definitions import load_definitions
from journey.kept import load_notes, load_segments
from tests.browser.acts import arrives, choose, close, fill, settled, show
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_dataset):
    folder = tmp_path_factory.mktemp("workspace")
    shutil.copytree(sample_dataset, folder / "datasets" / "Sample")
    return folder


@pytest.fixture(scope="module")
def address(workspace):
    """One app for all: each test changes another part of the data set."""
    with _server(REPOSITORY, workspace) as found:
        yield found


@pytest.fixture
def visit(address, page):
    def visited(path):
        page.goto(f"{address}/{path}{'&' if '?' in path else '?'}data=Sample")
        settled(page)
        return page

    return visited


def definitions(workspace):
    return load_definitions(workspace / "datasets" / "Sample" / "definitions.toml")


def test_what_a_rule_looks_at_is_changed_tried_and_saved_as_a_version(visit, workspace):
    from playwright.sync_api import expect

    page = visit("lead_scores")
    show(page, "Rules")
    figure = page.get_by_test_id("stMetricValue").first
    before, version = figure.text_content(), definitions(workspace).scoring.version
    page.get_by_text("Add a rule, or change what one looks at").click()
    choose(page, "Rule", "1. Need: Runs shifts in plants and depots")
    page.get_by_role("button", name="Remove Logistics").or_(
        page.locator('[data-baseweb="tag"]', has_text="Logistics").get_by_role("presentation")
    ).first.click()
    settled(page)
    page.get_by_role("button", name="Change", exact=True).click()
    expect(figure).not_to_have_text(before)
    settled(page)
    fill(page, page.get_by_label("What was agreed, for the next version"), "Plants only")
    page.get_by_role("button", name=f"Save as version {version + 1}").click()
    page.get_by_text(f"Saved as version {version + 1}").wait_for()
    saved = definitions(workspace).scoring
    assert saved.rules[0].one_of == ("Manufacturing",)
    assert saved.changes[-1].note == "Plants only"


def test_a_competitor_is_named_and_known_at_once(visit, workspace):
    page = visit("lead_scores")
    show(page, "Not buyers")
    page.get_by_text("Change the rules").click()
    field = page.get_by_role("textbox", name="Competitors' domains, one a line")
    fill(page, field, "")
    page.get_by_text("-14 against the rules saved").wait_for()
    fill(page, field, "workweft.example")
    page.get_by_text("-13 against the rules saved").wait_for()
    page.get_by_role("button", name="Save rules").click()
    page.get_by_text("Saved. All pages use it now.").wait_for()
    assert definitions(workspace).not_buyers.competitor_domains == ("workweft.example",)


def test_a_segment_is_built_saved_and_filters_another_page(visit, workspace):
    from playwright.sync_api import expect

    page = visit("segment_builder")
    choose(page, "Attributes", "Account: Industry")
    choose(page, "Industry", "Software")
    inside = page.get_by_text("journeys, ", exact=False).last
    expect(inside).not_to_contain_text("100%")
    n_inside = inside.text_content().split(" ")[0]
    page.get_by_role("button", name="Keep as segment").click()
    fill(page, page.get_by_label("Name of the segment"), "Makers of software")
    page.get_by_role("button", name="Save and filter all pages").click()
    page.get_by_role("button", name="Segment: Makers of software").wait_for()
    assert load_segments(workspace, "Sample")["Makers of software"].profile == (
        ("industry", ("Software",)),
    )
    page.get_by_test_id("stSidebar").get_by_role("link", name="Stages", exact=True).click()
    arrives(page, "stages")
    page.get_by_text(f"{n_inside} of 2,100 journeys").wait_for()


def test_two_groups_on_one_map_open_their_journeys(visit):
    from playwright.sync_api import expect

    page = visit("compare?group_a=Won")
    show(page, "Map")
    page.locator('.frame .hit.node[data-id="Product page"]').click()
    opening = page.get_by_role("button", name="journeys of Won")
    n_journeys = opening.text_content().split("Open ")[1].split(" ")[0]
    opening.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"{n_journeys} journeys", exact=True)).to_be_visible()
    close(dialog)
    expect(page.locator(".frame .hit[aria-pressed=true]")).to_have_attribute(
        "data-id", "Product page"
    )
    show(page, "Step by step")
    page.locator(".frame .hit.flow").first.press("Enter")
    page.get_by_role("button", name="of All others").wait_for()
    expect(page.locator(".frame .flow[aria-pressed=true]")).to_have_count(1)
    show(page, "Stages")
    show(page, "Convert")
    page.get_by_text("Reached Convert").wait_for()


def test_notes_on_a_persona_are_there_after_a_reload(visit, workspace):
    page = visit("personas")
    page.get_by_role("button", name="Notes").first.click()
    fill(page, page.get_by_label("Goals"), "Fewer <b>calls</b> on Sundays")
    page.get_by_role("button", name="Save notes").click()
    said = page.get_by_test_id("stMain").get_by_text("Fewer <b>calls</b> on Sundays")
    said.first.wait_for()
    page.reload()
    said.first.wait_for()
    (notes,) = load_notes(workspace, "Sample").values()
    assert notes.goals == "Fewer <b>calls</b> on Sundays"


def test_the_lifecycle_opens_what_it_counts(visit):
    from playwright.sync_api import expect

    page = visit("lifecycle")
    page.get_by_role("heading", level=1).wait_for()
    show(page, "Moves between stages")
    move = page.get_by_role("button", name="Attract → Capture").first
    n_journeys = move.text_content().split()[-1]
    move.click()
    noun = "journey" if n_journeys == "1" else "journeys"
    expect(
        page.get_by_role("dialog").get_by_text(f"{n_journeys} {noun}", exact=True)
    ).to_be_visible()


def test_nurture_opens_triggers_without_an_answer(visit):
    from playwright.sync_api import expect

    page = visit("nurture")
    show(page, "Triggers")
    ignored = page.get_by_role("button", name="ignored in").first
    n_journeys = ignored.text_content().split()[-1]
    ignored.click()
    noun = "journey" if n_journeys == "1" else "journeys"
    expect(
        page.get_by_role("dialog").get_by_text(f"{n_journeys} {noun}", exact=True)
    ).to_be_visible()
