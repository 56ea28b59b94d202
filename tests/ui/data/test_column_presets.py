"""The page about columns names the vendor's export, and remembers what it was told."""

import re
import time
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from journey.ingest.presets import own_presets, save_preset
from journey.schema import LEFT_OUT, ROLES
from journey.ui.data.column_presets import headers_by_role, remembered
from journey.ui.data.column_roles import ATTRIBUTE
from journey.ui.data.imports import Incoming, current_import
from journey.ui.state import INCOMING

REPOSITORY = Path(__file__).parents[3]
MAILS = (
    "id,created,type,recipient,email_campaign_id,filtered_event\n"
    "e1,01/02/2024 10:00,SENT,ann@acme.example,9,false\n"
    "e2,03/02/2024 10:00,CLICK,ann@acme.example,9,false\n"
)


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """A file that waits to be imported, in a workspace of its own."""
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path / "workspace"))
    folder = tmp_path / "workspace" / "incoming" / "1"
    folder.mkdir(parents=True)
    path = folder / "mails.csv"
    path.write_text(MAILS, encoding="utf-8")
    return Incoming(folder, (path,))


def opened(incoming):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.session_state[INCOMING] = incoming
    app.switch_page("pages/data/columns.py")
    return settled(app.run())


def settled(app):
    """Run the page again until the columns have been looked at."""
    for _ in range(100):
        assert not app.exception
        if any(one.label == "Import" for one in app.button):
            return app
        time.sleep(0.2)
        app.run()
    raise AssertionError("the columns were never shown")


def button(app, label):
    return next(one for one in app.button if one.label == label)


def said(app):
    parts = (*app.markdown, *app.caption)
    return re.sub(r"\\(.)", r"\1", "\n".join(one.value for one in parts))


def own(incoming):
    return own_presets(incoming.folder.parents[1] / "presets")


def ended(incoming):
    """Wait for the import and say how it ended."""
    job = current_import(incoming.folder.parents[1])
    while job.state == "running":
        time.sleep(0.1)
    return job.state


def test_a_preset_is_named_and_can_be_switched_off_and_on(waiting):
    app = opened(waiting)
    assert "Looks like **HubSpot e-mail events**" in said(app)
    button(app, "It is something else").click()
    app = settled(app.run())
    assert "Looks like" not in said(app)
    button(app, "Look for a known export again").click()
    assert "Looks like **HubSpot e-mail events**" in said(settled(app.run()))


def test_a_mapping_is_saved_and_recognised(waiting):
    app = opened(waiting)
    next(one for one in app.text_input if "call such files" in one.label).set_value("Our mails")
    button(settled(app.run()), "Save").click()
    app.run()
    (preset,) = own(waiting)
    assert (preset.title, preset.extends) == ("Our mails", "hubspot_email_events")
    assert "Looks like **Our mails**" in said(opened(waiting))


def test_answers_are_kept_when_files_are_imported(waiting):
    app = opened(waiting)
    (how,) = (one for one in app.radio if "meant" in one.label)
    assert how.value is None
    how.set_value("month-first")
    app = settled(app.run())
    button(app, "Import").click()
    app.run()
    (preset,) = own(waiting)
    assert (preset.dates.order, preset.extends) == ("month-first", "hubspot_email_events")
    assert ended(waiting) == "done"


def test_answers_are_shown_the_next_time_and_can_be_changed(waiting):
    folder = waiting.folder.parents[1] / "presets"
    headers = MAILS.partition("\n")[0].split(",")
    told = {"order": "month-first", "zone": "Asia/Tokyo"}
    save_preset(folder, "Mails", headers, dates=told, extends="hubspot_email_events")
    app = opened(waiting)
    (how,) = (one for one in app.radio if "meant" in one.label)
    assert how.value == "month-first"
    (zone,) = (one for one in app.selectbox if "without a zone" in one.label)
    assert zone.value == "Asia/Tokyo"
    assert said(app).count("Remembered from the last such file") == 2
    zone.set_value("UTC")
    how.set_value("day-first")
    button(settled(app.run()), "Import").click()
    app.run()
    (preset,) = own(waiting)
    assert (preset.dates.order, preset.dates.zone) == ("day-first", "UTC")
    assert ended(waiting) == "done"


def test_roles_are_listed_the_surest_first():
    columns = pd.DataFrame({"column": ["id", "email", "old"], "confidence": [0.5, 0.9, 0.0]})
    held = {"id": "person_id", "email": "person_id", "old": LEFT_OUT, "rest": ATTRIBUTE}
    found = headers_by_role(held, columns)
    assert found["person_id"] == ["email", "id"]
    assert set(found) == set(ROLES)
    assert found["account_id"] == []


def test_answers_that_differ_between_files_are_asked_again():
    proposal = pd.DataFrame()
    proposal.attrs["answers"] = {"a.csv": {"zone": "UTC"}, "b.csv": {"zone": "UTC"}, "c.csv": {}}
    assert remembered(proposal, "zone") == "UTC"
    assert remembered(proposal, "dates") is None
    proposal.attrs["answers"]["c.csv"] = {"zone": "Asia/Tokyo"}
    assert remembered(proposal, "zone") is None
