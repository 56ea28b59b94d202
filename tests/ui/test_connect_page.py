"""The page that reads a database: connect, look at columns, import, refresh."""

import re
import time
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.errors import ImportCancelledError
from journey.ingest.processes.progress import Progress
from journey.ingest.warehouses import origins
from journey.ui.data import far_imports
from tests.ui.data.test_imports import finished

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
    assert problem in said(app).replace(chr(0x2060), "")


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


class TestFilesOnACluster:
    """Imports by a cluster that is not there: what is asked of it is noted, a log given back."""

    ADDRESS = "spark://head:7077/data/sets/Spring"

    @pytest.fixture(autouse=True)
    def asked(self, monkeypatch, tmp_path):
        calls = []
        rows = "".join(
            f"a{n},2026-01-0{n % 9 + 1} 10:00,{'Ad' if n % 2 else 'Demo'}\n" for n in range(20)
        )
        sample = f"account,time,event\n{rows}".encode()
        path = tmp_path / "here.csv"
        path.write_bytes(sample)
        log = journey.read_touchpoints(path)
        monkeypatch.setenv("PORTOLAN_CLUSTERS", "spark://head:7077/data")
        monkeypatch.setattr(
            far_imports, "sample_far", lambda _address, _paths: {"web/a.csv": sample}
        )

        def read_touchpoints(*paths, into, progress, cancelled, **options):
            calls.append((paths, into, options))
            progress(Progress("reading", "", 0, None))
            if "cancel" in into:
                while not cancelled():
                    time.sleep(0.01)
                raise ImportCancelledError("The import was cancelled; nothing was kept.")
            return log

        monkeypatch.setattr(journey, "read_touchpoints", read_touchpoints)
        monkeypatch.setattr(journey, "open_log", lambda _place: log)
        return calls

    def looked_at_far(self, address, *paths):
        app = opened()
        field(app.text_input, "Address of the new data set").set_value(address)
        app.text_area[0].set_value("\n".join(paths))
        return press(app, "Look at their columns")

    def asked_on_columns(self, app):
        app.switch_page("pages/data/columns.py")
        return waited(app, lambda now: any(one.label == "Import" for one in now.button))

    def test_columns_are_asked_then_the_workers_import_and_the_log_opens(self, asked, workspace):
        app = self.looked_at_far(self.ADDRESS, "/data/exports/web/*.csv", " ")
        app = self.asked_on_columns(app)
        name = field(app.text_input, "Name of the data set")
        assert name.value == self.ADDRESS.rpartition("/")[2]
        name.set_value("Web")
        press(app, "Import")
        finished(workspace)
        app = waited(app, lambda now: "Web is ready" in said(now))
        ((paths, into, options),) = asked
        assert (paths, into) == (("/data/exports/web/*.csv",), self.ADDRESS)
        assert "columns" not in options  # as proposed
        folder = workspace / "datasets" / "Web"
        assert [path.name for path in folder.iterdir()] == ["cluster.txt"]
        assert "20" in said(app)  # touchpoints, as the report of the log says
        assert not list((workspace / "incoming").iterdir())

    def test_an_import_that_is_cancelled_leaves_nothing(self, workspace):
        app = self.looked_at_far(self.ADDRESS + " cancel", "/data/exports/web")
        app = self.asked_on_columns(app)
        press(app, "Import")
        app = press(app, "Cancel import")
        finished(workspace)
        waited(app, lambda now: "The import was cancelled" in said(now))
        assert not (workspace / "datasets").exists() or not list((workspace / "datasets").iterdir())

    @pytest.mark.parametrize(
        ("path", "problem"),
        [
            ("/etc/passwd", "'/etc/passwd' is in no folder of spark://head:7077"),
            ("/data/../etc/passwd", "is in no folder of"),
            ("", "No file was given"),
        ],
    )
    def test_only_files_in_folders_that_are_allowed(self, asked, path, problem):
        app = self.looked_at_far(self.ADDRESS, path)
        assert problem in said(app).replace(chr(0x2060), "")
        assert asked == []

    def test_where_no_folder_is_allowed_it_is_said_how(self, monkeypatch):
        monkeypatch.setenv("PORTOLAN_CLUSTERS", "spark://head:7077")
        assert "add a folder to an address" in said(opened())
