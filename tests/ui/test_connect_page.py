"""The page that reads a database: connect, look at columns, import, refresh."""

import re
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.ingest.warehouses import origins
from tests.ui.test_imports import finished

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(root))
    for name in ("PORTOLAN_FOLDERS", "PORTOLAN_WAREHOUSES", "PORTOLAN_CLUSTERS"):
        monkeypatch.delenv(name, raising=False)
    st.cache_resource.clear()
    return root


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A database of four touchpoints, one of them of last year, in a folder that is allowed."""
    folder = tmp_path / "databases"
    folder.mkdir()
    monkeypatch.setenv("PORTOLAN_FOLDERS", str(folder))
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE events (account VARCHAR, happened_at TIMESTAMPTZ, event VARCHAR, "
            "note VARCHAR)"
        )
        connection.execute(
            "INSERT INTO events VALUES ('Acme', '2025-12-01 00:00+00', 'Webinar', 'x'), "
            "('Acme', '2026-01-05 00:00+00', 'Ad click', 'x'), "
            "('Acme', '2026-01-07 00:00+00', 'Demo', 'x'), "
            "('Bolt', '2026-01-06 00:00+00', 'Ad click', 'x')"
        )
        connection.execute("CREATE TABLE empty (account VARCHAR)")
    return folder / "shop.duckdb"


def opened():
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.switch_page("pages/data/connect.py")
    return checked(app.run())


def checked(app):
    assert not app.exception
    return app


def said(app):
    parts = (*app.markdown, *app.caption, *app.info, *app.warning, *app.error)
    return re.sub(r"\\(.)", r"\1", "\n".join(one.value for one in parts))


def press(app, label):
    return checked(next(one for one in app.button if one.label == label).click().run())


def field(elements, label):
    return next(one for one in elements if one.label == label)


def waited(app, done):
    """Run the page until something is there; background work tells when it ends."""
    for _ in range(300):
        if done(app):
            return app
        checked(app.run())
    raise AssertionError(said(app))


def connected(app, address):
    field(app.text_input, "Address").set_value(address)
    press(app, "Connect")
    return waited(app, lambda now: not any(one.label == "Cancel" for one in now.button))


def looked_at(app, table):
    field(app.selectbox, "Table").set_value(table)
    press(app, "Look at its columns")
    return waited(app, lambda now: now.error or any(one.label == "Import" for one in now.button))


def test_the_empty_page_says_what_it_does():
    app = opened()
    assert "the database is only read" in said(app)
    assert [one.label for one in app.button if one.label == "Import"] == []


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("shop.duckdb", "The address has no kind"),
        ("mysql://h/d", "The kind of database is 'mysql'"),
        ("duckdb:///etc/passwd", "not in a folder of the server that is allowed"),
        ("bigquery://project", "not among the databases"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_an_address_that_can_not_be_is_told_of(address, problem):
    app = opened()
    field(app.text_input, "Address").set_value(address)
    press(app, "Connect")
    assert problem in said(app)


def test_a_table_is_looked_at_imported_in_part_and_refreshed(shop, workspace):
    app = looked_at(connected(opened(), f"duckdb://{shop}"), "events")
    field(app.selectbox, "Column").set_value("account")
    checked(app.run())
    field(app.text_input, "Value").set_value("Acme")
    checked(app.run())
    assert field(app.text_input, "Name of the data set").value == "events"
    press(app, "Import")
    finished(workspace)
    log = journey.open_log(workspace / "datasets" / "events")
    assert (log.n_touchpoints, log.n_journeys) == (3, 1)
    waited(app, lambda now: "events is ready" in said(now))
    with duckdb.connect(str(shop)) as connection:
        connection.execute(
            "INSERT INTO events VALUES ('Acme', '2026-01-09 00:00+00', 'Won', 'x'), "
            "('Bolt', '2026-01-09 00:00+00', 'Won', 'x')"
        )
    app.switch_page("pages/data/connect.py")
    assert "read up to 2026-01-07" in said(checked(app.run()))
    press(app, "Refresh")
    finished(workspace)
    assert journey.open_log(workspace / "datasets" / "events").n_touchpoints == 4
    (origin,) = origins(workspace / "datasets" / "events")
    assert origin.mark is not None
    assert origin.mark.startswith("2026-01-09")


@pytest.mark.usefixtures("workspace")
def test_a_table_without_rows_is_told_of(shop):
    app = looked_at(connected(opened(), f"duckdb://{shop}"), "empty")
    assert "empty has no rows yet" in said(app)
