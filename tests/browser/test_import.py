"""A marketer brings in files: drops them, says what columns mean, sees what went wrong."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from journey.store.read import open_store
from journey.workspace import list_datasets, load_inventory
from tests.browser.acts import fill, settled, title
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser

ROW_PIXELS = 35
MINUTE = 60_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8

# Accounts A1 to A4, each with an Ad on the 3rd and a Demo on the 4th of a month.
EVENTS = "account,when,event,phone\n" + "".join(
    f"A{n},{day:02}/{n:02}/2026,{event},{n}\n"
    for n in range(1, 5)
    for day, event in ((3, "Ad"), (4, "Demo"))
)
DATED = re.sub(r"(\d\d)/(\d\d)/2026", r"2026-\2-\1", EVENTS)
HEADERS = ("<img src=x onerror=alert(1)>", "$x$ [a](javascript:alert(1))", "=cmd()", "h" * 300)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def address(workspace):
    with _server(REPOSITORY, workspace) as found:
        yield found


@pytest.fixture
def drop(address, page, tmp_path):
    """Drop files on the upload page: their names and content."""

    def dropped(**files):
        paths = []
        for name, content in files.items():
            path = tmp_path / re.sub(r"_(?=[a-z]+$)", ".", name)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        page.goto(f"{address}/upload")
        title(page, "Upload touchpoints")
        settled(page)
        page.locator("input[type=file]").set_input_files(paths)
        page.get_by_role("button", name="Import as proposed").wait_for()
        settled(page)
        return page

    return dropped


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def look_at_columns(page):
    press(page, "Check columns")
    title(page, "What the columns mean")
    page.get_by_text("To change a meaning").wait_for(timeout=MINUTE)
    page.get_by_test_id("stDataFrame").first.wait_for()
    settled(page)


def give_meaning(page, row, words):
    """Choose the meaning of a column by its row in the first table."""
    table = page.locator(".dvn-scroller").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 320, "y": ROW_PIXELS * (row + 1) + ROW_PIXELS // 2})
    page.keyboard.press("Enter")
    editor = page.locator(".gdg-clip-region input")
    editor.wait_for()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    editor.wait_for(state="detached")
    settled(page)


def named(page, name):
    fill(page, page.get_by_label("Name of the data set"), name)


def ready(page, name):
    page.get_by_role("heading", name=f"{name} is ready").wait_for(timeout=MINUTE)


def listed(page, name):
    """Give the file in the list of files; errors don't end in its name."""
    return page.get_by_text(re.compile(f"{re.escape(name)}$"))


def says(page, words):
    page.get_by_text(words).first.wait_for(timeout=MINUTE)


class TestColumns:
    def test_an_open_question_is_asked_and_its_answer_used(self, drop, workspace):
        page = drop(touches_csv=EVENTS)
        look_at_columns(page)
        expect(page.get_by_text("one row per event")).to_be_visible()
        assert page.get_by_role("button", name="Import", exact=True).is_disabled()
        page.get_by_text(re.compile("^Month first: ")).click()
        settled(page)
        named(page, "Month first")
        press(page, "Import")
        ready(page, "Month first")
        store = open_store(workspace / "datasets" / "Month first")
        # Read month first, 03/01 to 04/04 are the first to the fourth of March and April.
        assert (store.n_journeys, store.n_touchpoints) == (4, 8)
        seconds = (store.last_tick - store.first_tick) // store.ticks_per_second
        assert seconds == 34 * 86_400

    def test_a_changed_meaning_is_used(self, drop, workspace):
        page = drop(touches_csv=DATED)
        look_at_columns(page)
        # Found first: account, when, event; then phone.
        give_meaning(page, 3, "Leave")
        named(page, "Left out")
        press(page, "Import")
        ready(page, "Left out")
        store = open_store(workspace / "datasets" / "Left out")
        assert "phone" not in [*store.accounts.column_names, *store.text_columns]
        page.get_by_role("link", name="See what was done to every row").click()
        says(page, "Column 'phone' of touches.csv is left out, as asked.")

    def test_hostile_headers_stay_names(self, drop):
        rows = "".join(f"A{n % 3},2026-01-0{n},Ad,a,b,c,d\n" for n in range(1, 9))
        quoted = ",".join(f'"{header}"' for header in HEADERS)
        page = drop(odd_csv=f"account,when,event,{quoted}\n{rows}")
        look_at_columns(page)
        assert page.locator("[data-testid=stMain] img").count() == 0
        press(page, "Import")
        ready(page, "odd")
        page.get_by_role("link", name="Quality").click()
        title(page, "Quality of the data")
        says(page, "8 rows read = 8 kept")
        assert page.locator("[data-testid=stMain] img").count() == 0

    def test_choices_hold_over_a_look_at_another_page(self, drop):
        page = drop(touches_csv=EVENTS)
        look_at_columns(page)
        give_meaning(page, 0, "Leave")
        says(page, "Choose an Account")
        page.get_by_role("link", name="Back to the files").click()
        title(page, "Upload touchpoints")
        look_at_columns(page)
        says(page, "Choose an Account")


