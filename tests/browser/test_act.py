"""A sales lead on Monday: the list of silent accounts, one of them, what happened there, back."""

import csv
import zipfile
from pathlib import Path

import pytest

from tests import silent
from tests.browser.acts import choose, fill, query, settled, title
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser

HEAD, ROW = 35, 35
"""Pixels of a list, which is drawn on a canvas: rows are found by their place."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One app for all; what is done about accounts is done in a data set of its own."""
    workspace = tmp_path_factory.mktemp("workspace")
    rows = silent.WON + silent.LOST + silent.SILENT + silent.LAST
    for name in ("Full", "Worked"):
        silent.write(workspace / "datasets" / name, rows)
    with _server(REPOSITORY, workspace) as found:
        yield found


@pytest.fixture
def visit(address, page):
    def visited(path, data="Full"):
        page.goto(f"{address}/{path}{'&' if '?' in path else '?'}data={data}")
        settled(page)
        return page

    return visited


def downloaded(page, button):
    with page.expect_download() as download:
        button.click()
    return Path(download.value.path())


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def choose_row(page, place):
    settled(page)  # what is still to come above the list would move it
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + HEAD + ROW * place + ROW / 2)


def test_from_the_list_to_an_account_and_back(visit):
    page = visit("stalled_accounts?where.current_stage=Nurture")
    title(page, "2 accounts with 1.2K at risk have gone silent")
    choose_row(page, 1)
    page.get_by_role("heading", name="Firm One").wait_for()
    page.get_by_text("Silent 3 days in Nurture").last.wait_for()
    page.get_by_role("button", name="Open the account").click()
    title(page, "Firm One")
    assert query(page) == {"data": "Full", "where.current_stage": "Nurture", "account": "s1"}
    lanes = page.locator(".frame .person-lane")
    lanes.first.wait_for()
    # Two people took part; Mail after Demo is a way back.
    assert lanes.count() == 2
    assert page.locator(".frame .back-move title").text_content().startswith("Back from Convert")
    page.reload()
    title(page, "Firm One")
    page.get_by_test_id("stMain").get_by_role("link", name="Stalled accounts").click()
    title(page, "2 accounts with 1.2K at risk have gone silent")
    assert query(page) == {"data": "Full", "where.current_stage": "Nurture"}
    page.go_back()
    title(page, "Firm One")


def test_narrowing_changes_message_list_and_address(visit):
    page = visit("stalled_accounts")
    title(page, "2 accounts with 1.2K at risk have gone silent")
    choose_row(page, 0)
    page.get_by_role("button", name="Open the account").wait_for()
    choose(page, "Owner", "Ann")
    title(page, "1 account with 400 at risk has gone silent")
    assert query(page) == {"data": "Full", "where.owner": "Ann"}
    # What was the first row is another account now: nothing stays chosen.
    assert page.get_by_role("button", name="Open the account").count() == 0
    page.get_by_role("button", name="Owner: Ann").click()
    title(page, "2 accounts with 1.2K at risk have gone silent")


def test_the_download_has_every_row_and_figure(visit):
    page = visit("stalled_accounts")
    title(page, "2 accounts with 1.2K at risk have gone silent")
    rows = rows_of(downloaded(page, page.get_by_role("button", name="CSV").nth(1)))
    assert [row["account_id"] for row in rows] == ["s2", "s1"]
    assert [float(row["value_at_risk"]) for row in rows] == [800, 400]
    assert {"next_win_rate", "n_silent", "reason"} <= set(rows[0])


def test_all_or_the_chosen_accounts_go_to_the_crm(visit):
    page = visit("stalled_accounts")
    title(page, "2 accounts with 1.2K at risk have gone silent")
    every = rows_of(downloaded(page, page.get_by_role("button", name="CSV").first))
    assert [row["account_id"] for row in every] == ["s2", "s1"]
    choose_row(page, 1)
    page.get_by_text("1 account chosen").wait_for()
    settled(page)
    (row,) = rows_of(downloaded(page, page.get_by_role("button", name="CSV").first))
    assert (row["account_id"], row["owner"]) == ("s1", "Ann")
    assert row["emails"] == row["person_ids"] == "ann@s.example; bo@s.example"
    assert row["last_touch_on"] == "2026-02-18"
    book = downloaded(page, page.get_by_role("button", name="XLSX").first)
    with zipfile.ZipFile(book) as parts:
        cells = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml"))
    assert b"ann@s.example; bo@s.example" in cells


def test_an_account_is_snoozed_found_again_and_the_snooze_undone(visit):
    page = visit("stalled_accounts", "Worked")
    title(page, "2 accounts with 1.2K at risk have gone silent")
    choose_row(page, 0)
    page.get_by_role("button", name="Snooze").click()
    fill(page, page.get_by_role("textbox", name="Your name"), "Ann")
    fill(page, page.get_by_role("textbox", name="Note"), "Asked for a week")
    page.get_by_role("button", name="Snooze 1 account").click()
    title(page, "1 account with 400 at risk has gone silent")
    # A week after the log's last day, whatever today is.
    page.get_by_text("1 account snoozed until 2026-02-28.").wait_for()
    page.reload()
    title(page, "1 account with 400 at risk has gone silent")
    page.get_by_role("radio", name="Snoozed 1").click()
    settled(page)
    choose_row(page, 0)
    page.get_by_text("1 account chosen").wait_for()
    page.get_by_role("button", name="Put back").click()
    title(page, "2 accounts with 1.2K at risk have gone silent")
    choose_row(page, 1)
    page.get_by_role("button", name="Mark as handled").click()
    page.get_by_role("button", name="Mark 1 account as handled").click()
    title(page, "1 account with 800 at risk has gone silent")
    page.get_by_role("button", name="Undo").click()
    title(page, "2 accounts with 1.2K at risk have gone silent")


def test_an_account_is_found_while_its_name_is_typed(visit):
    page = visit("account")
    title(page, "Find an account")
    page.get_by_placeholder("Part of an id or a name").press_sequentially("ndhav")
    page.get_by_role("button", name="s2").click()
    page.get_by_role("heading", name="Söndhaven", level=1).wait_for()
    assert query(page) == {"data": "Full", "account": "s2"}
    assert page.locator("img").count() == 0


def test_an_unknown_account_is_told(visit):
    page = visit("account?account=nobody")
    title(page, "There is no account 'nobody'")
    page.get_by_placeholder("Part of an id or a name").fill("firm")
    page.get_by_role("button", name="Firm One").click()
    title(page, "Firm One")


@pytest.mark.parametrize("path", ["stalled_accounts", "account?account=s1", "account"])
def test_a_narrow_window_never_scrolls_sideways(visit, page, path):
    page.set_viewport_size({"width": 480, "height": 800})
    visit(path)
    page.get_by_role("heading", level=1).wait_for()
    wider = "element => element.scrollWidth > element.clientWidth"
    assert not page.get_by_test_id("stMain").evaluate(wider)
