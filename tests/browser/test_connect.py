"""From a database to the journey map, by clicks."""

import duckdb
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SECONDS_TO_IMPORT = 60


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A database in a folder that is allowed; its names are hostile."""
    monkeypatch.setenv("PORTOLAN_FOLDERS", str(tmp_path))
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE \"<b>events</b>\" AS SELECT 'a' || i % 2 AS account, "
            "TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL (i) DAY AS happened_at, "
            "'e' || i % 3 AS event, 'x' AS \"<img src=x onerror=alert(1)>\" FROM range(9) AS r(i)"
        )
    return tmp_path / "shop.duckdb"


def test_a_table_becomes_a_map_and_what_is_new_is_taken(page, serve, shop, tmp_path):
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    page.goto(f"{serve(workspace)}/connect")
    page.get_by_role("textbox", name="Address").fill(f"duckdb://{shop}")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("combobox", name="Table")).to_be_visible()
    page.get_by_role("button", name="Look at its columns").click()
    page.get_by_role("button", name="Import", exact=True).click()
    ready = page.get_by_text("is ready", exact=False)
    expect(ready).to_be_visible(timeout=SECONDS_TO_IMPORT * 1000)
    expect(page.get_by_text("2 journeys, 9 touchpoints").first).to_be_visible()
    with duckdb.connect(str(shop)) as connection:
        connection.execute(
            "INSERT INTO \"<b>events</b>\" VALUES ('a1', '2026-02-01 00:00:00+00', 'Won', 'x')"
        )
    page.get_by_role("link", name="Connect").click()
    expect(page.get_by_text("read up to 2026-01-09", exact=False)).to_be_visible()
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("2 journeys, 10 touchpoints").first).to_be_visible(
        timeout=SECONDS_TO_IMPORT * 1000
    )