class TestErrors:
    @pytest.mark.parametrize(
        ("content", "words"),
        [(b"", "touches.csv is empty"), (PNG, "touches.csv looks like a PNG image")],
    )
    def test_a_file_that_is_no_table_is_told_and_kept(self, drop, content, words):
        page = drop(touches_csv=content)
        press(page, "Import as proposed")
        says(page, words)
        expect(listed(page, "touches.csv")).to_be_visible()
        press(page, "Remove all")
        listed(page, "touches.csv").wait_for(state="detached")

    def test_without_a_time_column_the_question_is_asked_and_nothing_lost(self, drop):
        events = EVENTS.replace("when", "said").replace("/2026", " o'clock")
        page = drop(touches_csv=events)
        press(page, "Import as proposed")
        title(page, "What the columns mean")
        says(page, "touches.csv: which column says when it happened? Choose a Time.")
        assert page.get_by_role("button", name="Import", exact=True).is_disabled()
        page.get_by_role("link", name="Back to the files").click()
        listed(page, "touches.csv").wait_for()


class TestImport:
    def test_cancelling_keeps_the_files_and_nothing_else(self, drop, workspace):
        lines = "".join(
            f"A{n % 5000},2026-01-01 00:{n % 60:02}:00,Event {n % 9}\n" for n in range(600_000)
        )
        page = drop(big_gz=gzip.compress(f"account,when,event\n{lines}".encode(), 1))
        press(page, "Import as proposed")
        says(page, "Importing big")
        press(page, "Cancel import")
        says(page, "nothing of it was kept")
        expect(listed(page, "big.gz")).to_be_visible()
        assert not (workspace / "datasets" / "big").exists()
        left = [path.name for path in (workspace / "datasets").iterdir() if "big" in path.name]
        assert left == []

    def test_two_files_with_one_key_become_one_data_set_that_can_be_removed(self, drop, workspace):
        leads = "lead_id,first_contact\n" + "".join(f"L{n},2026-01-0{n}\n" for n in range(1, 6))
        deals = "lead_id,won_date,segment\nL1,2026-02-01,pet\nL4,2026-02-03,car\n"
        page = drop(leads_csv=leads, deals_csv=deals)
        named(page, "Leads and deals")
        press(page, "Import as proposed")
        ready(page, "Leads and deals")
        store = open_store(workspace / "datasets" / "Leads and deals")
        assert (store.n_journeys, store.n_touchpoints) == (5, 7)
        place = list_datasets(workspace).index("Leads and deals")
        page.get_by_role("button", name="Remove", exact=True).nth(place).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Leads and deals").wait_for()
        dialog.get_by_role("button", name="Remove it").click()
        dialog.wait_for(state="detached")
        settled(page)
        assert not (workspace / "datasets" / "Leads and deals").exists()


def test_the_sample_data_are_a_click_away(serve, tmp_path, page):
    page.goto(f"{serve(tmp_path)}/upload")
    press(page, "Use the sample data")
    page.get_by_text(re.compile("is ready")).first.wait_for(timeout=2 * MINUTE)
    assert (tmp_path / "datasets" / "Halyard sample" / "report.json").is_file()
    assert load_inventory(tmp_path, "Halyard sample").entries
    assert list((REPOSITORY / "sample_data").glob("*.csv"))
