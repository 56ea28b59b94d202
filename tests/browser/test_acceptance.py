"""The way a newcomer takes, from a file to the map, with every count checked by hand."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser.acts import arrives, close, query, settled
from tests.browser.test_import import MINUTE, look_at_columns, named, press, ready, says

pytestmark = pytest.mark.browser

# 30 accounts in turn: all see an ad, every second one a demo, every fifth of these buys.
STEPS = [
    (f"Account {n:02}", day, event)
    for n in range(30)
    for day, event in (
        (1, "Ad click"),
        (2, "Newsletter"),
        *([(10, "Demo booked")] if n % 2 == 0 else []),
        *([(12, "Newsletter")] if n % 3 == 0 else []),
        *([(20, "Closed won")] if n % 10 == 0 else []),
    )
]
HAVING = defaultdict(set)
for account, _, event in STEPS:
    HAVING[event].add(account)


def test_from_a_file_to_the_map_and_back(serve, tmp_path, page):
    export = tmp_path / "export.csv"
    rows = "".join(f"{account},2026-03-{day:02} 09:00,{event}\n" for account, day, event in STEPS)
    export.write_text(f"company,timestamp,activity\n{rows}")
    page.goto(f"{serve(tmp_path)}/upload")

    # uploads a file, confirms columns
    page.locator("input[type=file]").set_input_files(export)
    look_at_columns(page)
    named(page, "Spring")
    press(page, "Import")
    ready(page, "Spring")

    # sees the map
    press(page, "See the journey map")
    arrives(page, "journey_map")
    says(page, "30 journeys")
    node = page.locator(".hit.node").and_(page.get_by_label(re.compile("^Demo booked")))
    node.first.wait_for()
    settled(page)

    # clicks a node, gets exactly that many accounts
    node.first.dispatch_event("click")
    n_having = len(HAVING["Demo booked"])
    press(page, f"Open {n_having} journeys")
    assert exported_accounts(page, n_having) == sorted(HAVING["Demo booked"])

    # excludes a step
    press(page, "Exclude")
    page.get_by_role("button", name="Without Demo booked").first.wait_for()
    node.first.wait_for(state="detached")
    settled(page)
    wanted = {"data": "Spring", "exclude": "Demo booked"}
    assert shared(page) == wanted

    # switches pages
    page.get_by_role("link", name="Paths").click()
    arrives(page, "paths")
    page.get_by_role("button", name="Without Demo booked").first.wait_for()
    settled(page)
    assert shared(page) == wanted

    # reloads, and still has its filters and data
    page.reload()
    arrives(page, "paths")
    page.get_by_role("button", name="Without Demo booked").first.wait_for()
    says(page, "30 journeys")
    assert shared(page) == wanted
    page.get_by_role("link", name="Journey map").click()
    arrives(page, "journey_map")
    page.locator(".hit.node").first.wait_for(timeout=MINUTE)
    settled(page)
    assert node.count() == 0
    assert page.get_by_label(re.compile("^Newsletter")).count() > 0


def exported_accounts(page, n_rows):
    """Accounts of the list that is open, by its CSV file; then close it."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(f"{n_rows} rows", exact=True).wait_for()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="CSV").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    close(dialog)
    return sorted(line.split(",")[0] for line in lines[1:])


def shared(page):
    """Data set and filters in the address, without what the page keeps there itself."""
    return {name: value for name, value in query(page).items() if not name.startswith("map-")}
